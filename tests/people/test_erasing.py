"""Erasure: everything of one author goes, nothing of others, and a crash does not stop it."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.copies.folding import mark_copies
from pipelines.copies.mending import mend_copies
from search.config import Config
from search.mention import Author
from search.people import erasing
from search.people.erasing import Erasure
from search.people.finding import NoSuchAuthor, SeveralAuthors, Wanted, find_person
from search.permissions.duties import Kind
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import Ledger, Noted
from search.permissions.passing import Passing
from search.permissions.step_commands import record
from search.query import Everything
from search.stores.base import Quarantined, Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Permission
from tests.people.inventing import BO, EVA, NOW, RARE, went_through, wrote
from tests.stores.conftest import STORES


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    with EmbeddedStore(tmp_path / "mentions.db") as opened:
        yield opened


@pytest.fixture(params=STORES)
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open an empty store of each kind."""
    with STORES[request.param](request, tmp_path) as opened:
        yield opened


def erasure(store: Store, **more: Any) -> Erasure:
    return Erasure(store, by="Ida", now=NOW, mend=mend_copies, **more)


def used(store: Store, mention: str) -> None:
    went_through(store, mention, Step.QUEUE, Step.SEND, Step.GRANT)
    went_through(store, mention, Step.PLACE, place="https://shop.example/")


def ids(store: Store) -> set[str]:
    return {stored.id for stored in store.iterate(Everything())}


@pytest.mark.parametrize(
    "said",
    ["eva@social.example", "@Eva@social.example", EVA.id, EVA.url, "http://www.social.example/@eva/"],
)  # fmt: skip
def test_an_author_is_found_by_each_name(store: Store, said: str) -> None:
    store.put([wrote(1), wrote(2), wrote(3, BO)])

    assert {wrote(1).id, wrote(2).id} == find_person(store, Wanted(author=said)).mentions


def test_an_author_is_found_under_an_older_handle_but_not_who_has_it_now(store: Store) -> None:
    older = Author(name="eva2010", id=EVA.id)
    taken_over = Author(name="eva2010", id="https://social.example/users/9")
    store.put([wrote(1), wrote(2, older), wrote(3, taken_over), wrote(4, Author(name="eva2010"))])

    found = find_person(store, Wanted(author=EVA.name))

    assert {wrote(1).id, wrote(2).id} == found.mentions
    assert ({wrote(4).id}, False) == (found.unsure, "eva2010" in {n.value for n in found.names})


def test_a_mention_without_the_identifier_is_the_same_author_s(store: Store) -> None:
    bare = Author(name=EVA.name)
    store.put([wrote(1), wrote(2, bare)])
    store.quarantine([failed(wrote(3, bare))])

    found = find_person(store, Wanted(author=EVA.name))

    assert sorted(wrote(number).id for number in (1, 2, 3)) == found.ids


def test_one_handle_of_several_authors_is_refused_with_their_names(store: Store) -> None:
    store.put([wrote(1, Author(name="pg")), wrote(2, Author(name="pg"), source="hackernews")])

    with pytest.raises(SeveralAuthors, match=r"2 authors(.|\n)*hackernews: pg(.|\n)*mastodon: pg|"
                       r"2 authors(.|\n)*mastodon: pg(.|\n)*hackernews: pg"):  # fmt: skip
        find_person(store, Wanted(author="pg"))
    found = find_person(store, Wanted(author="pg", source="hackernews"))
    assert {wrote(2, source="hackernews").id} == found.mentions
    with pytest.raises(NoSuchAuthor):
        find_person(store, Wanted(author="pg", source="feed"))


def test_a_byline_is_told_from_the_same_on_another_site(store: Store) -> None:
    anna = Author(name="Anna Berg")
    one = wrote(1, anna, source="website", site="a.example")
    other = wrote(2, anna, source="website", site="b.example")
    store.put([one, other])

    with pytest.raises(SeveralAuthors):
        find_person(store, Wanted(author="Anna Berg"))
    assert {one.id} == find_person(store, Wanted(author="anna berg", site="a.example")).mentions


def test_all_of_an_author_goes_and_nothing_of_others(any_store: Store) -> None:
    store = any_store
    store.put([wrote(1), wrote(2), wrote(3, BO)])
    used(store, wrote(1).id)
    went_through(store, wrote(2).id, Step.QUEUE, Step.SEND)
    went_through(store, wrote(3, BO).id, Step.QUEUE, Step.SEND)
    ledger = [entry.event for entry in Ledger(store.notes).entries()]
    store.notes.write("drafts/" + wrote(2).id, {"text": RARE}, None)
    store.notes.write("drafts/" + wrote(3, BO).id, {"text": "other"}, None)
    store.notes.write("links/a", {"mention": wrote(1).id}, None)
    store.notes.write("links/b", {"mentions": [wrote(1).id, wrote(3, BO).id]}, None)
    store.notes.write("exports/1", {"mentions": [wrote(1).id, wrote(3, BO).id]}, None)
    waiting = [{"body": f"look: {wrote(1).url}"}, {"body": "something else"}]
    store.notes.write("alerts/x", {"deliveries": waiting}, None)
    store.quarantine([failed(wrote(7)), failed(wrote(8, BO))])

    person = find_person(store, Wanted(author=EVA.name))
    erasing_it = erasure(store)
    erasing_it.erase(person.ids)
    receipt = erasing_it.receipt

    expected = {"mentions": 2, "quarantined": 1, "drafts": 1, "links": 2, "answers": 0,
                "messages": 1, "revoked": 1, "declined": 1, "ledger_entries": 5,
                "copies_mended": 0}  # fmt: skip
    assert expected == dict(receipt.counts)
    assert {wrote(1).id: ["https://shop.example/"]} == receipt.take_down
    assert {"exports/1": [wrote(1).id]} == receipt.tell
    assert {wrote(3, BO).id} == ids(store)
    assert [wrote(8, BO).id] == [entry.id for entry in store.quarantined()]
    entries = list(Ledger(store.notes).entries())
    assert [] == list(Ledger(store.notes).verify(Noted(len(entries))))
    assert [None] * 3 + [ledger[3]] + [None] * 2 + ledger[6:] == [
        entry.event for entry in entries[:8]
    ]  # where it was put stays, or nobody could take it down
    assert ["revoke", "decline"] == [e.event["step"] for e in entries[8:] if e.event is not None]
    assert Permission.REQUESTED is Permissions(store).standing(wrote(3, BO).id).permission
    left = store.notes.under("")
    assert {"mentions": [wrote(3, BO).id]} == left["links/b"].value
    assert ["(erased)", "something else"] == [
        d["body"] for d in left["alerts/x"].value["deliveries"]
    ]
    assert not any(key.startswith(erasing.WORK) for key in left)
    assert not any(RARE in str(note.value) for note in left.values())


def failed(mention: Any) -> Quarantined:
    plain = {"source": mention.source, "text": RARE, "url": mention.url,
             "author": {"name": mention.author.name, "id": mention.author.id}}  # fmt: skip
    return Quarantined(mention.id, mention.source, "language", "bad", plain, NOW)


def test_repeating_it_changes_nothing(store: Store) -> None:
    store.put([wrote(1)])
    used(store, wrote(1).id)
    erasure(store).erase([wrote(1).id])
    before = store.notes.under("")

    again = erasure(store)
    again.erase([wrote(1).id])

    assert {} == {name: count for name, count in again.receipt.counts.items() if count}
    assert before == store.notes.under("")


@pytest.mark.parametrize(
    "broken", ["_close", "drop_leftovers", "mend", "_bury", "remove", "erase_entry"]
)
def test_what_was_interrupted_is_ended_by_the_next(
    store: Store, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    store.put([wrote(1), wrote(2), wrote(3, BO)])
    used(store, wrote(1).id)
    went_through(store, wrote(2).id, Step.QUEUE, Step.SEND)
    store.notes.write("drafts/" + wrote(2).id, {"text": RARE}, None)
    first = erasure(store)

    def killed(*_: Any) -> Any:
        raise KeyboardInterrupt

    where: Any = {"remove": store, "erase_entry": Ledger, "drop_leftovers": erasing}.get(
        broken, first
    )
    name = {"mend": "_mend", "erase_entry": "erase"}.get(broken, broken)
    monkeypatch.setattr(where, name, killed)
    with pytest.raises(KeyboardInterrupt):
        first.erase([wrote(1).id, wrote(2).id])
    monkeypatch.undo()

    second = erasure(store)
    second.go_on()

    assert {wrote(3, BO).id} == ids(store)
    assert {wrote(1).id: ["https://shop.example/"]} == second.receipt.take_down
    left = store.notes.under("")
    assert not any(RARE in str(note.value) or key.startswith(("drafts/", "erasures/"))
                   for key, note in left.items())  # fmt: skip
    kept = [e.event for e in Ledger(store.notes).entries() if e.event is not None]
    assert {"decline": erasing.REASON, "revoke": erasing.REASON, "place": None} == {
        event["step"]: event.get("reason") for event in kept
    }


def test_evidence_of_use_stays_until_its_day_and_no_longer(store: Store) -> None:
    store.put([wrote(1), wrote(2)])
    used(store, wrote(1).id)
    went_through(store, wrote(2).id, Step.QUEUE, Step.SEND)
    until = NOW.date() + dt.timedelta(days=2)
    first = erasure(store, evidence_until=until)
    first.erase([wrote(1).id, wrote(2).id])

    assert {wrote(1).id: until.isoformat()} == first.receipt.kept_until
    texts = [_evidence(entry.event) for entry in Ledger(store.notes).entries()]
    assert ["Yes! #YesStorm-7F3K"] == [text for text in texts if text and "Yes" in text]
    assert set() == ids(store)

    later = Erasure(store, by="Ida", now=NOW + dt.timedelta(days=2), mend=mend_copies)
    later.go_on()
    assert 0 == later.receipt.counts["ledger_entries"]
    later = Erasure(store, by="Ida", now=NOW + dt.timedelta(days=3), mend=mend_copies)
    later.go_on()
    assert 3 == later.receipt.counts["ledger_entries"]
    assert {} == store.notes.under(erasing.EVIDENCE)
    assert {None} == {_evidence(entry.event) for entry in Ledger(store.notes).entries()}


def _evidence(event: Any) -> Any:
    return None if event is None else event.get("evidence", {}).get("text")


def test_who_repeated_an_erased_text_names_it_no_more(any_store: Store) -> None:
    store = any_store
    text = "The handle of this grinder broke off on the second morning and nobody answers at all"
    first, second, third = (
        wrote(number, author, text=text) for number, author in enumerate((EVA, BO, None), start=1)
    )
    store.put(mark_copies([first, second, third], store))
    assert first.id == store.get(third.id).mention.copy_of

    erased = erasure(store)
    erased.erase([first.id])

    assert 2 == erased.receipt.counts["copies_mended"]
    assert (None, second.id) == tuple(
        store.get(each.id).mention.copy_of for each in (second, third)
    )


def test_a_survey_changes_nothing(store: Store) -> None:
    store.put([wrote(1), wrote(2)])
    used(store, wrote(1).id)
    before = store.notes.under("")
    look = erasure(store)
    look.survey([wrote(1).id, wrote(2).id])

    assert (2, 3) == (look.receipt.counts["mentions"], look.receipt.counts["ledger_entries"])
    assert {wrote(1).id: ["https://shop.example/"]} == look.receipt.take_down
    assert (before, 2) == (store.notes.under(""), len(ids(store)))


def test_answers_from_the_page_and_files_go_too(store: Store, tmp_path: Path) -> None:
    store.put([wrote(1), wrote(2, BO)])
    eva, bo = wrote(1).id, wrote(2, BO).id
    for name in (eva, bo):
        for key in (f"answers/{name}/00000002", f"originals/{name}", f"warned/{name}/1/30"):
            store.notes.write(key, {"text": RARE}, None)
        (tmp_path / name).mkdir()
        (tmp_path / name / "0a").write_bytes(b"a picture")

    done = erasure(store, uploads=tmp_path)
    done.erase([eva])

    left = [key for key in store.notes.under("") if eva in key]
    assert ([], 3) == (left, sum(bo in key for key in store.notes.under("")))
    assert (1, 1) == (done.receipt.counts["answers"], done.receipt.counts["originals"])
    assert (False, True) == ((tmp_path / eva).exists(), (tmp_path / bo / "0a").exists())


def test_what_is_in_use_stays_something_to_do_until_it_is_taken_down(store: Store) -> None:
    store.put([wrote(1)])
    name = wrote(1).id
    used(store, name)

    erasure(store).erase([name])
    due = Passing(store, lambda: NOW).to_do(Config(), NOW)
    record(store, name[:9], Step.TAKE_DOWN, place="https://shop.example/", by="Ida")

    assert [(Kind.TAKE_DOWN, "https://shop.example/")] == [(each.kind, each.about) for each in due]
    assert [] == Passing(store, lambda: NOW).to_do(Config(), NOW)
    assert RARE not in str(store.notes.under("ledger/"))


def test_files_on_another_machine_are_named_and_stay_known(store: Store, tmp_path: Path) -> None:
    store.put([wrote(1)])
    name = wrote(1).id
    far = {"places": [{"host": "web1", "folder": "/srv/uploads", "files": ["0a"]}]}
    store.notes.write(f"uploads/{name}", far, None)

    done = erasure(store, uploads=tmp_path / "uploads")
    done.erase([name])

    assert {name: [f"web1:/srv/uploads/{name} (1 files)"]} == done.receipt.left
    assert store.notes.read(f"uploads/{name}") is not None
