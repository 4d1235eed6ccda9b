"""Every store hands out the same mentions in the same pages, with the same counts."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from search.errors import QueryError
from search.fields import fields
from search.parsing import parse
from search.query import Everything
from search.stores.base import Interval, Sort, Store
from search.stores.elastic.store import ElasticStore
from search.stores.embedded import EmbeddedStore
from tests.conformance.documents import DOCUMENTS, NOW
from tests.conformance.queries import ANSWERS
from tests.elasticsearch_node import clear

COUNTED = [field.path for field in fields().values() if field.can_facet]


@pytest.fixture(scope="module")
def stores(
    tmp_path_factory: pytest.TempPathFactory, lasting_location: str
) -> Iterator[Mapping[str, Store]]:
    clear(lasting_location)
    path = tmp_path_factory.mktemp("embedded") / "m.db"
    with contextlib.ExitStack() as stack:
        opened: dict[str, Store] = {
            "embedded": stack.enter_context(EmbeddedStore(path)),
            "elastic": stack.enter_context(ElasticStore(lasting_location)),
        }
        for store in opened.values():
            store.put(list(DOCUMENTS.values()))
        yield opened


@pytest.mark.parametrize("sort", Sort)
def test_pages_are_the_same(stores: Mapping[str, Store], sort: Sort) -> None:
    walked = {name: [*pages(store, sort)] for name, store in stores.items()}

    assert walked["embedded"] == walked["elastic"]
    assert len(DOCUMENTS) == sum(map(len, walked["elastic"]))


@pytest.mark.parametrize("query", [*list(ANSWERS)[::10], "*"])
def test_counts_are_the_same(stores: Mapping[str, Store], query: str) -> None:
    counts = {name: counted(store, query) for name, store in stores.items()}

    assert counts["embedded"] == counts["elastic"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"after": "oldest-1"}, "does not continue a search sorted by newest"),
        ({"facets": ["text"]}, "cannot count by 'text'"),
        ({"facets": ["sourc"]}, "did you mean `source`"),
        ({"limit": 10_001}, "10,001 mentions are too many for one page: ask for at most 10,000"),
    ],
)
def test_errors_are_the_same(
    stores: Mapping[str, Store], asked: Mapping[str, Any], words: str
) -> None:
    for store in stores.values():
        with pytest.raises(QueryError, match=words):
            store.search(Everything(), **asked)


def pages(store: Store, sort: Sort) -> Iterator[list[str]]:
    after = None
    while True:
        page = store.search(Everything(), sort=sort, limit=7, after=after)
        yield [each.mention.source_id for each in page.mentions]
        after = page.next
        if after is None:
            return


def counted(store: Store, query: str) -> tuple[object, ...]:
    asked = parse(query, now=NOW)
    page = store.search(asked, facets=COUNTED, timeline=Interval.WEEK, limit=0)
    return page.total, page.facets, page.timeline
