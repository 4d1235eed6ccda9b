"""
Mentions as a file: csv, xlsx, ndjson or parquet.

The columns are the document's fields by their dotted paths, and ``id``. A file appears under its
name only when it is whole, and memory does not grow with the number of mentions.
"""

import enum
from collections.abc import Iterable, Sequence
from pathlib import Path

from search.codec import stored_to_plain
from search.export_columns import ExportError, choose_columns
from search.export_formats import flat, write_csv, write_ndjson, write_parquet
from search.export_xlsx import write_xlsx
from search.mention import StoredMention
from search.whole_files import whole_file

__all__ = ["ExportError", "Format", "export_mentions"]


class Format(enum.StrEnum):
    """What an export is written as; also the usual ending of the file's name."""

    CSV = "csv"
    XLSX = "xlsx"
    NDJSON = "ndjson"
    PARQUET = "parquet"


def export_mentions(
    mentions: Iterable[StoredMention],
    path: Path,
    form: Format,
    columns: Sequence[str] | None = None,
) -> int:
    """
    Write mentions to a file, replacing it, and return how many there were.

    Without columns all are written, and ndjson holds whole documents that `sayso import` reads
    back without loss. Whatever fails, an existing file stays as it was and `ExportError` says why.
    """
    chosen = choose_columns(columns)
    with whole_file(path) as part:
        match form:
            case Format.CSV:
                return write_csv(mentions, chosen, part)
            case Format.XLSX:
                return write_xlsx(mentions, chosen, part)
            case Format.PARQUET:
                return write_parquet(mentions, chosen, part)
            case Format.NDJSON if columns is None:
                return write_ndjson(map(stored_to_plain, mentions), part)
            case Format.NDJSON:
                return write_ndjson((flat(stored, chosen) for stored in mentions), part)
