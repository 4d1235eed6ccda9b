"""`sayso import`: mentions from a file, tagged and kept like crawled ones."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from pipelines.context import Context
from pipelines.importing import ImportReport, import_file
from search.config import Config
from search.showing.printing import print_json
from search.stores.opening import open_store

INCOMPLETE = 3
"""The exit code when a line could not be taken in."""


def import_and_report(
    config: Config, file: Path, *, only_brands: bool = False, as_json: bool = False
) -> int:
    """Import a file, say what became of its lines, and return the exit code."""
    context = Context.of(config, keep_unmatched=not only_brands)
    console = Console(stderr=True)
    unseen = as_json or not console.is_terminal
    progress = Progress(console=console, transient=True, disable=unseen)
    with open_store(config.store_location) as store, progress as bar:
        task = bar.add_task(file.name, total=1.0)
        report = import_file(
            file,
            store,
            context.with_models_of(store),
            on_progress=lambda _, share: bar.update(task, completed=share),
        )
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        for sentence in _sentences(file, report):
            click.echo(sentence)
    return INCOMPLETE if report.bad else 0


def _sentences(file: Path, report: ImportReport) -> Iterator[str]:
    yield ", ".join(f"{count:,} {outcome}" for outcome, count in report.outcomes.items())
    for reason, count in report.dropped.items():
        yield f"{count:,} left out: {reason}"
    yield from report.notes
    if report.quarantined:
        failed = "kept, but a stage or the store failed on them"
        yield f"{report.quarantined:,} in quarantine: {failed}"
    for bad in report.examples:
        yield f"{file}:{bad.line}: {bad.reason}"
    if report.rejected:
        where = f"; all of them with their reasons: {report.rejects}" if report.rejects else ""
        lines = "1 line" if report.rejected == 1 else f"{report.rejected:,} lines"
        yield f"{lines} could not be taken in{where}"
