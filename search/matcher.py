"""
Which of many queries one mention matches: one pass over its words, however many queries there are.

A query is tried only where one of its anchors (`search.query.anchors`) occurs. Aho-Corasick finds
all words and phrases at once, a dictionary finds values; `search/evaluation.py` then decides.
"""

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from search.evaluation import NO_STATE, Reading, holds, is_text
from search.fields import FieldKind, fields
from search.locating import Explanation, Span, explain, find
from search.mention import Mention, State
from search.query import Anchor, Near, Phrase, Prefix, Query, Raw, Term, anchors

if TYPE_CHECKING:
    from search.page_gate import PageGate

__all__ = ["Explanation", "Matcher", "Span", "explain", "find", "matches"]

_NAMES = ("hashtags", "handles", "author.name")
"""Values that few mentions share, unlike a language or a source."""


def matches(query: Query, mention: Mention, state: State = NO_STATE) -> bool:
    """Decide whether one query matches one mention."""
    return holds(query, Reading(mention, state))


class Matcher:
    """Many queries by name, made ready to be asked about one mention after another."""

    def __init__(self, queries: Mapping[str, Query]) -> None:
        self._names = tuple(queries)
        self._queries = tuple(queries.values())
        self._always: list[int] = []
        self._patterns: dict[str, list[int]] = {}
        self._values: dict[str, dict[str, list[int]]] = {}
        self._prefixes: dict[str, dict[str, list[int]]] = {}
        for index, query in enumerate(self._queries):
            self._prepare(index, query)
        self._owners = tuple(self._patterns.values())
        self._automaton = AhoCorasick(list(self._patterns))
        self._lengths = {
            path: sorted(set(map(len, by_prefix))) for path, by_prefix in self._prefixes.items()
        }
        self._paths = [path for path, field in fields().items() if field.kind is FieldKind.WORDS]

    def match(self, mention: Mention, state: State = NO_STATE) -> tuple[str, ...]:
        """Name the queries that match, in the order in which they were given."""
        reading = Reading(mention, state)
        candidates = {*self._always, *self._find_words(reading), *self._find_values(reading)}
        return tuple(
            self._names[index]
            for index in sorted(candidates)
            if holds(self._queries[index], reading)
        )

    def locate(self, name: str, mention: Mention) -> list[Span]:
        """Find where the query of a name matches, in order; nowhere when there is none."""
        if name not in self._names:
            return []
        return find(self._queries[self._names.index(name)], mention)

    def may_match(self, page: str | bytes) -> bool:
        """
        Decide cheaply whether a page, as HTML source (in UTF-8) or as text, is worth reading.

        ``False`` only when no mention read from it can match. A word whose letters a tag
        separates, as in ``<b>E</b>spresso``, is overlooked.
        """
        return self._gate.may_match(page)

    @functools.cached_property
    def _gate(self) -> "PageGate":
        from search.page_gate import PageGate  # noqa: PLC0415 - only crawls need it, and numpy

        return PageGate(self._queries)

    def _prepare(self, index: int, query: Query) -> None:
        found = anchors(query, _is_selective) or anchors(query)
        if found is None:
            self._always.append(index)
            return
        for leaf in found:
            self._anchor(leaf).append(index)

    def _anchor(self, leaf: Anchor) -> list[int]:
        """Return the list of queries to try where a leaf occurs."""
        match leaf:
            case Phrase(_, words) | Raw(_, _, words):
                return self._patterns.setdefault(f" {' '.join(words)} ", [])
            case Near(_, words):
                return self._patterns.setdefault(f" {max(words, key=len)} ", [])
            case Prefix(path, prefix) if is_text(path):
                return self._patterns.setdefault(f" {prefix}", [])
            case Prefix(path, prefix):
                return self._prefixes.setdefault(path, {}).setdefault(prefix, [])
            case Term(path, value):
                return self._values.setdefault(path, {}).setdefault(value, [])

    def _find_words(self, reading: Reading) -> Iterator[int]:
        if not self._patterns:
            return
        text = "\n".join(map(reading.padded, self._paths))
        for pattern, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            yield from self._owners[pattern]

    def _find_values(self, reading: Reading) -> Iterator[int]:
        for path, by_value in self._values.items():
            for value in reading.values(path):
                yield from by_value.get(value, ())
        for path, by_prefix in self._prefixes.items():
            for value in reading.values(path):
                for length in self._lengths[path]:
                    yield from by_prefix.get(value[:length], ())


def _is_selective(leaf: Anchor) -> bool:
    """Whether a leaf holds for few mentions, unlike ``lang:sv``."""
    kind = fields()[leaf.path].kind
    return kind in {FieldKind.WORDS, FieldKind.IDENTIFIER} or leaf.path in _NAMES
