"""Counting by value and by time: the questions to tantivy, and what its answers mean."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from search.errors import QueryError
from search.fields import Field, fields, resolve
from search.spelling import closest
from search.stores.base import Bar, Bucket, Interval
from search.stores.index_schema import EPOCH, EXISTS, facet_field

_MOST_BUCKETS: Final = 100
_MOST_BARS: Final = 5_000
_ASKED_OF_A_SEGMENT: Final = 65_000
"""So many values are counted exactly; of more, the rarest could be missed."""

FEWER_BARS: Final = "take a wider interval, or narrow the query with since: and until:"

_KNOWN: Final = "known"
_TIMELINE: Final = "timeline"
_STEPS: Final = {
    Interval.HOUR: dt.timedelta(hours=1),
    Interval.DAY: dt.timedelta(days=1),
    Interval.WEEK: dt.timedelta(weeks=1),
    Interval.MONTH: dt.timedelta(days=1),  # months differ in length: days are added up
}
_A_MONDAY: Final = dt.timedelta(days=4)  # 1970-01-05


def facet_questions(paths: Iterable[str]) -> dict[str, Any]:
    """Ask for the values of each path, and in how many mentions each field is known at all."""
    questions = {f"facet:{path}": _terms(facet_field(_countable(path).path)) for path in paths}
    if questions:
        questions[_KNOWN] = {"terms": {"field": EXISTS, "size": len(fields())}}
    return questions


def timeline_question(interval: Interval) -> dict[str, Any]:
    """Ask for the number of mentions in each interval that has any."""
    step = _STEPS[interval] // dt.timedelta(microseconds=1)
    offset = _A_MONDAY // dt.timedelta(microseconds=1) if interval is Interval.WEEK else 0
    histogram = {"field": "published_at", "interval": step, "offset": offset, "min_doc_count": 1}
    return {_TIMELINE: {"histogram": histogram}}


def read_facet(answers: Mapping[str, Any], path: str, total: int) -> tuple[Bucket, ...]:
    """Order the values of one path by their frequency; mentions without a value come last."""
    found = [
        Bucket(bucket["key"], bucket["doc_count"])
        for bucket in answers[f"facet:{path}"]["buckets"]
    ]
    found.sort(key=lambda bucket: (-bucket.count, bucket.value))
    known = {bucket["key"]: bucket["doc_count"] for bucket in answers[_KNOWN]["buckets"]}
    unknown = total - known.get(_countable(path).path, 0)
    return (*found, Bucket(None, unknown)) if unknown else tuple(found)


def read_timeline(answers: Mapping[str, Any], interval: Interval) -> tuple[Bar, ...]:
    """Put the bars in order and fill the gaps between them."""
    counts: Counter[dt.datetime] = Counter()
    for bucket in answers[_TIMELINE]["buckets"]:
        start_at = EPOCH + dt.timedelta(microseconds=int(bucket["key"]))
        if interval is Interval.MONTH:
            start_at = start_at.replace(day=1)
        counts[start_at] += bucket["doc_count"]
    if not counts:
        return ()
    starts = list(itertools.islice(_starts(min(counts), max(counts), interval), _MOST_BARS + 1))
    if len(starts) > _MOST_BARS:
        raise _too_many_bars(interval, min(counts), max(counts))
    return tuple(Bar(start_at, counts[start_at]) for start_at in starts)


def _terms(field: str) -> dict[str, Any]:
    asked = {"field": field, "size": _MOST_BUCKETS, "segment_size": _ASKED_OF_A_SEGMENT}
    return {"terms": asked}


def _countable(path: str) -> Field:
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
    return start_at + _STEPS[interval]


def _too_many_bars(interval: Interval, first: dt.datetime, last: dt.datetime) -> QueryError:
    return QueryError(
        f"a timeline by {interval} from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        f" would have more than {_MOST_BARS:,} bars",
        remedy=FEWER_BARS,
    )
