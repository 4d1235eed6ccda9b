"""`sayso store check`: whether record and index are sound."""

import click

from search.query import Everything
from search.stores.base import Store


def show_check(store: Store) -> bool:
    """Print every problem found; return whether there was none."""
    problems = store.check()
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo(f"sound: {store.search(Everything(), limit=0).total:,} mentions")
    waiting = sum(1 for _ in store.quarantined())
    if waiting:
        click.echo(f"{waiting:,} in quarantine: kept, but a stage failed on them")
    return not problems
