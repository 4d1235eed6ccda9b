"""All terms, as their folder has them, as they were used, and as the ledger names them."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from search.config import Config
from search.notes import Notes
from search.permissions.events import Step
from search.permissions.ledger import Ledger
from search.permissions.terms import BadTerms, Terms, all_terms, terms_folder
from search.permissions.terms_in_use import Used, all_used, archived

DRAFT: Final = "<!-- draft -->"
"""What the first line says of a text that came with Sayso."""

_ASKING: Final = frozenset({Step.SEND, Step.REMIND})
_Key = tuple[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TermsReport:
    """One version in one language."""

    version: str
    language: str | None
    """``None``: there is no file of the version, and no archived copy."""

    sha256: str | None
    """Of the file; ``None``: there is none."""

    used: Used | None
    """``None``: nobody was asked on these terms yet."""

    requests: int = 0
    grants: int = 0
    problems: tuple[str, ...] = ()


@dataclasses.dataclass(slots=True)
class _Named:
    """What the ledger names."""

    requests: Counter[str] = dataclasses.field(default_factory=Counter)
    """By hash."""

    grants: Counter[str] = dataclasses.field(default_factory=Counter)
    versions: Counter[str] = dataclasses.field(default_factory=Counter)
    """By version, how many grants accept it."""


def report_terms(notes: Notes, config: Config) -> Iterator[TermsReport]:
    """Compare the three, by version and language; versions that are nowhere come last."""
    folder = terms_folder(config)
    files = {(each.version, each.language): each for each in all_terms(folder)} if folder else {}
    used, named = all_used(notes), _named(notes)
    current = config.asking.terms_version if config.asking and folder else None
    for key in sorted({*files, *used}):
        file, kept = files.get(key), used.get(key)
        problems = [*_copies(notes, kept), *(_problems(file, kept, current) if folder else ())]
        counted = kept.sha256 if kept else ""
        yield TermsReport(
            version=key[0],
            language=key[1],
            sha256=file.sha256 if file else None,
            used=kept,
            requests=named.requests[counted],
            grants=named.grants[counted],
            problems=tuple(problems),
        )
    if folder:
        yield from _nowhere({version for version, _ in (*files, *used)}, named, current)


def _named(notes: Notes) -> _Named:
    named = _Named()
    for entry in Ledger(notes).entries():
        event = entry.read()
        if event is None or event.evidence.terms_version is None:
            continue
        sha256 = event.evidence.terms_sha256 or ""
        if event.step in _ASKING:
            named.requests[sha256] += 1
        elif event.step is Step.GRANT:
            named.grants[sha256] += 1
            named.versions[event.evidence.terms_version] += 1
    return named


def _problems(file: Terms | None, used: Used | None, current: str | None) -> Iterator[str]:
    if used and file is None:
        yield "the file is gone, and grants rest on it"
    if used and file and used.sha256 != file.sha256:
        yield (
            f"changed after it was used: its SHA-256 was {used.sha256} and is {file.sha256}; "
            "give the changed terms a new version"
        )
    if file and file.version == current and file.text.lstrip().startswith(DRAFT):
        yield "in force, and its first line still says that it is a draft"


def _copies(notes: Notes, used: Used | None) -> Iterator[str]:
    try:
        if used and archived(notes, used.sha256) is None:
            yield "there is no archived copy"
    except BadTerms as error:
        yield str(error)


def _nowhere(there: set[str], named: _Named, current: str | None) -> Iterator[TermsReport]:
    wanted: Mapping[str, int] = {**({current: 0} if current else {}), **named.versions}
    for version, grants in sorted(wanted.items()):
        if version not in there:
            why = f"{grants:,} grants accept it" if grants else "[asking] terms_version names it"
            problem = f"there is no file of this version, and {why}"
            yield TermsReport(version=version, language=None, sha256=None, used=None,
                              grants=grants, problems=(problem,))  # fmt: skip
