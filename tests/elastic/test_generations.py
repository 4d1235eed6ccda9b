"""A store that has grown by another index: an id exists once, whichever index holds it."""

import threading
from collections import Counter

import pytest

from search.query import Everything
from search.stores.base import Outcome
from search.stores.elastic.store import ElasticStore, init
from tests.elasticsearch_node import ask
from tests.stores.inventing import make_mention, make_mentions


def places(location: str) -> Counter[str]:
    """Count the documents of each index, asked directly."""
    url, _, prefix = location.partition("?prefix=")
    ask("POST", f"{url}/{prefix}-mentions/_refresh")
    found = ask("POST", f"{url}/{prefix}-mentions/_search?size=10000", {"_source": False})
    return Counter(hit["_index"][-6:] for hit in found["hits"]["hits"])


def test_new_mentions_go_into_the_next_index_and_known_ones_stay(elastic_location: str) -> None:
    with ElasticStore(elastic_location) as store:
        store.put(make_mentions(5))
        store.roll_over()
        outcomes = store.put([make_mention(0, text="edited"), *make_mentions(4, first=4)])

        assert [Outcome.CHANGED, Outcome.UNCHANGED, *[Outcome.NEW] * 3] == outcomes
        assert Counter({"000001": 5, "000002": 3}) == places(elastic_location)
        assert "edited" == store.get(make_mention(0).id).mention.text
        assert 8 == store.search(Everything()).total == len(list(store.iterate(Everything())))
        assert make_mention(6) == store.get(make_mention(6).id[:9]).mention
        assert [] == store.check()


def test_a_writer_that_does_not_know_of_the_next_index_writes_nothing_twice(
    elastic_location: str,
) -> None:
    with ElasticStore(elastic_location) as slow, ElasticStore(elastic_location) as other:
        slow.put(make_mentions(2))
        other.roll_over()
        other.put(make_mentions(4))

        outcomes = slow.put(make_mentions(6))

        assert [Outcome.UNCHANGED] * 4 + [Outcome.NEW] * 2 == outcomes
        assert Counter({"000001": 2, "000002": 4}) == places(elastic_location)


def test_ids_stay_unique_while_several_write_and_the_store_grows(elastic_location: str) -> None:
    list(init(elastic_location, shards=None))
    said: Counter[Outcome] = Counter()
    lock = threading.Lock()

    def write() -> None:
        with ElasticStore(elastic_location, patience=60) as store:
            for first in range(0, 300, 20):
                outcomes = store.put(make_mentions(40, first=first))
                with lock:
                    said.update(outcomes)

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    with ElasticStore(elastic_location, patience=60) as store:
        for _ in range(4):
            store.roll_over()
    for writer in writers:
        writer.join()

    with ElasticStore(elastic_location) as store:
        ids = [each.id for each in store.iterate(Everything())]
        assert [] == store.check()
    assert (
        320 == len(ids) == len(set(ids)) == said[Outcome.NEW] == places(elastic_location).total()
    )
    assert 5 == len(indices(elastic_location))


def indices(location: str) -> list[str]:
    url, _, prefix = location.partition("?prefix=")
    return sorted(ask("GET", f"{url}/{prefix}-mentions/_alias"))


def test_a_rollover_that_was_interrupted_is_repaired(elastic_location: str) -> None:
    url, _, prefix = elastic_location.partition("?prefix=")
    with ElasticStore(elastic_location) as store:
        store.put(make_mentions(1))
    ask("PUT", f"{url}/{prefix}-mentions-000001/_block/write")
    ask("PUT", f"{url}/{prefix}-mentions-000002", {})  # made, but no alias leads to it yet

    said = list(init(elastic_location, shards=None))

    assert any("closed for writing by an interrupted rollover" in line for line in said)
    with ElasticStore(elastic_location) as store:
        store.put(make_mentions(2))
        assert store.roll_over().endswith("-000002")
        store.put(make_mentions(3))
    assert Counter({"000001": 2, "000002": 1}) == places(elastic_location)


def test_a_mention_kept_twice_is_found(elastic_location: str) -> None:
    """What would happen to who wrote past us."""
    url, _, prefix = elastic_location.partition("?prefix=")
    with ElasticStore(elastic_location) as store:
        store.put(make_mentions(1))
        store.roll_over()
        name = make_mention(0).id
        document = ask("GET", f"{url}/{prefix}-mentions-000001/_source/{name}")
        ask("PUT", f"{url}/{prefix}-mentions-000002/_doc/{name}?refresh=true", document)

        assert [f"The mention {name} is kept more than once."] == store.check()


@pytest.mark.parametrize("count", [1, 3])
def test_marks_lead_from_page_to_page_over_all_indices(elastic_location: str, count: int) -> None:
    with ElasticStore(elastic_location) as store:
        for number in range(3):
            store.put(make_mentions(4, first=4 * number))
            store.roll_over()
        visited: list[str] = []
        after = None
        while True:
            page = store.search(Everything(), limit=count, after=after)
            visited += [each.mention.source_id for each in page.mentions]
            after = page.next
            if after is None:
                break

    assert [make_mention(n).source_id for n in reversed(range(12))] == visited
