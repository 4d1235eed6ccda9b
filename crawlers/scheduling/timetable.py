"""
What is due when, kept in the store so that no restart forgets or repeats a due time.

A due time is claimed in two steps: the run is queued under an id that follows from schedule and
due time, then the next due time is written. Whoever is killed in between leaves the due time to be
claimed again, by which the same run is not queued twice.
"""

import dataclasses
import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

from crawlers.running.keeping import run_of
from crawlers.running.work import pack
from crawlers.scheduling.schedules import Scheduled
from search.config import Config
from search.notes import Note
from search.run_log import Run, RunOverlap, RunState
from search.stores.base import Store

PREFIX = "schedule/"
_SOON = dt.timedelta(seconds=1)

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DueTime:
    """How one schedule stands."""

    next_at: dt.datetime
    """When it is due next."""

    interval: dt.timedelta | None = None
    """What adapting has made of the interval; ``None``: the usual one."""

    last_at: dt.datetime | None = None
    """When it was last due; ``None``: never."""

    refused: int = 0
    """How often in a row it was due while the run before was still under way."""


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Timetable:
    """The due times of all schedules."""

    def __init__(self, store: Store, now: Callable[[], dt.datetime] = _utc_now) -> None:
        self._store = store
        self._now = now

    def entry(self, scheduled: Scheduled) -> DueTime:
        """
        Return how a schedule stands, and write down the due time of a new or changed one.

        A due time further off than can be is replaced: the clock was wrong meanwhile.
        """
        note = self._store.notes.read(PREFIX + scheduled.name)
        if note is None or not _is_of(note, scheduled):
            return self._begin(scheduled, note)
        entry = _entry(note.value)
        if not self._is_too_far(scheduled, entry):
            return entry
        reckoned = self._reckon(scheduled, entry, None)
        return self._write(scheduled, dataclasses.replace(entry, next_at=reckoned), note) or entry

    def look(self, scheduled: Scheduled) -> DueTime:
        """Return how a schedule stands, or would stand, and write nothing."""
        note = self._store.notes.read(PREFIX + scheduled.name)
        if note is None or not _is_of(note, scheduled):
            return self._first(scheduled)
        return _entry(note.value)

    def start_due(self, scheduled: Scheduled, config: Config) -> Run | None:
        """Queue the run of a schedule if it is due; ``None`` when it is not, or was refused."""
        note = self._store.notes.read(PREFIX + scheduled.name)
        if note is None or not _is_of(note, scheduled):
            return None  # `entry` begins it
        if _entry(note.value).next_at > self._now():
            return None
        entry = self._adapt(scheduled, _entry(note.value))
        plan = scheduled.plan_now()
        run = run_of(plan, f"schedule {scheduled.name}", pack(plan, config))
        run_id = _run_id(scheduled, entry.next_at, note.version)
        queued = self._queue(dataclasses.replace(run, id=run_id))
        after = dataclasses.replace(
            entry,
            next_at=self._reckon(scheduled, entry, entry.next_at),
            last_at=entry.next_at,
            refused=0 if queued is not None else entry.refused + 1,
        )
        self._write(scheduled, after, note)
        return queued

    def forget_others(self, names: Mapping[str, Scheduled]) -> None:
        """Drop the due times of schedules that are no more."""
        for key, note in self._store.notes.under(PREFIX, limit=100_000).items():
            if key.removeprefix(PREFIX) not in names:
                self._store.notes.delete(key, note.version)

    def last_run(self, scheduled: Scheduled) -> Run | None:
        """Return the latest run of what a schedule reads, whoever asked for it."""
        run = run_of(scheduled.plan, "")
        return next(iter(self._store.runs.recent(key=run.key, limit=1)), None)

    def _begin(self, scheduled: Scheduled, note: Note | None) -> DueTime:
        entry = self._first(scheduled)
        return self._write(scheduled, entry, note) or entry

    def _first(self, scheduled: Scheduled) -> DueTime:
        """
        Reckon the first due time of a new or changed rhythm.

        With an interval it is reckoned from the last run, whoever asked for it, and comes at once
        where that was longer ago or never: nobody waits a day for a first look.
        """
        last = self.last_run(scheduled)
        last_at = last.queued_at if last is not None else None
        overdue = self._now() - scheduled.usual + _SOON
        anchor = max(last_at, overdue) if last_at is not None else overdue
        trigger = scheduled.trigger(scheduled.usual, anchor)
        return DueTime(next_at=trigger.get_next_fire_time(None, self._now()), last_at=last_at)

    def _is_too_far(self, scheduled: Scheduled, entry: DueTime) -> bool:
        if scheduled.entry.cron:
            return entry.next_at > self._reckon(scheduled, entry, None)
        longest = (entry.interval or 1.5 * scheduled.usual) + scheduled.slack
        return entry.next_at > self._now() + longest

    def _adapt(self, scheduled: Scheduled, entry: DueTime) -> DueTime:
        last = self.last_run(scheduled)
        if last is None or last.state is not RunState.FINISHED:
            return entry
        interval = scheduled.adapt(entry.interval, last.count("mentions", "new"))
        return dataclasses.replace(entry, interval=interval)

    def _reckon(
        self, scheduled: Scheduled, entry: DueTime, previous: dt.datetime | None
    ) -> dt.datetime:
        anchor = previous or entry.last_at
        trigger = scheduled.trigger(entry.interval, anchor)
        next_at = trigger.get_next_fire_time(None, self._now())
        too_soon = anchor is not None and next_at - anchor < scheduled.usual / 2
        if too_soon and entry.interval is None and not scheduled.entry.cron:
            return trigger.get_next_fire_time(
                next_at, self._now()
            )  # the first phase after another
        return next_at

    def _queue(self, run: Run) -> Run | None:
        try:
            return self._store.runs.queue(run)
        except RunOverlap as overlap:
            if overlap.other.id != run.id:
                log.warning(
                    "overlap refused", extra={"by": run.by, "still_running": overlap.other.id}
                )
                return None
            return overlap.other

    def _write(self, scheduled: Scheduled, entry: DueTime, note: Note | None) -> DueTime | None:
        value = {"rhythm": scheduled.rhythm_key, **_plain(entry)}
        version = note.version if note is not None else None
        written = self._store.notes.write(PREFIX + scheduled.name, value, version)
        return entry if written is not None else None


def _is_of(note: Note, scheduled: Scheduled) -> bool:
    """Whether a note holds a due time by this rhythm, whichever version wrote it."""
    return note.value.get("rhythm") == scheduled.rhythm_key and "next_at" in note.value


def _run_id(scheduled: Scheduled, due_at: dt.datetime, version: int) -> str:
    """Name the run of one claim: where a clock is set back, a due time may be claimed again."""
    named = f"{scheduled.name}\n{due_at.isoformat()}\n{version}"
    return hashlib.blake2b(named.encode(), digest_size=6).hexdigest()


def _plain(entry: DueTime) -> dict[str, Any]:
    return {
        "next_at": entry.next_at.isoformat(),
        "interval": entry.interval and entry.interval.total_seconds(),
        "last_at": entry.last_at and entry.last_at.isoformat(),
        "refused": entry.refused,
    }


def _entry(value: Mapping[str, Any]) -> DueTime:
    interval, last_at = value.get("interval"), value.get("last_at")
    return DueTime(
        next_at=dt.datetime.fromisoformat(value["next_at"]),
        interval=dt.timedelta(seconds=interval) if interval else None,
        last_at=dt.datetime.fromisoformat(last_at) if last_at else None,
        refused=value.get("refused", 0),
    )
