"""The commands on terms and on time: which terms a yes accepts, and what there is to do."""

import click

from crawlers.cli_permissions import permissions
from crawlers.cli_session import JSON, Session


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
