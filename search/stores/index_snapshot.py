"""The index as it is at one moment: finding, ordering and counting."""

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import tantivy
from tantivy import FieldType, Occur, Order

from search.errors import QueryError, StoreCorrupt
from search.matcher import matches
from search.query import Leaf, Query
from search.stores.base import Bar, Bucket, Interval, Sort
from search.stores.counting import FEWER_BARS, read_facet, read_timeline
from search.stores.index_counts import facet_questions, timeline_question
from search.stores.index_document import row_of
from search.stores.index_query import IndexTranslator
from search.stores.index_schema import ROW, sort_field
from search.stores.marks import read_mark, write_mark
from search.stores.record import Record

_CONFIRMED_AT_ONCE: Final = 1_000
_REMEMBERED: Final = 32
_TOTAL: Final = "total"


class IndexDamaged(StoreCorrupt):
    """The index cannot be read; it can be built anew from the record."""


class Rows(NamedTuple):
    """One page of places in the record."""

    rows: tuple[int, ...]
    next: str | None
    """Where the next page begins."""


class Counts(NamedTuple):
    """How many mentions match."""

    total: int
    facets: Mapping[str, tuple[Bucket, ...]]
    timeline: tuple[Bar, ...]


class Snapshot:
    """One state of the index; writes that follow do not change it."""

    def __init__(self, index: tantivy.Index, change: int, record: Record) -> None:
        self.change = change
        self._record = record
        self._schema = index.schema
        self._searcher = index.searcher()
        translator = IndexTranslator(self._schema, self._confirm)
        # The pages of one search, and its counts, share what was confirmed.
        self._translate = functools.lru_cache(_REMEMBERED)(translator.translate)

    @property
    def size(self) -> int:
        """How many mentions it holds."""
        return self._searcher.num_docs

    def rows(self, query: Query, *, sort: Sort, after: str | None, limit: int) -> Rows:
        """Find one page of matches."""
        field = sort_field(sort)
        limit = min(max(limit, 0), self.size)  # tantivy takes memory for as many as are asked for
        found = self._translate(query)
        if after is not None:
            found = self._beyond(found, field, _key_of(after, sort))
        keys = self._keys(found, field, limit + 1)
        page = keys[:limit]
        more = len(keys) > limit and page
        return Rows(tuple(map(row_of, page)), write_mark(sort, page[-1]) if more else None)

    def counts(
        self, query: Query, facets: Sequence[str] = (), timeline: Interval | None = None
    ) -> Counts:
        """Count the matches, in all, by value and by time."""
        questions = {_TOTAL: {"value_count": {"field": ROW}}, **facet_questions(facets)}
        if timeline is not None:
            questions |= timeline_question(timeline)
        answers = self._aggregate(query, questions)
        total = int(answers[_TOTAL]["value"])
        return Counts(
            total,
            {facet: read_facet(answers, facet, total) for facet in facets},
            () if timeline is None else read_timeline(answers, timeline),
        )

    def _confirm(self, leaf: Leaf, candidates: tantivy.Query) -> tantivy.Query:
        """Look at every candidate in the record; return a query for the rows that match."""
        confirmed: list[int] = []
        last = 0
        while rows := self._keys(self._beyond(candidates, ROW, last), ROW, _CONFIRMED_AT_ONCE):
            confirmed += [
                kept.row
                for kept in self._record.at_rows(rows)
                if matches(leaf, kept.stored.mention, kept.stored.state)
            ]
            last = rows[-1]
        return tantivy.Query.term_set_query(self._schema, ROW, confirmed)

    def _beyond(self, query: tantivy.Query, field: str, key: int) -> tantivy.Query:
        beyond = tantivy.Query.range_query(
            self._schema, field, FieldType.Unsigned, key, None, include_lower=False
        )
        return tantivy.Query.boolean_query([(Occur.Must, query), (Occur.Must, beyond)])

    def _keys(self, query: tantivy.Query, field: str, limit: int) -> list[int]:
        with _faults_explained(self._record):
            found = self._searcher.search(
                query, limit, count=False, order_by_field=field, order=Order.Asc
            )
        return [key for key, _ in found.hits]

    def _aggregate(self, query: Query, questions: Mapping[str, Any]) -> Mapping[str, Any]:
        translated = self._translate(query)
        with _faults_explained(self._record):
            answers: Mapping[str, Any] = self._searcher.aggregate(translated, dict(questions))
        return answers


@contextlib.contextmanager
def _faults_explained(record: Record) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        if "orrupt" in str(error) or "open file" in str(error):
            raise IndexDamaged(record.path, f"the index is damaged ({error})") from error
        if "bucket limit" in str(error):  # 65,000, which only hours can reach: 7 years of them
            raise QueryError(
                "the timeline has too many bars to count", remedy=FEWER_BARS
            ) from error
        raise


def _key_of(mark: str, sort: Sort) -> int:
    (key,) = read_mark(mark, sort, bits=(64,))
    return key
