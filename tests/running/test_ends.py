"""How a run ended is in the log before its process goes, also where the store is busy then."""

import contextlib
import sqlite3
import threading
import time
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess

from crawlers.base import Plan
from crawlers.running.keeping import begin_here
from crawlers.runs import _Run
from search.config import Brand
from search.stores.embedded import EmbeddedStore

PLAN = Plan(source="hackernews", brands=(Brand(name="Tea", query="tea"),))


def test_whoever_asks_for_an_end_that_is_being_written_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with EmbeddedStore(path, busy_seconds=0.3) as store:
        entry = begin_here(store.runs, PLAN, "test")
        run = _Run(PLAN, AsyncCrawlerProcess.__new__(AsyncCrawlerProcess), store, entry)
        run.ended = True
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            first = threading.Thread(target=run.write_end)
            first.start()
            second = threading.Thread(target=run.write_end)
            second.start()
            time.sleep(0.8)
            assert second.is_alive()
            other.execute("ROLLBACK")
        second.join()

        assert store.runs.get(entry.id).state.is_over
        first.join()
