"""`sayso permissions terms …`: which terms there are, what was used, and texts to begin with."""

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from search.config import Config
from search.errors import SaysoError
from search.notes import Notes
from search.permissions.terms import (
    FALLBACK,
    BadTerms,
    Terms,
    find_terms,
    is_version,
    misnamed,
    terms_folder,
)
from search.permissions.terms_in_use import all_used, archived
from search.permissions.terms_report import TermsReport, report_terms
from search.showing.printing import print_json
from search.stores.base import Store

WRONG: Final = 1
"""The exit code when grants rest on terms that are gone or were changed."""

_DRAFTS: Final = Path(__file__).parent / "draft_terms"


def list_terms(store: Store, config: Config, *, as_json: bool) -> None:
    """List them all; exit with `WRONG` if anything is."""
    folder = terms_folder(config)
    reports = list(report_terms(store.notes, config))
    for each in reports:
        if as_json:
            print_json(dataclasses.asdict(each))
        else:
            click.echo("\n".join(_lines(each)))
    stray = misnamed(folder) if folder else []
    for name in stray:
        click.echo(f"{name}: terms are called VERSION.LANGUAGE.md", err=True)
    if folder is None:
        click.echo('no folder of terms is configured: terms = "terms" in [asking]', err=True)
    if stray or any(each.problems for each in reports):
        sys.exit(WRONG)


def _lines(report: TermsReport) -> Iterator[str]:
    used = report.used
    since = f"used since {used.since_at:%Y-%m-%d}" if used else "not used yet"
    kept = report.sha256 or (used.sha256 if used else "no text")
    yield (
        f"{report.version} {report.language or '-'}  {kept}  {since}  "
        f"{report.requests:,} requests, {report.grants:,} grants"
    )
    yield from (f"  {problem}" for problem in report.problems)


def show_terms(
    store: Store, config: Config, version: str, language: str | None, *, used: bool
) -> None:
    """
    Print a text exactly as its file has it, so that it can be written back into one.

    The archived copy of what was ``used`` if that is wanted, or the file is gone; said on standard
    error then.
    """
    terms = None if used else _file(config, version, language)
    if terms is None:
        terms = _copy(store.notes, version, language)
        click.echo(f"archived copy of {terms.name}, SHA-256 {terms.sha256}", err=True)
    click.echo(terms.text, nl=False)


def _file(config: Config, version: str, language: str | None) -> Terms | None:
    try:
        terms = find_terms(config, version, language)
    except BadTerms:
        return None
    return terms if terms and language in {None, terms.language} else None


def _copy(notes: Notes, version: str, language: str | None) -> Terms:
    known = {lang: each for (found, lang), each in all_used(notes).items() if found == version}
    chosen = next((lang for lang in (language, FALLBACK, *sorted(known)) if lang in known), None)
    if chosen is None or language not in {None, chosen}:
        spoken = f" in {language}" if language else ""
        raise BadTerms(f"there are no terms of version {version!r}{spoken}, and none were used")
    terms = archived(notes, known[chosen].sha256)
    if terms is None:
        raise BadTerms(f"there is no archived copy of version {version!r} in {chosen}")
    return terms


def write_drafts(config: Config, version: str) -> None:
    """Write texts to begin with into the folder of the terms; files that are there stay."""
    if not is_version(version):
        raise BadTerms(
            f"version {version!r}: allowed: up to 64 letters, digits, dots, - and _, such as v1"
        )
    folder = terms_folder(config) or config.folder / "terms"
    for draft in sorted(_DRAFTS.glob("*.md")):
        path = folder / f"{version}.{draft.name}"
        written = _write_new(path, draft.read_bytes())
        click.echo(f"wrote {path}" if written else f"{path} is there, and stays as it is")
    click.echo("these are drafts: fill in the brackets, and have a lawyer read them")
    if terms_folder(config) is None:
        click.echo(
            f'say in sayso.toml, under [asking]: terms = "terms", terms_version = "{version}"'
        )


def _write_new(path: Path, body: bytes) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(body)
    except FileExistsError:
        return False
    except OSError as error:
        raise SaysoError(f"{path}: {error.strerror}") from error
    return True
