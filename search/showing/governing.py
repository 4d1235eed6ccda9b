"""`sayso governance`: drafts of what the law wants written down, and whether they still hold."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from search.config import FILE_NAME, Config
from search.governance.facts import DeclaredSource, collect
from search.governance.folder import check, write
from search.governance.rendering import draft_all, facts_digest

OUT_OF_DATE: Final = 3
"""The exit code when drafts are missing, or of another configuration."""


def write_drafts(  # noqa: PLR0913 - keyword-only, and each is one option
    config: Config,
    sources: Sequence[DeclaredSource],
    folder: Path,
    *,
    languages: Sequence[str],
    made_on: dt.date,
    force: bool,
) -> None:
    """Write the drafts, and list what they leave blank."""
    drafts = draft_all(collect(config, sources), languages, made_on)
    for path in write(drafts, folder, force=force):
        click.echo(path)
    if drafts.blanks:
        click.echo(f"left blank, and the key of {FILE_NAME} that fills it:")
    for key, question in drafts.blanks.items():
        click.echo(f"  {key}: {question}")
    click.echo(f"{drafts.open_judgements} questions are for a person to judge: look for […]")


def check_drafts(config: Config, sources: Sequence[DeclaredSource], folder: Path) -> int:
    """Say which drafts are missing or out of date, and return the exit code."""
    problems = list(check(folder, facts_digest(collect(config, sources))))
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo(f"{folder}: the drafts are those of this configuration")
    return OUT_OF_DATE if problems else 0
