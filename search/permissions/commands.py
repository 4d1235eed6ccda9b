"""`sayso permissions show`, `usable`, `verify`: what happened, and what holds."""

import dataclasses
import getpass
import sys
from typing import Any, Final

import click

from search.permissions.keeping import Permissions
from search.permissions.ledger import Entry, read_noted
from search.permissions.naming import find_mention
from search.permissions.reading import read_use, write_scope
from search.permissions.scope import Scope
from search.permissions.standing import Standing
from search.showing.printing import print_json
from search.stores.base import Store
from search.vocabulary import Basis

NOT_USABLE: Final = 1
"""The exit code of a use that is not allowed, and of a ledger that is not whole."""


LONGEST_SHOWN: Final = 200
"""Characters of a text that an entry shows."""


def me() -> str:
    """Name whoever is logged in here."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def show(store: Store, prefix: str, *, as_json: bool = False) -> None:
    """Show how we stand to one mention, and everything that happened."""
    stored = find_mention(store, prefix)
    permissions = Permissions(store)
    standing, history = permissions.standing(stored.id), permissions.history(stored.id)
    if as_json:
        print_json(
            {
                "id": stored.id,
                **_facts(standing),
                "history": [dataclasses.asdict(entry) for entry in history],
            }
        )
        return
    click.echo(f"{stored.id}  {stored.mention.url}")
    for name, value in _facts(standing).items():
        if value not in (None, [], ""):
            shown = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"  {name.replace('_', ' ')}: {shown}")
    for entry in history:
        click.echo(f"  {_line(entry)}")


def _facts(standing: Standing) -> dict[str, Any]:
    return {
        "permission": str(standing.permission),
        "basis": str(standing.basis),
        "licence": standing.licence,
        "scope": _scope(standing.scope),
        "asked_for": _scope(standing.asked.scope if standing.asked else None),
        "answer_until": standing.due_at.isoformat() if standing.due_at else None,
        "source": str(standing.source_state),
        "holds": sorted(map(str, standing.holds)),
        "in_use_at": list(standing.placements),
    }


def _scope(scope: Scope | None) -> str | None:
    return None if scope is None else write_scope(scope)


def _line(entry: Entry) -> str:
    event = entry.read()
    if event is None:
        reason = (entry.erased or {}).get("reason", "")
        return f"{entry.number}  {entry.written_at[:19]}  erased: {reason}"
    said = [f"{event.step} by {event.by}"]
    said += [
        f"{name} {value}"
        for name in ("hold", "basis", "licence", "source_state", "place", "inbound", "reason")
        if (value := getattr(event, name)) is not None
    ]
    said += [
        f"{name} {_short(value)}"
        for name in ("url", "text", "sha256", "terms_version")
        if (value := getattr(event.evidence, name)) is not None
    ]
    return f"{entry.number}  {event.at:%Y-%m-%d %H:%M}  " + "; ".join(said)


def _short(text: str) -> str:
    """Let one entry be one line; --json has all of it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_SHOWN else f"{flat[: LONGEST_SHOWN - 1]}…"


def summary(standing: Standing) -> str:
    """Say how we stand, on one line."""
    said = [str(standing.permission).replace("_", " ")]
    if standing.basis is not Basis.NONE:
        said.append(f"basis {standing.basis}")
    if standing.scope is not None:
        said.append(f"until {standing.scope.valid_until}")
    if standing.due_at is not None:
        said.append(f"answer until {standing.due_at:%Y-%m-%d}")
    if standing.holds:
        said.append(f"on hold: {', '.join(sorted(standing.holds))}")
    return "; ".join(said)


def check_use(store: Store, prefix: str, text: str, *, as_json: bool = False) -> None:
    """Say whether one mention may be used so now, and why not."""
    use = read_use(text)
    stored = find_mention(store, prefix)
    decision = Permissions(store).decide(stored, use)
    reasons = [dataclasses.asdict(reason) for reason in decision.reasons]
    if as_json:
        print_json({"id": stored.id, "usable": decision.is_usable, "reasons": reasons})
    else:
        click.echo(f"{stored.id}: {'yes' if decision.is_usable else 'no'}")
        for reason in decision.reasons:
            click.echo(f"  {reason.code}: {reason.sentence}")
    if not decision.is_usable:
        sys.exit(NOT_USABLE)


def verify(store: Store, *, expected: str = "0") -> None:
    """Check the ledger, and let documents say what it says."""
    noted, permissions = read_noted(expected), Permissions(store)
    problems = list(permissions.ledger.verify(noted))
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"the ledger is not whole: {len(problems)} problems")
        sys.exit(NOT_USABLE)
    mended = permissions.repair()
    entries = permissions.last_number
    head = permissions.ledger.head(entries)
    advice = f"; write this down: {head}" if head.hash else ""
    click.echo(f"the ledger is whole: {entries:,} entries{advice}")
    if mended:
        click.echo(f"{mended:,} documents said something else and say it no more")
