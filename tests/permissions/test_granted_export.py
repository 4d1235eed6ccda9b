"""What may be used now, in a file: nothing else is in it, and if anything is unclear no file."""

import csv
import dataclasses
import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.export import Format
from search.mention import Author, Kind, Media, MediaKind, Mention, RightsSignal
from search.permissions.commands import me
from search.permissions.events import Event, Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import LedgerDamaged, Noted
from search.permissions.lists.export_log import ExportRefused, exports
from search.permissions.lists.granted_export import Asked, NotExported, Written, export_granted
from search.permissions.lists.granting import LeftOut
from search.permissions.scope import AiUse, Modification, Scope, Use
from search.permissions.standing import IllegalTransition
from search.permissions.usable import usable
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Basis, Effect, Hold, SourceState
from tests.crawling import run_sayso
from tests.permissions.inventing import DAY, NOW, PROOF, SCOPE, WEBSITE, event, post
from tests.stores.conftest import store as any_store

__all__ = ["any_store"]

ANNA = Author(name="anna", url="https://s.example/@anna")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with EmbeddedStore(tmp_path / "mentions.db") as opened:
        yield opened


def put(store: Store, *mentions: Mention) -> None:
    store.put(list(mentions))


def grant(store: Store, number: int, scope: Scope = SCOPE) -> None:
    permissions = Permissions(store, clock=lambda: NOW)
    name = post(number).id
    permissions.record(event(Step.QUEUE, mention=name, scope=scope))
    permissions.record(event(Step.SEND, mention=name))
    permissions.record(event(Step.GRANT, mention=name))


def record(store: Store, step: Step, number: int = 1, **fields: Any) -> None:
    Permissions(store, clock=lambda: NOW).record(event(step, mention=post(number).id, **fields))


def licence(store: Store, number: int, name: str, basis: Basis = Basis.OPEN_LICENCE) -> None:
    record(store, Step.BASIS, number, basis=basis, licence=name, evidence=PROOF)


def export(
    store: Store,
    path: Path,
    use: Use = WEBSITE,
    **said: Any,
) -> tuple[Written, list[LeftOut]]:
    left_out: list[LeftOut] = []
    asked = Asked(query=said.pop("query", "*"), use=use, by="Ida", **said)
    form = Format(path.suffix[1:])
    written = export_granted(store, asked, path, form, now=NOW, tell=left_out.append)
    return written, left_out


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()][1:]


def test_a_granted_item_has_all_that_has_to_go_with_it(any_store: Store, tmp_path: Path) -> None:
    media = (Media(url="https://s.example/1.jpg", kind=MediaKind.IMAGE),)
    text = "=Storm tastes <b>good</b>\n\nreally  "
    put(any_store, post(1, author=ANNA, text=text, media=media), post(2, author=ANNA))
    grant(any_store, 1)
    path = tmp_path / "out.ndjson"

    written, left_out = export(any_store, path)

    entry = Permissions(any_store).history(post(1).id)[-1]
    assert {
        "id": post(1).id, "url": "https://s.example/1", "platform": "mastodon", "kind": "post",
        "author": "anna", "credit_line": "@anna on Mastodon", "title": None, "text": text,
        "media": ["https://s.example/1.jpg"], "basis": "grant", "licence": None,
        "licence_url": None, "notes": [], "use": "channel=website; territory=SE",
        "expires": "2027-11-28", "takedown_days": 7,
        "scope": "channels=website,organic_social:instagram; territories=SE,NL; until=2027-11-28",
        "terms_version": "2026-01", "terms_sha256": None,
        "evidence": f"3 {entry.hash[:16]}", "decided_at": "2026-11-28T12:00:00+00:00",
    } == rows(path)[0]  # fmt: skip
    assert (1, {"no_basis": 1}) == (len(written.items), written.left_out)
    assert [(post(2).id, ("no_basis",))] == [
        (each.stored.id, tuple(reason.code for reason in each.reasons)) for each in left_out
    ]


def test_a_licensed_item_names_licence_and_what_it_demands(store: Store, tmp_path: Path) -> None:
    put(store, post(1, author=ANNA, title="Storm"))
    licence(store, 1, "CC-BY-SA-3.0-NL")
    path = tmp_path / "out.ndjson"

    export(store, path, dataclasses.replace(WEBSITE, modification=Modification.RESIZE_CROP))

    (row,) = rows(path)
    address = "https://creativecommons.org/licenses/by-sa/3.0/nl/"
    assert ("CC-BY-SA-3.0-NL", address, None, None) == (
        row["licence"], row["licence_url"], row["expires"], row["scope"],
    )  # fmt: skip
    assert (
        '"Storm" by @anna (https://s.example/@anna), https://s.example/1, '
        f"CC BY-SA 3.0 NL ({address}), resized or cropped"
    ) == row["credit_line"]
    assert ["adaptations must be shared alike, under the same licence"] == row["notes"]


@pytest.mark.parametrize("effect", [Effect.NO_QUOTING, Effect.NO_IMAGES, Effect.NO_PUBLIC_SEARCH])
def test_what_a_page_asks_holds_unless_the_author_has_agreed(
    store: Store, tmp_path: Path, effect: Effect
) -> None:
    signal = RightsSignal(name="robots", raw="x", found_in="meta robots", effects=(effect,))
    put(store, *(post(n, author=ANNA, rights_signals=(signal,)) for n in range(1, 7)))
    grant(store, 1)
    for number, basis in ((2, Basis.CONTRACT), (3, Basis.OWNED)):
        record(store, Step.BASIS, number, basis=basis, scope=SCOPE, evidence=PROOF)
    licence(store, 4, "CC-BY-4.0")
    record(store, Step.BASIS, 5, basis=Basis.PUBLIC_DOMAIN, evidence=PROOF)
    record(store, Step.BASIS, 6, basis=Basis.PLATFORM_EMBED, evidence=PROOF)
    record(store, Step.SOURCE, 6, source_state=SourceState.LIVE)

    written, _ = export(store, tmp_path / "out.ndjson")

    exported = {row["id"] for row in rows(tmp_path / "out.ndjson")}
    assert {post(1).id, post(2).id, post(3).id} == exported
    assert {effect.value: 3} == written.left_out


def test_other_wishes_do_not_forbid_to_show_it(store: Store, tmp_path: Path) -> None:
    signal = RightsSignal(name="robots", raw="x", found_in="meta", effects=(Effect.NO_TRAINING,))
    put(store, post(1, author=ANNA, rights_signals=(signal,)))
    licence(store, 1, "CC-BY-4.0")

    assert 1 == len(export(store, tmp_path / "out.ndjson")[0].items)


def test_whom_nobody_can_name_is_left_out(store: Store, tmp_path: Path) -> None:
    put(store, post(1), post(2, author=ANNA))
    grant(store, 1)

    assert {"credit": 1, "no_basis": 1} == export(store, tmp_path / "out.ndjson")[0].left_out


def alter(store: Store, number: int) -> None:
    note = store.notes.read(f"ledger/{number:012d}")
    assert note is not None
    changed = {**note.value, "event": {**note.value["event"], "by": "Mallory"}}
    store.notes.write(f"ledger/{number:012d}", changed, note.version)


def remove(store: Store, number: int) -> None:
    note = store.notes.read(f"ledger/{number:012d}")
    assert note is not None
    store.notes.delete(f"ledger/{number:012d}", note.version)


def unreadable(store: Store, number: int) -> None:
    note = store.notes.read(f"ledger/{number:012d}")
    assert note is not None
    store.notes.write(f"ledger/{number:012d}", {"number": number}, note.version)


@pytest.mark.parametrize("harm", [alter, remove, unreadable])
def test_with_a_ledger_that_is_not_whole_nothing_is_written(
    store: Store, tmp_path: Path, harm: Any
) -> None:
    put(store, post(1, author=ANNA), post(2, author=ANNA))
    grant(store, 1)
    grant(store, 2)
    path = tmp_path / "out.csv"
    path.write_text("as before")
    harm(store, 5)  # of the other mention than the one that is asked for

    with pytest.raises((NotExported, LedgerDamaged), match=r"entry 5|0{6}5"):
        export(store, path, query='text:"good 1"', place="https://shop.example/")

    assert "as before" == path.read_text()
    assert [] == list(exports(store))
    assert [path] == [each for each in tmp_path.iterdir() if "out.csv" in each.name]
    assert () == Permissions(store).ground(post(1).id)[0].placements


def test_a_ledger_that_was_cut_off_is_found_by_its_number(store: Store, tmp_path: Path) -> None:
    put(store, post(1, author=ANNA))
    grant(store, 1)
    record(store, Step.REVOKE)
    remove(store, 4)

    with pytest.raises(NotExported, match="1 entries are missing at the end: 3 of 4"):
        export(store, tmp_path / "out.csv", expected=Noted(4))


def test_who_withdraws_while_it_is_written_is_not_exported(store: Store, tmp_path: Path) -> None:
    put(store, post(1, author=ANNA), post(2, author=ANNA))
    grant(store, 1)

    def withdraw(_: LeftOut) -> None:
        record(store, Step.REVOKE)

    with pytest.raises(NotExported, match=f"meanwhile something was recorded about {post(1).id}"):
        export_granted(
            store, Asked(query="*", use=WEBSITE, by="Ida"), tmp_path / "out.csv", Format.CSV,
            now=NOW, tell=withdraw,
        )  # fmt: skip

    assert not (tmp_path / "out.csv").exists()


def test_where_it_is_going_to_be_is_on_record(store: Store, tmp_path: Path) -> None:
    put(store, post(1, author=ANNA), post(2, author=ANNA), post(3, author=ANNA))
    grant(store, 1)
    grant(store, 2)
    place = "https://shop.example/"

    export(store, tmp_path / "out.csv", place=place)
    entries = len(list(Permissions(store).ledger.entries()))
    export(store, tmp_path / "out.csv", place=place)

    assert [(place,), (place,), ()] == [
        Permissions(store).standing(post(n).id).placements for n in (1, 2, 3)
    ]
    assert 8 == entries == len(list(Permissions(store).ledger.entries()))


def test_every_export_is_on_record(store: Store, tmp_path: Path) -> None:
    put(store, post(1, author=ANNA))
    grant(store, 1)

    first, _ = export(store, tmp_path / "out.csv")
    second, _ = export(store, tmp_path / "out.ndjson", Use(channel="tv"))

    kept = list(exports(store))
    assert [1, 2] == [first.number, second.number] == [each.number for each in kept]
    assert [
        ("granted", "Ida", "out.csv", (post(1).id,)),
        ("granted", "Ida", "out.ndjson", ()),
    ] == [(each.kind, each.by, each.file, each.mentions) for each in kept]
    digest = hashlib.sha256((tmp_path / "out.csv").read_bytes()).hexdigest()
    assert (digest, "channel=website; territory=SE") == (kept[0].sha256, kept[0].about["use"])
    assert "credit_line" in kept[0].columns


def test_what_a_platform_caps_is_not_handed_out_beyond(store: Store, tmp_path: Path) -> None:
    mentions = [post(n, source="x", author=ANNA) for n in range(501)]
    put(store, *mentions)
    permissions = Permissions(store, clock=lambda: NOW)
    for mention in mentions:
        permissions.record(
            event(Step.BASIS, mention=mention.id, basis=Basis.OWNED, evidence=PROOF)
        )

    with pytest.raises(ExportRefused, match=r"X: at most 500 .* Narrow the search \(-source:x\)"):
        export(store, tmp_path / "out.csv", place="p")

    assert not (tmp_path / "out.csv").exists()
    assert all(not each.placements for each in permissions.standings().values())


def test_a_cap_counts_by_host_and_by_who_is_logged_in(store: Store, tmp_path: Path) -> None:
    mentions = [
        post(n, source="import", url=f"https://x.com/a{n}/status/{n}", author=ANNA)
        for n in range(2)
    ]
    put(store, *mentions)
    permissions = Permissions(store, clock=lambda: NOW)
    for mention in mentions:
        permissions.record(
            event(Step.BASIS, mention=mention.id, basis=Basis.OWNED, evidence=PROOF)
        )
    store.notes.write(f"exported/x/{NOW.date()}", {"by": {me(): 499, "Bo": 3}}, None)

    with pytest.raises(ExportRefused, match=f"{me()} has got 499 today, this list has 2 more"):
        export(store, tmp_path / "out.csv")
    export(store, tmp_path / "out.csv", login="Bo")

    note = store.notes.read(f"exported/x/{NOW.date()}")
    assert note is not None
    assert {me(): 499, "Bo": 5} == note.value["by"]


def reviews() -> list[Mention]:
    said = [(True, None), (True, False), (False, True), (None, None)]
    return [
        post(n, source="reviews", site="shop.example", kind=Kind.REVIEW,
             author=Author(name="=Eva"), text="=SUM(1)\nlong", verified=verified,
             incentivised=paid)
        for n, (verified, paid) in enumerate(said, 1)
    ]  # fmt: skip


def owned(store: Store) -> None:
    put(store, *reviews())
    permissions = Permissions(store, clock=lambda: NOW)
    for mention in reviews():
        permissions.record(
            event(Step.BASIS, mention=mention.id, basis=Basis.OWNED, evidence=PROOF)
        )


SAID = (
    "These are 4 reviews chosen for publication: a selection, not all reviews, and no average may "
    "be formed of them. Chosen are those that the search '*' found and whose use is allowed. "
    "Whether their authors bought what they review was not checked by us. The site of publication "
    "says of 2 that they did, of 1 that they did not or that it did not check, and of 1 nothing. "
    "It says of 1 that something was given for them, of 1 that nothing was, and of 2 nothing."
)


def test_a_table_is_neutral_and_has_the_statement_on_reviews_beside_it(
    store: Store, tmp_path: Path
) -> None:
    owned(store)
    path = tmp_path / "out.csv"

    written, _ = export(store, path)

    with path.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert ["'=SUM(1)\nlong"] * 4 == [row["text"] for row in table]
    assert ["'=Eva"] * 4 == [row["author"] for row in table]
    assert SAID == written.statement
    assert f"{SAID}\n" == (tmp_path / "out.csv.reviews.txt").read_text("utf-8")


def test_a_workbook_is_for_people(store: Store, tmp_path: Path) -> None:
    owned(store)
    path = tmp_path / "out.xlsx"

    export(store, path)

    book = openpyxl.load_workbook(path)
    sheet = book["granted"]
    headings = {cell.value: place for place, cell in enumerate(sheet[1])}
    first = sheet[2]
    text, url = first[headings["text"]], first[headings["url"]]
    assert ("A2", True) == (sheet.freeze_panes, sheet["A1"].font.bold)
    assert ("=SUM(1)\nlong", "s", True) == (text.value, text.data_type, text.alignment.wrap_text)
    assert url.hyperlink is not None
    assert url.value == url.hyperlink.target
    assert str(url.value).startswith("https://s.example/")
    about = {row[0].value: row[1].value for row in book["about"]}
    assert (SAID, "4 entries, verified") == (about["reviews"], about["ledger"])


@pytest.mark.parametrize(("language", "word"), [("sv", "ett urval"), ("nl", "een selectie")])
def test_lines_say_what_they_are_first(
    store: Store, tmp_path: Path, language: str, word: str
) -> None:
    owned(store)
    path = tmp_path / "out.ndjson"

    export(store, path, language=language, place="p")

    header = json.loads(path.read_text("utf-8").splitlines()[0])["about"]
    assert ("4", "p", "*", True) == (
        header["items"], header["place"], header["search"], word in header["reviews"],
    )  # fmt: skip
    assert 4 == len(rows(path))


def test_a_csv_without_reviews_has_no_statement(store: Store, tmp_path: Path) -> None:
    put(store, post(1, author=ANNA))
    grant(store, 1)

    export(store, tmp_path / "out.csv")

    assert not (tmp_path / "out.csv.reviews.txt").exists()


_BASES = [each for each in Basis if each is not Basis.GRANT]
_LICENCES = ["CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-ND-2.0", "CC0-1.0", "LicenseRef-ARR", "MIT"]
_SCOPES = st.builds(
    Scope,
    channels=st.sampled_from([("website",), ("tv", "website"), ("organic_social:x",)]),
    territories=st.sampled_from([("SE",), ("WORLD",)]),
    valid_from=st.sampled_from([NOW.date() - 9 * DAY, NOW.date() + DAY]),
    valid_until=st.sampled_from([NOW.date() + DAY, NOW.date() + 9 * DAY]),
    paid_ads=st.booleans(),
    modification=st.sampled_from(Modification),
    ai_use=st.sampled_from(AiUse),
)
_EVENTS: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    step=st.sampled_from([*Step, Step.QUEUE, Step.SEND, Step.GRANT, Step.GRANT, Step.BASIS]),
    scope=_SCOPES,
    basis=st.sampled_from(_BASES),
    licence=st.sampled_from(_LICENCES),
    hold=st.sampled_from(Hold),
    source_state=st.sampled_from(SourceState),
    place=st.sampled_from(["a", "b"]),
    evidence=st.sampled_from([PROOF, PROOF, Evidence(url="https://s.example/9")]),
    reason=st.just("why"),
)
_USES = st.builds(
    Use,
    channel=st.sampled_from(["website", "tv", "organic_social:x", "internal"]),
    territory=st.sampled_from(["SE", "WORLD"]),
    paid_ads=st.booleans(),
    modification=st.sampled_from(Modification),
    ai_use=st.sampled_from(AiUse),
)
_FIELDS = st.fixed_dictionaries(
    {
        "author": st.sampled_from([ANNA, None]),
        "incentivised": st.sampled_from([None, True]),
        "rights_signals": st.sampled_from(
            [(), (RightsSignal(name="a", raw="", found_in="", effects=(Effect.NO_QUOTING,)),)]
        ),
    }
)
_BEGUN: list[dict[str, Any]] = [{"step": step, "scope": SCOPE} for step in (Step.QUEUE, Step.SEND)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(_FIELDS, st.booleans(), st.lists(_EVENTS, max_size=4)), min_size=1, max_size=6
    ),
    _USES,
)
def test_whatever_happened_nothing_is_exported_that_may_not_be_used(
    histories: list[tuple[dict[str, Any], bool, list[dict[str, Any]]]], use: Use
) -> None:
    with tempfile.TemporaryDirectory() as folder, EmbeddedStore(Path(folder) / "m.db") as store:
        permissions = Permissions(store, clock=lambda: NOW)
        for number, (fields, is_begun, happened) in enumerate(histories):
            put(store, post(number, **fields))
            for said in [*(_BEGUN if is_begun else []), *happened]:
                record_if_legal(permissions, post(number).id, said)
        path = Path(folder) / "out.ndjson"

        written, left_out = export(store, path, use)

        exported = {row["id"] for row in rows(path)}
        allowed = {
            each.id
            for each in (post(n, **fields) for n, (fields, *_) in enumerate(histories))
            if not usable(each, permissions.standing(each.id), use, NOW).reasons
        }
        assert exported <= allowed
        assert len(histories) == len(written.items) + len(left_out)
        ours = {"no_quoting", "credit", "licence"}
        for each in left_out:
            assert each.stored.id not in allowed or each.reasons[0].code in ours


def record_if_legal(permissions: Permissions, mention: str, said: dict[str, Any]) -> None:
    evidence = {"evidence": Evidence(text="May we?")} if said["step"] is Step.SEND else {}
    try:
        permissions.record(Event(mention=mention, at=NOW, by="Ida", **{**said, **evidence}))
    except IllegalTransition:
        return


def test_a_newcomer_exports_from_the_command_line(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        put(store, post(1, author=ANNA), post(2, author=ANNA))
        grant(store, 1, dataclasses.replace(SCOPE, valid_until=dt_far()))

    def say(*arguments: str) -> tuple[int, str, str]:
        done = run_sayso("--store", "sayso.db", "export", "granted", *arguments, cwd=tmp_path)
        return done.returncode, done.stdout, done.stderr

    use = ("--use", "channel=website; territory=SE")
    assert (0, "1 items written to granted.csv (export 1)\n", "1 not usable: 1 no_basis\n") == say(
        *use
    )
    code, out, _ = say(*use, "-o", "a.ndjson", "--json", "text:tastes")
    left_out, done = map(json.loads, out.splitlines())
    assert (0, post(2).id, "no_basis", 1) == (
        code, left_out["id"], left_out["reasons"][0]["code"], done["items"],
    )  # fmt: skip
    code, out, err = say(*use, "--format", "ndjson", "--out", "-", "--explain")
    assert (0, 2, True) == (code, len(out.splitlines()), f"{post(2).id}: no_basis: " in err)
    assert (1, "", "--format 'parquet' is not known;") == cut(say(*use, "--format", "parquet"), 32)


def dt_far() -> Any:
    return NOW.date().replace(year=2099)


def cut(said: tuple[int, str, str], length: int) -> tuple[int, str, str]:
    return said[0], said[1], said[2][:length]
