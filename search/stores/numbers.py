"""The numbers an index can hold, and the bounds of a range over them: the same for every index."""

import datetime as dt
import math
from typing import Final, NamedTuple

from search.fields import FieldKind, fields
from search.query import Range

EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_INTEGERS: Final = (-(2**63), 2**63 - 1)


class Bounds(NamedTuple):
    """The first and the last number inside a range; ``None`` is open."""

    low: int | float | None
    high: int | float | None

    @property
    def empty(self) -> bool:
        """Whether no number can lie between them."""
        known = [bound for bound in self if bound is not None]
        return any(map(math.isnan, known)) or (len(known) == 2 and known[0] > known[1])


def microseconds(instant: dt.datetime) -> int:
    """Count exactly from 1970: the dates of indexes know only seconds or milliseconds."""
    return (instant - EPOCH) // _MICROSECOND


def clamped(number: float) -> int:
    """Return the whole number, or the last one an index can hold in that direction."""
    low, high = _INTEGERS
    if math.isinf(number):
        return low if number < 0 else high
    return min(max(int(number), low), high)


def real(number: float) -> float | None:
    """Return the number as an index sorts it; ``None`` for what is none."""
    # Adding 0 turns -0.0, which indexes sort before 0.0, into 0.0.
    return None if math.isnan(number) else number + 0.0


def is_whole(leaf: Range) -> bool:
    """Whether a range is over whole numbers: counts, and instants in microseconds."""
    field = fields()[leaf.path]
    return field.kind is FieldKind.DATE or field.integer


def bounds(leaf: Range) -> Bounds:
    """Return the bounds of a range as an index compares them, both included."""
    if is_whole(leaf):
        low = None if leaf.low is None else _first(leaf.low, included=leaf.with_low)
        high = None if leaf.high is None else _last(leaf.high, included=leaf.with_high)
        return Bounds(low, high)
    return _real_bounds(leaf)


def _real_bounds(leaf: Range) -> Bounds:
    low, high = _bound(leaf.low), _bound(leaf.high)
    if low is not None and not leaf.with_low:
        low = math.nextafter(low, math.inf) if low < math.inf else math.nan
    if high is not None and not leaf.with_high:
        high = math.nextafter(high, -math.inf) if high > -math.inf else math.nan
    return Bounds(low, high)


def _first(bound: float | dt.datetime, *, included: bool) -> int | float:
    """Return the first whole number inside a lower bound."""
    if isinstance(bound, dt.datetime):
        return microseconds(bound) + (not included)
    if math.isnan(bound):
        return bound
    if math.isinf(bound):
        return clamped(bound)
    return clamped(math.ceil(bound) if included else math.floor(bound) + 1)


def _last(bound: float | dt.datetime, *, included: bool) -> int | float:
    """Return the last whole number inside an upper bound."""
    if isinstance(bound, dt.datetime):
        return microseconds(bound) - (not included)
    if math.isnan(bound):
        return bound
    if math.isinf(bound):
        return clamped(bound)
    return clamped(math.floor(bound) if included else math.ceil(bound) - 1)


def _bound(bound: float | dt.datetime | None) -> float | None:
    return None if bound is None else float(bound) + 0.0  # type: ignore[arg-type]  # a number's bounds are numbers
