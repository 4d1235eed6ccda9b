"""The run log: one run of a kind at a time, none for ever "running", none counted twice."""

import datetime as dt
import threading
from dataclasses import replace

import pytest

from search.run_log import Run, RunNotFound, RunOverlap, RunState
from search.stores.base import Store

RUN = Run(
    id="0123456789ab",
    key="feed https://a.example/rss 77",
    source="feed",
    address="https://a.example/rss",
    brands=("Tea", "Coffee"),
    since_at=dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
    by="schedule feed",
    work={"brands": [{"name": "Tea", "query": "tea"}]},
)
COUNTS = {"mentions": {"new": 3, "unchanged": 4}, "requests": {"200": 5}}


def other(run_id: str, **changes: str) -> Run:
    return replace(RUN, id=run_id, key=changes.pop("key", run_id), **changes)  # type: ignore[arg-type]


def test_a_run_is_kept_as_it_was_asked_for(store: Store) -> None:
    queued = store.runs.queue(RUN)

    assert queued == store.runs.get("0123")
    assert replace(RUN, queued_at=queued.queued_at) == queued


def test_the_same_is_not_queued_twice(store: Store) -> None:
    store.runs.queue(RUN)

    with pytest.raises(RunOverlap, match="already queued"):
        store.runs.queue(replace(RUN, id="ba9876543210"))


def test_the_very_same_run_is_not_written_down_again(store: Store) -> None:
    store.runs.queue(RUN)
    store.runs.end(RUN, RunState.FINISHED)

    with pytest.raises(RunOverlap, match="already finished") as caught:
        store.runs.queue(RUN)
    assert RUN.id == caught.value.other.id


def test_it_may_be_queued_again_once_it_is_over(store: Store) -> None:
    store.runs.queue(RUN)
    store.runs.end(RUN, RunState.INTERRUPTED, problem="nobody had time")

    again = store.runs.queue(replace(RUN, id="ba9876543210"))

    assert RunState.QUEUED == again.state
    assert ["ba9876543210", "0123456789ab"] == [run.id for run in store.runs.recent(key=RUN.key)]


def test_one_worker_alone_gets_a_run(store: Store) -> None:
    store.runs.queue(RUN)
    got: list[Run | None] = []

    threads = [
        threading.Thread(target=lambda n=n: got.append(store.runs.claim(RUN.id, f"worker {n}")))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (claimed,) = filter(None, got)
    assert claimed == store.runs.get(RUN.id)
    assert RunState.RUNNING == claimed.state


def test_a_worker_that_did_not_hear_that_it_has_a_run_has_it(store: Store) -> None:
    store.runs.queue(RUN)
    first = store.runs.claim(RUN.id, "me")

    again = store.runs.claim(RUN.id, "me")

    assert first is not None
    assert first == again
    assert store.runs.claim(RUN.id, "another") is None
    assert store.runs.end(first, RunState.FINISHED)


def test_of_many_that_queue_the_same_at_once_one_does(store: Store) -> None:
    for turn in range(3):
        results: list[Run | RunOverlap] = []

        def queue(
            number: int, turn: int = turn, results: list[Run | RunOverlap] = results
        ) -> None:
            try:
                results.append(store.runs.queue(other(f"{turn:06x}{number:06x}", key="same")))
            except RunOverlap as overlap:
                results.append(overlap)

        threads = [threading.Thread(target=queue, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        (queued,) = [result for result in results if isinstance(result, Run)]
        others = [result.other.id for result in results if isinstance(result, RunOverlap)]
        assert [queued.id] * 5 == others
        assert store.runs.end(queued, RunState.FINISHED)


def test_a_beat_tells_what_was_counted_so_far(store: Store) -> None:
    store.runs.queue(RUN)
    run = store.runs.claim(RUN.id, "w")
    assert run is not None

    assert store.runs.beat(run, COUNTS)
    kept = store.runs.get(RUN.id)
    assert (1, COUNTS, 3, 7) == (
        kept.beats,
        kept.counts,
        kept.count("mentions", "new"),
        kept.count("mentions"),
    )


def test_a_run_ends_once(store: Store) -> None:
    store.runs.queue(RUN)
    run = store.runs.claim(RUN.id, "w")
    assert run is not None
    store.runs.beat(run, COUNTS)

    ended = store.runs.end(run, RunState.BLOCKED, problem="HTTP 403", warnings=("layout changed",))
    again = store.runs.end(run, RunState.FINISHED)

    kept = store.runs.get(RUN.id)
    assert (True, False) == (ended, again)
    assert (RunState.BLOCKED, "HTTP 403", ("layout changed",), COUNTS) == (
        *(kept.state, kept.problem, kept.warnings),
        kept.counts,
    )
    assert kept.finished_at is not None
    assert not store.runs.beat(run, COUNTS)


def test_a_worker_from_whom_a_run_was_taken_changes_nothing(store: Store) -> None:
    store.runs.queue(RUN)
    old = store.runs.claim(RUN.id, "asleep")
    assert old is not None

    assert store.runs.requeue(old)
    assert not store.runs.requeue(old)
    new = store.runs.claim(RUN.id, "awake")

    assert new is not None
    assert (2, False, False) == (
        new.attempt,
        store.runs.beat(old, COUNTS),
        store.runs.end(old, RunState.FINISHED),
    )
    assert 1 == new.deaths
    assert store.runs.end(new, RunState.FINISHED, counts=COUNTS)


def test_what_a_worker_still_knows_of_an_earlier_attempt_is_nothing_to_the_next(
    store: Store,
) -> None:
    store.runs.queue(RUN)
    first = store.runs.claim(RUN.id, "the same")
    assert first is not None
    store.runs.requeue(first)
    second = store.runs.claim(RUN.id, "the same")

    assert second is not None
    assert [False, True] == [store.runs.beat(run, COUNTS) for run in (first, second)]


def test_a_worker_that_gives_a_run_back_did_not_die_of_it(store: Store) -> None:
    store.runs.queue(RUN)
    run = store.runs.claim(RUN.id, "w")
    assert run is not None
    store.runs.requeue(run, died=False)

    again = store.runs.get(RUN.id)
    assert (RunState.QUEUED, None, 2, 0, RUN.work) == (
        *(again.state, again.worker, again.attempt, again.deaths),
        again.work,
    )


def test_what_was_to_be_done_is_forgotten_once_it_is_over(store: Store) -> None:
    store.runs.queue(RUN)
    store.runs.end(RUN, RunState.FINISHED)

    assert {} == store.runs.get(RUN.id).work


def test_a_run_that_is_over_cannot_be_begun(store: Store) -> None:
    store.runs.queue(RUN)
    store.runs.end(RUN, RunState.INTERRUPTED)

    assert store.runs.claim(RUN.id, "w") is None


def test_runs_are_listed_newest_first_and_narrowed(store: Store) -> None:
    for number in range(6):
        store.runs.queue(other(f"{number:012x}", source="feed" if number % 2 else "website"))
    store.runs.claim("000000000001", "w")

    assert [5, 4, 3, 2, 1, 0] == [int(run.id, 16) for run in store.runs.recent()]
    assert [5, 3, 1] == [int(run.id, 16) for run in store.runs.recent(source="feed")]
    assert [5, 4] == [int(run.id, 16) for run in store.runs.recent(limit=2)]
    assert [1] == [int(run.id, 16) for run in store.runs.recent(states=[RunState.RUNNING])]
    assert [2] == [int(run.id, 16) for run in store.runs.recent(key="000000000002")]
    assert [1] == [int(run.id, 16) for run in store.runs.recent(taken=True)]
    assert [0, 2, 3] == [
        int(run.id, 16) for run in store.runs.recent(taken=False, oldest_first=True, limit=3)
    ]


@pytest.mark.parametrize("prefix", ["", "ff", "00", "%", "_"])
def test_an_id_that_is_none_or_several_is_said(store: Store, prefix: str) -> None:
    store.runs.queue(other("000000000001"))
    store.runs.queue(other("000000000002"))

    with pytest.raises(RunNotFound):
        store.runs.get(prefix)


def test_old_runs_are_forgotten_but_for_the_last_of_each_kind(store: Store) -> None:
    for number in range(3):
        run = store.runs.queue(other(f"{number:012x}", key="same"))
        store.runs.end(run, RunState.FINISHED)
    store.runs.queue(other("aaaaaaaaaaaa"))

    assert 2 == store.runs.forget(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    assert ["aaaaaaaaaaaa", "000000000002"] == [run.id for run in store.runs.recent()]
