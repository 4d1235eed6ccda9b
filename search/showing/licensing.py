"""`sayso permissions licences`: which stated licences become a basis, and which have changed."""

import datetime as dt
from collections import Counter
from typing import Final

import click

from search.parsing import parse
from search.permissions.keeping import Permissions
from search.permissions.licences import Action, Finding, apply, findings
from search.permissions.standing import IllegalTransition
from search.showing.printing import print_json
from search.stores.base import Store

_DONE: Final = {Action.RECORD: "recorded", Action.HOLD: "held"}
_TO_DO: Final = {Action.RECORD: "to be recorded", Action.HOLD: "to be held"}


def show_licences(store: Store, query: str, *, apply_all: bool, as_json: bool) -> None:
    """Say what follows for each mention of a search, and with ``apply_all`` record it."""
    permissions = Permissions(store)
    permissions.catch_up()
    counts: Counter[str] = Counter()
    for finding in findings(permissions, store.iterate(parse(query)), dt.datetime.now(dt.UTC)):
        became = _carry_out(permissions, finding, apply_all=apply_all)
        counts[became] += 1
        if as_json:
            print_json({"id": finding.stored.id, "url": finding.stored.mention.url,
                        "action": finding.action.value, "licence": finding.licence,
                        "became": became, "why": finding.why})  # fmt: skip
        else:
            click.echo(f"{finding.stored.id}: {became}: {finding.licence}; {finding.why}")
    said = ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
    click.echo(said or "no licence that could become a basis, and none has changed", err=as_json)
    if not apply_all and any(counts[name] for name in _TO_DO.values()):
        click.echo("nothing was recorded: --apply does it", err=as_json)


def _carry_out(permissions: Permissions, finding: Finding, *, apply_all: bool) -> str:
    if finding.action is Action.SUGGEST:
        return "suggested"
    if not apply_all:
        return _TO_DO[finding.action]
    try:
        apply(permissions, finding)
    except IllegalTransition:
        return "changed meanwhile"
    return _DONE[finding.action]
