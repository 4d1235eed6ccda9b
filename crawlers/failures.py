"""What goes wrong on the way: every failed request or unreadable page is kept with its advice."""

import dataclasses
import enum
from collections.abc import AsyncIterator
from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.pauses import HostBusy
from crawlers.preferences import with_preferences
from crawlers.reservations import allows
from crawlers.robots import RobotsRefused, product_token
from search.errors import SaysoError

MOST_FAULTS = 1_000
"""Pages that are gone for good are kept up to so many; all are counted."""


class FaultKind(enum.StrEnum):
    """Why a request brought nothing."""

    BLOCKED = "blocked"
    BUSY = "busy"
    GONE = "gone"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"


ADVICE = {
    401: "the source wants a key or a login",
    403: "the source refuses this program: read its terms, or ask its operator",
    407: "a proxy on the way wants a login",
    422: "the source does not answer this question without a login",
    429: "asked too often: lower limits.requests_per_second",
    451: "not available here for legal reasons",
}
"""What to do about a status by which a source refuses us."""


_PASSING = frozenset({FaultKind.BLOCKED, FaultKind.BUSY, FaultKind.UNREACHABLE})


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """One request that failed."""

    kind: FaultKind
    url: str
    problem: str
    needed: bool
    """Whether the run is worth little without it."""

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed next time, so that the cursor must not move."""
        return self.kind is not FaultKind.GONE and (self.needed or self.kind in _PASSING)


class Failures:
    """The spider middleware that sees to it that no failure goes unseen."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = product_token(crawler.settings["USER_AGENT"])

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Watch the first requests; a source that asks for nothing has found nothing out."""
        asked = False
        try:
            async for request in start:
                asked = True
                yield self._watched(request)
        except Exception as error:
            self._keep(None, FaultKind.UNREADABLE, _sentence(error), self._address)
            raise
        if not asked:
            self._keep(
                None, FaultKind.UNREADABLE, "nothing to ask for these brands", self._address
            )

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """
        Watch the requests a page leads to, if it allows them; mentions take its wishes along.

        One layer for all is faster.
        """
        async for yielded in result:
            if allows(response, yielded):
                yield self._watched(with_preferences(yielded, response, self._agent))

    def process_spider_exception(
        self, response: Response, exception: Exception
    ) -> list[Any] | None:
        """Keep what a callback could not read; other pages go on."""
        if isinstance(exception, HttpError):
            return None
        self._keep(response.request, FaultKind.UNREADABLE, _sentence(exception), response.url)
        return []

    @property
    def _address(self) -> str:
        plan = getattr(self._crawler.spider, "plan", None)
        return (plan and plan.address) or ""

    def _watched(self, yielded: Any) -> Any:
        if isinstance(yielded, Request) and yielded.errback is None:
            yielded.errback = self._failed
        return yielded

    def _failed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        kind, problem = classify(failure.value)
        self._keep(request, kind, problem, request.url)

    def _keep(self, request: Request | None, kind: FaultKind, problem: str, url: str) -> None:
        needed = request is None or not request.meta.get("optional")
        fault = Fault(kind, url, problem, needed)
        faults = faults_of(self._crawler)
        if fault.passing or len(faults) < MOST_FAULTS:
            faults.append(fault)
        assert self._crawler.stats is not None  # noqa: S101 - set before any spider runs
        self._crawler.stats.inc_value(f"sayso/faults/{kind}")


def classify(error: BaseException | None) -> tuple[FaultKind, str]:
    """Say what kind of failure an exception is, and put it in a sentence."""
    if isinstance(error, HttpError):
        return _classify_status(error.response.status)
    if isinstance(error, RobotsRefused) and error.unreachable:
        return FaultKind.UNREACHABLE, str(error)
    if isinstance(error, HostBusy):
        return FaultKind.BUSY, str(error)
    if isinstance(error, IgnoreRequest):
        return FaultKind.REFUSED, str(error)
    return FaultKind.UNREACHABLE, f"{type(error).__name__}: {error}".rstrip(": ")


def _classify_status(status: int) -> tuple[FaultKind, str]:
    if status in {404, 410}:
        return FaultKind.GONE, f"HTTP {status}"
    if status in ADVICE:
        kind = FaultKind.BUSY if status == 429 else FaultKind.BLOCKED
        return kind, f"HTTP {status}: {ADVICE[status]}"
    return FaultKind.UNREACHABLE, f"HTTP {status}"


def _sentence(error: Exception) -> str:
    """Our own errors are sentences already; others need their name."""
    return str(error) if isinstance(error, SaysoError) else f"{type(error).__name__}: {error}"


def faults_of(crawler: Crawler) -> list[Fault]:
    """Return the run's list of faults, kept on its spider; it grows while the run goes on."""
    spider = crawler.spider
    assert isinstance(spider, Spider)  # noqa: S101 - middlewares run after the spider was made
    faults: list[Fault] = spider.__dict__.setdefault("faults", [])
    return faults
