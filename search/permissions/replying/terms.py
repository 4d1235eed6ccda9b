"""The terms of `reply_terms.toml`, compiled: where they stand in the words of a reply."""

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import regex

from search.words import fold, words

DOUBTS: Final = ("negation", "condition", "price", "question", "irony")
"""The lists whose terms make a yes no clear yes."""

GAP: Final = r"(?:\S+ ){0,4}"
"""What an ellipsis in a term stands for."""

_TERMS: Final = Path(__file__).with_name("reply_terms.toml")


def find_terms(kind: str, said: str) -> list[tuple[int, int]]:
    """
    Find the terms of one list, of all languages, in words that stand between single spaces.

    A place reaches from the first letter to behind the space after the last.
    """
    return [found.span() for found in _pattern(kind).finditer(said)]


def phrases(kind: str, languages: Sequence[str] | None = None) -> frozenset[tuple[str, ...]]:
    """Return the terms of one list as folded words; ``None``: of all languages."""
    known = [name for name in _languages() if languages is None or name in languages]
    return _phrases(kind, tuple(known))


@functools.cache
def emoticons() -> "regex.Pattern[str]":
    """Match a friendly face written in signs that stands by itself."""
    faces = "|".join(regex.escape(face) for face in _listed()["emoticons"])
    return regex.compile(rf"(?<!\S)(?:{faces})(?!\S)")


@functools.cache
def emoji(kind: str) -> frozenset[str]:
    """Return the pictures of one list, ``emoji`` (friendly ones) or ``joking``."""
    return frozenset(fold(picture) for picture in _listed()[kind])


@functools.cache
def lookalikes() -> Mapping[int, str]:
    """Return Greek and Cyrillic letters that look like Latin ones, for `str.translate`."""
    return str.maketrans(_listed()["lookalikes"])


def method() -> str:
    """Name the version of the lists, as a judgement keeps it."""
    return f"replies/{_listed()['version']}"


@functools.cache
def _listed() -> Mapping[str, Any]:
    return tomllib.loads(_TERMS.read_text("utf-8"))


def _languages() -> Iterator[str]:
    return (name for name in sorted(_listed()) if len(name) == 2)


@functools.cache
def _phrases(kind: str, languages: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    terms = (term for language in languages for term in _listed()[language][kind])
    return frozenset(tuple(word.text for word in words(term)) for term in terms)


@functools.cache
def _pattern(kind: str) -> "regex.Pattern[str]":
    terms = {_spaced(term) for name in _languages() for term in _listed()[name][kind]}
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    return regex.compile(rf"(?<= )(?:{'|'.join(longest_first)})")


def _spaced(term: str) -> str:
    parts = ("".join(f"{word.text} " for word in words(part)) for part in term.split("…"))
    return GAP.join(parts)
