"""A node killed and started again while a crawl writes to it: nothing lost, nothing twice."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.demo.command import demo_sources
from crawlers.demo.web import ANY_PORTS, DemoWeb, demo_web
from crawlers.demo.world import BRAND_NAME, BRAND_QUERY
from search.codec import content_hash
from search.errors import StoreError
from search.query import Everything
from search.run_log import RunState
from search.stores.base import Store
from search.stores.elastic.store import ElasticStore
from search.stores.opening import open_store
from tests.crawling import process_environment, run_sayso, write_config
from tests.elasticsearch_node import Node, require_script
from tests.scheduling.killing import assert_nothing_is_lost, growing
from tests.scheduling.staging import service

KILLS = 3
SEED = 20261128


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with demo_web(ANY_PORTS) as running:
        yield running


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    require_script()
    own = Node(tmp_path / "data")
    own.start()
    yield own
    own.stop()


def configure(folder: Path, web: DemoWeb) -> Path:
    folder.mkdir()
    return write_config(folder, brands={BRAND_NAME: BRAND_QUERY}, sources=demo_sources(web))


def contents(store: Store) -> Counter[tuple[str, bytes]]:
    return Counter((one.id, content_hash(one.mention)) for one in store.iterate(Everything()))


def wait_for_run(node: Node) -> None:
    """Wait until a crawl has opened the store: else it only says so."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(StoreError), open_store(node.url, create=False) as store:
            if store.runs.recent():
                return
        time.sleep(0.1)
    raise AssertionError("no crawl began within 60 s")


def test_a_crawl_outlives_the_node_it_writes_to(web: DemoWeb, node: Node, tmp_path: Path) -> None:
    calm, troubled = configure(tmp_path / "calm", web), configure(tmp_path / "troubled", web)
    run_sayso("--config", str(calm), "crawl")
    moments = random.Random(SEED)  # noqa: S311 - a test that can be repeated
    environment = process_environment({"SAYSO_STORE": node.url})
    command = ["--config", str(troubled), "crawl", "--json"]

    with subprocess.Popen(
        [sys.executable, "-m", "crawlers.cli", *command],
        env=environment,
        stdout=subprocess.DEVNULL,
    ) as crawling:
        wait_for_run(node)
        killed = 0
        while killed < KILLS:
            time.sleep(moments.uniform(1, 2))
            if crawling.poll() is not None:
                break
            os.kill(node.pid, signal.SIGKILL)
            killed += 1
            time.sleep(1)
            node.start()
        assert 0 == crawling.wait(300)
        assert killed

    with (
        open_store(tmp_path / "calm" / "sayso.db") as undisturbed,
        ElasticStore(node.url) as store,
    ):
        assert contents(undisturbed) == contents(store)
        assert len(contents(store)) >= 300
        assert [] == store.check()
        assert {RunState.FINISHED} == {run.state for run in store.runs.recent()}


def test_a_scheduler_outlives_the_node_it_writes_to(node: Node, tmp_path: Path) -> None:
    with growing(tmp_path) as (config, feeds):
        text = config.read_text("utf-8")
        config.write_text(text.replace('store = "sayso.db"', f'store = "{node.url}"'), "utf-8")
        with service("--config", str(config), "schedule") as scheduler:
            scheduler.wait_for("run ended", 2)
            for _ in range(2):
                os.kill(node.pid, signal.SIGKILL)
                feeds.grow()
                time.sleep(12)  # longer than the store is patient
                node.start()
                scheduler.wait_for("run ended", len(scheduler.events("run ended")) + 1)
            assert scheduler.process.poll() is None
            assert 0 == scheduler.stop()[0]

        assert_nothing_is_lost(config, feeds)
