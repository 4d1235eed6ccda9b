"""`sayso store …`: making a store, whether it is sound, and copying it."""

import dataclasses

import click
from rich.console import Console
from rich.progress import Progress

from search.errors import StoreError
from search.query import Everything
from search.showing.printing import print_json
from search.stores.base import Store
from search.stores.copying import copy_store
from search.stores.elastic.address import is_address
from search.stores.opening import elastic_store, init_store, open_store


def show_init(location: str, *, shards: int | None) -> None:
    """Make a store and print what was made, changed, and what differs from the design."""
    said = False
    for line in init_store(location, shards=shards):
        said = True
        click.echo(line)
    if not said:
        click.echo(f"{location}: nothing to do")


def show_check(store: Store) -> bool:
    """Print every problem found; return whether there was none."""
    problems = store.check()
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo(f"sound: {store.search(Everything(), limit=0).total:,} mentions")
    waiting = store.quarantine_size()
    if waiting:
        click.echo(f"{waiting:,} in quarantine: kept, but a stage or the store failed on them")
    return not problems


def show_copy(original: str, copy: str, *, again: bool, as_json: bool) -> None:
    """Copy a store and print what the copy holds."""
    console = Console(stderr=True)
    progress = Progress(console=console, transient=True, disable=not console.is_terminal)
    with (
        open_store(original, create=False) as from_store,
        open_store(copy) as to_store,
        progress as bar,
    ):
        task = bar.add_task("mentions", total=None)
        copied = copy_store(
            from_store,
            to_store,
            name=original,
            again=again,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if as_json:
        print_json(dataclasses.asdict(copied))
        return
    click.echo(
        f"copied and compared: {copied.mentions:,} mentions (checksum {copied.checksum}),"
        f" {copied.cursors:,} cursors, {copied.runs:,} runs, {copied.notes:,} notes,"
        f" {copied.quarantined:,} in quarantine"
    )


def show_growth(location: str) -> None:
    """Begin another index and print its name."""
    if not is_address(location):
        raise StoreError(location, "a store in a file is one index; it cannot grow by another")
    with elastic_store(location, create=False) as store:
        click.echo(f"new mentions go into {store.roll_over()}")
