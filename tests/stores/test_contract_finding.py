"""What every store promises of finding: search, order, pages, facets, timeline."""

import datetime as dt
from typing import Any

import pytest

from search.errors import QueryError
from search.mention import (
    Author,
    Engagement,
    Feeling,
    Kind,
    Licence,
    Media,
    MediaKind,
    Mention,
    Rating,
    Sentiment,
)
from search.query import And, Everything, Near, Not, Phrase, Query, Range, Raw, Term
from search.stores.base import Bar, Bucket, Interval, Sort, Store
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


def test_counts_by_value_most_frequent_first_and_unknown_last(store: Store) -> None:
    languages = ["sv", None, "en", "en", None, "nl", "sv", "en", None, None]
    store.put(
        [make_mention(number, language=language) for number, language in enumerate(languages)]
    )

    assert store.search(Everything(), facets=["language"]).facets["language"] == (
        Bucket("en", 3),
        Bucket("sv", 2),
        Bucket("nl", 1),
        Bucket(None, 4),
    )


def test_counts_only_what_matches(store: Store) -> None:
    store.put([make_mention(1, language="sv"), make_mention(2, language="en", text="tea")])

    page = store.search(Phrase("text", ("tea",)), facets=["language", "kind"])

    assert page.facets == {"language": (Bucket("en", 1),), "kind": (Bucket("post", 1),)}


def test_counts_a_mention_once_under_each_of_its_values(store: Store) -> None:
    picture = Media(url="https://forum.example/1.jpg", kind=MediaKind.IMAGE)
    store.put([make_mention(1, brands=("a", "b"), media=(picture, picture))])
    store.put([make_mention(2, brands=("b",))])

    assert store.search(Everything(), facets=["brands", "media.kind"]).facets == {
        "brands": (Bucket("b", 2), Bucket("a", 1)),
        "media.kind": (Bucket("image", 1), Bucket(None, 1)),
    }


def test_counts_flags_by_name(store: Store) -> None:
    for number, automated in enumerate([True, False, None, True]):
        store.put([make_mention(number, author=Author(name="a", automated=automated))])

    assert store.search(Everything(), facets=["author.automated"]).facets == {
        "author.automated": (Bucket("true", 2), Bucket("false", 1), Bucket(None, 1))
    }


def test_shows_values_as_they_are_written(store: Store) -> None:
    store.put([make_mention(1, brands=("Espresso House",), hashtags=("åäö",))])

    assert store.search(Everything(), facets=["brands", "hashtags"]).facets == {
        "brands": (Bucket("Espresso House", 1),),
        "hashtags": (Bucket("åäö", 1),),
    }


def test_counts_our_own_state_and_nested_fields(store: Store) -> None:
    feeling = Sentiment(label=Feeling.NEGATIVE, value=-1, method="vader")
    licence = Licence(id="CC0-1.0", raw="cc0", found_in="footer")
    store.put([make_mention(1, sentiment=feeling, licence=licence, kind=Kind.COMMENT)])

    facets = ["permission", "sentiment.label", "licence.id", "licence.confidence"]

    assert store.search(Everything(), facets=facets).facets == {
        "permission": (Bucket("not_requested", 1),),
        "sentiment.label": (Bucket("negative", 1),),
        "licence.id": (Bucket("CC0-1.0", 1),),
        "licence.confidence": (Bucket("scraped", 1),),
    }


def test_shows_at_most_a_hundred_values(store: Store) -> None:
    store.put([make_mention(number, site=f"s{number % 150:03}.example") for number in range(160)])

    buckets = store.search(Everything(), facets=["site"]).facets["site"]

    assert buckets[:11] == (
        *(Bucket(f"s{number:03}.example", 2) for number in range(10)),
        Bucket("s010.example", 1),
    )
    assert len(buckets) == 100


@pytest.mark.parametrize("path", ["text", "url", "published_at", "engagement.likes", "links"])
def test_refuses_to_count_by_a_field_that_cannot_be_counted(store: Store, path: str) -> None:
    with pytest.raises(QueryError, match=rf"cannot count by '{path}'.*count by one of source, "):
        store.search(Everything(), facets=[path])


def test_suggests_the_field_that_was_meant(store: Store) -> None:
    with pytest.raises(QueryError, match=r"unknown field 'languag', did you mean `language`\?"):
        store.search(Everything(), facets=["languag"])


def at(*published: str) -> list[Mention]:
    return [
        make_mention(number, published_at=dt.datetime.fromisoformat(f"{instant}+00:00"))
        for number, instant in enumerate(published)
    ]


def bars(*shown: tuple[str, int]) -> tuple[Bar, ...]:
    return tuple(Bar(dt.datetime.fromisoformat(f"{start}+00:00"), count) for start, count in shown)


@pytest.mark.parametrize(
    ("interval", "published", "expected"),
    [
        (
            Interval.HOUR,
            ["2026-03-01T23:59:59.999999", "2026-03-01T23:00", "2026-03-02T01:00"],
            [("2026-03-01T23:00", 2), ("2026-03-02T00:00", 0), ("2026-03-02T01:00", 1)],
        ),
        (
            Interval.DAY,
            ["2026-02-27T12:00", "2026-03-01T00:00", "2026-03-01T23:59:59.999999"],
            [("2026-02-27T00:00", 1), ("2026-02-28T00:00", 0), ("2026-03-01T00:00", 2)],
        ),
        (
            Interval.DAY,
            ["1969-12-31T23:59:59.999999", "1970-01-01T00:00"],
            [("1969-12-31T00:00", 1), ("1970-01-01T00:00", 1)],
        ),
        (
            Interval.WEEK,
            ["2026-03-02T00:00", "2026-03-08T23:59:59.999999", "2026-03-16T00:00"],
            [("2026-03-02T00:00", 2), ("2026-03-09T00:00", 0), ("2026-03-16T00:00", 1)],
        ),
        (
            Interval.MONTH,
            ["2025-12-31T23:59:59.999999", "2026-02-01T00:00", "2026-02-28T23:00"],
            [("2025-12-01T00:00", 1), ("2026-01-01T00:00", 0), ("2026-02-01T00:00", 2)],
        ),
    ],
)
def test_draws_a_timeline_without_gaps(
    store: Store, interval: Interval, published: list[str], expected: list[tuple[str, int]]
) -> None:
    store.put([*at(*published), make_mention(99, published_at=None)])

    assert store.search(Everything(), timeline=interval).timeline == bars(*expected)


def test_refuses_a_timeline_with_an_absurd_number_of_bars(store: Store) -> None:
    store.put(at("1970-01-01T00:00", "2026-01-01T00:00"))

    with pytest.raises(QueryError, match="more than 5,000 bars: take a wider interval"):
        store.search(Everything(), timeline=Interval.DAY)
    assert len(store.search(Everything(), timeline=Interval.WEEK).timeline) == 2_923


def test_compares_instants_to_the_microsecond(store: Store) -> None:
    store.put(at("2026-03-01T00:00:00.000001", "2026-03-01T00:00:00.000002"))
    bound = START.replace(hour=0, microsecond=1)

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
