"""
A list as somebody saved it: csv in whatever encoding and with whatever separator, xlsx, ndjson.

What it is is told by its first bytes, not by its name. Any bytes can be handed in; all that is
read is limited in size, so that no file can use up memory or time.
"""

import csv
import dataclasses
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from search.errors import SaysoError
from search.export_formats import restore
from search.permissions.lists.columns import NAMES, READ

LARGEST_FILE: Final = 64_000_000
"""Bytes."""

MOST_ROWS: Final = 100_000
LONGEST_LINE: Final = 1_000_000
"""Characters of a line of text."""

LONGEST_CELL: Final = 32_767
"""Characters, as of a cell in a workbook."""

NEEDED: Final = ("batch", "mention", "token", "outcome")
"""Columns without which nothing can be recorded."""

_SEPARATORS: Final = ",;\t|"
_GAP: Final = re.compile(r"[\s_-]+")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_OLD_BOOK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Cell = str | dt.date | None
"""Text, or a day or instant; ``None`` for an empty one."""


class BadList(SaysoError):
    """A file that is no list of requests; the message says why, and what is."""


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One row."""

    row: int
    """As the spreadsheet numbers it, or the line of a text; from 1."""

    cells: Mapping[str, Cell]
    """By the column's name; columns that are none of ours are left out."""

    fault: str | None = None
    """Why it cannot be read; ``None`` if it can."""


def read_lines(path: Path) -> Iterator[Line]:
    """
    Hand out the rows that hold anything.

    Raises `BadList` for what is no list, sometimes only at the row from which on it is none.
    """
    raw = _read(path)
    try:
        if raw.startswith(b"PK\x03\x04"):
            from search.permissions.lists.books import read_book  # noqa: PLC0415 - 0.3 s

            yield from read_book(raw)
        else:
            yield from _read_text(_decode(raw))
    except BadList as problem:
        raise BadList(f"{path}: {problem}") from None


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise BadList(f"{path}: there is no such file")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadList(f"{path}: {error.strerror or error}") from error
    if len(raw) > LARGEST_FILE:
        raise BadList(f"{path}: larger than {LARGEST_FILE // 1_000_000} MB, which no list is")
    return raw


def _decode(raw: bytes) -> str:
    """Decode as whatever spreadsheets save: UTF-8, UTF-16 with its mark, Windows-1252."""
    if raw.startswith(_OLD_BOOK):
        raise BadList("an old or encrypted workbook: save it as xlsx, without a password")
    try:
        text = raw.decode("utf-16" if raw.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    if "\x00" in text:
        raise BadList("not a text file; allowed: xlsx, csv, ndjson")
    return text


def _read_text(text: str) -> Iterator[Line]:
    lines = _split(text)
    return _read_ndjson(lines) if text.lstrip().startswith("{") else _read_csv(lines)


def _split(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > LONGEST_LINE:
            raise BadList(f"line {number} has more than {LONGEST_LINE:,} characters")
        yield line


def _read_ndjson(lines: Iterator[str]) -> Iterator[Line]:
    for number, raw in enumerate(lines, 1):
        check_count(number)
        if raw.strip():
            yield _read_json(number, raw)


def _read_json(number: int, raw: str) -> Line:
    try:
        values = json.loads(raw)
    except RecursionError:
        return Line(number, {}, "nested too deeply")
    except ValueError as error:
        return Line(number, {}, f"not JSON: {error}")
    if not isinstance(values, dict):
        return Line(number, {}, "not a JSON object")
    nested = [name for name, value in values.items() if isinstance(value, dict | list)]
    if nested:
        return Line(number, {}, f"{nested[0][:40]}: a list or object; allowed: text, number, null")
    headings = list(values)
    return Line(number, gather(place_of(headings), list(values.values())))


def _read_csv(lines: Iterator[str]) -> Iterator[Line]:
    first = next((line for line in lines if line.strip("\ufeff \t\r\n")), "")
    given = re.fullmatch(r"sep=(.)\s*", first, re.IGNORECASE)
    if given:
        first = next(lines, "")
    separator = given[1] if given else _separator_of(first)
    try:
        headings = next(csv.reader([first], delimiter=separator), [])
        reader = csv.reader(lines, delimiter=separator, strict=True)
        yield from _rows(reader, headings, skipped=2 if given else 1)
    except (csv.Error, TypeError, ValueError) as error:  # a separator can be impossible
        raise BadList(f"not readable as csv: {error}") from None


def _rows(reader: Any, headings: Sequence[str], skipped: int) -> Iterator[Line]:
    places = place_of(headings)
    check_places(places)
    begins = skipped + 1
    for count, cells in enumerate(reader, 1):
        check_count(count)
        if any(cell.strip() for cell in cells):
            is_torn = any(cell.strip() for cell in cells[len(headings) :])
            found = gather(places, [restore(cell) for cell in cells])
            yield Line(begins, found, "it has more cells than headings" if is_torn else None)
        begins = skipped + reader.line_num + 1


def _separator_of(first: str) -> str:
    """Take the one under which most headings are ours."""
    found = {mark: next(csv.reader([first], delimiter=mark), []) for mark in _SEPARATORS}
    return max(found, key=lambda mark: len({spell(each) for each in found[mark]} & NAMES))


def place_of(headings: Sequence[Any]) -> dict[str, int]:
    """Find which column is which, however headings are written; of two alike it is `BadList`."""
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = spell(heading)
        if name in places:
            raise BadList(f"the column {name} stands twice")
        if name in READ:
            places[name] = place
    return places


def check_places(places: Mapping[str, int]) -> None:
    """Raise `BadList` unless all columns are there that are needed."""
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise BadList(
            f"there is no column {', '.join(missing)}: not a list of `sayso export requests`, or "
            "columns of it were taken out"
        )


def check_count(count: int) -> None:
    """Raise `BadList` when there are more rows than any list has."""
    if count > MOST_ROWS:
        raise BadList(f"more than {MOST_ROWS:,} rows")


def spell(heading: Any) -> str:
    """Write a heading as ours are written."""
    return (
        _GAP.sub("_", heading.strip("\ufeff \t\r\n").casefold())
        if isinstance(heading, str)
        else ""
    )


def gather(places: Mapping[str, int], values: Sequence[Any]) -> dict[str, Cell]:
    """Take our cells out of a row."""
    return {
        name: _cell(values[place]) if place < len(values) else None
        for name, place in places.items()
    }


def _cell(value: Any) -> Cell:
    match value:
        case dt.date():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case None:
            return None
        case _:
            text = str(value)
            return text if text.strip() else None
