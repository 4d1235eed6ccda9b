"""A list of requests as a workbook: one sheet to fill in, one that says what it is."""

import contextlib
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from search.export_columns import ExportError
from search.export_xlsx import LARGEST_SHEET, fit, heading, text_cell
from search.permissions.lists.columns import COLUMNS, FILLED_IN, MADE, ListColumn, Row
from search.permissions.lists.outcomes import Outcome

SHEET: Final = "requests"
"""The name of the sheet to fill in."""

MOST_LINKS: Final = 65_000
"""A sheet opens with at most 65,530 links; further addresses are plain text."""

LONGEST_LINK: Final = 2_000
"""Characters; Excel refuses a workbook with a longer link."""

_COLOUR: Final = "FFF2CC"
_FIRST_DAY: Final = "DATE(2020,1,1)"


def write_list(
    rows: Iterable[Row], path: Path, about: Callable[[], Sequence[Sequence[str]]]
) -> None:
    """
    Write a workbook; ``about`` is asked for the lines of its second sheet at the end.

    More rows than a sheet holds raise `ExportError`.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - 0.3 s that only this format needs

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "F2"
    for letter, column in _lettered():
        sheet.column_dimensions[letter].width = column.width
    with contextlib.ExitStack() as failing:
        failing.callback(sheet.close)  # else openpyxl complains about its open elements
        last = _fill(sheet, rows)
        failing.pop_all()
    letters = [letter for letter, _ in _lettered()]
    sheet.auto_filter.ref = f"A1:{letters[-1]}{last}"
    _validate(sheet, last)
    _explain(book.create_sheet("about"), about())
    book.save(path)


def _fill(sheet: Any, rows: Iterable[Row]) -> int:
    """Write all rows; return the number of the last."""
    sheet.append([_heading(sheet, column) for column in COLUMNS])
    cells = _Cells(sheet)
    number = 1
    for number, row in enumerate(rows, 2):
        if number > LARGEST_SHEET:
            raise ExportError(f"a sheet holds {LARGEST_SHEET - 1:,} requests: export csv")
        made = [cells.made(column, row.get(column.name)) for column in MADE]
        sheet.append(made + [cells.filled_in(each, row.get(each.name)) for each in FILLED_IN])
    return number


class _Cells:
    """The cells of one sheet; what looks the same shares its style."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._links = 0
        self._blank = {column.name: self._blank_of(column) for column in FILLED_IN}

    def made(self, column: ListColumn, value: Any) -> Any:
        """Make a cell that Sayso writes."""
        if not isinstance(value, str):
            return value
        text = fit(value)
        if column.is_link and self._links < MOST_LINKS and _can_be_opened(text):
            self._links += 1
            return self._linked(text)
        return text_cell(self._sheet, text, wrapped=column.is_long)

    def filled_in(self, column: ListColumn, value: Any) -> Any:
        """Make a cell for people, empty but for what Sayso knows already."""
        blank = self._blank[column.name]
        if value is None:
            return blank
        text = fit(value)
        cell = self._cell(text)
        cell._style = blank._style  # noqa: SLF001 - one style for thousands of cells
        if text.startswith(("=", "#")):  # as in `text_cell`
            cell.data_type = "s"
            cell.quotePrefix = True
        return cell

    def _linked(self, address: str) -> Any:
        cell = self._cell(address)
        cell.hyperlink = address
        cell.font = _link_font()
        return cell

    def _blank_of(self, column: ListColumn) -> Any:
        from openpyxl.styles import Alignment  # noqa: PLC0415 - see `write_list`

        cell = self._cell(None)
        cell.fill = _fill_colour()
        cell.alignment = Alignment(wrap_text=column.is_long, vertical="top")
        cell.number_format = "yyyy-mm-dd" if column.name == "date" else "@"
        return cell

    def _cell(self, value: Any) -> Any:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - see `write_list`

        return WriteOnlyCell(self._sheet, value=value)


def _can_be_opened(address: str) -> bool:
    """Whether it is an address of the web, and nothing that a click could start."""
    if len(address) > LONGEST_LINK or any(sign <= " " for sign in address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _heading(sheet: Any, column: ListColumn) -> Any:
    cell = heading(sheet, column.name)
    if column in FILLED_IN:
        cell.fill = _fill_colour()
    return cell


def _validate(sheet: Any, last: int) -> None:
    """Let the spreadsheet itself refuse outcomes and days that cannot be."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - see `write_list`

    letters = {column.name: letter for letter, column in _lettered()}
    outcomes = DataValidation(type="list", formula1=f'"{",".join(Outcome)}"', allow_blank=True)
    outcomes.error = f"one of: {', '.join(Outcome)}"
    days = DataValidation(
        type="date", operator="greaterThan", formula1=_FIRST_DAY, allow_blank=True
    )
    days.error = "a day, such as 2026-11-28"
    for name, rule in (("outcome", outcomes), ("date", days)):
        if last > 1:
            rule.add(f"{letters[name]}2:{letters[name]}{last}")
            rule.showErrorMessage = True
            sheet.data_validations.append(rule)


def _explain(sheet: Any, lines: Sequence[Sequence[str]]) -> None:
    sheet.column_dimensions["A"].width = 22
    sheet.column_dimensions["B"].width = 100
    for name, text in lines:
        sheet.append([heading(sheet, name), text_cell(sheet, fit(text), wrapped=True)])


def _lettered() -> list[tuple[str, ListColumn]]:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see `write_list`

    return [(get_column_letter(number), column) for number, column in enumerate(COLUMNS, 1)]


@functools.cache
def _fill_colour() -> Any:
    from openpyxl.styles import PatternFill  # noqa: PLC0415 - see `write_list`

    return PatternFill("solid", start_color=_COLOUR)


@functools.cache
def _link_font() -> Any:
    from openpyxl.styles import Font  # noqa: PLC0415 - see `write_list`

    return Font(color="0563C1", underline="single")


def plain(value: Any) -> Any:
    """Spell what is neither text nor number for files without types: days as ISO 8601."""
    return value.isoformat() if isinstance(value, dt.date) else value
