"""`sayso export requests`: a batch as a list for people to work through, and the log of lists."""

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from search.config import Config
from search.errors import SaysoError
from search.export import Format
from search.export_formats import neutralise
from search.permissions.asking import asking_of
from search.permissions.batches import read_batch
from search.permissions.keeping import Permissions
from search.permissions.ledger import LedgerDamaged
from search.permissions.lists.columns import ABOUT, COLUMNS, Row
from search.permissions.lists.describing import describe
from search.permissions.lists.export_log import Export, keep_export, take_allowance
from search.permissions.lists.rows import KEPT_FOR, Rows
from search.permissions.lists.sheet import plain, write_list
from search.stores.base import Store
from search.whole_files import whole_file

FORMATS: Final = (Format.XLSX, Format.CSV, Format.NDJSON)


def export_requests(  # noqa: PLR0913 - who gets what, when, and as what
    store: Store,
    config: Config,
    number: int,
    path: Path,
    form: Format,
    *,
    by: str,
    now: dt.datetime,
    with_capped: bool = False,
) -> tuple[Export, Rows]:
    """
    Write the requests of a batch to a file, composing each; return the log's entry, and counts.

    The entry is written before the file appears, so that no list is ever out without one.
    ``with_capped``: with the content of platforms that cap what a user may get in a day. Raises
    `NoBatch`, `LedgerDamaged`, `ConfigError`, `ExportRefused` and `ExportError`; then there is no
    file.
    """
    if form not in FORMATS:
        raise SaysoError(f"requests are not written as {form}; allowed: {', '.join(FORMATS)}")
    batch = read_batch(store, number)
    asking = asking_of(config)
    check_ledger(store)
    rows = Rows(store, config, batch, now, with_capped=with_capped)
    with whole_file(path) as part:
        match form:
            case Format.XLSX:
                write_list(rows, part, lambda: describe(batch, asking, rows, by, now))
            case Format.CSV:
                _write_csv(rows, part)
            case _:
                _write_ndjson(rows, part)
        take_allowance(store, rows.capped, by, now)
        export = keep_export(
            store, at=now, by=by, kind="requests", batch=number, mentions=batch.mentions,
            columns=tuple(column.name for column in COLUMNS), file=path.name,
            sha256=_digest(part), expires=(now + KEPT_FOR).date(),
        )  # fmt: skip
    return export, rows


def check_ledger(store: Store) -> None:
    """Raise `LedgerDamaged` unless all that happened can be believed."""
    problem = next(Permissions(store).ledger.verify(), None)
    if problem is not None:
        raise LedgerDamaged(f"{problem}; `sayso permissions verify` says what else is wrong")


def _write_csv(rows: Iterable[Row], path: Path) -> None:
    """Write RFC 4180 as `search.export_formats.write_csv` does, with no formulas in it."""
    names = [column.name for column in (*COLUMNS, *ABOUT)]
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in rows:
            cells = (plain(row.get(name)) for name in names)
            writer.writerow(neutralise(str(cell)) if isinstance(cell, str) else cell
                            for cell in cells)  # fmt: skip


def _write_ndjson(rows: Iterable[Row], path: Path) -> None:
    names = [column.name for column in (*COLUMNS, *ABOUT)]
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        for row in rows:
            line = {name: plain(row.get(name)) for name in names}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
