"""Mentions as JSON and back."""

import datetime as dt
import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import codec
from search.mention import Author, Licence, Media, MediaKind, Mention, Rating, Subject
from tests.stores.inventing import START, make_mention
from tests.stores.inventing_any import MENTIONS

PLAIN = {"source": "forum", "source_id": "1", "url": "https://forum.example/1", "text": "hi"}


@given(MENTIONS)
def test_every_mention_survives_json(mention: Mention) -> None:
    assert codec.from_json(codec.to_json(mention)) == mention


@given(MENTIONS)
def test_every_mention_survives_as_plain_values(mention: Mention) -> None:
    assert codec.from_plain(json.loads(json.dumps(codec.to_plain(mention)))) == mention


@given(st.text())
def test_text_that_utf8_cannot_hold_keeps_the_id(text: str) -> None:
    mention = make_mention(source_id=text, text=text)

    assert codec.from_json(codec.to_json(mention)).id == mention.id


@given(st.binary() | st.text())
def test_no_bytes_raise_anything_but_value_error(document: bytes | str) -> None:
    with pytest.raises(ValueError, match=r"."):
        codec.from_json(document)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(list(codec.to_plain(make_mention()))), ANYTHING))
def test_no_values_raise_anything_but_value_error(values: dict[str, Any]) -> None:
    try:
        mention = codec.from_plain(PLAIN | values)
    except ValueError:
        return

    assert isinstance(mention, Mention)


def test_plain_values_name_every_field() -> None:
    plain = codec.to_plain(make_mention(1, author=Author(name="eva"), harvested_at=START))

    assert plain["author"] == {
        "name": "eva",
        "id": None,
        "display_name": None,
        "url": None,
        "followers": None,
        "automated": None,
        "reviews": None,
    }
    assert (plain["harvested_at"], plain["title"], plain["media"]) == (
        "2026-03-01T12:00:00Z",
        None,
        [],
    )


def test_stored_json_leaves_out_what_is_unknown() -> None:
    stored = json.loads(codec.to_json(make_mention(1)))

    assert sorted(stored) == [
        "published_at",
        "source",
        "source_id",
        "text",
        "url",
    ]


def test_keeps_numbers_that_are_none() -> None:
    mention = make_mention(subject=Subject(name="x", rating_average=math.inf))

    assert codec.from_json(codec.to_json(mention)) == mention


def test_the_hash_ignores_only_the_time_of_harvest() -> None:
    mention = make_mention(1, harvested_at=START)
    later = replace(mention, harvested_at=START + dt.timedelta(days=1))
    edited = replace(mention, text="edited")

    assert codec.content_hash(later) == codec.content_hash(mention)
    assert codec.content_hash(edited) != codec.content_hash(mention)


def test_reads_any_time_zone_as_utc() -> None:
    mention = codec.from_plain({**PLAIN, "published_at": "2026-03-01T13:00:00+01:00"})

    assert mention.published_at == START
    assert mention.published_at.tzinfo is dt.UTC


def test_reads_what_is_missing_as_unknown() -> None:
    assert codec.from_plain(PLAIN) == Mention(
        source="forum", source_id="1", url="https://forum.example/1", text="hi"
    )


def test_keeps_a_licence_that_was_not_recognised() -> None:
    licence = Licence(id=None, raw="free!", found_in="footer")
    picture = Media(url="x", kind=MediaKind.IMAGE, licence=licence)
    mention = make_mention(licence=licence, media=(picture,), rating=Rating.on_scale(4))

    assert codec.from_json(codec.to_json(mention)) == mention


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"text": None}, "text: None is not text"),
        ({"rating": {"stars": 1, "value": "x"}}, "rating.value: 'x' is not a number"),
        ({"rating": {"stars": 1, "value": 9}}, "rating: rating 9.0 is not between 1 and 5"),
        ({"rating": 4}, "rating: 4 is not an object"),
        ({"engagement": {"likes": 1.5}}, "engagement.likes: 1.5 is not a whole number"),
        ({"author": {"id": "1"}}, "author.name: required, but missing"),
        (
            {"author": {"name": "a", "automated": "x"}},
            "author.automated: 'x' is not true or false",
        ),
        ({"autor": {}}, "autor: there is no such field, did you mean `author`?"),
        ({"qqq": 1}, "qqq: there is no such field"),
        (
            {"media": [{"url": "x", "kind": "image", "licence": {"raw": "a", "urll": 1}}]},
            (
                "media.0.licence.id: required, but missing; "
                "media.0.licence.found_in: required, but missing; "
                "media.0.licence.urll: there is no such field, did you mean `url`?"
            ),
        ),
        ({"hashtags": "a"}, "hashtags: 'a' is not a list"),
        (
            {"kind": "blog"},
            (
                "kind: 'blog' is not allowed; "
                "it must be 'post', 'comment', 'review', 'article' or 'episode'"
            ),
        ),
        (
            {"published_at": "soon"},
            "published_at: 'soon' is not an instant such as 2026-01-31T12:00:00Z",
        ),
        (
            {"published_at": "2026-01-31T12:00"},
            "published_at 2026-01-31 12:00:00 has no time zone",
        ),
        (
            {"published_at": "0001-01-01T00:00:00+14:00"},
            "an instant lies outside the years 1 to 9999 in UTC",
        ),
        ({"text": 10**100}, f"text: 1{'0' * 79}… is not text"),
    ],
)
def test_says_which_value_is_wrong_and_what_is_allowed(
    values: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        codec.from_plain(PLAIN | values)

    assert str(caught.value) == complaint


@pytest.mark.parametrize("document", [b"null", b"[]", b'"x"', b"1", b"", b"{"])
def test_refuses_json_that_is_no_mention(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"object|JSON"):
        codec.from_json(document)
