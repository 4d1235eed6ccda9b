"""`sayso export mentions`: what a query finds, in a file."""

from pathlib import Path

import click

from search.errors import SaysoError
from search.export import Format, export_mentions
from search.parsing import parse
from search.stores.base import Store


def export_query(
    store: Store, query: str, *, kind: str | None, out: Path | None, columns: str | None
) -> None:
    """Write the matches of a query; the format follows ``kind``, else the ending of ``out``."""
    chosen = _format(kind, out)
    path = out or Path(f"mentions.{chosen}")
    names = [name.strip() for name in columns.split(",")] if columns else None
    count = export_mentions(store.iterate(parse(query)), path, chosen, columns=names)
    click.echo(f"{count:,} mentions written to {path}")


def _format(kind: str | None, out: Path | None) -> Format:
    name = kind or (out.suffix.lstrip(".").lower() if out else "csv")
    try:
        return Format(name)
    except ValueError:
        allowed = ", ".join(Format)
        raise SaysoError(f"--format {name!r} is not known; allowed: {allowed}") from None
