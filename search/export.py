"""
Mentions as a file: csv, xlsx, ndjson or parquet.

The columns are the document's fields by their dotted paths, and ``id``. A file appears under its
name only when it is whole, and memory does not grow with the number of mentions.
"""

import contextlib
import enum
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from search.codec import stored_to_plain
from search.export_columns import ExportError, choose_columns
from search.export_formats import flat, write_csv, write_ndjson, write_parquet
from search.export_xlsx import write_xlsx
from search.mention import StoredMention

__all__ = ["ExportError", "Format", "export_mentions", "whole"]


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
    with whole(path) as part:
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


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """
    Hand out a path to write to; what stands there at the end takes the place of ``path``.

    Whatever fails, an existing file stays as it was, and `ExportError` says why.
    """
    if path.exists() and not path.is_file():
        raise ExportError(f"{path} is not a file that could be replaced")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise ExportError(_explain(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _explain(path: Path, error: OSError) -> str:
    if not path.parent.is_dir():
        return f"{path}: there is no folder {path.parent}"
    return f"{path}: {error.strerror or error}"
