"""A due time starts one run: not none and not two, whoever dies when, whatever the clock says."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.running.keeping import run_of
from crawlers.scheduling.schedules import Scheduled, schedules
from crawlers.scheduling.timetable import Timetable
from search.config import Brand, Config, SourceConfig
from search.run_log import Run, RunState
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


class Day:
    """The time, as a test says it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def day() -> Day:
    return Day()


@pytest.fixture
def store(tmp_path: Path, day: Day) -> Iterator[Store]:
    with EmbeddedStore(tmp_path / "s.db", clock=day) as opened:
        yield opened


def config(**keys: str | tuple[str, ...]) -> Config:
    brand = Brand(name="Tea", query="tea")
    return Config(brands=(brand,), sources=(SourceConfig(source="hackernews", **keys),))  # type: ignore[arg-type]


def only(config: Config) -> Scheduled:
    (scheduled,) = schedules(config).values()
    return scheduled


def finish(
    store: Store, run: Run | None, new: int = 0, state: RunState = RunState.FINISHED
) -> None:
    assert run is not None
    store.runs.end(run, state, counts={"mentions": {"new": new}})


def test_a_new_schedule_is_due_at_once(store: Store, day: Day) -> None:
    timetable = Timetable(store, day)

    assert timetable.entry(only(config(every="6h"))).next_at == START + dt.timedelta(seconds=1)


def test_one_that_ran_lately_is_due_when_its_interval_is_over(store: Store, day: Day) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="6h"))
    timetable.entry(scheduled)
    day.now += HOUR
    finish(store, timetable.start_due(scheduled, config()))

    changed = only(config(every="2h"))

    assert timetable.entry(changed).next_at == START + 3 * HOUR


def test_a_cron_waits_for_its_time(store: Store, day: Day) -> None:
    scheduled = only(config(cron="30 14 * * *"))

    assert Timetable(store, day).entry(scheduled).next_at == START + dt.timedelta(hours=2.5)


def test_nothing_is_queued_before_it_is_due(store: Store, day: Day) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1h"))
    timetable.entry(scheduled)

    assert timetable.start_due(scheduled, config()) is None
    assert store.runs.recent() == []


def test_what_is_due_is_queued_once(store: Store, day: Day) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1h"))
    timetable.entry(scheduled)
    day.now += dt.timedelta(seconds=2)

    run = timetable.start_due(scheduled, config())

    assert run is not None
    assert ("schedule hackernews:Tea", RunState.QUEUED) == (run.by, run.state)
    assert timetable.start_due(scheduled, config()) is None
    assert timetable.entry(scheduled).next_at > day.now


def test_of_what_fell_due_while_nobody_scheduled_only_one_run_is_made_up(
    store: Store, day: Day
) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1h"))
    timetable.entry(scheduled)
    day.now += 50 * HOUR

    finish(store, timetable.start_due(scheduled, config()))

    assert timetable.start_due(scheduled, config()) is None
    assert 1 == len(store.runs.recent())
    assert day.now < timetable.entry(scheduled).next_at <= day.now + HOUR


def test_a_scheduler_killed_between_queueing_and_writing_the_next_time_queues_nothing_twice(
    store: Store, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1h"))
    timetable.entry(scheduled)
    day.now += dt.timedelta(seconds=2)
    with monkeypatch.context() as killed:
        killed.setattr(Timetable, "_write", lambda *_: None)
        first = timetable.start_due(scheduled, config())
    finish(store, first, new=7)

    Timetable(store, day).start_due(scheduled, config())

    assert [first and first.id] == [run.id for run in store.runs.recent()]
    assert timetable.entry(scheduled).next_at > day.now


def test_a_run_that_is_still_under_way_is_not_begun_again_and_that_is_counted(
    store: Store, day: Day, caplog: pytest.LogCaptureFixture
) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1h"))
    timetable.entry(scheduled)
    day.now += HOUR
    first = timetable.start_due(scheduled, config())
    for _ in range(2):
        day.now += HOUR
        assert timetable.start_due(scheduled, config()) is None

    assert 2 == timetable.entry(scheduled).refused
    assert ["overlap refused"] * 2 == [record.message for record in caplog.records]
    finish(store, first)
    day.now += HOUR
    assert timetable.start_due(scheduled, config()) is not None
    assert 0 == timetable.entry(scheduled).refused


def test_a_clock_that_was_far_ahead_does_not_stop_a_schedule(store: Store, day: Day) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1h"))
    timetable.entry(scheduled)
    day.now = START.replace(year=2030)
    finish(store, timetable.start_due(scheduled, config()))

    day.now = START + HOUR

    assert timetable.entry(scheduled).next_at <= day.now + HOUR


def test_a_clock_that_was_ahead_skips_no_run_once_it_is_right(store: Store, day: Day) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1h"))
    timetable.entry(scheduled)
    assert runs_in_hours(24, store, day, timetable, scheduled) >= 23
    day.now = START + HOUR

    assert runs_in_hours(24, store, day, timetable, scheduled) >= 23


def runs_in_hours(
    hours: int, store: Store, day: Day, timetable: Timetable, scheduled: Scheduled
) -> int:
    """Let time pass, with runs that end at once, and count them."""
    count = 0
    for _ in range(hours):
        timetable.entry(scheduled)
        day.now += HOUR
        run = timetable.start_due(scheduled, config())
        if run is not None:
            finish(store, run)
            count += 1
    return count


def test_the_second_run_comes_neither_at_once_nor_much_later(store: Store, day: Day) -> None:
    gaps = []
    for number in range(40):
        brand = Brand(name=f"Tea {number}", query="tea")
        named = Config(brands=(brand,), sources=(SourceConfig(source="hackernews", every="1h"),))
        timetable, scheduled = Timetable(store, day), only(named)
        first_at = timetable.entry(scheduled).next_at
        day.now = first_at
        finish(store, timetable.start_due(scheduled, named))
        gaps.append((timetable.entry(scheduled).next_at - first_at) / HOUR)

    assert 0.5 <= min(gaps) < 0.8
    assert 1.2 < max(gaps) <= 1.5


def test_the_first_due_time_after_a_run_by_hand_is_not_moved_by_looking(
    store: Store, day: Day
) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1d"))
    by_hand = run_of(scheduled.plan, "crawl")
    finish(store, store.runs.queue(by_hand))
    day.now += HOUR

    assert [START + 24 * HOUR] * 2 == [timetable.entry(scheduled).next_at for _ in range(2)]


def test_an_interval_follows_what_runs_bring(store: Store, day: Day) -> None:
    adaptive = config(every="1h", fastest="15m", slowest="4h")
    timetable, scheduled = Timetable(store, day), only(adaptive)
    timetable.entry(scheduled)
    intervals = []
    for new in (0, 0, 0, 0, 0, 50, 50, 50, 50, 50, 50):
        day.now = timetable.entry(scheduled).next_at + dt.timedelta(seconds=1)
        finish(store, timetable.start_due(scheduled, adaptive), new)
        found = timetable.entry(scheduled).interval
        intervals.append(found and found / HOUR)

    assert [None, 1.5, 2.25, 3.375, 4.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.25] == intervals


def test_a_run_that_failed_says_nothing_about_what_there_is(store: Store, day: Day) -> None:
    adaptive = config(every="1h", slowest="4h")
    timetable, scheduled = Timetable(store, day), only(adaptive)
    timetable.entry(scheduled)
    for _ in range(3):
        day.now = timetable.entry(scheduled).next_at + dt.timedelta(seconds=1)
        finish(store, timetable.start_due(scheduled, adaptive), 0, RunState.BLOCKED)

    assert timetable.entry(scheduled).interval is None


def test_a_schedule_that_is_no_more_is_forgotten(store: Store, day: Day) -> None:
    timetable, scheduled = Timetable(store, day), only(config())
    timetable.entry(scheduled)
    timetable.forget_others({})

    assert {} == dict(store.notes.under("schedule/"))


def test_looking_writes_nothing(store: Store, day: Day) -> None:
    entry = Timetable(store, day).look(only(config(every="6h")))

    assert entry.next_at == START + dt.timedelta(seconds=1)
    assert {} == dict(store.notes.under(""))


def test_since_is_reckoned_when_it_is_due(store: Store, day: Day) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1h", since="1d"))
    timetable.entry(scheduled)
    day.now += HOUR

    run = timetable.start_due(scheduled, config())

    assert run is not None
    assert run.since_at is not None
    assert abs(dt.datetime.now(dt.UTC) - dt.timedelta(days=1) - run.since_at) < dt.timedelta(
        minutes=1
    )


def test_a_note_of_another_version_is_begun_anew(store: Store, day: Day) -> None:
    timetable, scheduled = Timetable(store, day), only(config(every="1h"))
    store.notes.write(f"schedule/{scheduled.name}", {"when": "tomorrow"}, None)

    assert timetable.start_due(scheduled, config()) is None
    assert timetable.entry(scheduled).next_at == START + dt.timedelta(seconds=1)
