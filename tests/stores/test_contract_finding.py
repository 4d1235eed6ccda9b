"""What every store promises of finding: search, order, pages."""

import datetime as dt
from typing import Any

import pytest

from search.errors import QueryError
from search.mention import (
    Engagement,
    Rating,
)
from search.query import And, Everything, Near, Not, Phrase, Query, Range, Raw, Term
from search.stores.base import Bucket, Interval, Sort, Store
from tests.stores.inventing import START, make_mention, make_mentions


def found(store: Store, query: Query, **options: Any) -> list[str]:
    return [each.mention.source_id for each in store.search(query, **options).mentions]


def numbered(*numbers: int) -> list[str]:
    return [make_mention(number).source_id for number in numbers]


def likes(count: int | None) -> dict[str, Any]:
    return {"engagement": Engagement(likes=count)}


def stars(count: float) -> dict[str, Any]:
    return {"rating": Rating.on_scale(count)}


def test_finds_nothing_in_an_empty_store(store: Store) -> None:
    page = store.search(Everything(), facets=["source"], timeline=Interval.DAY)

    assert (page.mentions, page.total, page.next) == ((), 0, None)
    assert (page.facets, page.timeline) == ({"source": ()}, ())
    assert list(store.iterate(Everything())) == []


def test_finds_what_was_just_put(store: Store) -> None:
    for number in range(3):
        store.put([make_mention(number)])

        assert store.search(Everything()).total == number + 1


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, [3, 1, 4, 2, 0, 5]),
        (Sort.OLDEST, [2, 1, 4, 3, 0, 5]),
        (Sort.FOUND, [0, 1, 2, 3, 4, 5]),
        (Sort.LIKES, [4, 0, 1, 2, 3, 5]),
        (Sort.STARS, [5, 0, 3, 1, 2, 4]),
        (Sort.FEWEST_STARS, [3, 0, 5, 1, 2, 4]),
    ],
)
def test_orders_unknown_last_and_equal_ones_as_they_came(
    store: Store, sort: Sort, order: list[int]
) -> None:
    store.put(
        [
            make_mention(0, published_at=None, **likes(5), **stars(4)),
            make_mention(1, published_at=START, **likes(5)),
            make_mention(2, published_at=START - dt.timedelta(days=50 * 365), **likes(0)),
            make_mention(3, published_at=START + dt.timedelta(seconds=1), **stars(3.99)),
            make_mention(4, published_at=START, **likes(10**12)),
            make_mention(5, published_at=None, **stars(4.01)),
        ]
    )

    assert found(store, Everything(), sort=sort) == numbered(*order)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_visit_every_match_once(store: Store, sort: Sort, limit: int) -> None:
    store.put([make_mention(number, **likes(number % 3)) for number in range(14)])
    visited: list[str] = []
    after = None
    while True:
        page = store.search(Everything(), limit=limit, after=after, sort=sort)
        visited += [each.mention.source_id for each in page.mentions]
        after = page.next
        if after is None:
            break

    assert visited == found(store, Everything(), limit=50, sort=sort)
    assert sorted(visited) == sorted(numbered(*range(14)))


def test_a_full_last_page_has_no_next(store: Store) -> None:
    store.put(make_mentions(4))

    assert store.search(Everything(), limit=4).next is None
    assert store.search(Everything(), limit=3).next is not None


def test_the_total_counts_all_pages(store: Store) -> None:
    store.put(make_mentions(5))
    first = store.search(Everything(), limit=2, facets=["source"])
    second = store.search(Everything(), limit=2, facets=["source"], after=first.next)

    assert (first.total, second.total) == (5, 5)
    assert first.facets == second.facets


def test_asks_for_counts_alone(store: Store) -> None:
    store.put(make_mentions(5))

    page = store.search(Everything(), limit=0, facets=["source"])

    assert (page.mentions, page.total, page.next) == ((), 5, None)
    assert page.facets == {"source": (Bucket("forum", 5),)}


def test_pages_stay_apart_when_mentions_are_added(store: Store) -> None:
    store.put(make_mentions(4, first=10))
    first = store.search(Everything(), limit=2)
    store.put([*make_mentions(3, first=20), *make_mentions(1)])

    assert found(store, Everything(), after=first.next) == numbered(11, 10, 0)


def test_iterates_over_more_than_a_page_in_order(store: Store) -> None:
    store.put(make_mentions(1_234))

    visited = [each.mention.source_id for each in store.iterate(Everything(), sort=Sort.OLDEST)]

    assert visited == numbered(*range(1_234))


def test_iterates_while_mentions_are_added(store: Store) -> None:
    store.put(make_mentions(600))
    visited: list[str] = []
    for each in store.iterate(Everything()):
        if len(visited) % 200 == 0:
            store.put(make_mentions(10, first=1_000 + len(visited)))
        visited.append(each.mention.source_id)

    assert visited == numbered(*reversed(range(600)))


@pytest.mark.parametrize("mark", ["", "x", "newest-", "newest-zz", "oldest-1", "newest--5", "é-1"])
def test_refuses_a_mark_that_is_not_its_own(store: Store, mark: str) -> None:
    with pytest.raises(QueryError, match="does not continue a search sorted by newest"):
        store.search(Everything(), after=mark)


def test_compares_instants_to_the_microsecond(store: Store) -> None:
    instants = [START.replace(microsecond=microsecond) for microsecond in (1, 2)]
    store.put([make_mention(number, published_at=at) for number, at in enumerate(instants)])
    bound = START.replace(microsecond=1)

    assert found(store, Range("published_at", low=bound, with_low=False)) == numbered(1)
    assert found(store, Range("published_at", high=bound)) == numbered(0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Near("text", ("coffee", "tea"), 1), [2, 1]),
        (Near("text", ("tea", "coffee"), 0), [1]),
        (Raw("text", "Tea!", ("tea",)), [2]),
        (Not(Near("text", ("tea", "coffee"), 1)), [3, 0]),
        (And((Near("text", ("tea", "coffee"), 4), Not(Phrase("text", ("and",))))), [1]),
        (And((Term("source", "forum"), Raw("text", "tea", ("tea",)))), [1, 0]),
    ],
)
def test_confirms_what_the_words_alone_cannot_tell(
    store: Store, query: Query, expected: list[int]
) -> None:
    texts = ["tea, then juice, then water, then coffee", "tea coffee", "coffee and Tea!", "juice"]
    store.put([make_mention(number, text=text) for number, text in enumerate(texts)])

    assert found(store, query) == numbered(*expected)
    assert store.search(query).total == len(expected)


def test_finds_words_and_values_too_long_for_an_index(store: Store) -> None:
    long = "x" * 70_000
    longer = f"{long}y"
    mention = make_mention(1, text=f"{long} coffee", site=long, source_id=long, language="en")
    store.put([mention, make_mention(2, text=longer, site=longer)])

    for query in (Phrase("text", (long,)), Phrase("text", (long, "coffee")), Term("site", long)):
        assert found(store, query) == [long]
    assert found(store, Term("site", longer)) == numbered(2)
    assert found(store, Phrase("text", ("coffee",))) == [long]


def test_finds_nothing_wrong_with_itself(store: Store) -> None:
    store.put(make_mentions(20))
    store.put([make_mention(3, text="edited")])

    assert store.check() == []
    assert store.rebuild() == 20
    assert store.check() == []
