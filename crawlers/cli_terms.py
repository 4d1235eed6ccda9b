"""The commands on terms and on time: which terms a yes accepts, and what there is to do."""

import sys

import click

from crawlers.cli_permissions import permissions
from crawlers.cli_session import JSON, QUERY, Session
from crawlers.query_command import QueryCommand


@permissions.group("terms", invoke_without_command=True)
@JSON
@click.pass_context
def terms(context: click.Context, *, as_json: bool) -> None:
    """List the terms a yes accepts, since when each is used; exit with 1 if one was changed."""
    if context.invoked_subcommand is not None:
        return
    from search.permissions.term_commands import list_terms

    session: Session = context.obj
    with session.store() as store:
        list_terms(store, session.config(), as_json=as_json)


@terms.command("show")
@click.argument("version")
@click.option("--language", help="sv, nl… By default English, else any.")
@click.option("--used", is_flag=True, help="The archived copy of what was used, not the file.")
@click.pass_obj
def terms_show(session: Session, /, version: str, language: str | None, *, used: bool) -> None:
    """Print a version; if its file is gone, the archived copy of what was used."""
    from search.permissions.term_commands import show_terms

    with session.store() as store:
        show_terms(store, session.config(), version, language, used=used)


@terms.command("init")
@click.option("--version", default="v1", show_default=True, help="What the files are named by.")
@click.pass_obj
def terms_init(session: Session, /, version: str) -> None:
    """Write draft terms in English, Swedish and Dutch to begin with; nothing is overwritten."""
    from search.permissions.term_commands import write_drafts

    write_drafts(session.config(), version)


@permissions.command("due")
@JSON
@click.pass_obj
def permissions_due(session: Session, /, *, as_json: bool) -> None:
    """
    List what there is to do, by when; exit with 3 if there is anything.

    Places to take content down from, replies to read, holds to look at, originals that are gone,
    permissions that end within 7 and 30 days.
    """
    from search.permissions.time_commands import show_due

    with session.store() as store:
        show_due(store, session.config(), as_json=as_json)


@permissions.command("recheck", cls=QueryCommand)
@QUERY
@click.option("--older-than", help="Only what nobody has looked at for so long: 7d, 12h.")
@JSON
@click.pass_obj
def permissions_recheck(
    session: Session, /, query: str, older_than: str | None, *, as_json: bool
) -> None:
    """
    Look whether the originals of what is asked for, allowed or in use are still there.

    Asked as a crawl asks (robots.txt, pace). Exit with 3 if one is not there, or could not be
    seen. Blocked or broken is never taken for deleted.
    """
    from crawlers.rechecking import read_age, recheck

    age = read_age(older_than)
    with session.store() as store:
        sys.exit(recheck(store, session.config(), query, age, as_json=as_json))
