"""A query for the embedded index."""

import re
from collections.abc import Callable, Sequence
from typing import Final

import tantivy
from tantivy import FieldType, Occur

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
from search.stores.index_schema import EXISTS, LONGEST, stem_field
from search.stores.numbers import bounds, is_whole
from search.stores.translating import Translator

_LONGEST_PREFIX: Final = 100  # tantivy compiles a prefix to an automaton, which must not be big


class IndexTranslator(Translator[tantivy.Query]):
    """Turns queries into tantivy's, for one schema."""

    longest_word = longest_value = LONGEST
    longest_prefix = _LONGEST_PREFIX

    def __init__(
        self,
        schema: tantivy.Schema,
        confirm: Callable[[Leaf, tantivy.Query], tantivy.Query],
    ) -> None:
        super().__init__(confirm)
        self._schema = schema

    def all_but(
        self, unwanted: Sequence[tantivy.Query], wanted: Sequence[tantivy.Query] = ()
    ) -> tantivy.Query:
        """Exclude from what all wanted queries find."""
        # A boolean query of nothing but exclusions finds nothing.
        must = wanted or [tantivy.Query.all_query()]
        return tantivy.Query.boolean_query(
            [(Occur.Must, query) for query in must]
            + [(Occur.MustNot, query) for query in unwanted]
        )

    def any_of(self, queries: Sequence[tantivy.Query]) -> tantivy.Query:
        """Unite what queries find."""
        return tantivy.Query.boolean_query([(Occur.Should, query) for query in queries])

    def terms(self, path: str, texts: Sequence[str]) -> tantivy.Query:
        """Look up several words or values at once."""
        if len(texts) == 1:  # a set of one is found many times more slowly
            return self._term(path, texts[0])
        return tantivy.Query.term_set_query(self._schema, path, list(texts))

    def candidates(self, leaf: Leaf) -> tantivy.Query:  # noqa: PLR0911 - one for each kind
        """Find what a leaf matches, and perhaps more."""
        match leaf:
            case Everything():
                return tantivy.Query.all_query()
            case Phrase(path, words):
                return self._phrase(path, words)
            case Near(path, words, _):
                return self.all_but(
                    [], [self._phrase(path, (word,)) for word in dict.fromkeys(words)]
                )
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
        if leaf.low is None and leaf.high is None:
            return self._exists(leaf.path)
        within = bounds(leaf)
        if within.empty:
            return tantivy.Query.empty_query()
        kind = FieldType.Integer if is_whole(leaf) else FieldType.Float
        return tantivy.Query.range_query(self._schema, leaf.path, kind, *within)
