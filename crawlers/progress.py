"""What a crawl shows while it runs, and what it says at its end."""

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from crawlers.failures import Fault, FaultKind
from crawlers.running.reports import RunReport
from crawlers.runs import Progress
from pipelines.transformers.models import UNRATED, say
from search.run_log import RunState

STYLES = {
    RunState.QUEUED: "dim",
    RunState.RUNNING: "cyan",
    RunState.FINISHED: "green",
    RunState.FAILED: "bold red",
    RunState.BLOCKED: "bold red",
    RunState.INTERRUPTED: "yellow",
}
SHOWN_FAULTS = 3
"""Pages shown per run that failed, and that are not to be read; all are counted."""

UNFINISHED = {RunState.FAILED, RunState.BLOCKED}
WIDE_ADDRESS, SHORTEST_ADDRESS = 24, 8
"""Characters of an address that still tell it apart; with less room there is no such column."""


@contextlib.contextmanager
def live_progress(console: Console) -> Iterator[Progress | None]:
    """Show a table that changes in place; ``None`` where nobody watches."""
    if not console.is_terminal:
        yield None
        return
    with Live(console=console, refresh_per_second=5, transient=True) as live:
        yield lambda reports: live.update(table_of(reports, console.width))


def table_of(reports: Sequence[RunReport], width: int) -> Table:
    """Lay runs out as a table; addresses give way, numbers are never cut."""
    counts = _counts(reports)
    taken = [_widest("source", [report.source for report in reports])]
    taken += [_widest("state", [report.state for report in reports])]
    taken += [_widest(name, column) for name, column in counts.items()]
    gap = 2 if width - sum(taken) - 2 * len(taken) >= WIDE_ADDRESS else 1
    left = width - sum(taken) - gap * len(taken)
    addresses = [_shorten(report.address or "", left) for report in reports]
    with_addresses = left >= SHORTEST_ADDRESS and any(addresses)
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0))
    for name in ("source", *(("address",) if with_addresses else ()), "state"):
        table.add_column(name, no_wrap=True)
    for name in counts:
        table.add_column(name, justify="right", no_wrap=True)
    for number, report in enumerate(reports):
        state = Text(report.state, style=STYLES[report.state])
        address = [Text(addresses[number])] if with_addresses else []
        row = [column[number] for column in counts.values()]
        table.add_row(report.source, *address, state, *row)
    return table


def _counts(reports: Sequence[RunReport]) -> dict[str, list[str]]:
    """Return the columns of numbers; one that is zero everywhere says nothing."""
    columns: Mapping[str, list[int]] = {
        "pages": [report.requests for report in reports],
        "new": [report.new for report in reports],
        "changed": [report.changed for report in reports],
        "known": [report.unchanged for report in reports],
        "no brand": [sum(report.dropped.values()) for report in reports],
        "refused": [sum(report.refused.values()) for report in reports],
    }
    return {
        name: [f"{count:,}" for count in column]
        for name, column in columns.items()
        if any(column) or name == "new"
    }


def _widest(name: str, cells: Sequence[str]) -> int:
    return max(map(len, (name, *cells)))


def _shorten(address: str, width: int) -> str:
    """Cut the middle out of an address: its host and its end tell it from others."""
    address = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    if len(address) <= width or width < SHORTEST_ADDRESS:
        return address
    end = (width - 1) * 2 // 3
    return f"{address[: width - 1 - end]}…{address[-end:]}"


def show_reports(console: Console, reports: Sequence[RunReport]) -> None:
    """Say at the end what every run brought, what was left out and why, and what failed."""
    if console.is_terminal:
        console.print(table_of(reports, console.width))
    else:
        for report in reports:
            console.print(_line(report), soft_wrap=True, markup=False, highlight=False)
    for report in reports:
        for sentence in remarks(report):
            line = f"  {report.source}: {sentence}"
            console.print(line, soft_wrap=True, markup=False, highlight=False)


def summary(reports: Sequence[RunReport]) -> str:
    """Say in one sentence what a crawl brought, and how much of it failed."""
    states = {report.state for report in reports}
    new = sum(report.new for report in reports)
    failed = sum(report.state in UNFINISHED for report in reports)
    fate = f"{failed} of {len(reports)} {'run' if len(reports) == 1 else 'runs'} {_fate(states)}"
    if states <= UNFINISHED and not new:
        return f"nothing could be read: {fate}"
    said = [f"{new:,} new {'mention' if new == 1 else 'mentions'}" if new else "nothing new"]
    if failed:
        said.append(fate)
    if RunState.INTERRUPTED in states:
        said.append("stopped before the end")
    return "; ".join(said)


def _fate(states: set[RunState]) -> str:
    if RunState.BLOCKED not in states:
        return "failed"
    return "failed or were blocked" if RunState.FAILED in states else "blocked"


def remarks(report: RunReport) -> Iterator[str]:
    """Say in sentences what a table of counts does not."""
    if report.problem:
        yield f"{report.state}: {report.problem}"
    yield from report.warnings
    for reason, count in report.refused.items():
        yield f"{count} not harvested: {reason}"
    for error, count in report.unreadable.items():
        yield f"{count} not readable, the layout may have changed: {error}"
    for note, count in report.notes.items():
        if note.startswith(UNRATED):
            yield say(note, count)
    if report.quarantined:
        yield f"{report.quarantined} in quarantine: kept, but a stage or the store failed on them"
    if "stopped by max_pages" in report.notes or report.skipped.get("max_pages"):
        yield "there is more than max_pages allows to read in one run"
    minor = [fault for fault in report.faults if not fault.needed]
    refused = [fault for fault in minor if fault.kind is FaultKind.REFUSED]
    failed = [fault for fault in minor if fault.kind is not FaultKind.REFUSED]
    yield from _examples(failed, "that could not be read")
    yield from _examples(refused, "that are not to be read, and were not")


def _examples(faults: Sequence[Fault], what: str) -> Iterator[str]:
    for fault in faults[:SHOWN_FAULTS]:
        yield f"{fault.kind}: {fault.url}: {fault.problem}"
    if more := len(faults[SHOWN_FAULTS:]):
        yield f"and {more:,} more {'page' if more == 1 else 'pages'} {what}"


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
    return 3 if states & UNFINISHED else 0
