"""The commands on permissions: what happened to a mention, what may be done with it, and when."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from crawlers.cli_session import JSON, QUERY, Session
from crawlers.query_command import QueryCommand
from search.vocabulary import Basis, Hold, SourceState

_SHOWN = (
    click.option("--text", help="What was said, word for word."),
    click.option("--url", help="Where it can be seen."),
    click.option(
        "--file", type=click.Path(path_type=Path), help="A screenshot or document; kept by hash."
    ),
    click.option("--terms", "terms_version", help="The version of the terms that it accepts."),
    click.option("--author-id", help="The identifier, which never changes, of who said it."),
    click.option("--statement", "statements", multiple=True, help="made_it, adult… Repeatable."),
)
_SCOPE = click.option("--scope", help="'channels=website,instagram; months=12'.")
_HOLD = click.argument("hold", metavar="HOLD", type=click.Choice([each.value for each in Hold]))
_BASIS = click.argument(
    "basis",
    metavar="BASIS",
    type=click.Choice([each.value for each in Basis if each is not Basis.GRANT]),
)
_SOURCE = click.argument(
    "source_state", metavar="STATE", type=click.Choice([each.value for each in SourceState])
)
_WHY = click.option("--reason", help="Why, in words.")
_BY = click.option("--by", help="Who records it; by default whoever is logged in here.")


@click.group()
def permissions() -> None:
    """
    Look after what we may do with a mention, why, and everything that happened.

    Each step is one entry of a ledger in which changes can be found.
    """


def _step(
    name: str, about: str, *options: Callable[[Any], Any], method: str | None = None
) -> None:
    """Add a command that records one step."""

    @click.pass_obj
    def command(session: Session, /, id: str, **said: Any) -> None:  # noqa: A002 - the argument's name
        from search.permissions.events import Step
        from search.permissions.step_commands import record

        with session.store() as store:
            record(store, id, Step(method or name), config=session.config(), **said)

    for option in (_BY, *reversed(options)):
        command = option(command)
    command = click.argument("id")(command)
    permissions.command(name, help=about)(command)


_step("queue", "Choose a mention to ask for.", _SCOPE,
      click.option("--inbound", help="The message with which its author came to us."))  # fmt: skip
_step("cancel", "Take a mention off the queue, unasked.", _WHY)
_step("sent", "Say that a person has sent the request.", *_SHOWN,
      click.option("--due", help="The last day for an answer; by default in 14 days."),
      method="send")  # fmt: skip
_step("grant", "Record that the author said yes.", *_SHOWN, _SCOPE,
      click.option("--form", is_flag=True, help="As said on the request's page."))  # fmt: skip
_step("decline", "Record that the author said no.", *_SHOWN)
_step("revoke", "Record that the author has withdrawn the permission.", *_SHOWN, _WHY)
_step("remind", "Say that a person has sent the one reminder.", *_SHOWN)
_step("hold", "Forbid any use until somebody looks.",
      _HOLD, _WHY)  # fmt: skip
_step(
    "release",
    "End a hold, with a reason.",
    _HOLD,
    _WHY,
)
_step("basis", "Record another basis: open_licence, owned, contract, public_domain…",
      _BASIS, *_SHOWN, _SCOPE,
      click.option("--licence", help="SPDX identifier, such as CC-BY-4.0."))  # fmt: skip
_step("source", "Record what became of the original: live, edited, deleted_by_author…",
      _SOURCE)  # fmt: skip
_step("place", "Record where it was put.", click.argument("place"))
_step("takedown", "Record that it was taken down.", click.argument("place"), method="take_down")


@permissions.command("show")
@click.argument("id")
@JSON
@click.pass_obj
def permissions_show(session: Session, /, id: str, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Show how we stand to a mention, and everything that happened."""
    from search.permissions.commands import show

    with session.store() as store:
        show(store, id, as_json=as_json)


@permissions.command("request", cls=QueryCommand)
@QUERY
@click.option("--use", required=True, help="'channels=website,instagram; months=12'.")
@click.option("-n", "--limit", type=click.IntRange(1), help="Choose so many at most.")
@click.option("--sort", default="newest", help="As of `sayso search`; where caps bite, the first.")
@click.option("--dry-run", is_flag=True, help="Show who would be asked; record nothing.")
@_BY
@JSON
@click.pass_obj
def permissions_request(session: Session, /, *, dry_run: bool, as_json: bool, **said: Any) -> None:
    """
    Choose whom to ask among the mentions of a search: one batch; exit with 1 if there is nobody.

    What is left out is listed with the reason: no contact wanted, asked before, caps, cool-downs,
    rules of the platform.
    """
    from search.permissions.commands import me
    from search.permissions.requesting.command import request_and_show
    from search.permissions.requesting.making import Request
    from search.showing.searching import read_sort

    said |= {"by": said["by"] or me(), "sort": read_sort(said["sort"])}
    with session.store() as store:
        config = session.config()
        request_and_show(store, config, Request(**said), dry_run=dry_run, as_json=as_json)


@permissions.command("batches")
@JSON
@click.pass_obj
def permissions_batches(session: Session, /, *, as_json: bool) -> None:
    """List the batches of requests, and how they stand."""
    from search.permissions.requesting.command import show_batches

    with session.store() as store:
        show_batches(store, as_json=as_json)


@permissions.command("compose")
@click.argument("id")
@JSON
@click.pass_obj
def permissions_compose(session: Session, /, id: str, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Write the request for a queued mention, for a person to send."""
    from search.permissions.request_commands import compose_and_show

    with session.store() as store:
        compose_and_show(store, session.config(), id, as_json=as_json)


@permissions.command("replies")
@click.option("--apply", is_flag=True, help="Record the clear ones; never what is unclear.")
@_BY
@JSON
@click.pass_obj
def permissions_replies(session: Session, /, **said: Any) -> None:
    """
    Judge replies to requests among what was crawled; exit with 3 if a person has to read one.

    A grant is only proposed where a reply of the author is nothing but yes, with the request's
    own word.
    """
    from search.permissions.commands import me
    from search.permissions.request_commands import show_replies

    said["by"] = said["by"] or me()
    with session.store() as store:
        show_replies(store, session.config(), **said)


@permissions.command("reply")
@click.argument("id")
@click.option("--text", required=True, help="The reply, word for word.")
@click.option("--url", help="Where it can be seen.")
@click.option("--at", type=click.DateTime(), help="When it was written, in UTC; by default now.")
@click.option("--author-id", help="The identifier, which never changes, of who wrote it.")
@click.option("--same-author", is_flag=True, help="You saw that it is the author's own account.")
@click.option("--apply", is_flag=True, help="Record it if it is clear.")
@_BY
@JSON
@click.pass_obj
def permissions_reply(session: Session, /, id: str, **said: Any) -> None:  # noqa: A002 - as above
    """
    Judge a reply that you have read where Sayso does not crawl; exit with 3 if it is not clear.

    It is judged as a crawled one. What is not clear is for you to decide: grant or decline.
    """
    import datetime as dt

    from search.permissions.commands import me
    from search.permissions.handed_in import HeardReply
    from search.permissions.request_commands import hear_and_show

    how = {name: said.pop(name) for name in ("apply", "as_json")} | {"by": said.pop("by") or me()}
    at = said.pop("at") or dt.datetime.now(dt.UTC)
    heard = HeardReply(at=at.replace(tzinfo=at.tzinfo or dt.UTC), **said)
    with session.store() as store:
        hear_and_show(store, session.config(), id, heard, **how)


@permissions.command("usable")
@click.argument("id")
@click.option("--use", required=True, help="website, or 'channel=tv; territory=SE; paid_ads=yes'.")
@JSON
@click.pass_obj
def permissions_usable(session: Session, /, id: str, use: str, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Say whether a mention may be used so now; if not, why, and exit with 1."""
    from search.permissions.commands import check_use

    with session.store() as store:
        check_use(store, id, use, as_json=as_json)


@permissions.command("verify")
@click.option("--expect", "expected", default="0", help="NUMBER or NUMBER:HASH, as written down.")
@click.pass_obj
def permissions_verify(session: Session, /, expected: str) -> None:
    """
    Find entries of the ledger that were altered, removed or reordered.

    What was cut off or made anew from an entry on to the end is found only by what was written
    down before.
    """
    from search.permissions.commands import verify

    with session.store() as store:
        verify(store, expected=expected)


@permissions.command("update")
@click.pass_obj
def permissions_update(session: Session, /) -> None:
    """Let time pass: permissions that ended, answers that did not come; warn of what ends soon."""
    from search.permissions.time_commands import update

    with session.store() as store:
        update(store, session.config())
