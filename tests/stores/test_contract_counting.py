"""What every store promises of counting: facets and timeline."""

import datetime as dt

import pytest

from search.errors import QueryError
from search.mention import (
    Author,
    Feeling,
    Kind,
    Licence,
    Media,
    MediaKind,
    Mention,
    Sentiment,
)
from search.query import Everything, Phrase
from search.stores.base import Bar, Bucket, Interval, Store
from tests.stores.inventing import make_mention


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
