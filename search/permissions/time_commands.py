"""`sayso permissions update` and `due`: letting time pass, and what there is to do."""

import datetime as dt
import sys
from collections.abc import Iterator
from typing import Any, Final

import click

from search.config import Config
from search.permissions.commands import summary
from search.permissions.duties import WARN_DAYS, Duty
from search.permissions.keeping import ending
from search.permissions.passing import Passing, Round
from search.showing.printing import print_json
from search.stores.base import Store

TO_DO: Final = 3
"""The exit code when there is something to do."""


def update(store: Store, config: Config) -> None:
    """Let time pass, and say what that changed and what ends soon."""
    passing = Passing(store)
    done = passing.pass_by(config)
    changed = list(_changes(done))
    click.echo("\n".join(changed or ["nothing has ended, and no answer is overdue"]))
    for days in WARN_DAYS:
        day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)
        soon = list(ending(passing.permissions.standings(), day))
        if soon:
            click.echo(f"{len(soon):,} end within {days} days: granted_until_at:<={day}")
    if done.to_do:
        click.echo(f"{len(done.to_do):,} things to do: `sayso permissions due`")


def _changes(done: Round) -> Iterator[str]:
    for mention in done.held:
        yield f"{mention}: on hold, its content is not what was asked for"
    for mention, standing in done.answered:
        yield f"{mention}: answered; {summary(standing)}"
    for mention, standing in done.ended:
        yield f"{mention}: {summary(standing)}"
        yield from (f"  take it down: {place}" for place in standing.placements)


def show_due(store: Store, config: Config, *, as_json: bool) -> None:
    """List what there is to do, overdue places first; exit with `TO_DO` if there is anything."""
    now = dt.datetime.now(dt.UTC)
    to_do = Passing(store).to_do(config, now)
    for duty in to_do:
        if as_json:
            print_json(_plain(duty, now))
        else:
            click.echo(f"{duty.mention}  {duty.sentence(now)}")
    if to_do:
        sys.exit(TO_DO)
    if not as_json:
        click.echo("there is nothing to do")


def _plain(duty: Duty, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": duty.mention,
        "kind": str(duty.kind),
        "about": duty.about,
        "why": duty.why,
        "deadline": duty.deadline.isoformat() if duty.deadline else None,
        "overdue": duty.is_overdue(now),
    }
