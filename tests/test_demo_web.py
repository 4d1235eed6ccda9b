"""The demo web answers as the software it imitates does, and says the truth about itself."""

import collections
import functools
import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.demo.answers import Asked
from crawlers.demo.documents import Document
from crawlers.demo.links import Links
from crawlers.demo.server import read_head
from crawlers.demo.web import ANY_PORTS, DemoWeb, DemoWebError, demo_web
from crawlers.demo.world import BRAND_QUERY, SITES, World
from crawlers.demo.writing import Writer
from search.matcher import matches
from search.parsing import parse
from tests.demo_fetching import Reply, fetch

NOWHERE = {name: f"http://{name}.example" for name in SITES}


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with demo_web(ANY_PORTS) as running:
        yield running


@functools.cache
def truth() -> tuple[Document, ...]:
    return World(NOWHERE).documents


def test_there_are_at_least_300_mentions_among_several_times_as_many_other_texts() -> None:
    expected = sum(document.is_expected for document in truth())
    others = sum(not document.about_brand for document in truth())

    assert expected >= 300
    assert others >= 4 * expected


@pytest.mark.parametrize("site", [name for name in SITES if name != "links"])
@pytest.mark.parametrize("language", ["en", "sv", "nl"])
def test_every_site_has_mentions_in_every_language(site: str, language: str) -> None:
    found = [
        one for one in truth() if one.is_expected and (one.site, one.language) == (site, language)
    ]

    assert len(found) >= 15


def test_every_tone_is_heard_often() -> None:
    tones = collections.Counter(one.tone for one in truth() if one.is_expected)

    assert set(tones) == {"positive", "neutral", "negative"}
    assert min(tones.values()) >= 60


def test_no_two_documents_share_an_identifier() -> None:
    names = collections.Counter(
        (one.source, one.source_id or f"{one.url} {one.author}") for one in truth()
    )

    assert [name for name, times in names.items() if times > 1] == []


def test_no_two_mentions_say_the_same() -> None:
    texts = collections.Counter((one.title, one.text) for one in truth() if one.is_expected)

    assert [text for text, times in texts.items() if times > 1] == []


@pytest.mark.parametrize("site", SITES)
def test_the_brand_query_finds_what_the_truth_says(site: str) -> None:
    query = parse(BRAND_QUERY)
    documents = [one for one in truth() if one.site == site]

    found = {one.mention().id for one in documents if matches(query, one.mention())}

    assert found == {one.mention().id for one in documents if one.about_brand}


def test_the_brand_is_an_ordinary_word_in_most_places() -> None:
    with_word = [one for one in truth() if re.search(r"\bstorm\b", one.text, re.IGNORECASE)]

    assert sum(not one.about_brand for one in with_word) > len(with_word) / 2


def test_fragments_that_are_used_up_are_an_error_and_not_an_endless_loop() -> None:
    writer = Writer("links", "test")

    for _ in range(6):
        writer.sentences("coffee.story.title")

    with pytest.raises(LookupError, match="no further text"):
        writer.sentences("coffee.story.title")


def test_answers_the_same_bytes_after_a_restart() -> None:
    paths = {
        "fediverse": "/api/v1/timelines/tag/stormkaffe?limit=40",
        "blog": "/sv/atom.xml",
        "news": "/sitemaps/nl-2026-10.xml.gz",
        "shop": "/nl/product/storm-koffie-huismelange?page=2",
        "links": "/api/v1/search_by_date?query=storm",
    }
    with demo_web(ANY_PORTS) as web:
        first_port = int(web.sites["fediverse"].rpartition(":")[2])
    with demo_web(first_port) as web:
        before = {name: fetch(web.sites[name] + path).body for name, path in paths.items()}
    with demo_web(first_port) as web:
        after = {name: fetch(web.sites[name] + path).body for name, path in paths.items()}

    assert before == after


def test_says_which_port_is_taken(web: DemoWeb) -> None:
    port = int(web.sites["news"].rpartition(":")[2])

    with pytest.raises(DemoWebError, match=f"port {port} on 127.0.0.1 is taken"), demo_web(port):
        pass


def test_stops_when_its_starter_is_gone() -> None:
    command = [sys.executable, "-m", "crawlers.demo.server", "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdout.readline()
        server.stdin.close()

        assert server.wait(timeout=10) == 0


def test_keeps_a_connection_for_further_questions(web: DemoWeb) -> None:
    connection = http.client.HTTPConnection(urlsplit(web.sites["shop"]).netloc, timeout=10)
    statuses = []
    for path in ("/", "/nothing", "/robots.txt"):
        connection.request("GET", path)
        statuses.append(Reply(connection.getresponse()).status)
    connection.close()

    assert statuses == [200, 404, 200]


@pytest.mark.parametrize(
    ("method", "status", "length"), [("HEAD", 200, 0), ("POST", 405, 0), ("GET", 200, None)]
)
def test_knows_its_methods(web: DemoWeb, method: str, status: int, length: int | None) -> None:
    reply = fetch(web.sites["shop"] + "/robots.txt", method)

    assert reply.status == status
    assert len(reply.body) == (int(reply.headers["Content-Length"]) if length is None else length)


@pytest.mark.parametrize("path", ["/en/feed.xml", "/sv/atom.xml"])
def test_sends_nothing_to_who_has_it_already(web: DemoWeb, path: str) -> None:
    url = web.sites["blog"] + path
    first = fetch(url)

    by_tag = fetch(url, if_none_match=first.headers["ETag"])
    by_time = fetch(url, if_modified_since=first.headers["Last-Modified"])
    outdated = fetch(url, if_none_match='"other"')

    assert (by_tag.status, by_tag.body) == (304, b"")
    assert (by_time.status, by_time.body) == (304, b"")
    assert (outdated.status, outdated.body) == (200, first.body)


@given(st.text(st.characters(max_codepoint=255)))
def test_reads_any_head_without_failing(head: str) -> None:
    request = read_head(head)

    assert request is None or request[1].target.startswith("/")


@settings(deadline=None)  # the first question has everything written
@given(st.dictionaries(st.sampled_from(["query", "tags", "numericFilters"]), st.text(max_size=40)))
def test_search_answers_any_question(given_parameters: dict[str, str]) -> None:
    asked = Asked(f"/api/v1/search?{urlencode(given_parameters)}")

    assert _search().answer(asked).status in {200, 400}


@functools.cache
def _search() -> Links:
    return Links("http://links.example")
