"""Whatever a service answers, its reader reads it, leaves it out or says what is wrong."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import Response

from crawlers.platforms import hacker_news, mastodon
from crawlers.platforms.feed import read_feed
from search.errors import LayoutChanged
from search.mention import Mention
from tests.replay import FIXTURES

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What `SourceSpider.read_all` counts as a change of layout."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
STATUS = json.loads((FIXTURES / "mastodon/tag-page/response.json").read_bytes())[1]
HIT = json.loads((FIXTURES / "hackernews/search-page/response.json").read_bytes())["hits"][0]
JSON_FEED = json.loads((FIXTURES / "feed/json-feed/response.json").read_bytes())
XML = [
    (FIXTURES / f"feed/{name}").read_bytes() for name in ("rss/response.rss", "atom/response.atom")
]


@st.composite
def damaged(draw: st.DrawFn, whole: dict[str, Any]) -> dict[str, Any]:
    """A real answer in which some values were replaced or left out."""
    answer = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        place = answer
        while True:
            key = draw(st.sampled_from(sorted(place)))
            if not (isinstance(place[key], dict) and place[key] and draw(st.booleans())):
                break
            place = place[key]
        if draw(st.booleans()):
            place[key] = draw(JSON)
        else:
            del place[key]
            if not place:
                break
    return answer


def read_or_refuse(read: Callable[[], Any]) -> Any:
    """Run a reader as `SourceSpider.read_all` does."""
    try:
        return read()
    except UNREADABLE:
        return None


@given(damaged(STATUS))
def test_a_damaged_status_is_read_or_left_out(status: dict[str, Any]) -> None:
    refused = read_or_refuse(lambda: mastodon.refusal(status) or "")
    mention = read_or_refuse(lambda: mastodon.read_status(status, "mastodon", "coffee.example"))

    assert refused is None or isinstance(refused, str)
    assert mention is None or mention.url.startswith("http")
    assert None not in mastodon.times([status])


@given(damaged(STATUS))
def test_no_damage_turns_silence_into_agreement(status: dict[str, Any]) -> None:
    status = {**status, "account": {**STATUS["account"], "indexable": None}}

    assert read_or_refuse(lambda: mastodon.refusal(status) is None) is not True


@given(damaged(HIT))
def test_a_damaged_hit_is_read_or_left_out(hit: dict[str, Any]) -> None:
    mention = read_or_refuse(lambda: hacker_news.read_hit(hit, "hackernews"))

    assert mention is None or isinstance(mention, Mention)
    assert isinstance(hacker_news.is_deleted(hit), bool)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_answer_is_a_page_or_a_changed_layout(body: bytes) -> None:
    for read in (mastodon.read_page, hacker_news.read_page):
        try:
            read(body, "source")
        except LayoutChanged as error:
            assert error.source == "source"  # noqa: PT017 - both outcomes are right


@given(damaged(JSON_FEED))
def test_a_damaged_json_feed_is_read_or_a_changed_layout(page: dict[str, Any]) -> None:
    read_whole(json.dumps(page).encode())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(XML), st.data())
def test_a_damaged_feed_is_read_or_a_changed_layout(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 60)))
    read_whole(body[:start] + data.draw(st.binary(max_size=8)) + body[end:])


def read_whole(body: bytes) -> None:
    """Read a feed and all its entries as the spider does."""
    try:
        feed = read_feed(Response("https://bean.example/feed", body=body), "feed")
    except LayoutChanged:
        return
    for node in feed.nodes:
        entry = read_or_refuse(lambda node=node: feed.read(node))  # type: ignore[misc]

        assert entry is None or entry.mention.url.startswith("http")
        assert entry is None or entry.mention.text or entry.mention.title


def test_a_feed_that_breaks_the_parser_is_a_changed_layout() -> None:
    spaces = b'xmlns:cc="http://backend.userland.com/creativeCommonsRssModule"'
    body = b'<rss version="2.0" ' + spaces + b"><channel></cc:license><item></channel></rss>"

    with pytest.raises(LayoutChanged, match="too broken"):
        read_feed(Response("https://bean.example/feed", body=body), "feed")


def test_a_feed_named_like_a_file_is_not_opened(tmp_path: Any) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<rss version='2.0'><channel><item><title>x</title></item></channel></rss>")

    with pytest.raises(LayoutChanged):
        read_feed(Response("https://bean.example/feed", body=str(secret).encode()), "feed")


def test_entities_are_neither_fetched_nor_multiplied() -> None:
    body = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;">
    <!ENTITY c "&b;&b;&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/hostname">]>
    <rss version="2.0"><channel><item><title>t</title><description>&f;&c;</description></item>
    </channel></rss>"""
    feed = read_feed(Response("https://bean.example/feed", body=body), "feed")

    texts = [entry.mention.text for node in feed.nodes if (entry := feed.read(node))]
    assert all("lol" not in text and len(text) < 20 for text in texts)
