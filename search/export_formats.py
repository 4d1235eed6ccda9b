"""The writers of csv, ndjson and parquet; each takes rows one at a time."""

import csv
import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from search.export_columns import Column, ColumnOf, Row
from search.frames import arrow_schema, arrow_tables
from search.mention import StoredMention

SEPARATOR = " | "
"""Between the values of one cell where a format has no lists."""

_FORMULA = re.compile(
    "'*[=+\\-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}]"
)
"""With these a spreadsheet begins to calculate instead of showing the text (OWASP)."""


def write_csv(rows: Iterable[Row], columns: Sequence[ColumnOf[Row]], path: Path) -> int:
    """
    Write RFC 4180 in UTF-8 with a byte-order mark, without which Excel reads other letters.

    Text that a spreadsheet would calculate is neutralised.
    """
    written = 0
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in columns)
        for row in rows:
            writer.writerow(_csv_cell(column.read(row)) for column in columns)
            written += 1
    return written


def write_ndjson(documents: Iterable[Mapping[str, Any]], path: Path) -> int:
    """Write one document a line."""
    written = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        for document in documents:
            file.write(json.dumps(document, ensure_ascii=False) + "\n")
            written += 1
    return written


def flat(row: Row, columns: Sequence[ColumnOf[Row]]) -> dict[str, Any]:
    """Make a flat document of a row, with the names of the columns as keys."""
    return {column.name: _jsonable(column.read(row)) for column in columns}


def write_parquet(mentions: Iterable[StoredMention], columns: Sequence[Column], path: Path) -> int:
    """Write typed columns: instants in UTC, whole numbers, lists; compressed with zstd."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - 0.2 s and 50 MB that only this format needs

    written = 0
    with pq.ParquetWriter(path, arrow_schema(columns), compression="zstd") as writer:
        for table in arrow_tables(mentions, columns):
            writer.write_table(table)
            written += table.num_rows
    return written


def as_text(value: Any) -> str:
    """Spell one value for people and for `sayso import`: instants as ISO 8601, ``true``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def neutralise(text: str) -> str:
    """Put ``'`` before text that a spreadsheet would calculate, also where one stands already."""
    return f"'{text}" if _FORMULA.match(text) else text


def restore(cell: str) -> str:
    """Take off what `neutralise` put before a text."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _csv_cell(value: Any) -> Any:
    if isinstance(value, tuple):
        value = SEPARATOR.join(map(as_text, value))
    if isinstance(value, str):
        return neutralise(str(value))
    return as_text(value) if isinstance(value, bool | dt.datetime) else value


def _jsonable(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_jsonable(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value  # instants are dates too
