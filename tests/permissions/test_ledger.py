"""The chain: whoever alters, removes or reorders an entry is found out; erasing does no harm."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import (
    GENESIS,
    BadNote,
    Ledger,
    LedgerDamaged,
    Noted,
    digest,
    read_noted,
)
from search.stores.base import Store
from search.vocabulary import Hold, Permission
from tests.permissions.inventing import GRANTED, ID, NOW, event, post
from tests.stores.conftest import store

__all__ = ["store"]


def written(store: Store, count: int = 6) -> Ledger:
    """Fill a ledger with a granted mention, and holds of others."""
    permissions = Permissions(store, clock=lambda: NOW)
    for each in GRANTED:
        permissions.record(each)
    for n in range(count - len(GRANTED)):
        permissions.record(event(Step.HOLD, mention=f"{n + 1:032d}", hold=Hold.DISPUTED))
    return permissions.ledger


def key(number: int) -> str:
    return f"ledger/{number:012d}"


def change(store: Store, number: int, how: Callable[[dict[str, Any]], None]) -> None:
    """Alter an entry behind the ledger's back."""
    note = store.notes.read(key(number))
    assert note is not None
    value = dict(note.value)
    how(value)
    assert store.notes.write(key(number), value, note.version) is not None


def test_a_ledger_left_alone_is_whole(store: Store) -> None:
    ledger = written(store)

    entries = list(ledger.entries())

    assert [] == list(ledger.verify(Noted(6)))
    assert [1, 2, 3, 4, 5, 6] == [each.number for each in entries]
    assert GENESIS == entries[0].before
    assert [each.hash for each in entries[:-1]] == [each.before for each in entries[1:]]
    assert entries[3:] == list(ledger.entries(after=3))


def test_the_hash_of_an_entry_never_changes() -> None:
    assert digest({"b": "é", "a": [1, None, True]}).startswith("052bf4")


@pytest.mark.parametrize(
    ("number", "how", "problem"),
    [
        (
            3,
            lambda value: value["event"].update(by="Mallory"),
            "entry 3: what happened was changed",
        ),
        (3, lambda value: value["event"]["evidence"].update(text="no"), "entry 3: what happened"),
        (2, lambda value: value.update(mention="f" * 32), "entry 3 does not follow on entry 2"),
        (2, lambda value: value.update(written_at="2020"), "entry 3 does not follow on entry 2"),
        (4, lambda value: value.update(before=GENESIS), "entry 4 does not follow on entry 3"),
        (4, lambda value: value.update(event=None), "entry 4: what happened is gone"),
        (5, lambda value: value.update(number=4), f"under {key(5)} says that it is number 4"),
        (5, lambda value: value.update(extra=1), f"under {key(5)} cannot be read"),
    ],
)
def test_an_altered_entry_is_named(
    store: Store, number: int, how: Callable[[dict[str, Any]], None], problem: str
) -> None:
    ledger = written(store)
    change(store, number, how)

    assert any(problem in sentence for sentence in ledger.verify())


def test_an_event_and_its_hash_changed_together_are_found_by_the_next_entry(store: Store) -> None:
    ledger = written(store)

    change(store, 2, forged)

    assert ["entry 3 does not follow on entry 2: one of them was changed"] == list(ledger.verify())


@pytest.mark.parametrize("number", [1, 3])
def test_a_removed_entry_is_named_and_nothing_is_recorded_any_more(
    store: Store, number: int
) -> None:
    ledger = written(store)
    note = store.notes.read(key(number))
    assert note is not None
    store.notes.delete(key(number), note.version)

    assert f"entry {number} is missing" in list(ledger.verify())
    with pytest.raises(LedgerDamaged, match=f"entry {number} of the ledger is missing"):
        Permissions(store).record(event(Step.HOLD, hold=Hold.DISPUTED))


def test_entries_cut_off_the_end_are_missed_where_their_number_was_written_down(
    store: Store,
) -> None:
    ledger = written(store)
    note = store.notes.read(key(6))
    assert note is not None
    store.notes.delete(key(6), note.version)

    assert [] == list(ledger.verify())
    assert ["1 entries are missing at the end: 5 of 6"] == list(ledger.verify(Noted(6)))


def forged(value: dict[str, Any]) -> None:
    value["event"]["by"] = "Mallory"
    value["event_hash"] = digest(value["event"])


def made_anew(store: Store, ledger: Ledger, since: int) -> None:
    """Change an entry, and give all behind it the hashes that fit."""
    change(store, since, forged)
    for number in range(since + 1, 7):
        before = next(ledger.entries(number - 2))
        change(store, number, lambda value, before=before: value.update(before=before.hash))  # type: ignore[misc]  # bound


@pytest.mark.parametrize("since", [1, 3, 6])
def test_a_chain_made_anew_is_found_by_a_hash_that_was_written_down(
    store: Store, since: int
) -> None:
    ledger = written(store)
    noted, early = ledger.head(6), ledger.head(2)

    made_anew(store, ledger, since)

    assert [] == list(ledger.verify(Noted(6)))  # a number alone does not tell
    (problem,) = ledger.verify(noted)
    assert problem.startswith("entry 6 has the hash ")
    assert f"{noted.hash} was written down: it or one before it was changed" in problem
    assert (since <= 2) == bool(list(ledger.verify(early)))


def test_what_was_written_down_holds_while_the_ledger_grows_and_is_erased(store: Store) -> None:
    ledger = written(store)
    noted = read_noted(str(ledger.head(4)))

    ledger.erase(3, "asked by its author", NOW)

    assert 4 == noted.number
    assert [] == list(ledger.verify(noted))
    whole = next(ledger.entries(3)).hash
    assert [] == list(ledger.verify(read_noted(f"4:{whole.upper()}")))
    assert Noted(0) == ledger.head(99)


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "4:", "4:3afa", "4:" + "g" * 16, "0:" + "a" * 16, "4:" + "a" * 65, "4" * 99],
)
def test_what_cannot_have_been_written_down_is_refused(text: str) -> None:
    with pytest.raises(BadNote, match="allowed: NUMBER, or NUMBER:HASH with 16 or more digits"):
        read_noted(text)


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,4}(:[0-9a-f]{16})?", fullmatch=True))
def test_any_text_is_what_was_written_down_or_refused(text: str) -> None:
    try:
        noted = read_noted(text)
    except BadNote:
        return
    assert noted == read_noted(str(noted))


def test_swapped_entries_are_found(store: Store) -> None:
    ledger = written(store)
    fifth, sixth = store.notes.read(key(5)), store.notes.read(key(6))
    assert fifth is not None
    assert sixth is not None
    store.notes.write(key(5), {**sixth.value, "number": 5}, fifth.version)
    store.notes.write(key(6), {**fifth.value, "number": 6}, sixth.version)

    assert 2 <= len(list(ledger.verify()))


def test_erasing_leaves_a_tombstone_and_the_chain_whole(store: Store) -> None:
    ledger = written(store)

    assert ledger.erase(3, "asked by its author", NOW)
    assert not ledger.erase(3, "again", NOW)
    assert not ledger.erase(99, "nothing there", NOW)

    stone = list(ledger.entries())[2]
    assert [] == list(ledger.verify(Noted(6)))
    assert (None, "asked by its author") == (stone.event, (stone.erased or {}).get("reason"))
    assert "YesStorm" not in str(store.notes.read(key(3)))


def test_of_an_erased_grant_nothing_is_usable_any_more(store: Store) -> None:
    written(store).erase(3, "asked by its author", NOW)

    standing = Permissions(store).standing(ID)

    assert {Hold.NOT_REUSABLE} == standing.holds
    assert Permission.REQUESTED is standing.permission


def test_an_entry_that_cannot_follow_holds_the_mention(store: Store) -> None:
    """Somebody wrote past the rules: what it says is not believed, and nothing is usable."""
    ledger = Ledger(store.notes)
    ledger.append(event(Step.GRANT), behind=None, now=NOW)

    standing = Permissions(store).standing(ID)

    assert Permission.NOT_REQUESTED is standing.permission
    assert {Hold.DISPUTED} == standing.holds


def test_an_entry_is_read_as_it_was_written(store: Store) -> None:
    ledger = written(store)

    read = [entry.read() for entry in ledger.entries()][:3]

    assert list(GRANTED) == read


def test_what_is_no_event_says_which_entry(store: Store) -> None:
    ledger = written(store)
    change(store, 2, lambda value: value["event"].update(step="dance"))

    with pytest.raises(LedgerDamaged, match="entry 2 of the ledger is no event"):
        [entry.read() for entry in ledger.entries()]


def test_posts_of_this_file_are_those_of_the_others() -> None:
    assert dataclasses.replace(post(1), source_id="2", url="https://s.example/2",
                               text="Storm tastes good 2") == post(2)  # fmt: skip


def test_an_event_that_was_changed_is_not_believed(store: Store) -> None:
    """Somebody widens a grant behind the ledger's back: nothing is usable until a person looks."""
    written(store)
    change(store, 1, lambda value: value["event"]["scope"].update(paid_ads=True))

    standing = Permissions(store).standing(ID)

    assert Hold.DISPUTED in standing.holds
    assert not standing.grants


def test_a_chain_that_begins_with_something_else_is_damaged(store: Store) -> None:
    written(store)
    change(store, 1, lambda value: value.update(before="f" * 64))

    with pytest.raises(LedgerDamaged, match="entry 1 of the ledger does not follow"):
        Permissions(store).catch_up()
