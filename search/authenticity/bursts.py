"""
Days on which something got far more reviews than is usual for it.

What is usual is the highest of three numbers from the days around: their median, the median of the
same weekdays, for much is reviewed on Sundays, and the mean without the busiest tenth, for where
most days have none. A day stands out if so many would come by chance once in a million days:
the tail of Poisson's distribution, made wider where days differ more than it lets them, as
Farrington et al. do (*A statistical algorithm for the early detection of outbreaks of infectious
disease*, 1996). It must be three times the usual as well, and no rhythm: where two
other days around come near it, such days are usual too.
"""

import dataclasses
import datetime as dt
import itertools
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

LEAST_REVIEWS: Final = 10
"""Fewer on one day are no burst, however quiet it is else."""

DAYS_AROUND: Final = 28
"""Days before and behind that say what is usual."""

LEAST_DAYS: Final = 14
"""With fewer days around nothing is usual yet."""

TIMES_USUAL: Final = 3
CHANCE: Final = 1e-6

_NEAR_IT: Final = 0.5
_OFTEN: Final = 2
_SAME_BURST: Final = 3
"""Days so near are part of the same burst, not of a rhythm."""

_BUSIEST: Final = 0.1
_WEEK: Final = 7
_ROUNDING: Final = 0.5
"""By how much a deviation of whole numbers may be too large."""

_NORMAL: Final = 1.4826
"""What makes a standard deviation of a median absolute deviation, were the days normal."""


@dataclasses.dataclass(frozen=True, slots=True)
class Burst:
    """A day, or several in a row, with far more reviews than usual."""

    first_day: dt.date
    last_day: dt.date
    reviews: int
    """On all of these days."""

    usual: float
    """Reviews a day that were to be expected, on its busiest day."""

    days_around: int
    """From how many days that is known."""

    chance: float
    """How likely so many are on its busiest day without a reason; below `CHANCE`."""


def find_bursts(counts: Mapping[dt.date, int], last_day: dt.date) -> list[Burst]:
    """
    Find the bursts in the reviews of each day, the earliest first.

    Days that are not named have none; nothing is known of days before the first named and
    behind ``last_day``.
    """
    by_day = {day.toordinal(): count for day, count in counts.items() if count > 0}
    if not by_day:
        return []
    series = _Series(by_day, min(by_day), last_day.toordinal())
    found: list[Burst] = []
    for day in sorted(by_day):
        burst = series.judge(day)
        if burst is None:
            continue
        if found and (burst.first_day - found[-1].last_day).days == 1:
            burst = _joined(found.pop(), burst)
        found.append(burst)
    return found


def _joined(one: Burst, other: Burst) -> Burst:
    """Make one burst of two that follow each other; the less likely one says what was usual."""
    told = min(one, other, key=lambda burst: burst.chance)
    return dataclasses.replace(
        told,
        first_day=one.first_day,
        last_day=other.last_day,
        reviews=one.reviews + other.reviews,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Series:
    """Reviews by day, days counted from the year 1."""

    counts: Mapping[int, int]
    first: int
    last: int

    def judge(self, day: int) -> Burst | None:
        """Return the burst that this day is, of one day; ``None`` for a usual one."""
        count = self.counts[day]
        if count < LEAST_REVIEWS or day > self.last:
            return None
        around = list(self._around(day))
        if len(around) < LEAST_DAYS or self._is_often(day):
            return None
        usual = self._usual(day, [self.counts.get(each, 0) for each in around])
        chance = _tail(count, usual, self._spread(around, usual))
        if count < TIMES_USUAL * usual or chance > CHANCE:
            return None
        date = dt.date.fromordinal(day)
        return Burst(date, date, count, round(usual, 2), len(around), chance)

    def _around(self, day: int) -> Iterator[int]:
        low, high = max(day - DAYS_AROUND, self.first), min(day + DAYS_AROUND, self.last)
        yield from (each for each in range(low, high + 1) if each != day)

    def _is_often(self, day: int) -> bool:
        """Whether days like this come again and again."""
        enough = _NEAR_IT * self.counts[day]
        near = [
            each
            for each in self._around(day)
            if abs(each - day) > _SAME_BURST and self.counts.get(each, 0) >= enough
        ]
        separate = sum(
            each - before > _SAME_BURST for before, each in itertools.pairwise([0, *near])
        )
        return separate >= _OFTEN

    def _usual(self, day: int, around: Sequence[int]) -> float:
        low, high = max(day - DAYS_AROUND, self.first), min(day + DAYS_AROUND, self.last)
        weekdays = [
            self.counts.get(each, 0)
            for each in range(low + (day - low) % _WEEK, high + 1, _WEEK)
            if each != day
        ]
        calmer = sorted(around)[: len(around) - math.ceil(_BUSIEST * len(around))]
        rarest = 1 / len(around)  # rather than never
        of_weekday = statistics.median(weekdays) if weekdays else 0
        return max(statistics.median(around), of_weekday, statistics.fmean(calmer), rarest)

    def _spread(self, around: Sequence[int], usual: float) -> float:
        """Return how many times the usual the variance is; as in Poisson's distribution: 1."""
        counts = [self.counts.get(each, 0) for each in around]
        middle = statistics.median(counts)
        deviation = statistics.median(abs(count - middle) for count in counts)
        deviation = _NORMAL * max(0, deviation - _ROUNDING)
        return max(1.0, deviation**2 / usual)


def _tail(count: int, usual: float, spread: float) -> float:
    """Return how likely so many or more are; only right where they are more than usual."""
    rate = usual / spread
    number = math.floor(count / spread)
    if number <= rate:
        return 1.0
    term = math.exp(number * math.log(rate) - rate - math.lgamma(number + 1))
    total = 0.0
    while term > total * 1e-12:
        total += term
        number += 1
        term *= rate / number
    return min(total, 1.0)
