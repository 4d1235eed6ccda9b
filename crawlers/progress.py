"""What a crawl shows while it runs, and what it says at its end."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from crawlers.runs import Progress, RunReport, RunState

STYLES = {
    RunState.WAITING: "dim",
    RunState.RUNNING: "cyan",
    RunState.FINISHED: "green",
    RunState.FAILED: "bold red",
    RunState.BLOCKED: "bold red",
    RunState.INTERRUPTED: "yellow",
}
SHOWN_FAULTS = 3
"""Failed pages shown per run; all are counted."""


@contextlib.contextmanager
def live_progress(console: Console) -> Iterator[Progress | None]:
    """Show a table that changes in place; ``None`` where nobody watches."""
    if not console.is_terminal:
        yield None
        return
    with Live(console=console, refresh_per_second=5, transient=True) as live:
        yield lambda reports: live.update(table_of(reports))


def table_of(reports: Sequence[RunReport]) -> Table:
    """Lay runs out as a table."""
    table = Table(box=None, pad_edge=False)
    table.add_column("source", no_wrap=True)
    table.add_column("address", overflow="ellipsis", max_width=44, no_wrap=True)
    table.add_column("state", no_wrap=True)
    for name in ("responses", "new", "changed", "unchanged", "other", "refused"):
        table.add_column(name, justify="right")
    for report in reports:
        state = Text(report.state, style=STYLES[report.state])
        other = sum(report.dropped.values())
        refused = sum(report.refused.values())
        counts = (report.requests, report.new, report.changed, report.unchanged, other, refused)
        table.add_row(report.source, Text(report.address or ""), state, *map(str, counts))
    return table


def show_reports(console: Console, reports: Sequence[RunReport]) -> None:
    """Say at the end what every run brought, what was left out and why, and what failed."""
    if console.is_terminal:
        console.print(table_of(reports))
    else:
        for report in reports:
            console.print(_line(report), soft_wrap=True, markup=False, highlight=False)
    for report in reports:
        for sentence in remarks(report):
            console.print(f"  {report.source}: {sentence}", soft_wrap=True, markup=False)


def remarks(report: RunReport) -> Iterator[str]:
    """Say in sentences what a table of counts does not."""
    if report.problem:
        yield f"{report.state}: {report.problem}"
    for reason, count in report.refused.items():
        yield f"{count} not harvested: {reason}"
    for error, count in report.unreadable.items():
        yield f"{count} not readable, the layout may have changed: {error}"
    if report.quarantined:
        yield f"{report.quarantined} in quarantine: kept, but a stage failed on them"
    if "stopped by max_pages" in report.notes or report.skipped.get("max_pages"):
        yield "there is more than max_pages allows to read in one run"
    minor = [fault for fault in report.faults if not fault.needed]
    for fault in minor[:SHOWN_FAULTS]:
        yield f"{fault.kind}: {fault.url}: {fault.problem}"
    if len(minor) > SHOWN_FAULTS:
        yield f"and {len(minor) - SHOWN_FAULTS} more pages that could not be read"


def report_json(report: RunReport) -> dict[str, Any]:
    """Turn a report into plain values for ``--json``."""
    return {"kind": "run", **dataclasses.asdict(report)}


def _line(report: RunReport) -> str:
    counts = f"new={report.new} changed={report.changed} unchanged={report.unchanged}"
    return f"{report.source}\t{report.address or ''}\t{report.state}\t{counts}"


def worst_exit(reports: Sequence[RunReport]) -> int:
    """Return 130 when a person stopped it, 3 when a run failed or was blocked, else 0."""
    states = {report.state for report in reports}
    if RunState.INTERRUPTED in states:
        return 130
    return 3 if states & {RunState.FAILED, RunState.BLOCKED} else 0
