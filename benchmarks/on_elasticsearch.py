"""
How fast the store on Elasticsearch is filled and searched, beside what there is to compare with.

Filling: the same documents by Elastic's own `helpers.parallel_bulk`, by `Store.put`, and by
`Store.put` again when nothing has changed, in turns into fresh indices. Searching: the questions
of `benchmarks/searching.py` in the embedded store and on Elasticsearch, and what
Kibana asks when each dashboard is opened.

    python -m benchmarks.on_elasticsearch http://127.0.0.1:9200 [--fill 20000] [--search 1000000]
"""

import argparse
import contextlib
import datetime as dt
import gc
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import elasticsearch
from elasticsearch import helpers

from benchmarks.searching import BATCH, FACETS, SEARCHES, invent
from search.kibana.dashboards import DASHBOARDS
from search.kibana.questions import dashboard_questions
from search.mention import Mention, State
from search.query import Everything
from search.stores.base import Interval, Outcome, Store
from search.stores.elastic.documents import whole
from search.stores.elastic.store import ElasticStore
from search.stores.embedded import EmbeddedStore
from search.stores.outcomes import Encoded

THREADS = 4


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--fill", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--search", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    client = elasticsearch.Elasticsearch(arguments.url, request_timeout=120)
    if arguments.fill:
        mentions = list(invent(arguments.fill))
        gc.freeze()  # a crawl does not hold so many at once, and is not to be slowed by them
        compare_filling(client, arguments.url, mentions, arguments.turns)
    if arguments.search:
        compare_searching(client, arguments.url, arguments.search, arguments.runs)


@contextlib.contextmanager
def fresh_store(client: elasticsearch.Elasticsearch, url: str) -> Iterator[tuple[str, Store]]:
    """Open an empty store, and take it away in the end."""
    prefix = f"b{secrets.token_hex(4)}"
    try:
        with ElasticStore(f"{url}?prefix={prefix}", patience=120) as store:
            yield prefix, store
    finally:
        client.indices.delete(index=",".join(client.indices.get(index=f"{prefix}-*")))
        client.indices.delete_index_template(name=f"{prefix}-*")
        client.cluster.delete_component_template(name=f"{prefix}-*")


def compare_filling(
    client: elasticsearch.Elasticsearch, url: str, mentions: Sequence[Mention], turns: int
) -> None:
    """Fill by each way in turn."""
    ratios = []
    for _ in range(turns):
        with fresh_store(client, url) as (prefix, _):
            theirs = len(mentions) / fill_with_helper(client, prefix, mentions)
        with fresh_store(client, url) as (_, store):
            ours = len(mentions) / fill(store, mentions, Outcome.NEW)
            again = len(mentions) / fill(store, mentions, Outcome.UNCHANGED)
        ratios.append(ours / theirs)
        print(
            f"parallel_bulk {theirs:,.0f}/s   put {ours:,.0f}/s   ratio {ratios[-1]:.2f}"
            f"   put, unchanged {again:,.0f}/s",
            flush=True,
        )
    print(f"median of the ratios {statistics.median(ratios):.2f}")


def fill_with_helper(
    client: elasticsearch.Elasticsearch, prefix: str, mentions: Sequence[Mention]
) -> float:
    """Write documents that are made already with Elastic's helper; return the seconds it took."""
    state = State(first_seen_at=dt.datetime.now(dt.UTC))
    actions = [
        {
            "_op_type": "create",
            "_index": f"{prefix}-mentions-write-000001",
            "_id": mention.id,
            **whole(Encoded.of(mention), state, order=number, writer="b"),
        }
        for number, mention in enumerate(mentions)
    ]
    started = time.perf_counter()
    written = helpers.parallel_bulk(client, actions, thread_count=THREADS, chunk_size=BATCH)
    assert all(done for done, _ in written)
    client.indices.refresh(index=f"{prefix}-mentions")
    return time.perf_counter() - started


def fill(store: Store, mentions: Sequence[Mention], expected: Outcome) -> float:
    """Put mentions, encoding and looking each up included; return the seconds it took."""
    rest = iter(mentions)
    started = time.perf_counter()
    while batch := list(islice(rest, BATCH)):
        assert set(store.put(batch)) == {expected}
    store.search(Everything(), limit=0)
    return time.perf_counter() - started


def compare_searching(
    client: elasticsearch.Elasticsearch, url: str, count: int, runs: int
) -> None:
    """Fill both stores alike and ask both the same."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedStore(Path(folder) / "m.db") as embedded,
        fresh_store(client, url) as (prefix, elastic),
    ):
        for name, store in (("embedded", embedded), ("elasticsearch", elastic)):
            seconds = fill_in_order(store, count)
            print(f"{count:,} mentions: {name} filled at {count / seconds:,.0f}/s", flush=True)
        settle(client, prefix)
        size = client.indices.stats(index=f"{prefix}-mentions")["_all"]["primaries"]["store"]
        print(f"index of Elasticsearch: {size['size_in_bytes'] / 1e6:,.0f} MB")
        for name, (query, _) in SEARCHES.items():

            def ask(store: Store, query: Any = query) -> Any:
                return store.search(query, facets=FACETS, timeline=Interval.DAY)

            pages = [ask(store) for store in (embedded, elastic)]
            assert len({repr((page.total, page.facets, page.timeline)) for page in pages}) == 1
            told = [summary(lambda store=store: ask(store), runs) for store in (embedded, elastic)]
            print(
                f"{name:28} {pages[0].total:>9,}  embedded {told[0]}   elastic {told[1]}",
                flush=True,
            )
        for dashboard in DASHBOARDS:
            open_dashboard(client, prefix, dashboard, runs)


def fill_in_order(store: Store, count: int) -> float:
    """Invent and put mentions; return the seconds that putting took."""
    mentions = invent(count)
    seconds = 0.0
    while batch := list(islice(mentions, BATCH)):
        started = time.perf_counter()
        store.put(batch)
        seconds += time.perf_counter() - started
    started = time.perf_counter()
    store.search(Everything(), limit=0)
    return seconds + time.perf_counter() - started


def settle(client: elasticsearch.Elasticsearch, prefix: str) -> None:
    """Wait until nothing is merged any more, as between two crawls."""
    client.indices.refresh(index=f"{prefix}-mentions")
    while client.indices.stats(index=f"{prefix}-mentions")["_all"]["total"]["merges"]["current"]:
        time.sleep(1)


def open_dashboard(
    client: elasticsearch.Elasticsearch, prefix: str, dashboard: Any, runs: int
) -> None:
    """Ask what Kibana asks when a dashboard is opened, one question after another."""
    asked = list(dashboard_questions(dashboard))
    uncached = {"request_cache": False}
    bodies: list[dict[str, Any]] = [part for each in asked for part in (uncached, each.body)]
    told = summary(
        lambda: client.msearch(
            index=f"{prefix}-mentions", searches=bodies, max_concurrent_searches=1
        ),
        runs,
    )
    print(f"dashboard {dashboard.title}: {len(asked)} questions  {told}", flush=True)


def summary(ask: Callable[[], Any], runs: int) -> str:
    """Ask so often, after one that warms up; return the times of all."""
    ask()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - started)
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return f"p50 {statistics.median(seconds) * 1e3:8.1f} ms  p95 {p95 * 1e3:8.1f} ms"


if __name__ == "__main__":
    main()
