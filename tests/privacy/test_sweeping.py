"""Deleting on a store: what goes, what stays, and that a no is never forgotten."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.mention import Author
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import Noted
from search.permissions.standing import IllegalTransition
from search.query import Everything
from search.retention.sweeping import look, sweep
from search.stores.base import Quarantined, Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Basis, Hold, Permission
from tests.permissions.inventing import DAY, GRANTED, NOW, SCOPE, WEBSITE, event, post
from tests.privacy.aging import ALL, ago, keep, rules, seen
from tests.stores.conftest import path, store

__all__ = ["path", "store"]


@pytest.fixture
def own(path: Path) -> Iterator[Store]:
    """Open an embedded store: how stores delete is tested with them."""
    with EmbeddedStore(path) as opened:
        yield opened


def record(store: Store, number: int, *events: Event, at: dt.datetime = NOW) -> None:
    """Write what happened to a mention, all of it then."""
    permissions = Permissions(store, clock=lambda: at)
    for each in events:
        permissions.record(
            event(each.step, each.at, post(number).id, hold=each.hold, scope=each.scope,
                  evidence=each.evidence, place=each.place, reason=each.reason)
        )  # fmt: skip


def numbers(store: Store) -> list[int]:
    """Return the numbers of the mentions that are there."""
    return sorted(int(each.mention.source_id) for each in store.iterate(Everything()))


ASKED = event(Step.QUEUE), event(Step.SEND)
DECLINED = (*ASKED, event(Step.DECLINE, evidence=ASKED[1].evidence))


def test_looking_deletes_nothing_and_applying_what_was_shown(store: Store) -> None:
    keep(store, seen(1, 10), seen(2, 90), seen(3, 100), seen(4, 31, source="feed"),
         seen(5, 200), seen(6, 200), seen(7, 200))  # fmt: skip
    record(store, 5, *GRANTED)
    record(store, 6, *DECLINED, at=ago(8))
    record(store, 7, event(Step.HOLD, hold=Hold.LEGAL_HOLD))
    store.notes.write(f"drafts/{post(6).id}", {"token": "x"}, None)
    store.notes.write("links/abc", {"mention": post(6).id}, None)
    store.notes.write("links/def", {"mention": post(5).id}, None)
    said = rules({"feed": 30}, **ALL)

    shown = look(store, said, NOW)
    before = numbers(store)
    done = sweep(store, said, NOW)

    counts = {rule: tally.count for rule, tally in shown.items()}
    assert {
        "mentions_days": 2, "limit of the source": 1, "declined_days": 1, "evidence": 3
    } == counts  # fmt: skip
    assert ago(100) == shown["mentions_days"].oldest
    assert {post(2).id, post(3).id} == set(shown["mentions_days"].examples)
    assert [1, 2, 3, 4, 5, 6, 7] == before
    assert [1, 5, 7] == numbers(store)
    assert shown == done
    assert store.notes.read(f"drafts/{post(6).id}") is None
    assert ["links/def"] == list(store.notes.under("links/"))
    assert {} == sweep(store, said, NOW)


def test_a_no_is_never_forgotten_and_what_was_said_is(own: Store) -> None:
    keep(own, seen(1, 20))
    record(own, 1, *DECLINED, at=ago(8))
    sweep(own, rules(**ALL), NOW)
    keep(own, seen(1, 0))

    permissions = Permissions(own)
    standing = permissions.standing(post(1).id)
    assert Permission.DECLINED is standing.permission
    assert {Hold.NOT_REUSABLE} == standing.holds
    assert [None, None, None] == [each.event for each in permissions.history(post(1).id)]
    assert [] == list(permissions.ledger.verify(Noted(3)))
    assert not permissions.decide(own.get(post(1).id), WEBSITE).is_usable
    with pytest.raises(IllegalTransition, match="do not ask"):
        permissions.record(event(Step.QUEUE, mention=post(1).id))
    assert {"declined_days"} == set(look(own, rules(**ALL), NOW))


def test_no_answer_and_an_end_stay_what_they_were_as_well(own: Store) -> None:
    keep(own, seen(1, 20), seen(2, 20))
    asked = event(Step.QUEUE), event(Step.SEND, at=ago(60))
    record(own, 1, *asked, event(Step.NO_RESPONSE), at=ago(30))
    end = SCOPE.valid_until
    record(own, 2, *GRANTED, event(Step.EXPIRE, at=NOW + 400 * DAY))
    late = dt.datetime.combine(end, dt.time(), dt.UTC) + 3 * 366 * DAY + 2 * DAY

    sweep(own, rules(**ALL), late)

    standings = Permissions(own).standings()
    assert Permission.NO_RESPONSE is standings[post(1).id].permission
    assert Permission.EXPIRED is standings[post(2).id].permission
    assert Basis.NONE is standings[post(2).id].basis
    assert [] == numbers(own)


def test_an_interrupted_sweep_is_finished_by_the_next(
    own: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.retention.sweeping.BATCH", 2)
    keep(own, *(seen(number, 100) for number in range(1, 8)))

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(own, rules(**ALL), NOW, on_step=stop)
    assert 5 == len(numbers(own))
    assert 5 == sweep(own, rules(**ALL), NOW)["mentions_days"].count
    assert [] == numbers(own)


def test_the_next_sweep_cleans_the_index_where_one_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.db"

    def holding() -> list[str]:
        files = [file for file in (tmp_path / "own.db.index").rglob("*") if file.is_file()]
        return [file.name for file in files if b"zanzibarqux" in file.read_bytes()]

    with EmbeddedStore(path) as store:
        keep(store, seen(1, 200, author=Author(name="zanzibarqux")), seen(2, 1))
    with EmbeddedStore(path) as store:
        sweep(store, rules(mentions_days=90), NOW)
        monkeypatch.setattr(store._index, "owes_cleaning", False)  # noqa: SLF001 - as if killed
    assert holding() != []

    with EmbeddedStore(path) as store:
        assert {} == sweep(store, rules(mentions_days=90), NOW)
    assert [] == holding()


def test_what_is_granted_between_the_look_and_the_deletion_stays(
    own: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.retention.sweeping.BATCH", 1)
    keep(own, seen(1, 100), seen(2, 100), seen(3, 100))

    granted: list[int] = []

    def grant(_: int) -> None:
        if not granted:
            granted.append(numbers(own)[0])
            record(own, granted[0], *GRANTED)

    done = sweep(own, rules(**ALL), NOW, on_step=grant)

    assert granted == numbers(own)
    assert 2 == done["mentions_days"].count


def test_quarantine_is_kept_no_longer_than_mentions(own: Store) -> None:
    entries = [
        Quarantined(id=post(number).id, source="mastodon", stage="match", error="x", mention={},
                    at=ago(days))
        for number, days in ((1, 10), (2, 100))
    ]  # fmt: skip
    own.quarantine(entries)
    said = rules(mentions_days=90)

    assert 1 == look(own, said, NOW)["quarantine"].count
    sweep(own, said, NOW)

    assert [post(1).id] == [each.id for each in own.quarantined()]


def test_a_yes_that_nobody_has_looked_at_yet_keeps_its_mention(own: Store) -> None:
    keep(own, seen(1, 20), seen(2, 20), seen(3, 20))
    for number in (1, 2, 3):
        record(own, number, *DECLINED, at=ago(8))
    for number, behind in ((1, 3), (2, 2)):  # behind the no, and before it
        own.notes.write(f"answers/{post(number).id}/{behind:08d}", {"answer": "yes"}, None)

    sweep(own, rules(**ALL), NOW)

    assert [1] == numbers(own)
    assert [post(1).id] == [key.split("/")[1] for key in own.notes.under("answers/")]


def test_what_its_author_handed_over_goes_with_a_mention(own: Store, tmp_path: Path) -> None:
    keep(own, seen(1, 20))
    record(own, 1, *DECLINED, at=ago(8))
    for number in (1, 2):
        folder = tmp_path / "uploads" / post(number).id
        folder.mkdir(parents=True)
        (folder / "0a").write_bytes(b"a picture")

    sweep(own, rules(**ALL), NOW, uploads=tmp_path / "uploads")

    assert [post(2).id] == [folder.name for folder in (tmp_path / "uploads").iterdir()]


def test_an_end_behind_erased_steps_is_an_end_and_no_dispute(own: Store) -> None:
    keep(own, seen(1, 20))
    record(own, 1, *GRANTED, event(Step.REVOKE))
    for number in (1, 2, 3):
        Permissions(own).ledger.erase(number, "erased", NOW)

    standing = Permissions(own).standing(post(1).id)

    assert (Permission.REVOKED, Basis.NONE) == (standing.permission, standing.basis)
    assert {Hold.NOT_REUSABLE} == standing.holds
