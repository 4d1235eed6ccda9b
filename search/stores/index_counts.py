"""Counting by value and by time: the questions to tantivy."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from search.fields import fields
from search.stores.base import Interval
from search.stores.counting import (
    ASKED_OF_A_PART,
    KNOWN,
    MOST_BUCKETS,
    STEPS,
    TIMELINE,
    countable,
)
from search.stores.index_schema import EXISTS, facet_field

_A_MONDAY: Final = dt.timedelta(days=4)  # 1970-01-05


def facet_questions(paths: Iterable[str]) -> dict[str, Any]:
    """Ask for the values of each path, and in how many mentions each field is known at all."""
    questions = {f"facet:{path}": _terms(facet_field(countable(path).path)) for path in paths}
    if questions:
        questions[KNOWN] = {"terms": {"field": EXISTS, "size": len(fields())}}
    return questions


def timeline_question(interval: Interval) -> dict[str, Any]:
    """Ask for the number of mentions in each interval that has any."""
    step = STEPS[interval] // dt.timedelta(microseconds=1)
    offset = _A_MONDAY // dt.timedelta(microseconds=1) if interval is Interval.WEEK else 0
    histogram = {"field": "published_at", "interval": step, "offset": offset, "min_doc_count": 1}
    return {TIMELINE: {"histogram": histogram}}


def _terms(field: str) -> dict[str, Any]:
    asked = {"field": field, "size": MOST_BUCKETS, "segment_size": ASKED_OF_A_PART}
    return {"terms": asked}
