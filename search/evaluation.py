"""
Whether one mention matches one query: the tree, read literally.

This is the meaning of the query language; an index finds candidates faster and must agree.
"""

import functools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, assert_never

from search.fields import Field, fields
from search.mention import Mention, State
from search.query import (
    And,
    Everything,
    Exists,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Raw,
    Stem,
    Term,
)
from search.stemming import stem, stem_tokens
from search.words import Word, fold_value, folded_words, words


class Reading:
    """One mention with its state, read as queries see it; everything is worked out once."""

    __slots__ = ("_folded", "_padded", "_placed", "_values", "mention", "state")

    def __init__(self, mention: Mention, state: State) -> None:
        self.mention = mention
        self.state = state
        self._folded: dict[str, list[str]] = {}
        self._padded: dict[str, str] = {}
        self._placed: dict[str, list[Word]] = {}
        self._values: dict[str, frozenset[str]] = {}

    def text(self, path: str) -> str:
        """Return the text of a ``words`` field; ``""`` when it has none."""
        found = self.raw_values(path)
        return found[0] if found else ""

    def folded(self, path: str) -> list[str]:
        """List the folded words of a ``words`` field."""
        if path not in self._folded:
            self._folded[path] = folded_words(self.text(path))
        return self._folded[path]

    def padded(self, path: str) -> str:
        """Join the folded words with a space around each, so that a phrase is a substring."""
        if path not in self._padded:
            self._padded[path] = f" {' '.join(self.folded(path))} "
        return self._padded[path]

    def placed(self, path: str) -> list[Word]:
        """List the words of a ``words`` field with their places."""
        if path not in self._placed:
            self._placed[path] = words(self.text(path))
        return self._placed[path]

    def values(self, path: str) -> frozenset[str]:
        """Return the folded values of any other field."""
        if path not in self._values:
            self._values[path] = frozenset(map(_fold_any, self.raw_values(path)))
        return self._values[path]

    def raw_values(self, path: str) -> Sequence[Any]:
        """Return the values of a field as they are."""
        own, steps = _steps(path)
        found: list[Any] = [self.state if own else self.mention]
        for step in steps:
            below: list[Any] = []
            for parent in found:
                value = getattr(parent, step)
                if isinstance(value, tuple):
                    below += value
                elif value is not None:
                    below.append(value)
            found = below
        return found


@functools.cache
def _steps(path: str) -> tuple[bool, tuple[str, ...]]:
    return fields()[path].own, tuple(path.split("."))


def _fold_any(value: object) -> str:
    return fold_value(str(value))


def holds(query: Query, reading: Reading) -> bool:
    """Decide whether a query matches."""
    match query:
        case Or(parts):
            return any(holds(part, reading) for part in parts)
        case And(parts):
            return all(holds(part, reading) for part in parts)
        case Not(part):
            return not holds(part, reading)
        case Phrase(path, wanted):
            return f" {' '.join(wanted)} " in reading.padded(path)
        case Term(path, value):
            return value in reading.values(path)
        case Prefix():
            return _begins(query, reading)
        case Range(path):
            return any(_within(query, value) for value in reading.raw_values(path))
        case Exists(path):
            return has_value(reading, path)
        case Near(path, wanted, gap):
            return next(find_windows(reading.folded(path), wanted, gap), None) is not None
        case Raw(path):
            return next(find_raw(query, reading), None) is not None
        case Stem(path, word):
            language = reading.mention.language
            wanted_stem = stem_tokens([word], language)[0]
            return wanted_stem in stem_tokens(reading.folded(path), language)
        case Everything():
            return True
        case _:
            assert_never(query)
