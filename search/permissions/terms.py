"""
The terms that a yes accepts: versioned files in a folder that ``[asking] terms`` names.

A file is called ``VERSION.LANGUAGE.md``, such as ``2026-01.en.md``: plain Markdown in UTF-8.
Whoever changes a word gives it another version, since grants rest on the words that were accepted;
what makes sure of that is `search.permissions.terms_in_use`.
"""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from search.config import Config
from search.errors import SaysoError

LARGEST_FILE: Final = 256 * 1024
"""Bytes of one file; terms that long are read by nobody."""

FALLBACK: Final = "en"
"""The language of terms that are not there in the wanted one."""

_VERSION: Final = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_NAME: Final = re.compile(rf"(?P<version>{_VERSION})\.(?P<language>[a-z]{{2,3}})\.md")


class BadTerms(SaysoError):
    """Terms that are not there, cannot be read or were changed; the message says what to do."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """One version of the terms in one language."""

    version: str
    """As ``terms_version`` and grants name it."""

    language: str
    """ISO 639-1."""

    name: str
    """Of the file."""

    text: str
    """Markdown, as the file has it."""

    sha256: str
    """Of the file's bytes, in hexadecimal."""


def terms_folder(config: Config) -> Path | None:
    """Return the folder of the terms; ``None``: none is configured."""
    if config.asking is None or config.asking.terms is None:
        return None
    return config.folder / Path(config.asking.terms).expanduser()


def find_terms(config: Config, version: str, language: str | None) -> Terms | None:
    """
    Return a version of the terms in a language, else in English, else in any.

    ``None`` where no folder of terms is configured; `BadTerms` where one is, and the version is
    not there.
    """
    folder = terms_folder(config)
    if folder is None:
        return None
    spoken = {lang: path for path, found, lang in _named(folder) if found == version}
    if not spoken:
        known = ", ".join(sorted({found for _, found, _ in _named(folder)})) or "none"
        raise BadTerms(
            f"{folder}: no terms of version {version!r}; there are: {known}; a file is called "
            f"VERSION.LANGUAGE.md, such as {version}.{FALLBACK}.md"
        )
    wanted = (language or FALLBACK).partition("-")[0]
    chosen = next((each for each in (wanted, FALLBACK) if each in spoken), min(spoken))
    return read_terms(spoken[chosen])


def all_terms(folder: Path) -> Iterator[Terms]:
    """Hand out every version in every language, by name; `BadTerms` at one that cannot be read."""
    yield from (read_terms(path) for path, _, _ in _named(folder))


def read_terms(path: Path) -> Terms:
    """Read one file that is named as terms are; `BadTerms` when it cannot be used."""
    said = _NAME.fullmatch(path.name)
    if said is None:
        raise BadTerms(f"{path}: terms are called VERSION.LANGUAGE.md, such as 2026-01.en.md")
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_FILE + 1)
        text = body.decode("utf-8")
    except OSError as error:
        raise BadTerms(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadTerms(f"{path}: byte {error.start + 1:,} is no UTF-8") from error
    if len(body) > LARGEST_FILE:
        raise BadTerms(f"{path}: larger than {LARGEST_FILE // 1024} KiB")
    if not text.strip():
        raise BadTerms(f"{path}: it is empty")
    return Terms(**said.groupdict(), name=path.name, text=text, sha256=digest(text))


def is_version(text: str) -> bool:
    """Whether a file can be named so."""
    return re.fullmatch(_VERSION, text) is not None


def digest(text: str) -> str:
    """Return the SHA-256 of a text as its file holds it, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def misnamed(folder: Path) -> list[str]:
    """Name the Markdown files of a folder that are not named as terms are."""
    return [path.name for path in _files(folder) if not _NAME.fullmatch(path.name)]


def _named(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for path in _files(folder):
        if said := _NAME.fullmatch(path.name):
            yield path, said["version"], said["language"]


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".md")
    except OSError as error:
        raise BadTerms(
            f"[asking] terms: {folder}: {error.strerror}; `sayso permissions terms init` makes it"
        ) from error
