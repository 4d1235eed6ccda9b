"""What an erasure leaves as it is, and says so; and that of the rest no byte stays."""

from pathlib import Path
from typing import Any

import pytest

from search.mention import Author
from search.people import erasing
from search.people.finding import Wanted, find_person
from search.permissions.events import Step
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Hold
from tests.people.inventing import EVA, RARE, went_through, wrote
from tests.people.test_erasing import any_store, erasure, failed, ids, store

__all__ = ["any_store", "store"]


def test_who_else_has_the_name_may_be_in_quarantine_alone(store: Store) -> None:
    bare, other = Author(name=EVA.name), Author(name=EVA.name, id="https://social.example/users/9")
    store.put([wrote(1), wrote(2, bare)])
    store.quarantine([failed(wrote(3, other)), failed(wrote(4, bare))])

    found = find_person(store, Wanted(author=str(EVA.id)))

    assert ({wrote(1).id}, set()) == (found.mentions, found.quarantined)
    assert {wrote(2).id, wrote(4).id} == found.unsure


def test_what_is_on_legal_hold_or_in_dispute_stays_and_is_named(any_store: Store) -> None:
    any_store.put([wrote(1), wrote(2), wrote(3)])
    for number, hold in ((1, Hold.LEGAL_HOLD), (2, Hold.DISPUTED), (3, Hold.MUSIC_THIRD_PARTY)):
        went_through(any_store, wrote(number).id, Step.HOLD, hold=hold)
    everything = [wrote(number).id for number in (1, 2, 3)]
    looking = erasure(any_store)
    looking.survey(everything)
    asked = erasure(any_store)
    asked.erase(everything)

    kept = {wrote(1).id: ["legal_hold"], wrote(2).id: ["disputed"]}
    assert kept == looking.receipt.on_hold == asked.receipt.on_hold
    assert (1, 1) == (looking.receipt.counts["mentions"], asked.receipt.counts["mentions"])
    assert kept.keys() == ids(any_store)
    assert kept == asked.receipt.to_plain()["on_hold"]

    all_the_same = erasure(any_store, despite_hold=True)
    all_the_same.erase(everything)
    assert ({}, set()) == (all_the_same.receipt.on_hold, ids(any_store))


def test_a_hold_that_comes_while_an_erasure_is_interrupted_counts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put([wrote(1), wrote(2)])
    monkeypatch.setattr(erasing, "drop_leftovers", _breaking)
    begun = erasure(store)
    with pytest.raises(RuntimeError):
        begun.erase([wrote(1).id, wrote(2).id])
    monkeypatch.undo()
    went_through(store, wrote(1).id, Step.HOLD, hold=Hold.LEGAL_HOLD)

    goes_on = erasure(store)
    goes_on.go_on()

    assert {wrote(1).id} == ids(store) == goes_on.receipt.on_hold.keys()
    assert {} == dict(store.notes.under(erasing.WORK))


def _breaking(*_: Any) -> Any:
    raise RuntimeError


def test_no_word_of_what_was_buried_is_left_in_a_file(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "own.db") as store:
        store.put([wrote(1)])
        went_through(store, wrote(1).id, Step.QUEUE, Step.HOLD, hold=Hold.DISPUTED)
        went_through(store, wrote(1).id, Step.RELEASE, hold=Hold.DISPUTED, reason=RARE)
        assert holding(tmp_path)
        erasure(store).erase([wrote(1).id])

        assert [] == holding(tmp_path)


def holding(folder: Path) -> list[str]:
    return [file.name for file in folder.glob("own.db*") if file.is_file()
            and RARE.encode() in file.read_bytes()]  # fmt: skip
