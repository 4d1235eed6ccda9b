"""`sayso runs`: what was crawled, when, by whom, and what came of it."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawlers.planning import find_source
from crawlers.progress import STYLES
from crawlers.running.keeping import end_dead_runs
from search.errors import ConfigError, StoreReadOnly
from search.run_log import KINDS, Run, RunState
from search.showing.printing import print_json
from search.spelling import closest
from search.stores.base import Store

_HEADINGS = ("run", "source", "address", "brands", "state", "started", "took", "new", "by")
_NAMED = 3
"""So many brands are named; of more, the others are counted."""


def show_runs(
    store: Store, *, states: Sequence[str], source: str | None, limit: int, as_json: bool
) -> None:
    """Print the latest runs, the newest first: a table, plain lines in a pipe, or JSON."""
    if source is not None:
        find_source(source)
    _end_dead(store)
    found = store.runs.recent(states=[_state(name) for name in states], source=source, limit=limit)
    if as_json:
        for run in found:
            print_json(run_json(run))
        return
    console = Console()
    if console.is_terminal:
        console.print(_table(found))
    else:
        for run in found:
            click.echo("\t".join(_cells(run)))
    if not found:
        narrowed = "none of these" if states or source else "no runs: `sayso crawl` makes one"
        click.echo(narrowed, err=True)


def show_run(store: Store, prefix: str, *, as_json: bool) -> None:
    """Print everything that is known of one run."""
    _end_dead(store)
    run = store.runs.get(prefix)
    if as_json:
        print_json(run_json(run))
        return
    for line in _lines(run):
        click.echo(line)


def run_json(run: Run) -> dict[str, Any]:
    """Turn a run into plain values; what a worker needs to carry it out is left out."""
    values = {"kind": "run", **dataclasses.asdict(run)}
    del values["work"], values["key"]
    return values


def _end_dead(store: Store) -> None:
    """Nothing is shown as running whose process is gone; a store to read only is left alone."""
    try:
        end_dead_runs(store.runs)
    except StoreReadOnly:
        return


def _state(name: str) -> RunState:
    if name not in list(RunState):
        allowed = ", ".join(RunState)
        raise ConfigError(
            f"there is no state {name!r}{closest(name, RunState)}; allowed: {allowed}"
        )
    return RunState(name)


def _table(runs: Sequence[Run]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in _HEADINGS:
        table.add_column(heading, overflow="ellipsis", no_wrap=heading not in {"address", "by"})
    for run in runs:
        cells: list[str | Text] = [*_cells(run)]
        cells[4] = Text(run.state + (" !" if run.warnings else ""), style=STYLES[run.state])
        table.add_row(*cells)
    return table


def _cells(run: Run) -> tuple[str, ...]:
    more = f" +{len(run.brands) - _NAMED}" if len(run.brands) > _NAMED else ""
    return (
        run.id,
        run.source,
        run.address or "",
        ", ".join(run.brands[:_NAMED]) + more,
        run.state,
        _time(run.started_at or run.queued_at),
        _took(run),
        f"{run.count('mentions', 'new'):,}",
        run.by.partition(" ")[0],
    )


def _lines(run: Run) -> Iterator[str]:
    yield f"run        {run.id}"
    yield f"state      {run.state}{f': {run.problem}' if run.problem else ''}"
    yield from (f"warning    {warning}" for warning in run.warnings)
    yield f"source     {run.source} {run.address or ''}".rstrip()
    yield f"brands     {', '.join(run.brands)}"
    yield f"since      {_time(run.since_at) or 'as far back as the source goes'}"
    yield f"asked by   {run.by}, {_time(run.queued_at)}"
    if run.started_at:
        yield f"started    {_time(run.started_at)} by {run.worker} (attempt {run.attempt})"
    if run.heartbeat_at and not run.state.is_over:
        yield f"heartbeat  {_time(run.heartbeat_at)}"
    if run.finished_at:
        yield f"ended      {_time(run.finished_at)}, after {_took(run)}"
    for kind in KINDS:
        for reason, count in sorted(run.counts.get(kind, {}).items()):
            yield f"{kind:10} {count:>8,}  {reason}"


def _time(moment: dt.datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z" if moment is not None else ""


def _took(run: Run) -> str:
    if run.started_at is None:
        return ""
    end = run.finished_at or run.heartbeat_at or run.started_at
    return str(dt.timedelta(seconds=max(0, round((end - run.started_at).total_seconds()))))
