"""The commands that hand out what is stored."""

from pathlib import Path
from typing import Any

import click

from crawlers.cli_session import JSON, QUERY, Session
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


@export.command("granted", cls=QueryCommand)
@QUERY
@click.option("--use", required=True, help="website, or 'channel=tv; territory=SE; paid_ads=yes'.")
@click.option("--format", "kind", help="xlsx, csv, ndjson; default: by OUT's ending, else csv.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="A file, or - ; default: granted.FORMAT"
)
@click.option(
    "--language", type=click.Choice(["en", "sv", "nl"]), default="en", help="Of credit lines."
)
@click.option("--place", help="Where it is going to be shown; recorded for each item.")
@click.option("--by", help="Who exports it; by default whoever is logged in here.")
@click.option("--expect", "expected", default="0", help="Of the ledger: NUMBER or NUMBER:HASH.")
@click.option("--explain", is_flag=True, help="Say of each mention left out why.")
@click.option(
    "--assets",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Fetch the files too, and write rights into them; exit with 3 if one cannot be had.",
)
@JSON
@click.pass_obj
def export_granted(session: Session, /, query: str, *, assets: Path | None, **asked: Any) -> None:
    """
    Write what may be used so now, with credit lines, ends and evidence; nothing else.

    If the ledger is not whole nothing is written.
    """
    from search.showing.granting import export_and_report

    with session.store() as store:
        items = export_and_report(store, query, **asked)
        if assets is not None:
            from crawlers.assets_command import fetch_and_report

            fetch_and_report(store, session.config(), items, assets)
