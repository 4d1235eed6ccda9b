"""
A query in the words of an index, so that it finds exactly what the matcher would.

Where an index cannot tell exactly, it finds candidates, and ``confirm`` picks those that match.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from search.query import (
    And,
    Leaf,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Raw,
    Stem,
    Term,
    alternatives,
)

Q = TypeVar("Q")


class Translator(ABC, Generic[Q]):
    """Turns queries into those of one index, ``Q``."""

    longest_word: int
    """Characters of a word that are indexed."""

    longest_value: int
    """Characters of a value that are indexed."""

    longest_prefix: int
    """Characters of a prefix that are looked for."""

    exact_near = False
    """Whether the index counts the words between others as the matcher does."""

    def __init__(self, confirm: Callable[[Leaf, Q], Q]) -> None:
        """Given a leaf and a query for candidates, ``confirm`` returns one for its matches."""
        self._confirm = confirm

    def translate(self, query: Query) -> Q:
        """Return what finds the mentions a query matches."""
        return self._translate(query, ())

    @abstractmethod
    def all_but(self, unwanted: Sequence[Q], wanted: Sequence[Q] = ()) -> Q:
        """Find what all wanted find (of none: everything), without what the unwanted find."""

    @abstractmethod
    def any_of(self, queries: Sequence[Q]) -> Q:
        """Find what at least one query finds."""

    @abstractmethod
    def terms(self, path: str, texts: Sequence[str]) -> Q:
        """Find what has one of these words or values."""

    @abstractmethod
    def candidates(self, leaf: Leaf) -> Q:
        """Find what a leaf matches, and perhaps more."""

    def is_exact(self, query: Query) -> bool:
        """Return whether the index alone can tell what matches."""
        match query:
            case And(parts) | Or(parts):
                return all(map(self.is_exact, parts))
            case Not(part):
                return self.is_exact(part)
            case _:
                return self._is_exact_leaf(query)

    def _is_exact_leaf(self, leaf: Leaf) -> bool:
        match leaf:
            case Phrase(_, words):
                return all(len(word) < self.longest_word for word in words)
            case Near(_, words):
                return self.exact_near and all(len(word) < self.longest_word for word in words)
            case Prefix(_, prefix):
                return len(prefix) <= self.longest_prefix
            case Stem(_, word):
                return len(word) < self.longest_word
            case Term(_, value):
                return len(value) < self.longest_value
            case _:
                return not isinstance(leaf, Raw)

    def _translate(self, query: Query, within: Sequence[Q]) -> Q:
        """Translate; only answers that are also ``within`` matter, so no others are confirmed."""
        match query:
            case And(parts):
                return self._and(parts, within)
            case Or(parts):
                return self._or(parts, within)
            case Not(part):
                return self.all_but([self._translate(one, within) for one in alternatives(part)])
            case _:
                candidates = self.candidates(query)
                if self.is_exact(query):
                    return candidates
                return self._confirm(query, self.all_but([], [*within, candidates]))

    def _and(self, parts: Sequence[Query], within: Sequence[Q]) -> Q:
        exact = [part for part in parts if self.is_exact(part)]
        inexact = [part for part in parts if not self.is_exact(part)]
        positive = [self._translate(part, ()) for part in exact if not isinstance(part, Not)]
        unwanted = [part.part for part in exact if isinstance(part, Not)]
        negative = [self._translate(one, ()) for part in unwanted for one in alternatives(part)]
        narrowed = [*within, *positive]
        positive += [self._translate(part, narrowed) for part in inexact]
        return self.all_but(negative, positive)

    def _or(self, parts: Sequence[Query], within: Sequence[Q]) -> Q:
        terms: dict[str, list[str]] = {}
        others = []
        for part in parts:
            match part:
                case Term(path, text) | Phrase(path, (text,)) if self.is_exact(part):
                    terms.setdefault(path, []).append(text)
                case _:
                    others.append(self._translate(part, within))
        return self.any_of([*(self.terms(path, texts) for path, texts in terms.items()), *others])
