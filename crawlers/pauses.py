"""
Retry-After: a host that says "not now" is left alone for as long as it asks, or longer.

The process that was told so stops at once; the others learn of it from the host's budget.
"""

import asyncio
import dataclasses
import datetime as dt
import email.utils
from collections.abc import Awaitable
from typing import Self

from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached

from crawlers.budgets.opening import budgets_of

BUSY = frozenset({429, 503})
LONGEST_PAUSE = 300.0
"""A host that asks for more than this is not waited for: the run ends, and so do the others."""

ANSWERS = "downloader/response_status_count/"
"""Scrapy's name for the number of answers of each status."""

PATIENCE = 5
"""After so many refusals in a row a host is not asked again in this run."""


class HostBusy(IgnoreRequest):
    """A host that is not asked again in this run: by default, one that sent us away too often."""

    def __init__(self, host: str, why: str | None = None) -> None:
        super().__init__(why or f"{host} says it is busy; not asked again in this run")


@dataclasses.dataclass(slots=True)
class _Refusals:
    """How a host stands."""

    in_a_row: int = 0
    given_up: bool = False


class Pauses:
    """The downloader middleware that pauses a whole host, not just the refused request."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts: dict[str, _Refusals] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Ask nothing more of a host that has had enough."""
        key = self._key(request)
        if key in self._hosts and self._hosts[key].given_up:
            raise HostBusy(key)

    def process_response(
        self, request: Request, response: Response
    ) -> Response | Awaitable[Response]:
        """Count the answer, and pause the host when it asks for it."""
        assert self._crawler.stats is not None  # noqa: S101 - set before any request is made
        self._crawler.stats.inc_value(f"{ANSWERS}{response.status}")
        host = self._hosts.setdefault(self._key(request), _Refusals())
        if response.status not in BUSY:
            host.in_a_row = 0
            return response
        host.in_a_row += 1
        asked = read_retry_after(response.headers.get("Retry-After"))
        seconds = asked if asked is not None else float(2**host.in_a_row)
        if seconds > LONGEST_PAUSE or host.in_a_row >= PATIENCE:
            host.given_up = True
            request.meta["dont_retry"] = True
        else:
            self._pause(request, seconds)
        return self._share(request, response, seconds)

    async def _share(self, request: Request, response: Response, seconds: float) -> Response:
        """Let other processes know, before anything else is asked of the host."""
        name = urlparse_cached(request).hostname or ""
        await budgets_of(self._crawler).pause(name, seconds)
        return response

    def _key(self, request: Request) -> str:
        assert self._crawler.engine is not None  # noqa: S101 - it made the request
        return self._crawler.engine.downloader.get_slot_key(request)

    def _pause(self, request: Request, seconds: float) -> None:
        assert self._crawler.engine is not None  # noqa: S101 - it made the request
        downloader, key = self._crawler.engine.downloader, self._key(request)
        slot = downloader.slots.get(key)
        if slot is None or seconds <= slot.delay:
            return
        usual = self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        usual = downloader.per_slot_settings.get(key, {}).get("delay", usual)
        slot.delay = seconds
        asyncio.get_running_loop().call_later(seconds, _resume, slot, seconds, usual)


def _resume(slot: Slot, pause: float, usual: float) -> None:
    """End a pause, unless a longer one has begun meanwhile."""
    if slot.delay == pause:
        slot.delay = usual


def read_retry_after(header: bytes | None, now: dt.datetime | None = None) -> float | None:
    """Read seconds or an HTTP date; ``None`` for neither."""
    text = (header or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - (now or dt.datetime.now(dt.UTC))).total_seconds())
