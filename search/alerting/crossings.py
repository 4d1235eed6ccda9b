"""
Alerts on numbers: a threshold that is reached, a spike above what is usual.

Either speaks once, and again only after it was seen below in between.

A threshold counts mentions by when the store first saw them, so that a source read once in six
hours counts too; but what was published more than `OLDEST` before the window is left out, so that
a source's first crawl, which finds the posts of years, sets nothing off.

A spike compares by the time of publication, in whole hours of UTC: the mean of the last 24 against
mean and population standard deviation of the 168 before them.
"""

import dataclasses
import datetime as dt
import statistics
from collections.abc import Sequence
from typing import Final

from search.alerting.memory import Memory
from search.alerting.watching import Look, Watch, between
from search.alerting.wording import (
    MOST_EXAMPLES,
    Event,
    count_mentions,
    write_examples,
    write_time,
)
from search.query import And, Not, Query, Range
from search.stores.base import Interval, Page, Sort

OLDEST: Final = dt.timedelta(days=1)
RECENT_HOURS: Final = 24
USUAL_HOURS: Final = 7 * 24
_HOUR: Final = dt.timedelta(hours=1)


def look_for_threshold(watch: Watch, memory: Memory) -> Look:
    """Count what was found within the window."""
    wanted = watch.alert.count or 1
    begin_at = watch.now - watch.alert.window
    found = between(watch.query, "first_seen_at", begin_at)
    old = Not(Range("published_at", None, begin_at - OLDEST, with_high=False))
    page = _newest(watch, And((found, old)))
    title = f"{count_mentions(page.total)} of {watch.subject} within {watch.alert.within}"
    line = f"{count_mentions(page.total)} found since {write_time(begin_at)}; alert at {wanted:,}."
    return _crossed(memory, page, title, line, above=page.total >= wanted)


def look_for_spike(watch: Watch, memory: Memory) -> Look:
    """Compare the last day with the week before it."""
    end_at = watch.now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    begin_at = end_at - (USUAL_HOURS + RECENT_HOURS) * _HOUR
    if _watched_since(watch, memory) > begin_at:
        return Look(memory=memory)
    spike = Spike.of(hourly_counts(watch, begin_at, end_at), watch.alert.deviations)
    recent = between(watch.query, "published_at", end_at - RECENT_HOURS * _HOUR, end_at)
    above = spike.is_above and spike.total >= watch.alert.at_least
    page = _newest(watch, recent) if above else _NOTHING
    title = f"Spike: {count_mentions(spike.total)} of {watch.subject} in 24 hours"
    return _crossed(memory, page, title, spike.explain(end_at), above=above)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Spike:
    """The numbers of the formula m24 > m7 + k * s7."""

    total: int
    """Mentions in the last 24 hours."""

    mean: float
    """Of the last 24 hourly counts."""

    usual: float
    """Mean of the 168 hourly counts before."""

    deviation: float
    """Population standard deviation of those 168."""

    deviations: float
    """How many of it are needed."""

    @classmethod
    def of(cls, hourly: Sequence[int], deviations: float) -> "Spike":
        """Work them out from 192 hourly counts, oldest first."""
        usual, recent = hourly[:USUAL_HOURS], hourly[USUAL_HOURS:]
        return cls(
            total=sum(recent),
            mean=statistics.fmean(recent),
            usual=statistics.fmean(usual),
            deviation=statistics.pstdev(usual),
            deviations=deviations,
        )

    @property
    def limit(self) -> float:
        """What the mean must exceed."""
        return self.usual + self.deviations * self.deviation

    @property
    def is_above(self) -> bool:
        """Whether the last day is a spike."""
        return self.mean > self.limit

    def explain(self, end_at: dt.datetime) -> str:
        """Show the formula with its numbers."""
        return (
            f"Mean of hourly counts in the 24 hours until {write_time(end_at)}: "
            f"{self.mean:.3f}; in the 7 days before: {self.usual:.3f}, with a standard deviation "
            f"of {self.deviation:.3f}.\n"
            f"m24 > m7 + k * s7: {self.mean:.3f} > {self.usual:.3f} + {self.deviations:g} * "
            f"{self.deviation:.3f} = {self.limit:.3f}"
        )


def _crossed(memory: Memory, page: Page, title: str, line: str, *, above: bool) -> Look:
    after = memory.model_copy(update={"above": above})
    if not above or memory.above:
        return Look(memory=after)
    event = Event(
        title=title,
        lines=(line,),
        examples=write_examples(page.mentions),
        mentions=tuple(stored.id for stored in page.mentions),
        count=page.total,
    )
    return Look(memory=after, events=(event,))


def _newest(watch: Watch, query: Query) -> Page:
    return watch.search(query, limit=MOST_EXAMPLES, sort=Sort.NEWEST)


def _watched_since(watch: Watch, memory: Memory) -> dt.datetime:
    """Tell since when there is any history: the alert's, or the store's of such mentions."""
    first = watch.search(watch.query, limit=1, sort=Sort.FOUND).mentions
    seen = [stored.state.first_seen_at for stored in first if stored.state.first_seen_at]
    return min([memory.began_at, *seen])


def hourly_counts(watch: Watch, begin_at: dt.datetime, end_at: dt.datetime) -> list[int]:
    """Count what was published in each of the 192 hours, oldest first."""
    query = between(watch.query, "published_at", begin_at, end_at)
    bars = watch.search(query, limit=0, timeline=Interval.HOUR).timeline
    counts = {bar.start_at: bar.count for bar in bars}
    return [counts.get(begin_at + n * _HOUR, 0) for n in range(USUAL_HOURS + RECENT_HOURS)]


_NOTHING: Final = Page((), 0, None, {}, ())
