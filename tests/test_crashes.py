"""A crawl killed at any moment, again and again, then run to its end, has missed nothing."""

import contextlib
import random
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.demo.command import demo_sources
from crawlers.demo.web import ANY_PORTS, DemoWeb, demo_web
from crawlers.demo.world import BRAND_NAME, BRAND_QUERY
from search.codec import content_hash
from search.query import Everything
from search.stores.opening import open_store
from tests.crawling import run_sayso, start_crawl, write_config

KILLS = 20
SEED = 20261122


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with demo_web(ANY_PORTS) as running:
        yield running


def contents(folder: Path) -> dict[str, bytes]:
    """Every mention kept, by id, with a hash of all but the time of harvest."""
    with open_store(folder / "sayso.db") as store:
        assert store.check() == []
        return {one.id: content_hash(one.mention) for one in store.iterate(Everything())}


def forget_cursors(folder: Path) -> None:
    """After a run that came to its end: let the next one read everything again."""
    with contextlib.closing(sqlite3.connect(folder / "sayso.db")) as connection, connection:
        connection.execute("DELETE FROM cursors")


def configure(folder: Path, web: DemoWeb) -> Path:
    folder.mkdir()
    return write_config(folder, brands={BRAND_NAME: BRAND_QUERY}, sources=demo_sources(web))


def test_killed_twenty_times_it_holds_what_an_undisturbed_crawl_holds(
    web: DemoWeb, tmp_path: Path
) -> None:
    calm, killed = configure(tmp_path / "calm", web), configure(tmp_path / "killed", web)
    run_sayso("--config", str(calm), "crawl")
    moments = random.Random(SEED)  # noqa: S311 - not for secrets

    died = 0
    while died < KILLS:
        with start_crawl(killed) as process:
            try:
                process.wait(timeout=moments.uniform(0.8, 6))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                died += 1
            else:
                forget_cursors(killed.parent)
    last = run_sayso("--config", str(killed), "crawl")

    assert last.returncode == 0, last.stdout + last.stderr
    assert contents(calm.parent) == contents(killed.parent)
    assert len(contents(calm.parent)) >= 300
