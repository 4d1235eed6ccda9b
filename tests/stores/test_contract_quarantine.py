"""What leaves quarantine in every store: what is asked for, and nothing else."""

import datetime as dt
from collections.abc import Sequence

from search.stores.base import Quarantined, Store
from tests.stores.inventing import START, make_mention


def entry(number: int, *, later: float = 0) -> Quarantined:
    at = START + dt.timedelta(seconds=number + later)
    return Quarantined(f"{number:04x}", "forum", "language", "bad", {"text": "Ä"}, at)


def fill(store: Store, count: int) -> list[Quarantined]:
    entries = [entry(number) for number in range(count)]
    store.quarantine(entries)
    return entries


def ids(entries: Sequence[Quarantined]) -> list[str]:
    return [each.id for each in entries]


def test_what_is_released_is_gone_and_the_rest_stays(store: Store) -> None:
    entries = fill(store, 4)

    assert 2 == store.release(ids(entries[1:3]))
    assert [entries[0], entries[3]] == list(store.quarantined())


def test_what_is_not_there_is_not_counted(store: Store) -> None:
    entries = fill(store, 2)

    assert 1 == store.release(["ffff", entries[0].id, entries[0].id])
    assert 0 == store.release([entries[0].id])
    assert [entries[1]] == list(store.quarantined())


def test_nothing_asked_releases_nothing(store: Store) -> None:
    fill(store, 2)

    assert 0 == store.release([])
    assert 2 == store.quarantine_size()


def test_it_is_told_which_of_many_are_there(store: Store) -> None:
    entries = fill(store, 3)
    store.release([entries[0].id])

    asked = [each.id for each in entries]
    assert {entries[1].id, entries[2].id} == store.in_quarantine([*asked, "0" * 32])
    assert set() == store.in_quarantine([])


def test_an_id_is_meant_whole(store: Store) -> None:
    entries = fill(store, 2)

    assert 0 == store.release([entries[0].id[:3], "", "%", entries[0].id.upper() + " "])
    assert entries == list(store.quarantined())


def test_more_than_one_statement_can_name_are_released_at_once(store: Store) -> None:
    entries = fill(store, 1_203)

    assert 1_202 == store.release(ids(entries[:-1]))
    assert [entries[-1]] == list(store.quarantined())


def test_what_failed_again_meanwhile_stays(store: Store) -> None:
    old, newer = fill(store, 2)
    again = entry(1, later=0.000_001)
    store.quarantine([again])

    assert 1 == store.release([old.id, newer.id], until=newer.at)
    assert [again] == list(store.quarantined())
    assert 1 == store.release([again.id], until=again.at)


def test_the_time_counts_in_whatever_zone_it_is_written(store: Store) -> None:
    (only,) = fill(store, 1)
    east = only.at.astimezone(dt.timezone(dt.timedelta(hours=9)))
    before = east - dt.timedelta(microseconds=1)

    assert 0 == store.release([only.id], until=before)
    assert 1 == store.release([only.id], until=east)


def test_the_size_counts_what_is_in_quarantine(store: Store) -> None:
    assert 0 == store.quarantine_size()

    fill(store, 3)

    assert 3 == store.quarantine_size()


def test_a_release_leaves_stored_mentions_alone(store: Store) -> None:
    mention = make_mention(1)
    store.put([mention])
    store.quarantine([Quarantined(mention.id, "forum", "store", "bad", {}, START)])

    assert 1 == store.release([mention.id])
    assert mention == store.get(mention.id).mention
