"""
The downloader middleware that keeps every request within its host's budget.

It stands closest to the downloader, so that robots.txt, redirects and repeated requests count,
and a page in a browser counts once. Scrapy's own slots stay: they bound this process.
"""

import asyncio
from collections.abc import Awaitable
from typing import Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached

from crawlers.budgets.base import HEARTBEAT_SECONDS, BudgetSpent
from crawlers.budgets.gates import Gate
from crawlers.budgets.opening import budgets_of
from crawlers.pauses import LONGEST_PAUSE, HostBusy
from search.config import load
from search.quotas import Quota, read_quota


class Budgets:
    """One gate for each host, through which requests pass in and out."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._gates: dict[str, Gate] = {}
        self._inside: dict[Request, Gate] = {}
        self._looking: asyncio.Task[None] | None = None
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._concurrent = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.close, signals.spider_closed)
        return middleware

    def process_request(self, request: Request) -> Awaitable[None] | None:
        """Let it through, at once if possible: a coroutine costs more than the way through."""
        gate = self._gate(request)
        if not gate.try_enter():
            return self._enter(gate, request)
        self._inside[request] = gate
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        """Note that it is over."""
        self._leave(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's
        """Note that it is over, if it was let through at all."""
        self._leave(request)

    async def close(self) -> None:
        """Give everything back."""
        if self._looking is not None:
            self._looking.cancel()
        for gate in self._gates.values():
            await gate.close()
        await budgets_of(self._crawler).close()

    def _leave(self, request: Request) -> None:
        gate = self._inside.pop(request, None)
        if gate is not None:
            gate.leave()

    async def _enter(self, gate: Gate, request: Request) -> None:
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look_for_cancelled())
        try:
            await gate.enter()
        except BudgetSpent as spent:
            raise HostBusy(urlparse_cached(request).hostname or "", str(spent)) from spent
        self._inside[request] = gate

    async def _look_for_cancelled(self) -> None:
        """Let out requests that were cancelled on their way, of which Scrapy says nothing."""
        assert self._crawler.engine is not None  # noqa: S101 - it made a request
        active = self._crawler.engine.downloader.active
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for request in self._inside.keys() - active:
                self._leave(request)

    def _gate(self, request: Request) -> Gate:
        """Return the gate of a request's host, as wide as Scrapy's slot for it is now."""
        host = urlparse_cached(request).hostname or ""
        gate = self._gates.get(host)
        if gate is None:
            gate = Gate(host, budgets_of(self._crawler), self._quotas(host), LONGEST_PAUSE)
            self._gates[host] = gate
        assert self._crawler.engine is not None  # noqa: S101 - it made the request
        downloader = self._crawler.engine.downloader
        own = downloader.per_slot_settings.get(downloader.get_slot_key(request), {})
        gate.interval = own.get("delay", self._delay)
        gate.concurrent = own.get("concurrency", self._concurrent)
        return gate

    def _quotas(self, host: str) -> tuple[Quota, ...]:
        """Return what the configuration says of a host, else what a source says of its own."""
        config = self._crawler.settings["SAYSO_CONFIG"] or load()
        quotas = getattr(config.limits, "quotas", {})
        chosen = {name.lower(): texts for name, texts in quotas.items()}.get(host)
        if chosen is None:
            spider = self._crawler.spider
            own = urlsplit(getattr(spider, "address", "")).hostname
            declared = getattr(getattr(spider, "declaration", None), "quotas", ())
            chosen = declared if own == host else ()
        return tuple(map(read_quota, chosen))
