"""`sayso export mentions`: what a query finds, in a file."""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from search.errors import SaysoError
from search.export import ExportError, Format, export_mentions
from search.parsing import parse
from search.showing.hinting import hints
from search.stores.base import Store

STANDARD_OUTPUT = Path("-")
LINES = (Format.CSV, Format.NDJSON)
"""What can be written to standard output; the others are for programs that open files."""


def export_query(
    store: Store, query: str, *, kind: str | None, out: Path | None, columns: str | None
) -> None:
    """Write the matches of a query; the format follows ``kind``, else the ending of ``out``."""
    chosen = choose_format(kind, out)
    asked = parse(query)
    path = out or Path(f"mentions.{chosen}")
    names = [name.strip() for name in columns.split(",")] if columns else None
    with tempfile.TemporaryDirectory() as folder:
        aside = path == STANDARD_OUTPUT
        file = Path(folder) / "mentions" if aside else path
        count = export_mentions(store.iterate(asked), file, chosen, columns=names)
        if aside:
            copy_out(file)
    if not aside:
        click.echo(f"{count:,} mentions written to {path}")
    for hint in () if count else hints(store, asked):
        click.echo(hint, err=True)


def copy_out(file: Path) -> None:
    """Write a whole file to standard output."""
    with file.open("rb") as written:
        shutil.copyfileobj(written, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def choose_format(
    kind: str | None, out: Path | None, allowed: Sequence[Format] = tuple(Format)
) -> Format:
    """Choose by a name, else by a file's ending, else csv; `SaysoError` says what is allowed."""
    ending = out.suffix.lstrip(".").lower() if out else ""
    names = f"allowed: {', '.join(allowed)}"
    if kind is None and out not in {None, STANDARD_OUTPUT} and ending not in allowed:
        raise SaysoError(f"{out}: its ending names no format: give --format; {names}")
    name = kind or ending or Format.CSV
    if name not in allowed:
        raise SaysoError(f"--format {name!r} is not known; {names}")
    if ending in set(Format) and ending != name:
        raise ExportError(f"{out} would hold {name}: let its name end in .{name}")
    if out == STANDARD_OUTPUT and name not in LINES:
        raise ExportError(f"{name} is no text for standard output: name a file with --out")
    return Format(name)
