"""The commands on people's rights: who is left alone, who is erased, what is held of somebody."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from crawlers.cli_session import JSON, Session

_REACHES = click.Choice(["contact", "collect", "all"])
_AUTHOR = click.option("--author", required=True, help="A handle, an address or an identifier.")
_SOURCE = click.option("--source", help="Where they write, such as mastodon.")
_SITE = click.option("--site", help="The host, where a name alone tells nobody from others.")


def _who(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say whom it is about."""
    for option in (_SITE, _SOURCE, _AUTHOR):
        command = option(command)
    return command


def _wanted(said: dict[str, Any]) -> Any:
    from search.people.finding import Wanted

    return Wanted(**{name: said.pop(name) for name in ("author", "source", "site")})


@click.group()
def suppress() -> None:
    """Keep a list, without names, of authors who are left alone."""


@suppress.command("add")
@_who
@click.option("--reach", type=_REACHES, default="all", show_default=True)
@click.option("--reason", help="Why, in words; never who.")
@click.pass_obj
def suppress_add(session: Session, /, reach: str, reason: str | None, **said: Any) -> None:
    """Ask an author for nothing any more, or keep nothing they write, or both."""
    from search.people.suppress_command import add
    from search.people.suppression import Reach

    with session.store(create=True) as store:
        add(store, session.config(), _wanted(said), Reach(reach), reason)


@suppress.command("remove")
@_who
@click.option("--reason", required=True, help="Why: they have come back, for example.")
@click.pass_obj
def suppress_remove(session: Session, /, reason: str, **said: Any) -> None:
    """Take an author off the list."""
    from search.people.suppress_command import remove

    with session.store() as store:
        remove(store, session.config(), _wanted(said), reason, _sources())


@suppress.command("list")
@JSON
@click.pass_obj
def suppress_list(session: Session, /, *, as_json: bool) -> None:
    """Show dates, reach, sources and reasons; there are no names to show."""
    from search.people.suppress_command import show

    with session.store() as store:
        show(store, session.config(), as_json=as_json)


@suppress.command("check")
@_who
@click.pass_obj
def suppress_check(session: Session, /, **said: Any) -> None:
    """Say whether an author is on the list; if not, exit with 1."""
    from search.people.suppress_command import NOT_LISTED, check

    with session.store() as store:
        if not check(store, session.config(), _wanted(said), _sources()):
            sys.exit(NOT_LISTED)


@suppress.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="Where they write, such as mastodon.")
@_SITE
@click.option("--reach", type=_REACHES, default="all", show_default=True)
@click.option("--reason", help="Why, in words; never who.")
@click.pass_obj
def suppress_import(session: Session, /, reach: str, **said: Any) -> None:
    """Leave all authors of a file alone, one a line."""
    from search.people.suppress_command import take_in
    from search.people.suppression import Reach

    with session.store(create=True) as store:
        take_in(store, session.config(), reach=Reach(reach), **said)


@click.command()
@click.option("--author", help="A handle, an address or an identifier.")
@_SOURCE
@_SITE
@click.option("--again", is_flag=True, help="Everybody who is suppressed, as after a restore.")
@click.option("--suppress", "reach", type=_REACHES, help="From what from now on; default: all.")
@click.option(
    "--keep-evidence", is_flag=False, flag_value="", metavar="[DAY]",
    help="Keep the evidence of what is in use until a day; by default three years.",
)  # fmt: skip
@click.option("--despite-hold", is_flag=True, help="Also what is on legal hold or in dispute.")
@click.option("--dry-run", is_flag=True, help="Count, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON
@click.pass_obj
def erase(session: Session, /, *, again: bool, reach: str | None, **said: Any) -> None:
    """
    Erase all that is held of an author, and keep nothing of theirs from now on.

    Prints what was erased, what to take down, and whom to tell. Can be repeated.
    """
    from pipelines.copies.mending import mend_copies
    from search.people.erase_command import erase as erase_author
    from search.people.erase_command import erase_again
    from search.people.suppression import Reach

    if again == (said["author"] is not None):
        raise click.UsageError("give --author, or --again")
    if again and (reach is not None or said["keep_evidence"] is not None):
        raise click.UsageError("--suppress and --keep-evidence go with --author, not with --again")
    wanted, config = _wanted(said), session.config()
    with session.store() as store:
        if again:
            said.pop("keep_evidence")
            erase_again(store, config, mend=mend_copies, **said)
        else:
            erase_author(
                store, config, wanted, suppress=Reach(reach or "all"), sources=_sources(),
                mend=mend_copies, **said,
            )  # fmt: skip


@click.command()
@_who
@click.option("-o", "--out", "folder", required=True, type=click.Path(path_type=Path))
@click.pass_obj
def access(session: Session, /, folder: Path, **said: Any) -> None:
    """Write all that is held of an author, for them to read: JSON and a page."""
    from search.people.access_command import write_access

    with session.store() as store:
        write_access(store, session.config(), _wanted(said), folder)


def _sources() -> list[str]:
    from crawlers.planning import sources

    return [*sources(), "import"]


PEOPLE = (suppress, erase, access)
