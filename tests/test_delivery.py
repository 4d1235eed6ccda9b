"""Between spider and store nothing is lost: the store is busy, full or gone, on real processes."""

import contextlib
import json
import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.query import Everything
from search.stores.opening import open_store
from tests.crawling import run_sayso, write_config
from tests.requiring import require
from tests.serving import Asked, Reply, Routes, Site, serve

MENTIONS = 600
ENTRY = """<item><title>Entry {n}</title><link>{address}/entry-{n}</link>
<description>{n} {text}</description></item>"""


def feed_site(address: str) -> Routes:
    words = random.Random(7)  # noqa: S311 - words that do not compress, not secrets
    entries = "".join(
        ENTRY.format(n=n, address=address, text=words.randbytes(2_000).hex(" ", 4))
        for n in range(MENTIONS)
    )
    body = f"<rss version='2.0'><channel><title>t</title>{entries}</channel></rss>".encode()
    return {"/rss": Reply(body, "application/rss+xml", headers={"ETag": '"v1"'})}


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(feed_site) as running:
        yield running


def configure(folder: Path, site: Site) -> Path:
    source = f'[[sources]]\nsource = "feed"\naddresses = ["{site.address}/rss"]\n'
    return write_config(folder, sources=source)


def crawl(config: Path) -> tuple[int, dict[str, Any]]:
    done = run_sayso("--config", str(config), "crawl", "--json")
    return done.returncode, json.loads(done.stdout or "{}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, on machines where a test may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    require("mount", present=mounted.returncode == 0, why="only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def count(config: Path) -> int:
    with open_store(config.parent / "sayso.db") as store:
        assert store.check() == []
        return store.search(Everything(), limit=0).total


def test_a_busy_store_is_waited_for(tmp_path: Path) -> None:
    """Another process begins to write when the feed is asked for, and keeps at it for long."""
    holders: list[threading.Thread] = []

    def hold() -> None:
        path = tmp_path / "sayso.db"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(16)
            other.execute("ROLLBACK")

    def routes(address: str) -> Routes:
        feed = feed_site(address)["/rss"]
        assert isinstance(feed, Reply)

        def busy(_: Asked) -> Reply:
            holders.append(threading.Thread(target=hold))
            holders[-1].start()
            held.wait()
            return feed

        return {"/rss": busy}

    held = threading.Event()
    with serve(routes) as site:
        config = configure(tmp_path, site)
        code, report = crawl(config)
    (holder,) = holders
    holder.join()

    assert (0, MENTIONS) == (code, report["new"]), report["problem"]
    assert report["notes"]["store_busy"] >= 1
    assert count(config) == MENTIONS


def test_a_full_disk_fails_the_run_and_the_next_one_completes_it(
    site: Site, small_disk: Path
) -> None:
    config = configure(small_disk, site)
    code, report = crawl(config)

    assert (3, "failed") == (code, report["state"])
    assert "sayso.db" in report["problem"]
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    kept = count(config)
    assert kept < MENTIONS

    code, report = crawl(config)
    assert (0, MENTIONS - kept) == (code, report["new"])
    assert count(config) == MENTIONS


def test_a_store_that_cannot_be_used_is_said_before_any_site_is_asked(
    site: Site, tmp_path: Path
) -> None:
    config = configure(tmp_path, site)
    (tmp_path / "sayso.db").write_bytes(b"not a store at all, but somebody's notes" * 100)
    before = (tmp_path / "sayso.db").read_bytes()
    code, _ = crawl(config)

    assert code == 1
    assert site.asked == []
    assert before == (tmp_path / "sayso.db").read_bytes()
