"""The writer of xlsx: real dates and numbers, text that stays text."""

import contextlib
import datetime as dt
import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from search.export_columns import ColumnOf, ExportError, Row
from search.export_formats import SEPARATOR, as_text
from search.fields import FieldKind

LARGEST_SHEET = 1_048_576
"""Rows of a sheet, the headings among them."""

LONGEST_CELL = 32_767
"""UTF-16 units of a cell."""

LONGEST_LINK = 2_079
MOST_LINKS = 65_530
"""Characters of a link and links of a sheet; with more Excel takes the file for damaged."""

CUT_MARK = " […] (cut: longer than a cell)"

WIDTHS = {FieldKind.WORDS: 60, FieldKind.NUMBER: 10, FieldKind.DATE: 19, FieldKind.FLAG: 8}
"""In characters; other kinds get `WIDTH`, none less than its heading."""

WIDTH = 20
ROOM_FOR_ARROW = 4
"""What the arrow of a filter takes of a heading."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_DAY = dt.datetime(1900, 3, 1, tzinfo=dt.UTC)
"""Excel believes in a 29 February 1900 and knows no day before that year."""


def write_xlsx(
    rows: Iterable[Row],
    columns: Sequence[ColumnOf[Row]],
    path: Path,
    *,
    title: str = "mentions",
    about: Sequence[tuple[str, str]] = (),
) -> int:
    """
    Write one sheet, its headings frozen and with filters; instants are UTC.

    ``about`` goes into a second sheet: what each of its lines is, and what it says. More rows
    than a sheet has raise `ExportError`.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - 0.3 s that only this format needs
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - the same

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    _set_widths(sheet, columns)
    sheet.append([heading(sheet, column.name) for column in columns])
    written = 0
    with contextlib.ExitStack() as failing:
        failing.callback(sheet.close)  # else openpyxl complains about its open elements
        for row in rows:
            if written + 1 == LARGEST_SHEET:
                raise ExportError(
                    f"a sheet holds {LARGEST_SHEET - 1:,} mentions and there are more: "
                    "narrow the query, or export csv or parquet"
                )
            sheet.append([_cell(sheet, column, column.read(row)) for column in columns])
            written += 1
        failing.pop_all()
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{written + 1}"
    if about:
        _add_about(book.create_sheet("about"), about)
    book.save(path)
    return written


def _add_about(sheet: Any, about: Sequence[tuple[str, str]]) -> None:
    for letter, width in (("A", WIDTH), ("B", 2 * WIDTHS[FieldKind.WORDS])):
        sheet.column_dimensions[letter].width = width
    for name, said in about:
        sheet.append([heading(sheet, name), text_cell(sheet, fit(said), wrapped=True)])


def _set_widths(sheet: Any, columns: Sequence[ColumnOf[Row]]) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see `write_xlsx`

    for number, column in enumerate(columns, 1):
        width = max(WIDTHS.get(column.kind, WIDTH), len(column.name) + ROOM_FOR_ARROW)
        sheet.column_dimensions[get_column_letter(number)].width = width


def heading(sheet: Any, name: str) -> Any:
    """Make a cell in bold."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - see `write_xlsx`
    from openpyxl.styles import Font  # noqa: PLC0415 - the same

    cell = WriteOnlyCell(sheet, value=name)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, column: ColumnOf[Row], value: Any) -> Any:
    if isinstance(value, tuple):
        value = SEPARATOR.join(map(as_text, value))
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None) if value >= _FIRST_DAY else value.isoformat()
    if not isinstance(value, str):
        return value
    text = fit(str(value))
    if column.is_link and _can_link(sheet, text):
        return _link_cell(sheet, text)
    return text_cell(sheet, text, wrapped=column.kind is FieldKind.WORDS)


def _can_link(sheet: Any, address: str) -> bool:
    return (
        address.startswith(("http://", "https://"))
        and len(address) <= LONGEST_LINK
        and len(sheet._hyperlinks) < MOST_LINKS  # noqa: SLF001 - openpyxl counts them nowhere else
    )


def _link_cell(sheet: Any, address: str) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - see `write_xlsx`

    cell = WriteOnlyCell(sheet, value=address)
    cell.hyperlink = address
    return cell


def text_cell(sheet: Any, text: str, *, wrapped: bool) -> Any:
    """Make a cell of text that no spreadsheet takes for a formula; plain text where that does."""
    risky = text.startswith(("=", "#"))  # openpyxl takes only these for formulas and errors
    if not risky and not wrapped:
        return text
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - see `write_xlsx`

    cell = WriteOnlyCell(sheet, value=text)
    if risky:
        cell.data_type = "s"
        cell.quotePrefix = True
    if wrapped:
        cell.alignment = wrapping()
    return cell


@functools.cache
def wrapping() -> Any:
    """Return the alignment of long texts."""
    from openpyxl.styles import Alignment  # noqa: PLC0415 - see `write_xlsx`

    return Alignment(wrap_text=True, vertical="top")


def fit(text: str) -> str:
    """Take out what XML forbids, escape what Excel would unescape, and cut to a cell's length."""
    text = _ESCAPE.sub("_x005F_", _ILLEGAL.sub("", text))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    kept = units[: 2 * (LONGEST_CELL - len(CUT_MARK))]
    return kept.decode("utf-16-le", "ignore") + CUT_MARK
