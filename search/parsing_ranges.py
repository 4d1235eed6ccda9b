"""Ranges of numbers and dates: ``likes:>5``, ``since:7d``, ``published_at:[… TO …]``."""

import datetime as dt

from search.errors import QueryError
from search.fields import Field, FieldKind
from search.parsing_scope import Scope
from search.parsing_values import Written, read_moment, read_number
from search.query import Exists, Query, Range

Ends = tuple[Written | None, Written | None]
"""The lower and the upper end; ``None`` is open."""

_PUBLISHED = "published_at"


def read_since(written: Written, now: dt.datetime) -> Range:
    """Read from when on: the beginning of a day, an instant, or how long ago."""
    return Range(_PUBLISHED, low=read_moment(written, "since", now).first)


def read_until(written: Written, now: dt.datetime) -> Range:
    """Read until when: through the end of a day, or an instant."""
    return _read_dates(_PUBLISHED, (None, written), (True, True), now)


def read_exactly(written: Written, field: Field, now: dt.datetime) -> Range:
    """Read one number, one day or one instant."""
    ends = (written, written)
    if field.kind is FieldKind.NUMBER:
        return _read_numbers(field.path, ends, (True, True))
    if read_moment(written, field.path, now).is_ago:
        raise QueryError(
            f"`{field.path}:{written.text}` is a single instant",
            position=written.position,
            remedy=f"write {field.path}:>={written.text}, or since:{written.text}",
        )
    return _read_dates(field.path, ends, (True, True), now)


def read_bounds(
    ends: Ends, inclusive: tuple[bool, bool], scope: Scope, position: int, now: dt.datetime
) -> Query:
    """Read a range; a day counts as a whole, from its first instant to its last."""
    field = scope.field
    if field is None or field.kind not in {FieldKind.NUMBER, FieldKind.DATE}:
        raise QueryError(
            f"`{scope.name}` has no ranges" if scope.name else "a range needs a field",
            position=position,
            remedy="write a number or a date, such as likes:>5 or published_at:>=2026-01-31",
        )
    if ends == (None, None):
        return Exists(field.path)
    if field.kind is FieldKind.NUMBER:
        found = _read_numbers(field.path, ends, inclusive)
    else:
        found = _read_dates(field.path, ends, inclusive, now)
    if found.low is not None and found.high is not None and found.low > found.high:  # type: ignore[operator] # both are numbers or both are instants
        raise QueryError(
            "the range is empty", position=position, remedy="write the lower end first"
        )
    return found


def _read_numbers(path: str, ends: Ends, inclusive: tuple[bool, bool]) -> Range:
    low, high = (None if end is None else read_number(end, path) for end in ends)
    return Range(path, low, high, *inclusive)


def _read_dates(path: str, ends: Ends, inclusive: tuple[bool, bool], now: dt.datetime) -> Range:
    low, high = (None if end is None else read_moment(end, path, now) for end in ends)
    with_low, with_high = inclusive
    first = last = None
    if low:
        first, with_low = low.begin(inclusive=with_low)
    if high:
        last, with_high = high.end(inclusive=with_high)
    return Range(path, first, last, with_low, with_high)
