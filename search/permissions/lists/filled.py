"""One row as people have filled it in: read, and refused with the column, the value, and why."""

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from search.errors import SaysoError
from search.permissions.links import HIDDEN
from search.permissions.lists.outcomes import Outcome
from search.permissions.lists.tables import LONGEST_CELL, Cell

LONGEST_LINK: Final = 2_000
_EARLIEST: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_DAY_ZERO: Final = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
"""From which Excel counts days, after February 1900."""

_A_DAY: Final = dt.timedelta(days=1)
_LAST_SECOND: Final = dt.time(23, 59, 59)
_ID: Final = re.compile(r"[0-9a-f]{32}")
_SERIAL: Final = re.compile(r"[0-9]{5}(\.[0-9]{1,15})?")
_BY_DAY: Final = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_WRAPPED: Final = r"[\s>=]*"
"""What mail puts into a long word: line ends, marks of quotation, and ``=`` before a line end."""

_KEPT: Final = (
    "message", "message_link", "reply_link", "reply_text", "terms_version", "checked_by",
)  # fmt: skip
"""What becomes evidence."""

_SAID: Final = ("date", "message_link", "reply_link", "reply_text", "checked_by")


class BadCell(SaysoError):
    """A cell that cannot be used."""

    def __init__(self, column: str, value: Cell, problem: str) -> None:
        self.column = column
        self.value = None if value is None else str(value)[:80]
        super().__init__(problem)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """What one row says."""

    batch: int
    mention: str
    """The whole id."""

    token: str | None
    outcome: Outcome
    at: dt.datetime | None
    """When it was, UTC; of a bare day its end. ``None``: not said."""

    message: str | None
    scope: str | None
    message_link: str | None
    reply_link: str | None
    reply_text: str | None
    terms_version: str | None
    checked_by: str | None


def read_filled(
    cells: Mapping[str, Cell], now: dt.datetime, page_url: str | None = None
) -> Filled | None:
    """
    Read one row; ``None`` when nobody has filled it in. `BadCell` says what is wrong.

    ``page_url``: where authors answer; nobody can see a message or a reply there.
    """
    outcome = _text(cells, "outcome")
    if outcome is None:
        said = next((name for name in _SAID if cells.get(name) is not None), None)
        if said is not None:
            raise BadCell("outcome", None, f"{said} is filled in, the outcome not; {_ALLOWED}")
        return None
    return Filled(
        batch=_batch(cells),
        mention=_mention(cells),
        token=_text(cells, "token"),
        outcome=_outcome(outcome),
        at=_at(cells.get("date"), now),
        message=_text(cells, "message"),
        scope=_text(cells, "scope"),
        message_link=_link(cells, "message_link", page_url),
        reply_link=_link(cells, "reply_link", page_url),
        reply_text=_text(cells, "reply_text"),
        terms_version=_text(cells, "terms_version"),
        checked_by=_text(cells, "checked_by"),
    )


def hide_links(filled: Filled, secret: str | None, page_url: str | None) -> Filled:
    """
    Leave out what opens authors' pages: a reply may quote our message, with the link in it.

    ``secret``: of the request of this row, which `HIDDEN` stands for as in its draft.
    """
    if secret is None or page_url is None:
        return filled
    own = re.compile(_WRAPPED.join(map(re.escape, secret)))
    others = re.compile(rf"({re.escape(page_url)}/)[A-Za-z0-9_-]{{22}}(?![A-Za-z0-9_-])")
    cells: dict[str, Any] = {name: getattr(filled, name) for name in _KEPT}
    for name, text in cells.items():
        if text is not None:
            cells[name] = others.sub(r"\1[hidden]", own.sub(HIDDEN, text))
    return dataclasses.replace(filled, **cells)


def _text(cells: Mapping[str, Cell], name: str) -> str | None:
    value = cells.get(name)
    if value is None:
        return None
    text = (value if isinstance(value, str) else value.isoformat()).strip()
    if len(text) > LONGEST_CELL:
        raise BadCell(name, text, f"longer than {LONGEST_CELL:,} characters")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise BadCell(name, ascii(text[:40]), "half a character in it")
    return text or None


def _batch(cells: Mapping[str, Cell]) -> int:
    text = _text(cells, "batch")
    if text is None or not re.fullmatch(r"[0-9]{1,8}", text):
        raise BadCell("batch", text, "no number of a batch; allowed: as it was exported")
    return int(text)


def _mention(cells: Mapping[str, Cell]) -> str:
    text = _text(cells, "mention")
    if text is None or not _ID.fullmatch(text):
        raise BadCell("mention", text, "no id of a mention; allowed: as it was exported")
    return text


def _outcome(text: str) -> Outcome:
    try:
        return Outcome(re.sub(r"[\s_-]+", "_", text.casefold()))
    except ValueError:
        raise BadCell("outcome", text, f"not known; {_ALLOWED}") from None


def _link(cells: Mapping[str, Cell], name: str, page_url: str | None) -> str | None:
    text = _text(cells, name)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    is_whole = parts.scheme in {"http", "https"} and parts.netloc
    if not is_whole or len(text) > LONGEST_LINK or re.search(r"\s", text):
        raise BadCell(name, text, "no address; allowed: one that begins with https://")
    if page_url is not None and _is_under(parts, page_url):
        raise BadCell(
            name, page_url, "the page where the author answers; allowed: where others see it"
        )
    return text


def _is_under(address: SplitResult, page_url: str) -> bool:
    page = urlsplit(page_url)
    is_there = (address.hostname or "").rstrip(".") == page.hostname
    return is_there and f"{address.path}/".startswith(f"{page.path}/")


def _at(value: Cell, now: dt.datetime) -> dt.datetime | None:
    """
    Read an instant, without a zone in UTC, or a day, which is over by its end.

    Whoever is a few zones ahead of UTC may write tomorrow's day.
    """
    if value is None:
        return None
    at = _instant(value.strip()) if isinstance(value, str) else _whole(value)
    if at is None:
        raise BadCell("date", value, "no day; allowed: 2026-11-28, or 28.11.2026")
    if not _EARLIEST <= at < now + 2 * _A_DAY:
        raise BadCell("date", value, f"allowed: a day from 2000 on and not after {now:%Y-%m-%d}")
    return min(at, now)


def _instant(text: str) -> dt.datetime | None:
    if _SERIAL.fullmatch(text):
        days = float(text)
        start = _DAY_ZERO + dt.timedelta(days=days)
        return start if "." in text else _whole(start.date())
    if by_day := _BY_DAY.fullmatch(text):
        return _by_day(by_day)
    try:
        return _whole(dt.date.fromisoformat(text))
    except ValueError:
        pass
    try:
        return _whole(dt.datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _by_day(found: re.Match[str]) -> dt.datetime | None:
    """Read ``28.11.2026``; with slashes only what cannot be meant the American way too."""
    day, mark, month, year = int(found[1]), found[2], int(found[3]), int(found[4])
    if mark == "/" and day <= 12 and day != month:
        raise BadCell("date", found[0], "day or month first? Allowed: 2026-11-28, or 28.11.2026")
    try:
        return _whole(dt.date(year, month, day))
    except ValueError:
        return None


def _whole(value: dt.date) -> dt.datetime:
    """Make an instant of a day, which Excel hands out as midnight."""
    if isinstance(value, dt.datetime) and (value.tzinfo or value.time() != dt.time()):
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return dt.datetime.combine(value, _LAST_SECOND, tzinfo=dt.UTC)


_ALLOWED: Final = f"allowed: {', '.join(Outcome)}"
