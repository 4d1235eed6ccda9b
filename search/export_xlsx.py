"""The writer of xlsx: real dates and numbers, text that stays text."""

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from search.export_columns import Column, ExportError
from search.export_formats import SEPARATOR, as_text
from search.mention import StoredMention

LARGEST_SHEET = 1_048_576
"""Rows of a sheet, the headings among them."""

LONGEST_CELL = 32_767
"""UTF-16 units of a cell."""

CUT_MARK = " […] (cut: longer than a cell)"

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_DAY = dt.datetime(1900, 3, 1, tzinfo=dt.UTC)
"""Excel believes in a 29 February 1900 and knows no day before that year."""


def write_xlsx(mentions: Iterable[StoredMention], columns: Sequence[Column], path: Path) -> int:
    """
    Write one sheet with its headings frozen; instants are UTC.

    More mentions than a sheet has rows raise `ExportError`.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - 0.3 s that only this format needs

    book = Workbook(write_only=True)
    sheet = book.create_sheet("mentions")
    sheet.freeze_panes = "A2"
    sheet.append([column.name for column in columns])
    written = 0
    with contextlib.ExitStack() as failing:
        failing.callback(sheet.close)  # else openpyxl complains about its open elements
        for stored in mentions:
            if written + 1 == LARGEST_SHEET:
                raise ExportError(
                    f"a sheet holds {LARGEST_SHEET - 1:,} mentions and there are more: "
                    "narrow the query, or export csv or parquet"
                )
            sheet.append([_cell(sheet, column.read(stored)) for column in columns])
            written += 1
        failing.pop_all()
    book.save(path)
    return written


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, tuple):
        value = SEPARATOR.join(map(as_text, value))
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None) if value >= _FIRST_DAY else value.isoformat()
    return _text_cell(sheet, _fit(str(value))) if isinstance(value, str) else value


def _text_cell(sheet: Any, text: str) -> Any:
    if not text.startswith(("=", "#")):  # openpyxl takes only these for formulas and errors
        return text
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - see `write_xlsx`

    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _fit(text: str) -> str:
    """Take out what XML forbids, escape what Excel would unescape, and cut to a cell's length."""
    text = _ESCAPE.sub("_x005F_", _ILLEGAL.sub("", text))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    kept = units[: 2 * (LONGEST_CELL - len(CUT_MARK))]
    return kept.decode("utf-16-le", "ignore") + CUT_MARK
