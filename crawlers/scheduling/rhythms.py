"""
The due times of a scheduled source, as a trigger for APScheduler.

APScheduler's own `CronTrigger` is not used: it counts weekdays from Monday, wants both the day of
the month and the weekday to match where cron wants either, and takes a time that daylight saving
skips or repeats for an ordinary one. Its `IntervalTrigger` starts all schedules at once.

Everything here is a function of the rhythm, the name and the clock, jitter included. So a
restart neither loses a due time that was still waiting nor brings one back.
"""

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger

from search.rhythm import Cron, Rhythm, read_cron, read_duration, read_quiet

MANY_NEW = 10
"""
A run with so many new mentions came late.

Feeds and first pages commonly hold the newest 10 to 20 entries (WordPress: 10, Mastodon: 20);
where 10 are new, others may already have fallen off the end.
"""

LENGTHEN = 1.5
SHORTEN = 0.5
RETURN = 0.25
"""The part of the way back to ``every`` that an ordinary run takes."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)
_TICK = dt.timedelta(microseconds=1)


class RhythmTrigger(BaseTrigger):  # type: ignore[misc]  # has no types
    """
    The next due time of a source.

    ``cadence`` is the interval where the rhythm names none, ``name`` spreads schedules of the same
    interval over it. ``interval`` is what `adapted` made of it, and counts from ``last``, when the
    source last started: each change would otherwise shift the phase, and could bring the next run
    at once. A rhythm with ``cron`` ignores both.
    """

    def __init__(
        self,
        rhythm: Rhythm,
        cadence: str,
        name: str,
        *,
        interval: dt.timedelta | None = None,
        last: dt.datetime | None = None,
    ) -> None:
        self.rhythm = rhythm
        self.name = name
        self._cron = read_cron(rhythm.cron) if rhythm.cron else None
        self._zone = ZoneInfo(rhythm.timezone)
        self._quiet = _Quiet(read_quiet(rhythm.quiet), self._zone)
        self._interval = _bounded(interval or usual_interval(rhythm, cadence), rhythm, cadence)
        self._anchor = _EPOCH + _part_of(self._interval, name)
        if interval and last:
            self._anchor = last.astimezone(dt.UTC)
        self._jitter = read_duration(rhythm.jitter) if rhythm.jitter else dt.timedelta()
        if not self._cron:
            self._jitter = min(self._jitter, self._interval)

    def __str__(self) -> str:
        return f"cron {self.rhythm.cron}" if self._cron else f"every {self._interval}"

    def get_next_fire_time(
        self, previous_fire_time: dt.datetime | None, now: dt.datetime
    ) -> dt.datetime:
        """
        Return the first due time after both, in UTC.

        UTC, because Python compares two times of one zone by their clocks alone and so confuses
        the two hours of an autumn night.
        """
        after = max(moment.astimezone(dt.UTC) for moment in (previous_fire_time, now) if moment)
        moments = self._moments(after - self._jitter)
        if not self._jitter:
            return next(moments)
        delayed = (
            moment + self._delay(moment, following)
            for moment, following in itertools.pairwise(moments)
        )
        return next(moment for moment in delayed if moment > after)

    def _moments(self, after: dt.datetime) -> Iterator[dt.datetime]:
        """Yield due times before jitter, those in quiet hours as the end of these."""
        # During quiet hours, what has fallen due since they began is still to come.
        latest = self._quiet.begin(after) - _TICK if self._quiet.holds(after) else after
        for due in self._due_times(latest):
            if due > latest:
                latest = self._quiet.leave(due)
                yield latest

    def _due_times(self, after: dt.datetime) -> Iterator[dt.datetime]:
        if self._cron:
            return _cron_times(self._cron, self._zone, after)
        return _interval_times(self._interval, self._anchor, after)

    def _delay(self, moment: dt.datetime, following: dt.datetime) -> dt.timedelta:
        """Choose a jitter that reaches neither the following due time nor quiet hours."""
        room = self._quiet.room(moment, min(self._jitter, following - moment))
        return _part_of(room, f"{self.name} {moment.isoformat()}")


def adapted(interval: dt.timedelta, rhythm: Rhythm, cadence: str, *, new: int) -> dt.timedelta:
    """
    Return the interval after a run that brought so many new mentions.

    With ``every`` the rhythm's own (else ``cadence``)::

        new = 0                interval x 1.5
        0 < new < MANY_NEW     interval + (every - interval) / 4
        new >= MANY_NEW        interval / 2

    then kept within ``fastest`` (else ``every``) and ``slowest`` (else ``every``). Without both
    it never leaves ``every``; with a trickle it comes back to it.
    """
    if new <= 0:
        wanted = interval * LENGTHEN
    elif new >= MANY_NEW:
        wanted = interval * SHORTEN
    else:
        wanted = interval + (usual_interval(rhythm, cadence) - interval) * RETURN
    return _bounded(wanted, rhythm, cadence)


def usual_interval(rhythm: Rhythm, cadence: str) -> dt.timedelta:
    """Return ``every``; a source's own cadence yields to ``fastest`` and ``slowest``."""
    usual = read_duration(rhythm.every or cadence)
    if rhythm.fastest:
        usual = max(usual, read_duration(rhythm.fastest))
    if rhythm.slowest:
        usual = min(usual, read_duration(rhythm.slowest))
    return usual


def _bounded(interval: dt.timedelta, rhythm: Rhythm, cadence: str) -> dt.timedelta:
    usual = usual_interval(rhythm, cadence)
    low = read_duration(rhythm.fastest) if rhythm.fastest else usual
    high = read_duration(rhythm.slowest) if rhythm.slowest else usual
    return min(max(interval, low), high)


def _part_of(span: dt.timedelta, text: str) -> dt.timedelta:
    """Choose a part of a span, from 0 up to below all of it, always the same for a text."""
    digest = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest())
    return dt.timedelta(microseconds=(span // _TICK) * digest >> 48)


def _interval_times(
    interval: dt.timedelta, anchor: dt.datetime, after: dt.datetime
) -> Iterator[dt.datetime]:
    first = (after - anchor) // interval + 1
    return (anchor + number * interval for number in itertools.count(first))


def _cron_times(cron: Cron, zone: ZoneInfo, after: dt.datetime) -> Iterator[dt.datetime]:
    first = _clock(after, zone).date()
    for number in itertools.count():
        day = first + dt.timedelta(days=number)
        if cron.falls_on(day):
            yield from (moment for moment in _times_on(day, cron, zone) if moment > after)


def _times_on(day: dt.date, cron: Cron, zone: ZoneInfo) -> list[dt.datetime]:
    """
    Place the clock times of one day in real time.

    A time in fixed hours comes once where daylight saving repeats it, and just after the gap where
    it is skipped. Where all hours are meant, each minute that really comes counts, each time.
    (To Vixie's cron ``*/2`` belongs to the latter, and skips or doubles a run; here it does not.)
    """
    clocks = [
        dt.datetime.combine(day, dt.time(hour, minute))
        for hour in cron.hours
        for minute in cron.minutes
    ]
    if len(cron.hours) < 24:
        return sorted({_first_time(clock, zone) for clock in clocks})
    return sorted({moment for clock in clocks for moment in _real_times(clock, zone)})


def _first_time(clock: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    moment = min(_readings(clock, zone))
    while _clock(moment, zone) < clock:  # in a gap: on to its end
        moment += _MINUTE
    return moment


def _real_times(clock: dt.datetime, zone: ZoneInfo) -> set[dt.datetime]:
    return {moment for moment in _readings(clock, zone) if _clock(moment, zone) == clock}


def _readings(clock: dt.datetime, zone: ZoneInfo) -> set[dt.datetime]:
    """Read a local time by the offset before and the one after a change: mostly the same."""
    return {clock.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1)}


def _clock(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class _Quiet:
    """Quiet hours; walked minute by minute, which is right across every change of a clock."""

    minutes: frozenset[int]
    zone: ZoneInfo

    def holds(self, moment: dt.datetime) -> bool:
        local = moment.astimezone(self.zone)
        return local.hour * 60 + local.minute in self.minutes

    def begin(self, moment: dt.datetime) -> dt.datetime:
        """Go back to where the stretch around a moment began."""
        begin = _whole_minute(moment)
        while self.holds(begin - _MINUTE):
            begin -= _MINUTE
        return begin

    def leave(self, moment: dt.datetime) -> dt.datetime:
        """Move on to the end of a quiet stretch; outside of one, stay."""
        while self.holds(moment):
            moment = _whole_minute(moment) + _MINUTE
        return moment

    def room(self, moment: dt.datetime, most: dt.timedelta) -> dt.timedelta:
        """Measure the time until the next quiet stretch, or ``most`` if that comes first."""
        if not self.minutes:
            return most
        end = _whole_minute(moment)
        while end < moment + most and not self.holds(end):
            end += _MINUTE
        return min(most, end - moment)


def _whole_minute(moment: dt.datetime) -> dt.datetime:
    return moment.replace(second=0, microsecond=0)
