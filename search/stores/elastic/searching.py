"""Searches: pages in order, and counts."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from search.errors import QueryError
from search.fields import fields
from search.matcher import matches
from search.mention import StoredMention
from search.query import Leaf, Query
from search.stores.base import Interval, Page, Sort
from search.stores.counting import (
    ASKED_OF_A_PART,
    FEWER_BARS,
    KNOWN,
    MOST_BUCKETS,
    TIMELINE,
    countable,
    read_facet,
    read_timeline,
    too_many_bars,
)
from search.stores.elastic import documents
from search.stores.elastic.cluster import Cluster, Refused, in_path
from search.stores.elastic.layout import facet_of
from search.stores.elastic.points import PointInTime
from search.stores.elastic.queries import Dsl, DslTranslator
from search.stores.marks import check_limit, read_mark, write_mark
from search.stores.numbers import EPOCH

SECONDS: Final = 30
"""How long one search may look before it answers with what it has."""

_MARK_BITS: Final = (34, 64, 128)
_PAGE: Final = 500
_MOST_CANDIDATES: Final = 100_000
_MILLISECOND: Final = 1_000
_BOUNDS: Final = {
    "first": {"min": {"field": "published_at"}},
    "last": {"max": {"field": "published_at"}},
}


Order = list[dict[str, str]]


class Searcher:
    """Asks the mentions of one store."""

    def __init__(self, cluster: Cluster, read_by: str) -> None:
        self._cluster = cluster
        self._read_by = read_by
        self._translator = DslTranslator(self._confirm)

    def search(  # noqa: PLR0913 - keyword-only, and a search is one question
        self,
        query: Query,
        *,
        limit: int,
        after: str | None,
        sort: Sort,
        facets: Sequence[str],
        timeline: Interval | None,
    ) -> Page:
        """Return one page of matches; see `Store.search`."""
        limit = check_limit(limit)
        answer = self._ask(self._question(query, limit, after, sort, facets, timeline), timeline)
        hits = answer["hits"]["hits"]
        total = answer["hits"]["total"]["value"]
        counted = answer.get("aggregations", {})
        more = len(hits) > limit > 0
        return Page(
            mentions=tuple(map(self._read, hits[:limit])),
            total=total,
            next=_mark_of(hits[limit - 1], sort) if more else None,
            facets={path: read_facet(counted, path, total) for path in facets},
            timeline=()
            if timeline is None
            else read_timeline(counted, timeline, scale=_MILLISECOND),
            incomplete=incomplete(answer),
        )

    def iterate(self, query: Query, sort: Sort) -> Iterator[StoredMention]:
        """Hand out every match in order, as the index was at the start."""
        yield from map(
            self._read,
            self.hits(self._translator.translate(query), _order(sort), documents.RECORDS),
        )

    def hits(self, query: Dsl, order: Order, source: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Hand out every document a query finds, as they are at one point in time."""
        body = {
            "query": query,
            "size": _PAGE,
            "sort": order,
            "_source": source,
            "track_total_hits": False,
            "seq_no_primary_term": True,
        }
        with PointInTime(self._cluster, self._read_by) as point:
            while True:
                hits = point.search(body)["hits"]["hits"]
                yield from hits
                if len(hits) < _PAGE:
                    return
                body["search_after"] = hits[-1]["sort"]

    def _question(  # noqa: PLR0913, PLR0917 - the parts of one question
        self,
        query: Query,
        limit: int,
        after: str | None,
        sort: Sort,
        facets: Sequence[str],
        timeline: Interval | None,
    ) -> dict[str, Any]:
        question: dict[str, Any] = {
            "query": self._translator.translate(query),
            "size": limit + 1 if limit else 0,
            "sort": _order(sort),
            "track_total_hits": True,
            "timeout": f"{SECONDS}s",
            "_source": documents.RECORDS,
        }
        if after is not None:
            question["search_after"] = _read_mark(after, sort)
        counts = {f"facet:{path}": _terms(facet_of(countable(path))) for path in facets}
        if counts:
            halves = ("sayso.content.exists", "sayso.own.exists")
            counts |= {
                f"{KNOWN}:{half}": {"terms": {"field": half, "size": len(fields())}}
                for half in halves
            }
        if timeline is not None:
            histogram = {
                "field": "published_at",
                "calendar_interval": str(timeline),
                "min_doc_count": 1,
            }
            counts[TIMELINE] = {"date_histogram": histogram}
        return {**question, "aggs": counts} if counts else question

    def _ask(self, question: dict[str, Any], timeline: Interval | None) -> dict[str, Any]:
        path = in_path(self._read_by, "_search")
        try:
            answer: dict[str, Any] = self._cluster.ask("POST", path, question, seconds=2 * SECONDS)
        except Refused as refused:
            if "too_many_buckets" in f"{refused.kind} {refused.words}" and timeline is not None:
                raise self._too_many_bars(question, timeline) from refused
            raise _explained(refused) from refused
        counted = answer.get("aggregations", {})
        known = [
            counted.pop(name)["buckets"] for name in list(counted) if name.startswith(f"{KNOWN}:")
        ]
        counted[KNOWN] = {"buckets": [bucket for buckets in known for bucket in buckets]}
        return answer

    def _too_many_bars(self, question: dict[str, Any], timeline: Interval) -> QueryError:
        asked = {"query": question["query"], "size": 0, "aggs": _BOUNDS}
        answer = self._cluster.ask("POST", in_path(self._read_by, "_search"), asked)
        ends = [answer["aggregations"][end]["value"] for end in ("first", "last")]
        if None in ends:
            return QueryError("the timeline has too many bars to count", remedy=FEWER_BARS)
        first, last = (EPOCH + dt.timedelta(milliseconds=end) for end in ends)
        return too_many_bars(timeline, first, last)

    def _confirm(self, leaf: Leaf, candidates: Dsl) -> Dsl:
        """Look at every candidate; return a query for the ids of those that match."""
        counted = self._cluster.ask(
            "POST", in_path(self._read_by, "_count"), {"query": candidates}
        )
        if counted["count"] > _MOST_CANDIDATES:
            raise QueryError(
                f"{counted['count']:,} mentions would have to be read one by one",
                remedy=f"narrow the query, as with since:30d, to at most {_MOST_CANDIDATES:,}",
            )
        confirmed = []
        for hit in self.hits(candidates, _order(Sort.FOUND), documents.RECORDS):
            stored = self._read(hit)
            if matches(leaf, stored.mention, stored.state):
                confirmed.append(hit["_id"])
        return {"ids": {"values": confirmed}}

    def _read(self, hit: Mapping[str, Any]) -> StoredMention:
        return documents.read(hit["_source"], self._cluster.name, hit["_id"])


def _terms(name: str) -> dict[str, Any]:
    return {"terms": {"field": name, "size": MOST_BUCKETS, "shard_size": ASKED_OF_A_PART}}


def _order(sort: Sort) -> Order:
    """Order by what is asked for, then as mentions were first kept."""
    rank = [] if sort is Sort.FOUND else [{f"sayso.content.rank.{sort}": "asc"}]
    return [*rank, {"sayso.order": "asc"}, {"sayso.id": "asc"}]


def _mark_of(hit: Mapping[str, Any], sort: Sort) -> str:
    *rank, order, name = hit["sort"]
    return write_mark(sort, *(rank or [0]), order, int(name, 16))


def _read_mark(mark: str, sort: Sort) -> list[int | str]:
    rank, order, name = read_mark(mark, sort, bits=_MARK_BITS)
    return [*([] if sort is Sort.FOUND else [rank]), order, f"{name:032x}"]


def incomplete(answer: Mapping[str, Any]) -> str | None:
    """Say why an answer does not cover everything; ``None`` when it does."""
    if answer.get("timed_out"):
        return f"the search ended after {SECONDS} s: what was not looked at by then is missing"
    failed = answer["_shards"]["failed"]
    if failed:
        return f"{failed} of {answer['_shards']['total']} shards could not be searched"
    return None


def _explained(refused: Refused) -> Exception:
    """Say what a person can do about a search that the cluster refuses to carry out."""
    if "allow_expensive_queries" in refused.words:
        return QueryError(
            "this cluster forbids words that are only begun, such as coff*",
            remedy="write whole words, or set search.allow_expensive_queries to true there",
        )
    if "too_many_clauses" in refused.words or "maxClauseCount" in refused.words:
        return QueryError(
            "the query has more parts than this cluster allows", remedy="ask for fewer at once"
        )
    return refused
