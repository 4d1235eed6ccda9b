"""
The rows of a workbook, whatever is in it.

openpyxl reads sheets with defusedxml, which refuses documents that declare entities, and
everything else with an lxml parser that expands none. What a workbook says of its own size is
checked before; zipfile never unpacks more than that.
"""

import contextlib
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

import openpyxl

from search.permissions.lists.sheet import SHEET
from search.permissions.lists.tables import (
    BadList,
    Line,
    check_count,
    check_places,
    gather,
    place_of,
)

MOST_UNPACKED: Final = 300_000_000
"""Bytes of all parts of a workbook together."""

MOST_PARTS: Final = 1_000
MOST_COLUMNS: Final = 200
_ESCAPED: Final = re.compile("_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
"""A sign by its number, as spreadsheets write what XML forbids; half characters stay so."""

_BLANK_ROWS: Final = 20
"""How far down a sheet its headings are looked for."""

_DAMAGED: Final = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, SyntaxError, OSError,
    EOFError, RuntimeError, AssertionError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What openpyxl, zipfile and the parsers raise for damaged workbooks; they share no root."""


def read_book(raw: bytes) -> Iterator[Line]:
    """Hand out the rows of the sheet of requests; `BadList` for any other workbook."""
    _check_size(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of things in a workbook that nobody needs here
            book = openpyxl.load_workbook(
                io.BytesIO(raw), read_only=True, data_only=True, keep_links=False
            )
            with contextlib.closing(book):
                yield from _read_sheet(book)
    except _DAMAGED as error:
        raise BadList(f"a workbook that cannot be read: {error}") from None


def _check_size(raw: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except _DAMAGED as error:
        raise BadList(f"a workbook that cannot be read: {error}") from None
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise BadList("a zip archive, but no xlsx workbook; allowed: xlsx, csv, ndjson")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadList(f"a workbook of more than {MOST_UNPACKED // 1_000_000} MB, unpacked")


def _read_sheet(book: Any) -> Iterator[Line]:
    sheets = sorted(book.worksheets, key=lambda sheet: sheet.title != SHEET)
    for sheet in sheets:
        rows = enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1)
        for number, cells in rows:
            if number > _BLANK_ROWS:
                break
            if any(cells) and _is_ours(cells):
                yield from _read_rows(rows, cells)
                return
    check_places({})


def _is_ours(cells: Any) -> bool:
    try:
        check_places(place_of(cells))
    except BadList:
        return False
    return True


def _read_rows(rows: Iterator[tuple[int, Any]], headings: Any) -> Iterator[Line]:
    places = place_of(headings)
    for number, cells in rows:
        check_count(number)
        if any(cell is not None for cell in cells):
            yield Line(number, gather(places, [_unescape(cell) for cell in cells]))


def _unescape(cell: Any) -> Any:
    """Read what openpyxl leaves as it was written: ``_x000D_``, and ``_x005F_`` for ``_``."""
    if not isinstance(cell, str) or "_x" not in cell:
        return cell
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)
