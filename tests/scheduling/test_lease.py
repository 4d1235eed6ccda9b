"""Of many schedulers one is active, and another takes over when it dies."""

import pytest

from crawlers.running.processes import this_process
from crawlers.scheduling.lease import Lease, holder_of
from search.errors import StoreError
from search.notes import Note
from search.stores.base import Store
from tests.running.conftest import Time
from tests.running.test_supervision import gone

ANNA, BERT = "anna/1/1", "bert/2/2"


def test_the_first_gets_it_and_the_second_waits(store: Store, clock: Time) -> None:
    anna, bert = (Lease(store.notes, holder=name, now=clock) for name in (ANNA, BERT))

    assert [anna.hold(), bert.hold(), anna.hold(), bert.hold()] == [True, False, True, False]
    assert ANNA == holder_of(store.notes)


def test_a_holder_that_renews_keeps_it_for_ever(store: Store, clock: Time) -> None:
    anna, bert = (Lease(store.notes, holder=name, now=clock) for name in (ANNA, BERT))
    held = []
    for _ in range(100):
        held.append((anna.hold(), bert.hold()))
        clock.seconds += 15

    assert {(True, False)} == set(held)


def test_a_holder_that_is_not_heard_of_loses_it_within_a_minute(store: Store, clock: Time) -> None:
    anna, bert = (Lease(store.notes, holder=name, now=clock) for name in (ANNA, BERT))
    anna.hold()
    taken_after = None
    for second in range(0, 60, 3):
        clock.seconds = second
        if bert.hold():
            taken_after = second
            break

    assert taken_after == 21
    assert not anna.hold()


def test_a_dead_process_of_this_machine_loses_it_at_once(store: Store) -> None:
    Lease(store.notes, holder=gone()).hold()

    assert Lease(store.notes).hold()
    assert this_process() == holder_of(store.notes)


def test_what_was_let_go_is_free(store: Store, clock: Time) -> None:
    anna, bert = (Lease(store.notes, holder=name, now=clock) for name in (ANNA, BERT))
    anna.hold()
    anna.release()

    assert holder_of(store.notes) is None
    assert bert.hold()
    anna.release()
    assert bert.hold()


def test_of_two_that_take_it_at_the_same_moment_one_does(store: Store) -> None:
    class Late(Lease):
        """Sees the note as it was before another took it."""

        def _write(self, note: Note | None) -> bool:
            assert Lease(store.notes, holder=BERT).hold()
            return super()._write(note)

    assert not Late(store.notes, holder=ANNA).hold()
    assert BERT == holder_of(store.notes)


def test_a_store_that_cannot_be_asked_costs_it_only_when_another_may_have_it(
    store: Store, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = Lease(store.notes, holder=ANNA, now=clock)
    anna.hold()

    def fail(_: str) -> Note | None:
        raise StoreError("s.db", "away")

    monkeypatch.setattr(store.notes, "read", fail)

    for seconds in (5, 4):
        clock.seconds += seconds
        assert anna.hold()
    clock.seconds += 4
    with pytest.raises(StoreError):
        anna.hold()
