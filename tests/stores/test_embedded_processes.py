"""Several processes on one embedded store, and processes that die."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from search.errors import StoreBusy, StoreError
from search.query import Everything
from search.stores.base import Sort
from search.stores.embedded import EmbeddedStore
from tests.stores.inventing import make_mention, make_mentions
from tests.stores.processes import BATCH, start


def stored(store: EmbeddedStore) -> list[str]:
    return sorted(each.id for each in store.iterate(Everything(), sort=Sort.FOUND))


def test_two_writers_and_a_searcher_lose_and_double_nothing(path: Path) -> None:
    # Half of what each writes, the other writes too.
    writers = [start("write_and_search", path, 0, 400), start("write_and_search", path, 200, 400)]
    totals = []
    with EmbeddedStore(path) as store:
        while any(writer.poll() is None for writer in writers):
            totals.append(store.search(Everything()).total)
        for writer in writers:
            writer.communicate()

        assert [writer.returncode for writer in writers] == [0, 0]
        assert stored(store) == sorted(mention.id for mention in make_mentions(600))
        assert store.check() == []
    assert totals == sorted(totals)


def test_writers_that_do_nothing_but_write_wait_for_each_other(path: Path) -> None:
    writers = [start("write", path, 2_000 * number, 2_000) for number in range(3)]
    for writer in writers:
        writer.communicate()

    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with EmbeddedStore(path) as store:
        assert store.search(Everything()).total == 6_000
        assert store.check() == []


@pytest.mark.parametrize("command", ["write", "write_and_search"])
def test_a_killed_writer_leaves_everything_it_was_told_is_kept(path: Path, command: str) -> None:
    kept = 0
    for round_number in range(4):
        writer = start(command, path, kept, 100_000)
        assert writer.stdout is not None
        for _ in range(3 + 4 * round_number):
            kept = int(writer.stdout.readline())
        writer.kill()
        # Not by communicate(), which passes over the lines that readline() has read ahead.
        kept = max([kept, *map(int, writer.stdout.read().split())])
        writer.communicate()

    with EmbeddedStore(path) as store:
        ids = stored(store)
        # The batch that was under way is there as a whole or not at all.
        assert len(ids) in {kept, kept + BATCH}
        assert ids == sorted(mention.id for mention in make_mentions(len(ids)))
        assert store.check() == []


def test_waits_for_another_writer_and_then_says_that_it_is_busy(path: Path) -> None:
    with EmbeddedStore(path, busy_seconds=0.2) as store:
        store.put(make_mentions(3))
        holder = start("hold", path)
        assert holder.stdout is not None
        holder.stdout.readline()

        with pytest.raises(StoreBusy, match="another process is writing to it"):
            store.put(make_mentions(3, first=3))
        assert store.search(Everything()).total == 3
        holder.communicate("")
        store.put(make_mentions(3, first=3))
        assert store.search(Everything()).total == 6


def test_opens_a_store_that_another_process_is_writing(path: Path) -> None:
    EmbeddedStore(path).close()
    holder = start("hold", path)
    assert holder.stdout is not None
    holder.stdout.readline()

    with EmbeddedStore(path, busy_seconds=0.2) as store:
        assert store.search(Everything()).total == 0
    holder.communicate("")


def test_threads_share_one_store(path: Path) -> None:
    with EmbeddedStore(path) as store:

        def write(first: int) -> None:
            for number in range(first, first + 100, 10):
                store.put(make_mentions(10, first=number))

        threads = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            page = store.search(Everything(), facets=["source"], limit=1_000)
            assert page.total == len(page.mentions)
        for thread in threads:
            thread.join()

        assert stored(store) == sorted(mention.id for mention in make_mentions(300))


def test_many_processes_may_make_the_same_store(path: Path) -> None:
    writers = [start("write", path, 0, BATCH) for _ in range(4)]
    for writer in writers:
        writer.communicate()

    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    with EmbeddedStore(path, create=False) as store:
        assert store.get(make_mention(BATCH - 1).id).mention == make_mention(BATCH - 1)
        assert store.check() == []


def test_a_store_opened_twice_is_not_pulled_from_under_its_process(path: Path) -> None:
    """Another process that closes the file last clears up its log, unless it sees us use it."""
    with EmbeddedStore(path) as store:
        store.put([make_mention(1)])
        EmbeddedStore(path).close()
        look = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version')"
        subprocess.run([sys.executable, "-c", look, str(path)], check=True)

        assert path.with_name(f"{path.name}-wal").exists()
        store.put([make_mention(2)])
        assert 2 == store.search(Everything()).total


@pytest.mark.parametrize("_again", range(10))
def test_many_that_make_the_same_store_at_once_all_open_it(path: Path, _again: int) -> None:
    together = threading.Barrier(6)
    problems: list[BaseException] = []

    def make() -> None:
        together.wait()
        try:
            EmbeddedStore(path).close()
        except StoreError as error:
            problems.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == problems
