"""`sayso export requests`, `sayso export log` and `sayso permissions import`."""

import dataclasses
import datetime as dt
import sys
from pathlib import Path
from typing import Final

import click

from search.config import Config
from search.errors import SaysoError
from search.permissions.commands import me
from search.permissions.lists.export_log import exports
from search.permissions.lists.exporting import export_requests
from search.permissions.lists.importing import Change, Report, import_outcomes
from search.showing.exporting import STANDARD_OUTPUT, choose_format
from search.showing.printing import print_json
from search.stores.base import Store

NOT_ALL: Final = 3
"""The exit code when something was not applied."""


def export_list(  # noqa: PLR0913 - a command and its options
    store: Store, config: Config, *, batch: int, kind: str | None, out: Path | None,
    with_capped: bool,
) -> None:  # fmt: skip
    """Write the list of a batch, and say what is in it."""
    if out == STANDARD_OUTPUT:
        raise SaysoError("a list of requests is a file that is kept track of: name one with --out")
    form = choose_format(kind or (None if out else "xlsx"), out)
    path = out or Path(f"requests-{batch}.{form}")
    export, rows = export_requests(
        store, config, batch, path, form,
        by=me(), now=dt.datetime.now(dt.UTC), with_capped=with_capped,
    )  # fmt: skip
    click.echo(f"{rows.messages:,} requests written to {path}; delete it by {export.expires}")
    if rows.left_out:
        click.echo(f"{rows.left_out:,} rows have no message; left_out says why", err=True)


def show_log(store: Store, *, as_json: bool) -> None:
    """List what was handed out, the oldest first."""
    found = False
    for export in exports(store):
        found = True
        if as_json:
            print_json(dataclasses.asdict(export))
            continue
        until = f", until {export.expires}" if export.expires else ""
        batch = "" if export.batch is None else f" of batch {export.batch}"
        click.echo(
            f"{export.number}  {export.at:%Y-%m-%d %H:%M}  {export.by}  {export.kind}{batch}, "
            f"{len(export.mentions):,} rows{until}: {export.file} "
            f"{export.sha256}"
        )
    if not found and not as_json:
        click.echo("no list was handed out yet")


def import_list(store: Store, config: Config, file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Record what was filled in, and say of each row that was not recorded why."""
    report = import_outcomes(
        store, config, file, by=me(), now=dt.datetime.now(dt.UTC), dry_run=dry_run
    )
    if as_json:
        rows = [dataclasses.asdict(change) for change in report.changes]
        print_json({"counts": report.counts, "dry_run": dry_run, "rows": rows})
    else:
        _say(report, dry_run=dry_run)
    if not report.is_whole:
        sys.exit(NOT_ALL)


def _say(report: Report, *, dry_run: bool) -> None:
    for change in report.changes:
        if change.problem or change.note or dry_run:
            click.echo(_line(change))
    counts = report.counts
    done = "would be applied" if dry_run else "applied"
    click.echo(
        f"{counts['applied']:,} {done}, {counts['unchanged']:,} unchanged, "
        f"{counts['empty']:,} not filled in, {counts['conflict']:,} conflicts, "
        f"{counts['error']:,} errors"
    )


def _line(change: Change) -> str:
    where = f"row {change.row}" + (f", {change.column}" if change.column else "")
    said = change.problem or change.note or " → ".join(change.steps)
    return f"{where}: {change.fate}{f': {said}' if said else ''}"
