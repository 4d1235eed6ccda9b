"""`sayso schedule list`: what is due when, and how its last run ended."""

import datetime as dt
from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawlers.progress import STYLES
from crawlers.scheduling.lease import holder_of
from crawlers.scheduling.schedules import Scheduled, schedules
from crawlers.scheduling.timetable import DueTime, Timetable
from search.config import Config
from search.run_log import Run
from search.showing.printing import print_json
from search.stores.base import Store

_HEADINGS = ("schedule", "rhythm", "next", "last", "new", "refused")


def show_schedules(store: Store, config: Config, *, as_json: bool) -> None:
    """Print every schedule with its next due time: a table, plain lines in a pipe, or JSON."""
    rows = list(_rows(Timetable(store), config))
    holder = holder_of(store.notes)
    if as_json:
        for scheduled, entry, last in rows:
            print_json(_json(scheduled, entry, last))
        return
    console = Console()
    if console.is_terminal:
        console.print(_table(rows))
    else:
        for row in rows:
            click.echo("\t".join(_cells(*row)))
    said = f"scheduled by {holder}" if holder else "nobody schedules now: start `sayso schedule`"
    click.echo(said, err=True)


def _rows(timetable: Timetable, config: Config) -> Iterator[tuple[Scheduled, DueTime, Run | None]]:
    for scheduled in schedules(config).values():
        yield scheduled, timetable.look(scheduled), timetable.last_run(scheduled)


def _json(scheduled: Scheduled, entry: DueTime, last: Run | None) -> dict[str, object]:
    return {
        "kind": "schedule",
        "name": scheduled.name,
        "rhythm": _rhythm(scheduled, entry),
        "next_at": entry.next_at,
        "refused": entry.refused,
        "last_run": last and last.id,
        "last_state": last and last.state,
    }


def _table(rows: list[tuple[Scheduled, DueTime, Run | None]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in _HEADINGS:
        table.add_column(heading, overflow="fold")
    for scheduled, entry, last in rows:
        cells: list[str | Text] = [*_cells(scheduled, entry, last)]
        cells[3] = Text(str(cells[3]), style=STYLES[last.state] if last is not None else "dim")
        table.add_row(*cells)
    return table


def _cells(scheduled: Scheduled, entry: DueTime, last: Run | None) -> tuple[str, ...]:
    return (
        scheduled.name,
        _rhythm(scheduled, entry),
        f"{entry.next_at:%Y-%m-%d %H:%M:%S}Z",
        f"{last.state} {last.queued_at:%Y-%m-%d %H:%M}Z" if last is not None else "never",
        f"{last.count('mentions', 'new'):,}" if last is not None else "",
        str(entry.refused) if entry.refused else "",
    )


def _rhythm(scheduled: Scheduled, entry: DueTime) -> str:
    if scheduled.entry.cron:
        return f"{scheduled.entry.cron} ({scheduled.entry.timezone})"
    usual = scheduled.entry.every or _short(scheduled.usual)
    seconds = entry.interval.total_seconds() if entry.interval is not None else None
    if seconds is None or seconds == scheduled.usual.total_seconds():
        return f"every {usual}"
    return f"every {_short(dt.timedelta(seconds=round(seconds)))} (usually {usual})"


def _short(interval: dt.timedelta) -> str:
    """Write an interval as the configuration would: in its largest whole unit."""
    seconds = round(interval.total_seconds())
    units = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
    return next(f"{seconds // size}{unit}" for unit, size in units.items() if not seconds % size)
