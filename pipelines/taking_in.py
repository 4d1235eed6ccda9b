"""`sayso import`: mentions from a file, tagged and kept like crawled ones."""

import dataclasses
import json
from pathlib import Path

import click

from pipelines.context import Context
from pipelines.importing import ImportReport, import_file
from search.config import Config
from search.matcher import Matcher
from search.stores.opening import open_store

INCOMPLETE = 3
"""The exit code when a line could not be taken in."""


def import_and_report(
    config: Config, file: Path, *, only_brands: bool = False, as_json: bool = False
) -> int:
    """Import a file, say what became of its lines, and return the exit code."""
    matcher = Matcher({brand.name: brand.tree for brand in config.brands})
    context = Context(matcher=matcher, languages=config.languages, keep_unmatched=not only_brands)
    with open_store(config.store_path) as store:
        report = import_file(file, store, context)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report), default=str))
    else:
        _show(report)
    return INCOMPLETE if report.bad else 0


def _show(report: ImportReport) -> None:
    raise NotImplementedError
