"""A query in Elasticsearch's query DSL; nothing a person typed is parsed there."""

from collections.abc import Sequence
from typing import Any

from search.fields import FieldKind, fields
from search.query import (
    Everything,
    Exists,
    Leaf,
    Near,
    Phrase,
    Prefix,
    Range,
    Raw,
    Stem,
    Term,
)
from search.stemming import query_stem_tokens
from search.stores.elastic.documents import LARGEST, finite
from search.stores.elastic.layout import LONGEST_VALUE, LONGEST_WORD, name_of, part
from search.stores.numbers import bounds
from search.stores.translating import Translator

Dsl = dict[str, Any]

EVERYTHING: Dsl = {"match_all": {}}
NOTHING: Dsl = {"match_none": {}}


class DslTranslator(Translator[Dsl]):
    """Turns queries into filters, which are not scored."""

    longest_word = LONGEST_WORD
    longest_value = LONGEST_VALUE
    longest_prefix = LONGEST_WORD
    exact_near = True  # `intervals` counts gaps as we do, unlike the slop of a phrase

    def all_but(self, unwanted: Sequence[Dsl], wanted: Sequence[Dsl] = ()) -> Dsl:
        """Exclude from what all wanted queries find."""
        if not unwanted and len(wanted) == 1:
            return wanted[0]
        parts = {"filter": list(wanted), "must_not": list(unwanted)}
        return {"bool": {occur: queries for occur, queries in parts.items() if queries}}

    def any_of(self, queries: Sequence[Dsl]) -> Dsl:
        """Unite what queries find."""
        if len(queries) == 1:
            return queries[0]
        return {"bool": {"should": list(queries), "minimum_should_match": 1}}

    def terms(self, path: str, texts: Sequence[str]) -> Dsl:
        """Look up several words or values at once."""
        return {"terms": {_name(path): list(texts)}}

    def candidates(self, leaf: Leaf) -> Dsl:  # noqa: PLR0911 - one for each kind
        """Find what a leaf matches, and perhaps more."""
        match leaf:
            case Everything():
                return EVERYTHING
            case Phrase(path, words):
                return _phrase(path, words)
            case Near(path, words, gap):
                return _near(path, words, gap)
            case Raw(path, _, words):
                return _phrase(path, words) if words else _exists(path)
            case Prefix(path, prefix):
                return {"prefix": {_name(path): prefix[: self.longest_prefix]}}
            case Stem(path, word):
                tokens = query_stem_tokens(word[:LONGEST_WORD])
                return {"terms": {f"{part(fields()[path])}.stems.{path}": tokens}}
            case Term(path, value):
                return {"term": {_name(path): value[:LONGEST_VALUE]}}
            case Range():
                return _range(leaf)
            case Exists(path):
                return _exists(path)

    def _is_exact_leaf(self, leaf: Leaf) -> bool:
        if isinstance(leaf, Range):
            # The last number and the one before it are one: infinite numbers take the place.
            return all(bound is None or abs(bound) < LARGEST for bound in bounds(leaf))
        return super()._is_exact_leaf(leaf)


def _phrase(path: str, words: Sequence[str]) -> Dsl:
    cut = [word[:LONGEST_WORD] for word in words]
    if len(cut) == 1:
        return {"term": {_name(path): cut[0]}}
    return {"match_phrase": {_name(path): " ".join(cut)}}


def _near(path: str, words: Sequence[str], gap: int) -> Dsl:
    sought = [{"match": {"query": word[:LONGEST_WORD]}} for word in words]
    rule = {"intervals": sought, "max_gaps": gap, "ordered": False}
    return {"intervals": {_name(path): {"all_of": rule}}}


def _range(leaf: Range) -> Dsl:
    if leaf.low is None and leaf.high is None:
        return _exists(leaf.path)
    within = bounds(leaf)
    if within.empty:
        return NOTHING
    ends = {"gte": within.low, "lte": within.high}
    known = {end: finite(at) for end, at in ends.items() if at is not None}
    return {"range": {_name(leaf.path): known}}


def _exists(path: str) -> Dsl:
    return {"term": {f"{part(fields()[path])}.exists": path}}


def _name(path: str) -> str:
    field = fields()[path]
    assert field.kind is not FieldKind.KEPT  # noqa: S101 - a query cannot name it
    return name_of(field)
