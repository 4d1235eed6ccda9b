"""The demo, as a newcomer runs it: what is found is exactly what is there."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.demo.command import demo_sources
from crawlers.demo.documents import Document
from crawlers.demo.web import ANY_PORTS, DemoWeb, demo_web
from crawlers.demo.world import BRAND_NAME, BRAND_QUERY
from search.mention import Mention
from search.query import Everything
from search.stores.opening import open_store
from tests.crawling import run_sayso, write_config
from tests.requiring import browser

Found = tuple[str, str, str | None]


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with demo_web(ANY_PORTS) as running:
        yield running


@pytest.fixture(scope="module")
def folder(web: DemoWeb, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after one crawl of the whole demo web."""
    folder = tmp_path_factory.mktemp("demo")
    crawl(folder, web)
    return folder


def crawl(folder: Path, web: DemoWeb, *, with_browser: bool = False) -> list[dict[str, object]]:
    sources = demo_sources(web, browser=with_browser)
    config = write_config(folder, brands={BRAND_NAME: BRAND_QUERY}, sources=sources)
    done = run_sayso("--config", str(config), "crawl", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def stored(folder: Path) -> list[Mention]:
    with open_store(folder / "sayso.db", create=False) as store:
        return [one.mention for one in store.iterate(Everything())]


def name_of_document(document: Document) -> Found:
    if document.source == "reviews":
        return document.source, document.url, document.author
    return document.source, document.source_id or "", None


def name_of_mention(mention: Mention) -> Found:
    if mention.subject is not None:
        author = mention.author.name if mention.author else None
        return mention.source, mention.subject.url or "", author
    return mention.source, mention.source_id, None


def test_a_crawl_finds_exactly_what_is_there(folder: Path, web: DemoWeb) -> None:
    expected = {name_of_document(document) for document in web.world.expected()}
    found = [name_of_mention(mention) for mention in stored(folder)]

    assert sorted(expected, key=str) == sorted(found, key=str)
    assert len(found) >= 300


def test_the_words_are_the_author_s_and_nothing_around_them(folder: Path, web: DemoWeb) -> None:
    expected = {name_of_document(document): document for document in web.world.expected()}
    by_name = {name_of_mention(mention): mention for mention in stored(folder)}

    different = [
        name
        for name, document in expected.items()
        if document.text.split() != by_name[name].text.split()
    ]
    assert different == []


def test_ratings_are_on_one_scale(folder: Path, web: DemoWeb) -> None:
    expected = {name_of_document(document): document for document in web.world.expected()}
    found = {
        name_of_mention(mention): mention.rating and mention.rating.stars
        for mention in stored(folder)
    }

    assert {name: document.stars for name, document in expected.items()} == found
    assert None in found.values()


def test_most_languages_are_told_right(folder: Path, web: DemoWeb) -> None:
    expected = {name_of_document(document): document for document in web.world.expected()}
    told = Counter(
        (expected[name_of_mention(mention)].language, mention.language)
        for mention in stored(folder)
    )

    right = sum(count for (written, tagged), count in told.items() if written == tagged)
    wrong = sum(
        count for (written, tagged), count in told.items() if tagged not in {written, "und"}
    )
    assert right >= 0.97 * told.total()
    assert wrong <= 0.01 * told.total()


def test_a_second_crawl_finds_nothing_new(folder: Path, web: DemoWeb) -> None:
    before = {mention.id for mention in stored(folder)}
    reports = crawl(folder, web)

    assert [(0, 0)] * len(reports) == [(report["new"], report["changed"]) for report in reports]
    assert before == {mention.id for mention in stored(folder)}


def test_what_sites_and_authors_do_not_want_is_counted_not_kept(
    folder: Path, web: DemoWeb
) -> None:
    refused = [document for document in web.world.documents if document.refused]
    texts = {mention.text for mention in stored(folder)}

    assert len(refused) >= 5
    assert [document.url for document in refused if document.text in texts] == []


def test_reviews_that_scripts_write_are_found_with_a_browser(web: DemoWeb, tmp_path: Path) -> None:
    browser()
    crawl(tmp_path, web, with_browser=True)
    needed = {
        name_of_document(document)
        for document in web.world.expected(browser=True)
        if document.needs_browser
    }
    found = {name_of_mention(mention) for mention in stored(tmp_path)}

    assert needed
    assert needed - found == set()
