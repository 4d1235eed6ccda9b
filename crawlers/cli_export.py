"""The commands that hand out what is stored."""

from pathlib import Path
from typing import Any

import click

from crawlers.cli_session import QUERY, Session
from crawlers.query_command import QueryCommand


@click.group()
def export() -> None:
    """Hand out what is stored."""


@export.command("mentions", cls=QueryCommand)
@QUERY
@click.option("--format", "kind", help="csv, xlsx, ndjson, parquet; default: by OUT's ending.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="A file, or - ; default: mentions.FORMAT"
)
@click.option("--columns", help="Fields, comma-separated; default: all.")
@click.pass_obj
def export_mentions(session: Session, /, query: str, **asked: Any) -> None:
    """Write the mentions a query finds to a file."""
    from search.showing.exporting import export_query

    with session.store() as store:
        export_query(store, query, **asked)
