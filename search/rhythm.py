"""When a source is due, as `sayso.toml` says it: durations, cron expressions, quiet hours."""

import datetime as dt
import itertools
import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pydantic

from search.spelling import closest
from search.strict import Strict

SHORTEST_EVERY = dt.timedelta(seconds=10)
"""No site has news more often, and a run takes about as long to start."""

LONGEST_DURATION = dt.timedelta(days=366)
"""A longer one is a slip of the keyboard, and would overflow the calendar."""

LONGEST_JITTER = dt.timedelta(days=1)
"""A run that may come any day of the week needs another cron expression instead."""


class Rhythm(Strict):
    """When a source is due: the keys of one ``[[sources]]`` table that say so."""

    every: str | None = None
    """Time from one run to the next, such as ``15m``; ``None``: the source's own cadence."""

    cron: str | None = None
    """Five cron fields in local time, such as ``30 7 * * mon-fri``; ``None``: ``every`` holds."""

    timezone: str = "UTC"
    """The IANA name, such as ``Europe/Stockholm``, whose clock ``cron`` and ``quiet`` read."""

    jitter: str | None = None
    """Each due time is moved later by a random part of this, such as ``2m``; ``None``: not."""

    quiet: tuple[str, ...] = ()
    """Local hours in which nothing starts, such as ``22:00-06:00``; what falls due waits."""

    fastest: str | None = None
    """Shortest interval when much is new, such as ``5m``; ``None``: never below ``every``."""

    slowest: str | None = None
    """Longest interval when nothing is new, such as ``6h``; ``None``: never above ``every``."""

    @pydantic.field_validator("every", "fastest", "slowest")
    @classmethod
    def _must_be_an_interval(cls, text: str | None) -> str | None:
        if text is not None and read_duration(text) < SHORTEST_EVERY:
            raise ValueError(f"{text!r} is too short; allowed: at least 10s")
        return text

    @pydantic.field_validator("jitter")
    @classmethod
    def _must_be_a_delay(cls, text: str | None) -> str | None:
        if text is not None and read_duration(text) > LONGEST_JITTER:
            raise ValueError(f"{text!r} is too long; allowed: at most 1d")
        return text

    @pydantic.field_validator("cron")
    @classmethod
    def _must_be_a_cron(cls, text: str | None) -> str | None:
        if text is not None:
            read_cron(text)
        return text

    @pydantic.field_validator("timezone")
    @classmethod
    def _must_be_a_zone(cls, name: str) -> str:
        try:
            zoneinfo.ZoneInfo(name)
        except (LookupError, ValueError, OSError):  # no such file, no such path, a folder
            near = closest(name, sorted(zoneinfo.available_timezones()))
            raise ValueError(
                f"{name!r} is no time zone{near or ';'} allowed: IANA names, such as "
                "Europe/Stockholm"
            ) from None
        return name

    @pydantic.field_validator("quiet")
    @classmethod
    def _must_leave_a_minute(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        read_quiet(texts)
        return texts

    @pydantic.model_validator(mode="after")
    def _rhythm_must_agree(self) -> "Rhythm":
        self._check_cron_stands_alone()
        self._check_order("fastest", "every", "slowest")
        self._check_order("jitter", "every")
        return self

    def _check_cron_stands_alone(self) -> None:
        for key in ("every", "fastest", "slowest"):
            text = getattr(self, key)
            if self.cron is not None and text is not None:
                raise ValueError(
                    f"cron = {self.cron!r} and {key} = {text!r} exclude each other; "
                    "allowed: cron alone, or every with fastest and slowest"
                )

    def _check_order(self, *keys: str) -> None:
        given = [(key, text) for key in keys if (text := getattr(self, key)) is not None]
        for (low, short), (high, long) in itertools.pairwise(given):
            if read_duration(short) > read_duration(long):
                raise ValueError(
                    f"{low} = {short!r} is longer than {high} = {long!r}; "
                    f"allowed: {' <= '.join(keys)}"
                )


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATIONS = "90s, 15m, 2h, 1d or 1w"


def read_duration(text: str) -> dt.timedelta:
    """Read ``90s``, ``15m``, ``2h``, ``1d`` or ``1w``; else `ValueError` says what is wrong."""
    match = re.fullmatch(r"0*([0-9]+)([a-z]*)", text)
    if not match:
        raise ValueError(f"{text!r} is no whole number with a unit; allowed: {_DURATIONS}")
    number, unit = match.groups()
    if unit not in _UNITS:
        wrong = f"the unit {unit!r} is unknown" if unit else "the unit is missing"
        raise ValueError(f"{text!r}: {wrong}; allowed: {_DURATIONS}")
    count, longest = int(number[:9]), LONGEST_DURATION // dt.timedelta(**{_UNITS[unit]: 1})
    if not 0 < count <= longest:
        raise ValueError(f"{text!r} is out of range; allowed: more than 0, at most 366d")
    return dt.timedelta(**{_UNITS[unit]: count})


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """The local minutes that a cron expression names."""

    minutes: frozenset[int]
    """Of the hour, 0 to 59."""

    hours: frozenset[int]
    """Of the day, 0 to 23; all of them mean that it follows real time, not the clock's jumps."""

    days: frozenset[int]
    """Of the month, 1 to 31."""

    months: frozenset[int]
    """Of the year, 1 to 12."""

    weekdays: frozenset[int]
    """0 to 6 from Sunday on."""

    either_day: bool
    """Whether a day of ``days`` or of ``weekdays`` is enough: cron's rule where both are given."""

    def falls_on(self, day: dt.date) -> bool:
        """Decide by the calendar alone, without hours."""
        fits = (day.day in self.days, day.isoweekday() % 7 in self.weekdays)
        return day.month in self.months and (any(fits) if self.either_day else all(fits))


def read_cron(text: str) -> Cron:
    """
    Read five fields as Vixie's cron does: Sunday is 0 or 7, names are English.

    Unlike there, ``fri-sun`` may end in Sunday; what can never fire is a `ValueError`.
    """
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"{text!r} has {len(fields)} fields; allowed: five, namely "
            f"{', '.join(field.name for field in _FIELDS)}, such as 30 7 * * mon-fri"
        )
    values = [field.read(part) for field, part in zip(_FIELDS, fields, strict=True)]
    minutes, hours, days, months, weekdays = values
    cron = Cron(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(number % 7 for number in weekdays),
        either_day=not any(fields[place].startswith("*") for place in (2, 4)),
    )
    if not cron.either_day and min(days) > max(_SHORT_MONTHS.get(month, 31) for month in months):
        raise ValueError(
            f"{text!r} can never fire; allowed: a day of month that one of its months has"
        )
    return cron


_SHORT_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_PART = re.compile(r"(?:\*|(?P<low>\w+)-(?P<high>\w+))(?:/(?P<step>[0-9]{1,3}))?|(?P<one>\w+)")


class _Field(NamedTuple):
    """One of the five places of a cron expression."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    """For the numbers from ``low`` on."""

    def read(self, text: str) -> frozenset[int]:
        return frozenset(number for part in text.split(",") for number in self._range(part))

    def _range(self, part: str) -> range:
        match = _PART.fullmatch(part)
        if not match:
            raise self._refusal(part)
        one, low, high, step = match.group("one", "low", "high", "step")
        begin = self._number(one or low) if one or low else self.low
        end = self._number(one or high) if one or high else self.high
        if self.high == 7 and end == 0 < begin:
            end = 7  # sat-sun: a range that ends in Sunday
        if not begin <= end or not 1 <= int(step or 1) <= self.high:
            raise self._refusal(part)
        return range(begin, end + 1, int(step or 1))

    def _number(self, text: str) -> int:
        if text.lower() in self.names:
            return self.low + self.names.index(text.lower())
        if re.fullmatch("[0-9]{1,2}", text) and self.low <= int(text) <= self.high:
            return int(text)
        raise self._refusal(text)

    def _refusal(self, text: str) -> ValueError:
        names = f" or {self.names[0]}-{self.names[-1]}" if self.names else ""
        return ValueError(
            f"{text!r} is no {self.name} of a cron expression; allowed: "
            f"{self.low}-{self.high}{names}, * for all, 1,2 for a list, 1-5 for a range, "
            "*/2 or 1-5/2 for steps"
        )


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("weekday", 0, 7, _WEEKDAYS),
)

_STRETCH = re.compile(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)")
_MINUTES_A_DAY = 24 * 60


def read_quiet(texts: Sequence[str]) -> frozenset[int]:
    """Read stretches such as ``22:00-06:00`` as the minutes of the day they cover, 0 to 1439."""
    minutes = frozenset(minute for text in texts for minute in _read_stretch(text))
    if len(minutes) == _MINUTES_A_DAY:
        raise ValueError(
            f"{', '.join(texts)!r} covers all day, so nothing would ever start; "
            "allowed: what leaves some time free, such as 22:00-06:00"
        )
    return minutes


def _read_stretch(text: str) -> set[int]:
    match = _STRETCH.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no stretch of a day; allowed: hours such as 22:00-06:00")
    begin, end = (_minute_of(clock) for clock in match.groups())
    if begin < end:
        return {*range(begin, end)}
    return {*range(begin, _MINUTES_A_DAY), *range(end)}


def _minute_of(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
