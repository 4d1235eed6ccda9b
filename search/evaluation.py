"""
Whether one mention matches one query: the tree, read literally.

This is the meaning of the query language; an index finds candidates faster and must agree.
"""

import functools
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from search.fields import FieldKind, fields
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
from search.stemming import stem_tokens
from search.words import Word, fold_value, folded_words, words

NO_STATE = State()
"""What we know about a mention that is new."""


class Reading:
    """One mention with its state, read as queries see it; everything is worked out once."""

    __slots__ = ("_folded", "_padded", "_placed", "_stems", "_values", "mention", "state")

    def __init__(self, mention: Mention, state: State) -> None:
        self.mention = mention
        self.state = state
        self._folded: dict[str, list[str]] = {}
        self._padded: dict[str, str] = {}
        self._placed: dict[str, list[Word]] = {}
        self._stems: dict[str, list[str]] = {}
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

    def stems(self, path: str) -> list[str]:
        """List the stem of each word of a ``words`` field, with its language."""
        if path not in self._stems:
            self._stems[path] = stem_tokens(self.folded(path), self.mention.language)
        return self._stems[path]

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
def is_text(path: str) -> bool:
    """Whether a field is searched by its words."""
    return fields()[path].kind is FieldKind.WORDS


@functools.cache
def _steps(path: str) -> tuple[bool, tuple[str, ...]]:
    return fields()[path].own, tuple(path.split("."))


def _fold_any(value: object) -> str:
    return fold_value(str(value))


def holds(query: Query, reading: Reading) -> bool:  # noqa: C901, PLR0911, PLR0912 - one line a node
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
        case Prefix(path, prefix) if is_text(path):
            return f" {prefix}" in reading.padded(path)
        case Prefix(path, prefix):
            return any(value.startswith(prefix) for value in reading.values(path))
        case Range(path):
            return any(_is_within(query, value) for value in reading.raw_values(path))
        case Exists(path):
            return bool(reading.raw_values(path))
        case Near(path, wanted, gap):
            return any(True for _ in find_windows(reading.folded(path), wanted, gap))
        case Raw():
            return any(True for _ in find_raw(query, reading))
        case Stem(path, word):
            return query_stem(word, reading) in reading.stems(path)
        case Everything():
            return True
        case _:
            assert_never(query)


def query_stem(word: str, reading: Reading) -> str:
    """Name the stem of a wanted word in the mention's own language."""
    return stem_tokens([word], reading.mention.language)[0]


def find_windows(
    words_in_text: Sequence[str], wanted: Sequence[str], gap: int
) -> Iterator[tuple[int, int]]:
    """
    Find where all wanted words stand together with at most ``gap`` others between them.

    Yields the first and last index of each window that holds them, the shortest for its last word.
    """
    missing = Counter(wanted)
    relevant = [index for index, word in enumerate(words_in_text) if word in missing]
    lacking = len(wanted)
    first = 0
    for last in relevant:
        lacking -= missing[words_in_text[last]] > 0
        missing[words_in_text[last]] -= 1
        while missing[words_in_text[relevant[first]]] < 0:
            missing[words_in_text[relevant[first]]] += 1
            first += 1
        if lacking == 0 and last - relevant[first] + 1 - len(wanted) <= gap:
            yield relevant[first], last


def find_phrase(folded: Sequence[str], wanted: Sequence[str]) -> Iterator[int]:
    """Find the index of each first word of a phrase."""
    wanted = list(wanted)
    for index, word in enumerate(folded):
        if word == wanted[0] and folded[index : index + len(wanted)] == wanted:
            yield index


def find_raw(leaf: Raw, reading: Reading) -> Iterator[tuple[int, int]]:
    """Find where a text stands as written; runs of white space are alike, as are NFC and NFD."""
    if f" {' '.join(leaf.words)} " not in reading.padded(leaf.path):
        return
    text = reading.text(leaf.path)
    placed = reading.placed(leaf.path)
    inside = words(leaf.text)
    before, behind = inside[0].start, len(leaf.text) - inside[-1].end
    wanted = _as_written(leaf.text)
    for index in find_phrase([word.text for word in placed], leaf.words):
        start = placed[index].start - before
        end = placed[index + len(leaf.words) - 1].end + behind
        if start >= 0 and _as_written(text[start:end]) == wanted:
            yield start, end


def _as_written(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_within(bounds: Range, value: Any) -> bool:
    low, high = bounds.low, bounds.high
    return (low is None or value > low or (bounds.with_low and value == low)) and (
        high is None or value < high or (bounds.with_high and value == high)
    )
