"""`sayso permissions licences`: from the licences that sources state to a basis."""

from typing import Any

import click

from crawlers.cli_permissions import permissions
from crawlers.cli_session import JSON, QUERY, Session
from crawlers.query_command import QueryCommand


@permissions.command("licences", cls=QueryCommand)
@QUERY
@click.option("--apply", "apply_all", is_flag=True, help="Record it; never what is a suggestion.")
@JSON
@click.pass_obj
def licences(session: Session, /, query: str, **asked: Any) -> None:
    """
    Go over the open licences that sources state, and those that changed since we rely on them.

    Only what an official interface states is recorded; what was read from pages is suggested.
    """
    from search.showing.licensing import show_licences

    with session.store() as store:
        show_licences(store, query, **asked)
