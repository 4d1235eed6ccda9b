"""
Which terms were used: their hash and their text are kept, and never change again.

Two notes hold that. ``terms/VERSION/LANGUAGE`` names the hash, written once by compare-and-set
when a request quotes the terms or a grant accepts them. ``terms_text/HASH`` is the archived copy
(rights.md §1.4), so that what was accepted can be shown when the file is lost.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from search.config import Config
from search.notes import Note, Notes, all_under
from search.permissions.events import Event, Evidence
from search.permissions.terms import BadTerms, Terms, digest, find_terms, terms_folder

_USED: Final = "terms/"
_TEXTS: Final = "terms_text/"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """What is kept of terms that were used."""

    version: str
    language: str
    sha256: str
    since_at: dt.datetime
    """When they were first used, UTC."""


def checked_terms(
    notes: Notes, config: Config, version: str, language: str | None
) -> Terms | None:
    """
    Return what `find_terms` finds, unless it was changed since it was used: `BadTerms`.

    Nothing is kept yet but the archived copy, under its own hash.
    """
    terms = find_terms(config, version, language)
    if terms is not None:
        _check(notes, terms)
        _archive(notes, terms)
    return terms


def keep_used(notes: Notes, sha256: str, now: dt.datetime) -> None:
    """Keep for good that an archived text is that of its version; `BadTerms` if another is."""
    terms = check_used(notes, sha256)
    said = {"sha256": sha256, "since_at": now.astimezone(dt.UTC).isoformat()}
    if notes.read(_key(terms)) is None and notes.write(_key(terms), said, None) is not None:
        return
    _check(notes, terms)


def check_used(notes: Notes, sha256: str) -> Terms:
    """Return the archived copy that `keep_used` would keep, or raise as it does."""
    terms = archived(notes, sha256)
    if terms is None:
        raise BadTerms(f"there is no archived copy of terms with SHA-256 {sha256}")
    _check(notes, terms)
    return terms


def with_terms(  # noqa: PLR0913, PLR0917 - what, kept where, by whose terms, and when
    evidence: Evidence,
    notes: Notes,
    config: Config | None,
    sent: Sequence[Event],
    language: str | None,
    now: dt.datetime,
) -> Evidence:
    """
    Add the hash of the terms that evidence names, and keep that they were used.

    They are those that the request quoted, if one was ``sent`` on this version; otherwise those
    of the folder in the ``language`` of the mention. Without either it stays as it is. `BadTerms`
    when they were changed, or their file is gone.
    """
    evidence = resolve_terms(evidence, notes, config, sent, language)
    if evidence.terms_sha256 is not None and archived(notes, evidence.terms_sha256):
        keep_used(notes, evidence.terms_sha256, now)
    return evidence


def resolve_terms(
    evidence: Evidence,
    notes: Notes,
    config: Config | None,
    sent: Sequence[Event],
    language: str | None,
) -> Evidence:
    """Do the same, but keep nothing yet: whether something can be recorded, before it is."""
    version = evidence.terms_version
    if version is None:
        return evidence
    quoted = next((each.evidence for each in sent if each.evidence.terms_version == version), None)
    sha256 = _accepted(notes, config, version, quoted.terms_sha256 if quoted else None, language)
    if sha256 is not None and archived(notes, sha256):
        check_used(notes, sha256)
    return dataclasses.replace(evidence, terms_sha256=sha256)


def _accepted(
    notes: Notes, config: Config | None, version: str, quoted: str | None, language: str | None
) -> str | None:
    kept = archived(notes, quoted) if quoted else None
    if config is None or terms_folder(config) is None:
        return quoted
    try:
        terms = checked_terms(notes, config, version, kept.language if kept else language)
    except BadTerms as error:
        raise _with_remedy(error, kept) from None
    if kept and terms and terms.language != kept.language:
        raise _with_remedy(BadTerms(f"the file {kept.name} is gone"), kept)
    if quoted and terms and terms.sha256 != quoted:
        raise _changed(terms, quoted)
    return terms.sha256 if terms else None


def archived(notes: Notes, sha256: str) -> Terms | None:
    """Return the archived copy with a hash; `BadTerms` when it is not what the hash is of."""
    note = notes.read(_TEXTS + sha256)
    if note is None:
        return None
    terms = Terms(**{**note.value, "sha256": sha256})
    if digest(terms.text) != sha256:
        raise BadTerms(f"the archived copy of {terms.name} was changed: it is not {sha256}")
    return terms


def all_used(notes: Notes) -> dict[tuple[str, str], Used]:
    """Return what was used, by version and language."""
    used = (_from_note(key, note) for key, note in all_under(notes, _USED))
    return {(each.version, each.language): each for each in used}


def _from_note(key: str, note: Note) -> Used:
    version, _, language = key.removeprefix(_USED).rpartition("/")
    value: Mapping[str, Any] = note.value
    since_at = dt.datetime.fromisoformat(value["since_at"])
    return Used(version=version, language=language, sha256=value["sha256"], since_at=since_at)


def _check(notes: Notes, terms: Terms) -> None:
    note = notes.read(_key(terms))
    if note is not None and note.value["sha256"] != terms.sha256:
        raise _changed(terms, note.value["sha256"])


def _changed(terms: Terms, before: str) -> BadTerms:
    return BadTerms(
        f"{terms.name} was changed after it was used: its SHA-256 was {before} and is "
        f"{terms.sha256}; give the changed terms a new version, and put back what it said: "
        f"`sayso permissions terms show {terms.version} --language {terms.language} --used`"
    )


def _with_remedy(error: BadTerms, kept: Terms | None) -> BadTerms:
    if kept is None:
        return error
    return BadTerms(
        f"{error}; grants rest on it: put it back with `sayso permissions terms show "
        f"{kept.version} --language {kept.language} --used > {kept.name}`"
    )


def _archive(notes: Notes, terms: Terms) -> None:
    said = {name: getattr(terms, name) for name in ("version", "language", "name", "text")}
    if notes.read(_TEXTS + terms.sha256) is None:
        notes.write(_TEXTS + terms.sha256, said, None)  # who was faster wrote the same


def _key(terms: Terms) -> str:
    return f"{_USED}{terms.version}/{terms.language}"
