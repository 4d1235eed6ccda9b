"""Lists of requests: handed out for people to work through, and taken back filled in."""

from pathlib import Path
from typing import Any

import click

from crawlers.cli_export import export
from crawlers.cli_permissions import permissions
from crawlers.cli_session import JSON, Session


@export.command("requests")
@click.option("--batch", required=True, type=click.IntRange(1), help="The batch's number.")
@click.option("--format", "kind", help="xlsx, csv, ndjson; default: by OUT's ending, else xlsx.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="A file; default: requests-N.FORMAT"
)
@click.option(
    "--with-x-content",
    "with_capped",
    is_flag=True,
    help="Author and words of posts on X too: at most 500 rows a day.",
)
@click.pass_obj
def export_requests(session: Session, /, **asked: Any) -> None:
    """Compose the requests of a batch, as a list for people to work through and fill in."""
    from search.permissions.lists.commands import export_list

    with session.store() as store:
        export_list(store, session.config(), **asked)


@export.command("log")
@JSON
@click.pass_obj
def export_log(session: Session, /, *, as_json: bool) -> None:
    """List what was handed out: who, when, what, and the hash of each file."""
    from search.permissions.lists.commands import show_log

    with session.store() as store:
        show_log(store, as_json=as_json)


@permissions.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@JSON
@click.pass_obj
def permissions_import(session: Session, /, file: Path, **said: Any) -> None:
    """
    Record what people filled into a list of requests; exit with 3 if not all of it could be.

    xlsx, csv or ndjson, as spreadsheets save it. The same file twice is the same as once.
    """
    from search.permissions.lists.commands import import_list

    with session.store() as store:
        import_list(store, session.config(), file, **said)
