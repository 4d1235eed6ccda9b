"""The values a query names: numbers, instants and closed sets, read strictly, with remedies."""

import dataclasses
import datetime as dt
import difflib
import re
from collections.abc import Iterable

from search.errors import QueryError
from search.fields import Field
from search.words import fold_value

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_AGO = re.compile(r"(\d{1,9})(m|h|d|w)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DATES_ALLOWED = (
    'write 2026-01-31, "2026-01-31T15:30" (UTC) or, for 30 days ago, 30d; also m, h, w'
)


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """A value as it stands in the query."""

    text: str
    """Without quotes and escapes."""

    position: int
    quoted: bool = False
    prefix: bool = False
    """Whether a ``*`` followed, which is not part of ``text``."""


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """An instant, or a whole day."""

    first: dt.datetime
    """The instant, or the first of the day."""

    behind: dt.datetime | None = None
    """The first instant after the day; ``None`` for a single instant."""

    is_ago: bool = False
    """Whether it was written as ``7d``."""

    def begin(self, *, inclusive: bool) -> tuple[dt.datetime, bool]:
        """Return where a range that begins here begins, and whether with that instant."""
        if not inclusive and self.behind:
            return self.behind, True
        return self.first, inclusive

    def end(self, *, inclusive: bool) -> tuple[dt.datetime, bool]:
        """Return where a range that ends here ends, and whether with that instant."""
        if inclusive and self.behind:
            return self.behind, False
        return self.first, inclusive


def read_number(written: Written, path: str) -> float:
    """Read a decimal number."""
    text = written.text.replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(text):
        raise QueryError(
            f"`{path}` is a number, and `{written.text}` is not",
            position=written.position,
            remedy=f"write {path}:5, {path}:>4.5 or {path}:[1 TO 5]",
        )
    return float(text)


def read_moment(written: Written, path: str, now: dt.datetime) -> Moment:
    """Read a day, an instant (UTC unless it says otherwise) or how long ago."""
    try:
        if ago := _AGO.fullmatch(written.text):
            return Moment(now - dt.timedelta(**{_UNITS[ago[2]]: int(ago[1])}), is_ago=True)
        if _DAY.fullmatch(written.text):
            day = _read_instant(written.text)
            return Moment(day, day + dt.timedelta(days=1))
        if _INSTANT.fullmatch(written.text):
            return Moment(_read_instant(written.text))
    except (ValueError, OverflowError):
        pass  # shaped like a date, but there is no such day
    raise QueryError(
        f"`{path}` is a date, and `{written.text}` is not",
        position=written.position,
        remedy=_DATES_ALLOWED,
    )


def _read_instant(text: str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(text)
    return instant.astimezone(dt.UTC) if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def read_flag(written: Written, path: str) -> str:
    """Read yes or no."""
    value = fold_value(written.text)
    if value not in {"true", "false"}:
        raise QueryError(
            f"`{path}` is never `{written.text}`",
            position=written.position,
            remedy="allowed: true, false",
        )
    return value


def read_choice(written: Written, field: Field) -> str:
    """Read one of a closed set of values."""
    value = fold_value(written.text)
    if value in field.values:
        return value
    guess = closest(value, field.values)
    allowed = f"allowed: {', '.join(field.values)}"
    raise QueryError(
        f"`{field.path}` is never `{written.text}`",
        position=written.position,
        remedy=f"did you mean `{guess}`? {allowed}" if guess else allowed,
    )


def closest(name: str, names: Iterable[str]) -> str | None:
    """Guess which name was meant; ``None`` when none is similar."""
    return next(iter(difflib.get_close_matches(name, list(names), n=1)), None)
