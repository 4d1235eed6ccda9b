"""Counting by value and by time: what may be counted by, and what an engine's answers mean."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from search.errors import QueryError
from search.fields import Field, fields, resolve
from search.spelling import closest
from search.stores.base import Bar, Bucket, Interval
from search.stores.numbers import EPOCH

MOST_BUCKETS: Final = 100
ASKED_OF_A_PART: Final = 65_000
"""So many values are counted exactly; of more, the rarest could be missed."""

_MOST_BARS: Final = 5_000
FEWER_BARS: Final = "take a wider interval, or narrow the query with since: and until:"

KNOWN: Final = "known"
"""The question in how many mentions each field is known at all."""

TIMELINE: Final = "timeline"
STEPS: Final = {
    Interval.HOUR: dt.timedelta(hours=1),
    Interval.DAY: dt.timedelta(days=1),
    Interval.WEEK: dt.timedelta(weeks=1),
    Interval.MONTH: dt.timedelta(days=1),  # months differ in length: days are added up
}


def read_facet(answers: Mapping[str, Any], path: str, total: int) -> tuple[Bucket, ...]:
    """Order the values of one path by their frequency; mentions without a value come last."""
    found = [
        Bucket(bucket["key"], bucket["doc_count"])
        for bucket in answers[f"facet:{path}"]["buckets"]
    ]
    found.sort(key=lambda bucket: (-bucket.count, bucket.value))
    known = {bucket["key"]: bucket["doc_count"] for bucket in answers[KNOWN]["buckets"]}
    unknown = total - known.get(countable(path).path, 0)
    return (*found, Bucket(None, unknown)) if unknown else tuple(found)


def read_timeline(
    answers: Mapping[str, Any], interval: Interval, *, scale: int = 1
) -> tuple[Bar, ...]:
    """
    Put the bars in order and fill the gaps between them.

    ``scale``: how many microseconds the keys of the engine's buckets count by.
    """
    counts: Counter[dt.datetime] = Counter()
    for bucket in answers[TIMELINE]["buckets"]:
        start_at = EPOCH + dt.timedelta(microseconds=int(bucket["key"]) * scale)
        if interval is Interval.MONTH:
            start_at = start_at.replace(day=1)
        counts[start_at] += bucket["doc_count"]
    if not counts:
        return ()
    starts = list(itertools.islice(_starts(min(counts), max(counts), interval), _MOST_BARS + 1))
    if len(starts) > _MOST_BARS:
        raise too_many_bars(interval, min(counts), max(counts))
    return tuple(Bar(start_at, counts[start_at]) for start_at in starts)


def countable(path: str) -> Field:
    """Find the field to count by; `QueryError` says which are allowed."""
    field = resolve(path)
    if field is not None and field.can_facet:
        return field
    countable = [each.path for each in fields().values() if each.can_facet]
    problem = (
        f"cannot count by {path!r}"
        if field
        else f"unknown field {path!r}{closest(path, countable)}"
    )
    raise QueryError(problem, remedy=f"count by one of {', '.join(countable)}")


def _starts(first: dt.datetime, last: dt.datetime, interval: Interval) -> Iterator[dt.datetime]:
    start_at = first
    while start_at < last:
        yield start_at
        start_at = _following(start_at, interval)
    yield start_at


def _following(start_at: dt.datetime, interval: Interval) -> dt.datetime:
    if interval is Interval.MONTH:
        return (start_at + dt.timedelta(days=32)).replace(day=1)
    return start_at + STEPS[interval]


def too_many_bars(interval: Interval, first: dt.datetime, last: dt.datetime) -> QueryError:
    """Say that a timeline is too long to draw."""
    return QueryError(
        f"a timeline by {interval} from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        f" would have more than {_MOST_BARS:,} bars",
        remedy=FEWER_BARS,
    )
