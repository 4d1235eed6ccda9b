"""The demo web's instance and its search answer as the software they imitate."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from crawlers.demo.documents import Document
from crawlers.demo.links import REACHABLE
from crawlers.demo.posts import BRAND_TAGS
from crawlers.demo.web import ANY_PORTS, DemoWeb, demo_web
from tests.demo_fetching import fetch

CRAWLED_TAGS = ("storm", *BRAND_TAGS.values())


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with demo_web(ANY_PORTS) as running:
        yield running


def of_site(web: DemoWeb, name: str) -> list[Document]:
    return [document for document in web.world.documents if document.site == name]


def timeline(web: DemoWeb, tag: str) -> list[dict[str, Any]]:
    """Follow a hashtag to its end."""
    url: str | None = f"{web.sites['fediverse']}/api/v1/timelines/tag/{tag}?limit=40"
    found: list[dict[str, Any]] = []
    while url:
        reply = fetch(url)
        found += reply.value
        following = re.search(r'<([^>]+)>; rel="next"', reply.headers.get("Link", ""))
        url = following[1] if following else None
    return found


def test_timelines_show_every_post_about_the_brand(web: DemoWeb) -> None:
    statuses = [status for tag in CRAWLED_TAGS for status in timeline(web, tag)]

    shown = {(status["reblog"] or status)["uri"] for status in statuses}

    about_brand = {one.source_id for one in of_site(web, "fediverse") if one.about_brand}
    assert about_brand - shown == set()


def test_a_timeline_is_in_order_and_says_nothing_twice(web: DemoWeb) -> None:
    numbers = [int(status["id"]) for status in timeline(web, "storm")]

    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) > 200


def test_a_timeline_can_be_read_from_a_mark_onwards(web: DemoWeb) -> None:
    everything = [status["id"] for status in timeline(web, "storm")]
    url = f"{web.sites['fediverse']}/api/v1/timelines/tag/storm?limit=5"

    newest = [status["id"] for status in fetch(f"{url}&since_id={everything[20]}").value]
    next_ones = [status["id"] for status in fetch(f"{url}&min_id={everything[20]}").value]

    assert newest == everything[:5]
    assert next_ones == everything[15:20]


@pytest.mark.parametrize(("limit", "count"), [("", 20), ("&limit=7", 7), ("&limit=900", 40)])
def test_a_timeline_limits_its_pages(web: DemoWeb, limit: str, count: int) -> None:
    url = f"{web.sites['fediverse']}/api/v1/timelines/tag/storm?max_id=9{'0' * 20}{limit}"

    assert len(fetch(url).value) == count


def test_timelines_hold_what_a_reader_must_cope_with(web: DemoWeb) -> None:
    statuses = [status for tag in CRAWLED_TAGS for status in timeline(web, tag)]
    accounts = [status["account"] for status in statuses]
    uris = {status["uri"] for status in statuses}

    assert any(status["reblog"] for status in statuses)
    assert any(status["reblog"] and status["reblog"]["uri"] not in uris for status in statuses)
    assert any(status["edited_at"] for status in statuses)
    assert any(status["in_reply_to_id"] for status in statuses)
    assert any(media["description"] for one in statuses for media in one["media_attachments"])
    assert any(status["mentions"] for status in statuses)
    assert any(status["language"] is None for status in statuses)
    assert {account.get("indexable") for account in accounts} == {True, False, None}
    assert any("#nobot" in account["note"] for account in accounts)
    assert any(account["noindex"] for account in accounts)
    assert any("@" in account["acct"] for account in accounts)


def test_search_wants_a_token(web: DemoWeb) -> None:
    url = f"{web.sites['fediverse']}/api/v2/search?type=statuses&q=storm+coffee"

    refused, found = fetch(url), fetch(url, authorization="Bearer t0ken")

    assert (refused.status, set(refused.value)) == (401, {"error"})
    assert found.value["statuses"]
    assert all("torm" in status["content"] for status in found.value["statuses"])


def hits(web: DemoWeb, query: str) -> dict[str, Any]:
    url = f"{web.sites['links']}/api/v1/search_by_date?{query}"
    value: dict[str, Any] = fetch(url).value
    return value


def test_search_reaches_a_thousand_hits_and_no_more(web: DemoWeb) -> None:
    pages = [hits(web, f"query=storm&hitsPerPage=300&page={page}") for page in range(5)]

    assert pages[0]["nbHits"] > REACHABLE
    assert pages[0]["nbPages"] == 4
    assert [len(page["hits"]) for page in pages] == [300, 300, 300, 100, 0]


def test_search_goes_back_in_time_without_gaps(web: DemoWeb) -> None:
    found: set[str] = set()
    before = 1 << 40
    while page := hits(web, f"query=storm&hitsPerPage=100&numericFilters=created_at_i<{before}")[
        "hits"
    ]:
        found |= {hit["objectID"] for hit in page}
        before = page[-1]["created_at_i"]

    assert len(found) == hits(web, "query=storm")["nbHits"]


@pytest.mark.parametrize(
    ("query", "tones"),
    [
        ("query=%22storm+coffee%22&tags=comment", 40),
        ("query=%22storm+coffee%22&tags=story", 6),
        ("query=%22storm+coffee%22&tags=(story,comment)", 46),
        ("query=%22coffee+storm%22", 0),
        ("query=coffee+storm&tags=story", 6),
        ("query=%22storm+coffee%22&tags=story,author_nobody", 0),
    ],
)
def test_search_understands_phrases_and_tags(web: DemoWeb, query: str, tones: int) -> None:
    found = [hit for hit in hits(web, f"{query}&hitsPerPage=100")["hits"] if hit["author"]]

    assert len(found) == tones


@pytest.mark.parametrize(("sign", "count"), [(">", 2), (">=", 3), ("<", 3), ("<=", 4)])
def test_search_compares_numbers(web: DemoWeb, sign: str, count: int) -> None:
    times = sorted(hit["created_at_i"] for hit in hits(web, "tags=story&query=coffee")["hits"])

    found = hits(web, f"tags=story&query=coffee&numericFilters=created_at_i{sign}{times[3]}")

    assert found["nbHits"] == count


def test_search_refuses_a_filter_it_does_not_know(web: DemoWeb) -> None:
    assert fetch(f"{web.sites['links']}/api/v1/search?numericFilters=karma>5").status == 400


def test_a_deleted_comment_has_neither_author_nor_words(web: DemoWeb) -> None:
    found = hits(web, "query=%22storm+coffee%22&tags=comment&hitsPerPage=100")["hits"]

    assert [hit["comment_text"] for hit in found if not hit["author"]] == [None]
