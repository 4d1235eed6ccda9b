"""The commands that look after the store, and hand it to Kibana."""

import sys
from pathlib import Path
from typing import Any

import click

from crawlers.cli_session import JSON, Session

NOT_FOUND = 1


@click.group("store")
def store_group() -> None:
    """Look after the store: a file, or Elasticsearch."""


@store_group.command("init")
@click.option("--shards", type=click.IntRange(1, 1024), help="Of indices made from now on.")
@click.pass_obj
def store_init(session: Session, /, *, shards: int | None) -> None:
    """Make the store, or bring its indices up to date, and say what differs."""
    from search.showing.keeping import show_init

    show_init(session.store_location(), shards=shards)


@store_group.command("check")
@click.pass_obj
def store_check(session: Session) -> None:
    """Verify the record and the index; exit code 1 when something is wrong."""
    from search.showing.keeping import show_check

    with session.store() as store:
        sys.exit(0 if show_check(store) else NOT_FOUND)


@store_group.command("rebuild")
@click.pass_obj
def store_rebuild(session: Session) -> None:
    """Build the index anew from the record; searches go on meanwhile."""
    with session.store() as store:
        click.echo(f"{store.rebuild():,} mentions indexed")


@store_group.command("copy")
@click.argument("original", metavar="FROM")
@click.argument("copy", metavar="TO")
@click.option("--again", is_flag=True, help="Overwrite what changed in TO since a finished copy.")
@JSON
def store_copy(*, original: str, copy: str, again: bool, as_json: bool) -> None:
    """Copy everything a store holds into another one, and compare it; can be interrupted."""
    from search.showing.keeping import show_copy

    show_copy(original, copy, again=again, as_json=as_json)


@store_group.command("grow")
@click.pass_obj
def store_grow(session: Session) -> None:
    """Begin another index for new mentions; only on Elasticsearch, near 50 GB a shard."""
    from search.showing.keeping import show_growth

    show_growth(session.store_location())


@click.group(invoke_without_command=True)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="A file; else standard output.")
@click.pass_context
def kibana(context: click.Context, /, *, out: Path | None) -> None:
    """Write the data view, searches and dashboards as Kibana's saved objects (NDJSON)."""
    if context.invoked_subcommand is None:
        from search.showing.kibana import write_objects

        write_objects(context.obj.store_location(), out)


@kibana.command("install")
@click.option("--url", required=True, help="Where Kibana is: https://HOST:5601.")
@click.option("--space", help="Another space than the default one.")
@click.pass_obj
def kibana_install(session: Session, /, **asked: Any) -> None:
    """
    Import them into Kibana; say what was new and what was overwritten.

    The environment says as whom: SAYSO_KIBANA_API_KEY, or SAYSO_KIBANA_USER and
    SAYSO_KIBANA_PASSWORD.
    """
    from search.showing.kibana import install_objects

    install_objects(session.store_location(), **asked)
