"""
Which lists left the house: one note for each export of permissions or of requests for them.

Whoever withdraws something later has to know who holds it in a file (rights.md R3.2, R6.6).
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from search.notes import Notes

_PREFIX: Final = "exports/"
_LAST: Final = "export_number"
"""Where the last number stands: the notes themselves may be long."""

_PAGE: Final = 100


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """One list that was written."""

    number: int
    """From 1."""

    kind: str
    """What was listed: ``granted``, ``requests``…"""

    by: str
    """Who asked for it."""

    at: dt.datetime
    file: str
    """The name of the file; ``-`` is standard output."""

    sha256: str
    """Of the file, in hexadecimal."""

    mentions: tuple[str, ...]
    """Whole ids, in the order of the list."""

    about: Mapping[str, Any]
    """What else belongs to its kind: the use, the columns, the search…"""


def record_export(  # noqa: PLR0913 - an export is all of this
    notes: Notes,
    *,
    kind: str,
    by: str,
    at: dt.datetime,
    file: str,
    sha256: str,
    mentions: Sequence[str],
    about: Mapping[str, Any],
) -> int:
    """Write down that a list was written, under the next free number, and return that."""
    value = {
        "kind": kind,
        "by": by,
        "at": at.astimezone(dt.UTC).isoformat(),
        "file": file,
        "sha256": sha256,
        "mentions": list(mentions),
        "about": dict(about),
    }
    last = notes.read(_LAST)
    number = int(last.value["number"]) + 1 if last else 1
    while notes.write(_key(number), {"number": number, **value}, None) is None:
        number += 1  # somebody was faster
    notes.write(_LAST, {"number": number}, last.version if last else None)
    return number


def exports(notes: Notes) -> Iterator[Export]:
    """Hand out all of them, the oldest first."""
    last = ""
    while found := notes.under(_PREFIX, after=last, limit=_PAGE):
        yield from (_from_plain(note.value) for note in found.values())
        last = list(found)[-1]


def _key(number: int) -> str:
    return f"{_PREFIX}{number:08d}"


def _from_plain(value: Mapping[str, Any]) -> Export:
    at = dt.datetime.fromisoformat(value["at"])
    return Export(**{**value, "at": at, "mentions": tuple(value["mentions"])})
