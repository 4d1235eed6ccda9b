"""
A query for the index: it finds exactly what the matcher would.

Where the index cannot tell exactly, it finds candidates, and ``confirm`` picks those that match.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from typing import Final

import tantivy
from tantivy import FieldType, Occur

from search.fields import FieldKind, fields
from search.query import (
    And,
    Everything,
    Exists,
    Leaf,
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
from search.stemming import query_stem_tokens
from search.stores.index_schema import EXISTS, LONGEST, clamped, microseconds, stem_field

Confirm = Callable[[Leaf, tantivy.Query], tantivy.Query]
"""Given a leaf and a query for candidates, return a query for those that match the leaf."""

_LONGEST_PREFIX: Final = 100  # tantivy compiles a prefix to an automaton, which must not be big


class Translator:
    """Turns queries into tantivy's, for one schema."""

    def __init__(self, schema: tantivy.Schema, confirm: Confirm) -> None:
        self._schema = schema
        self._confirm = confirm

    def translate(self, query: Query) -> tantivy.Query:
        """Return what finds the mentions a query matches."""
        return self._translate(query, ())

    def _translate(self, query: Query, within: Sequence[tantivy.Query]) -> tantivy.Query:
        """Translate; only answers that are also ``within`` matter, so no others are confirmed."""
        match query:
            case And(parts):
                return self._and(parts, within)
            case Or(parts):
                return self._or(parts, within)
            case Not(part):
                return _all_but([self._translate(part, within)])
            case _:
                candidates = self._candidates(query)
                if is_exact(query):
                    return candidates
                return self._confirm(query, _all([*within, candidates]))

    def _and(self, parts: Sequence[Query], within: Sequence[tantivy.Query]) -> tantivy.Query:
        exact = [part for part in parts if is_exact(part)]
        inexact = [part for part in parts if not is_exact(part)]
        positive = [self._translate(part, ()) for part in exact if not isinstance(part, Not)]
        negative = [self._translate(part.part, ()) for part in exact if isinstance(part, Not)]
        narrowed = [*within, *positive]
        positive += [self._translate(part, narrowed) for part in inexact]
        return _all_but(negative, positive)

    def _or(self, parts: Sequence[Query], within: Sequence[tantivy.Query]) -> tantivy.Query:
        terms: dict[str, list[str]] = {}
        others = []
        for part in parts:
            match part:
                case Term(path, text) | Phrase(path, (text,)) if is_exact(part):
                    terms.setdefault(path, []).append(text)
                case _:
                    others.append(self._translate(part, within))
        sets = [
            self._term(path, texts[0])
            if len(texts) == 1  # a set of one is found many times more slowly
            else tantivy.Query.term_set_query(self._schema, path, texts)
            for path, texts in terms.items()
        ]
        return tantivy.Query.boolean_query([(Occur.Should, found) for found in (*sets, *others)])

    def _candidates(self, leaf: Leaf) -> tantivy.Query:  # noqa: PLR0911 - one for each kind
        match leaf:
            case Everything():
                return tantivy.Query.all_query()
            case Phrase(path, words):
                return self._phrase(path, words)
            case Near(path, words, _):
                return _all([self._phrase(path, (word,)) for word in dict.fromkeys(words)])
            case Raw(path, _, words):
                return self._phrase(path, words) if words else self._exists(path)
            case Prefix(path, prefix):
                pattern = f"{re.escape(prefix[:_LONGEST_PREFIX])}(?s:.)*"
                return tantivy.Query.regex_query(self._schema, path, pattern)
            case Stem(path, word):
                tokens = query_stem_tokens(word[:LONGEST])
                return tantivy.Query.term_set_query(self._schema, stem_field(path), tokens)
            case Term(path, text):
                return self._term(path, text)
            case Range():
                return self._range(leaf)
            case Exists(path):
                return self._exists(path)

    def _phrase(self, path: str, words: Sequence[str]) -> tantivy.Query:
        indexed = [word[:LONGEST] for word in words]
        if len(indexed) == 1:
            return self._term(path, indexed[0])
        return tantivy.Query.phrase_query(self._schema, path, list(indexed))

    def _term(self, path: str, text: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, path, text[:LONGEST])

    def _exists(self, path: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, EXISTS, path)

    def _range(self, leaf: Range) -> tantivy.Query:
        field = fields()[leaf.path]
        if leaf.low is None and leaf.high is None:
            return self._exists(leaf.path)
        if field.kind is FieldKind.DATE or field.integer:
            return self._whole_range(leaf)
        return self._real_range(leaf)

    def _whole_range(self, leaf: Range) -> tantivy.Query:
        low = None if leaf.low is None else _first(leaf.low, included=leaf.with_low)
        high = None if leaf.high is None else _last(leaf.high, included=leaf.with_high)
        return _between(self._schema, leaf.path, FieldType.Integer, low, high)

    def _real_range(self, leaf: Range) -> tantivy.Query:
        low, high = _real(leaf.low), _real(leaf.high)
        if low is not None and not leaf.with_low:
            low = math.nextafter(low, math.inf) if low < math.inf else math.nan
        if high is not None and not leaf.with_high:
            high = math.nextafter(high, -math.inf) if high > -math.inf else math.nan
        return _between(self._schema, leaf.path, FieldType.Float, low, high)


def is_exact(query: Query) -> bool:  # noqa: PLR0911 - one for each kind
    """Return whether the index alone can tell what matches."""
    match query:
        case And(parts) | Or(parts):
            return all(map(is_exact, parts))
        case Not(part):
            return is_exact(part)
        case Phrase(_, words):
            return all(len(word) < LONGEST for word in words)
        case Prefix(_, prefix):
            return len(prefix) <= _LONGEST_PREFIX
        case Stem(_, word) | Term(_, word):
            return len(word) < LONGEST
        case Near() | Raw():
            return False
        case _:
            return True


def _all(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Must, query) for query in queries])


def _all_but(
    unwanted: Sequence[tantivy.Query], wanted: Sequence[tantivy.Query] = ()
) -> tantivy.Query:
    # A boolean query of nothing but exclusions finds nothing.
    must = wanted or [tantivy.Query.all_query()]
    return tantivy.Query.boolean_query(
        [(Occur.Must, query) for query in must] + [(Occur.MustNot, query) for query in unwanted]
    )


def _between(
    schema: tantivy.Schema,
    path: str,
    kind: FieldType,
    low: float | None,
    high: float | None,
) -> tantivy.Query:
    if any(bound is not None and math.isnan(bound) for bound in (low, high)):
        return tantivy.Query.empty_query()
    if low is not None and high is not None and low > high:
        return tantivy.Query.empty_query()
    return tantivy.Query.range_query(schema, path, kind, low, high)


def _first(bound: float | dt.datetime, *, included: bool) -> int | float:
    """Return the first whole number inside a lower bound."""
    if isinstance(bound, dt.datetime):
        return microseconds(bound) + (not included)
    if math.isnan(bound):
        return bound
    if math.isinf(bound):
        return clamped(bound)
    return clamped(math.ceil(bound) if included else math.floor(bound) + 1)


def _last(bound: float | dt.datetime, *, included: bool) -> int | float:
    """Return the last whole number inside an upper bound."""
    if isinstance(bound, dt.datetime):
        return microseconds(bound) - (not included)
    if math.isnan(bound):
        return bound
    if math.isinf(bound):
        return clamped(bound)
    return clamped(math.floor(bound) if included else math.ceil(bound) - 1)


def _real(bound: float | dt.datetime | None) -> float | None:
    # Adding 0 turns -0.0, which tantivy sorts before 0.0, into 0.0.
    return None if bound is None else float(bound) + 0.0  # type: ignore[arg-type]  # a number's bounds are numbers
