"""Articles read in another process are the same, and the process never outlives the crawl."""

import asyncio
import datetime as dt
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.platforms import extraction
from crawlers.platforms.article import read_article_text
from crawlers.platforms.extraction import Extraction
from search.mention import Author, Mention

HTML = """<html><body><article><p>Number {0} is about a kettle that sang so loudly that the dog
next door, who is called number {0}, joined in every single morning.</p></article></body></html>"""
URL = "https://a.example/{0}"

KILLED = """
import asyncio, multiprocessing, os, signal
from crawlers.platforms.extraction import Extraction

if __name__ == "__main__":
    work = Extraction(read_here=0, elsewhere=True)
    asyncio.run(work.read("<p>x</p>", "https://a.example/", "x"))
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    extraction.close()


async def read_all(numbers: range, work: Extraction) -> list[Mention | None]:
    pages = ((HTML.format(n), URL.format(n)) for n in numbers)
    return list(await asyncio.gather(*(work.read(html, url, "website") for html, url in pages)))


@pytest.mark.parametrize("elsewhere", [False, True])
def test_it_makes_no_difference_where_an_article_is_read(*, elsewhere: bool) -> None:
    expected = [read_article_text(HTML.format(n), URL.format(n), "website") for n in range(12)]

    work = Extraction(read_here=2, elsewhere=elsewhere)

    assert expected == asyncio.run(read_all(range(12), work))
    assert elsewhere == bool(multiprocessing.active_children())


@pytest.mark.parametrize("size", [extraction.LARGE - len(HTML), extraction.LARGE])
def test_a_large_page_never_holds_up_the_crawl(size: int) -> None:
    html = HTML.format("1" * (size // 2))

    read = asyncio.run(Extraction(elsewhere=True).read(html, URL, "website"))

    assert read == read_article_text(html, URL, "website")
    assert bool(multiprocessing.active_children()) == (len(html) > extraction.LARGE)


UNSTATED = """<html><body><article><p class="author">By Ada Lovelace</p><p>The kettle sang so
loudly that the dog next door joined in.</p>
<p>Published on 12 March 2026</p></article></body></html>"""


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_only_the_looks_of_a_page_tell_is_added(*, elsewhere: bool) -> None:
    async def read() -> Mention | None:
        work = Extraction(read_here=0, elsewhere=elsewhere)
        mention = await work.read(UNSTATED, URL.format(1), "website")
        assert mention is not None
        assert (mention.author, mention.published_at) == (None, None)
        return await work.complete(mention, UNSTATED)

    mention = asyncio.run(read())

    assert mention == read_article_text(UNSTATED, URL.format(1), "website")
    assert mention is not None
    assert mention.author == Author(name="Ada Lovelace")
    assert mention.published_at == dt.datetime(2026, 3, 12, tzinfo=dt.UTC)


def test_a_process_that_dies_is_done_without() -> None:
    async def lose_the_process() -> Mention | None:
        work = Extraction(read_here=0, elsewhere=True)
        await work.read(HTML.format(1), URL.format(1), "website")
        for child in multiprocessing.active_children():
            child.kill()
            child.join()
        return await work.read(HTML.format(2), URL.format(2), "website")

    mention = asyncio.run(lose_the_process())

    assert mention is not None
    assert mention.url == URL.format(2)


def is_running(pid: str) -> bool:
    """Whether a process runs, and is no mere entry that nobody has waited for."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc, which Linux has")
def test_a_killed_crawl_leaves_no_process_behind(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    pids = done.stdout.split()
    patience = 100
    while any(map(is_running, pids)) and patience:
        time.sleep(0.1)
        patience -= 1

    assert pids, done.stderr
    assert not any(map(is_running, pids))
