"""
Reading articles beside the crawl.

Finding the main text of a page takes ten times as long as fetching it, and a crawl waits for
nothing: so a crawl that finds many articles has them read in another process. The first few are
read here, while that one starts; a crawl that finds fewer starts none.
"""

import asyncio
import functools
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from crawlers.platforms.article import add_unstated, read_main_text
from pipelines.language import load_ahead
from search.mention import Mention

R = TypeVar("R")

READ_HERE = 2
"""So many articles of one crawl are read here; the process is started for the second."""

LARGE = 500_000
"""Characters above which a page is never read here, for it may take seconds."""

POLITENESS = 5
"""What is added to the processes' nice value: the crawl is one thread, and all wait for it."""


class Extraction:
    """Reads the articles of one crawl."""

    def __init__(self, *, read_here: int = READ_HERE, elsewhere: bool | None = None) -> None:
        self._read_here = read_here
        self._start_at = read_here - 1
        self._elsewhere = _spare_cores() > 0 if elsewhere is None else elsewhere

    async def read(
        self, html: str, url: str, source: str, link_header: str | None = None
    ) -> Mention | None:
        """Do as `read_main_text` does, without holding up the crawl for long."""
        self._read_here -= 1
        if self._elsewhere and 0 <= self._read_here < self._start_at:
            _start()
        job = functools.partial(read_main_text, html, url, source, link_header)
        return await self._do(job, len(html))

    async def complete(self, mention: Mention, html: str) -> Mention:
        """Do as `add_unstated` does, likewise."""
        return await self._do(functools.partial(add_unstated, mention, html), len(html))

    async def _do(self, job: Callable[[], R], size: int) -> R:
        if not self._elsewhere or (self._read_here >= 0 and size <= LARGE):
            return job()
        try:
            return await asyncio.get_running_loop().run_in_executor(_pool(), job)
        except BrokenProcessPool:
            self._elsewhere = False
            return job()


def close() -> None:
    """End the processes, if there are any; without it they end with this one."""
    if _pool.cache_info().currsize:
        _pool().shutdown(cancel_futures=True)
        _pool.cache_clear()
        _start.cache_clear()


def _spare_cores() -> int:
    """Leave one core to the crawl, which is one thread."""
    return min(4, (os.cpu_count() or 1) - 1)


@functools.cache
def _pool() -> ProcessPoolExecutor:
    """Start the processes once; all crawls of a run share them."""
    return ProcessPoolExecutor(
        max(1, _spare_cores()),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_serve_the_crawl,
    )


@functools.cache
def _start() -> None:
    """Have a process ready, with its modules, by the time there is work for it, and the model."""
    _pool().submit(_be_ready)
    load_ahead()


def _be_ready() -> None:
    """Do nothing: what it takes to be called has been imported."""


def _serve_the_crawl() -> None:
    """Leave it the cores it needs; end with it, even if it was killed and nobody else waits."""
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        watch = threading.Thread(target=_exit_after, args=(parent.sentinel,), daemon=True)
        watch.start()


def _exit_after(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
