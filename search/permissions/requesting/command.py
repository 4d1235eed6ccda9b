"""`sayso permissions request` and `batches`: what was chosen, what was left out, and why."""

import collections
import dataclasses
import datetime as dt
import sys
from typing import Final

import click

from search.config import Config
from search.permissions.batches import Batch, batches
from search.permissions.keeping import Permissions
from search.permissions.reading import write_scope
from search.permissions.requesting.making import Made, Request, make_batch
from search.permissions.standing import NEW
from search.showing.printing import print_json
from search.stores.base import Store
from search.vocabulary import Permission

SHOWN: Final = 50
"""So many of those left out are listed for people."""

NOTHING_CHOSEN: Final = 1
"""The exit code when there is nobody to ask."""


def request_and_show(
    store: Store, config: Config, request: Request, *, dry_run: bool, as_json: bool
) -> None:
    """Make a batch of a search, and say what is in it and what is not."""
    made = make_batch(store, config, request, dt.datetime.now(dt.UTC), dry_run=dry_run)
    if as_json:
        print_json(_plain(made))
    else:
        _say(made, dry_run=dry_run)
    if not made.chosen:
        sys.exit(NOTHING_CHOSEN)


def _say(made: Made, *, dry_run: bool) -> None:
    for stored in made.chosen:
        click.echo(f"{stored.id}  {stored.mention.url}")
    for skip in made.skipped[:SHOWN]:
        click.echo(f"left out: {skip.mention}  {skip.url}\n  {skip.code}: {skip.sentence}")
    if len(made.skipped) > SHOWN:
        codes = collections.Counter(skip.code for skip in made.skipped)
        counts = ", ".join(f"{count:,} {code}" for code, count in codes.most_common())
        click.echo(f"{len(made.skipped):,} left out in all ({counts}); --json lists each")
    if made.not_looked_at:
        click.echo(
            f"{made.not_looked_at:,} more match; the caps of [asking.caps] or --limit leave no "
            "room for them now"
        )
    if not made.chosen:
        click.echo("nobody to ask: nothing was recorded")
    elif dry_run or made.batch is None:
        click.echo(f"{len(made.chosen):,} would be chosen; nothing was recorded")
    else:
        number = made.batch.number
        click.echo(
            f"batch {number}: {len(made.chosen):,} chosen; `sayso export requests --batch "
            f"{number}` writes the list"
        )


def _plain(made: Made) -> dict[str, object]:
    return {
        "batch": made.batch.number if made.batch else None,
        "chosen": [{"id": each.id, "url": each.mention.url} for each in made.chosen],
        "skipped": [dataclasses.asdict(skip) for skip in made.skipped],
        "not_looked_at": made.not_looked_at,
    }


def show_batches(store: Store, *, as_json: bool) -> None:
    """List the batches, and how their requests stand now."""
    permissions = Permissions(store)
    standings = permissions.standings()
    found = False
    for batch in batches(store):
        found = True
        counted = collections.Counter(
            standings.get(name, NEW).permission for name in batch.mentions
        )
        states = {str(each): counted[each] for each in Permission if counted[each]}
        if as_json:
            print_json(_batch(batch) | {"states": states})
            continue
        said = ", ".join(f"{count:,} {state}" for state, count in states.items())
        click.echo(f"{batch.number}  {batch.made_at:%Y-%m-%d %H:%M}  {batch.by}  {batch.query}")
        click.echo(f"  {write_scope(batch.scope)}\n  {said.replace('_', ' ')}")
    if not found and not as_json:
        click.echo("there is no batch yet: `sayso permissions request QUERY --use …` makes one")


def _batch(batch: Batch) -> dict[str, object]:
    return {
        "batch": batch.number,
        "made_at": batch.made_at.isoformat(),
        "by": batch.by,
        "query": batch.query,
        "scope": write_scope(batch.scope),
        "mentions": list(batch.mentions),
        "skipped": dict(batch.skipped),
    }
