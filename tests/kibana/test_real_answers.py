"""Every question of a dashboard is put to a real Elasticsearch with demo data, and answered."""

import dataclasses
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crawlers.demo.command import demo_sources
from crawlers.demo.web import ANY_PORTS, demo_web
from crawlers.demo.world import BRAND_NAME, BRAND_QUERY
from search.kibana.questions import Question, questions
from search.mention import Permission
from search.parsing import parse
from search.query import Everything
from search.stores.elastic.store import ElasticStore
from tests.crawling import run_sayso, write_config
from tests.elasticsearch_node import ask, fresh_location

QUESTIONS = list(questions())


@pytest.fixture(scope="module")
def crawled(elasticsearch: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Crawl the demo's sites into Elasticsearch, and let some authors have been asked."""
    with fresh_location(elasticsearch) as location, demo_web(ANY_PORTS) as web:
        folder = tmp_path_factory.mktemp("crawl")
        config = write_config(folder, brands={BRAND_NAME: BRAND_QUERY}, sources=demo_sources(web))
        done = run_sayso("--config", str(config), "--store", location, "crawl", "--json")
        assert done.returncode == 0, done.stderr
        with ElasticStore(location) as store:
            decide(store)
        yield location


def decide(store: ElasticStore) -> None:
    """Give permissions of every kind, granted ones to mentions with pictures too."""
    granted = itertools.islice(store.iterate(parse("media.kind:* -sentiment:positive")), 3)
    others = itertools.islice(store.iterate(parse("NOT media.kind:*")), 60)
    chosen = [(each, Permission.GRANTED) for each in granted]
    chosen += zip(others, itertools.cycle(Permission), strict=False)
    store.adopt(
        [
            dataclasses.replace(each, state=dataclasses.replace(each.state, permission=permission))
            for each, permission in chosen
        ]
    )


def answer(location: str, body: Mapping[str, Any]) -> Any:
    url, _, prefix = location.partition("?prefix=")
    return ask("POST", f"{url}/{prefix}-mentions/_search", body)


def values(part: Any) -> Iterator[object]:
    """Hand out what an aggregation says of each of its buckets, and its numbers."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name in {"value", "doc_count"}:
                yield value
            else:
                yield from values(value)
    elif isinstance(part, list):
        for each in part:
            yield from values(each)


@pytest.mark.parametrize("question", QUESTIONS, ids=[each.title for each in QUESTIONS])
def test_every_question_is_answered(crawled: str, question: Question) -> None:
    found = answer(crawled, question.body)

    assert found["_shards"]["failed"] == 0
    assert found["hits"]["total"]["value"] > 0
    for name, about in found.get("aggregations", {}).items():
        assert any(values(about)), (name, about)
    if question.body["size"]:
        shown = {name for hit in found["hits"]["hits"] for name in hit["fields"]}
        assert len(shown) >= len(question.body["fields"]) - 2, shown


def test_a_question_of_a_field_that_is_not_there_would_be_noticed(crawled: str) -> None:
    wrong = json.loads(json.dumps(QUESTIONS[-1].body).replace("permission", "permision"))

    with pytest.raises(AssertionError):
        test_every_question_is_answered(crawled, Question("wrong", wrong))


@pytest.mark.parametrize("kql", ["coffee", "Storm Coffee"])
def test_what_people_type_is_looked_for_in_texts_and_titles(crawled: str, kql: str) -> None:
    """Kibana sends words without a field as a `multi_match` over the default fields."""
    found = answer(crawled, {"query": {"multi_match": {"query": kql, "lenient": True}}})

    assert found["hits"]["total"]["value"] > 0


def test_stemmed_words_are_found_by_the_built_in_analyzers(crawled: str) -> None:
    def count(field: str, word: str) -> int:
        found = answer(crawled, {"query": {"match": {field: word}}})
        return int(found["hits"]["total"]["value"])

    stemmed = count("sayso.content.stemmed.en", "tasting")
    assert stemmed == count("sayso.content.stemmed.en", "tastes")
    assert stemmed > count("text", "tasting")


def test_the_crawl_stored_what_the_demo_has(crawled: str, tmp_path: Path) -> None:
    assert not list(tmp_path.iterdir())
    with ElasticStore(crawled) as store:
        assert store.search(Everything()).total > 300
        assert [] == store.check()
