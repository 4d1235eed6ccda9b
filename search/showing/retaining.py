"""`sayso retention`: what is kept for too long, and deleting it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import click

from search.config import FILE_NAME, Config
from search.retention.rules import Rules
from search.retention.sweeping import Tally, look, sweep
from search.showing.printing import print_json
from search.stores.base import Store
from search.web.creator.originals import uploads_folder


def show_retention(
    store: Store,
    config: Config,
    limits: Mapping[str, int],
    *,
    apply: bool,
    as_json: bool,
) -> None:
    """Say for each rule what is to go, or with ``apply`` delete it and say what went."""
    rules = Rules.of(config, limits)
    if rules is None:
        if as_json:
            print_json({"rules": None})
        else:
            click.echo(f"no [privacy.retention] in {FILE_NAME}: nothing is ever deleted")
        return
    now = dt.datetime.now(dt.UTC)
    tallies = (
        sweep(store, rules, now, uploads=uploads_folder(config))
        if apply
        else look(store, rules, now)
    )
    if as_json:
        for rule, tally in sorted(tallies.items()):
            print_json(_plain(rule, tally, applied=apply))
        return
    for rule, tally in sorted(tallies.items()):
        click.echo(_sentence(rule, tally))
    total = sum(tally.count for tally in tallies.values())
    if not total:
        click.echo("nothing is kept for too long")
    elif not apply:
        click.echo("nothing was deleted; --apply does so")
    else:
        click.echo(f"{total:,} deleted")


def _sentence(rule: str, tally: Tally) -> str:
    oldest = f", the oldest seen {tally.oldest:%Y-%m-%d}" if tally.oldest else ""
    examples = ", ".join(name[:8] for name in tally.examples)
    return f"{rule}: {tally.count:,}{oldest}, such as {examples}"


def _plain(rule: str, tally: Tally, *, applied: bool) -> dict[str, Any]:
    return {
        "rule": rule,
        "count": tally.count,
        "oldest_first_seen_at": tally.oldest.isoformat() if tally.oldest else None,
        "examples": tally.examples,
        "deleted": applied,
    }
