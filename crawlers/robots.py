"""
robots.txt, strictly (rights.md §2.2, RFC 9309).

Rules are read once per scheme, host and port. A site that forbids the file itself (401, 403, 451)
forbids everything; so does one that cannot be asked (429, 5xx, a network error, a timeout, more
than five redirects). 404 and other 4xx mean that there are no rules.
"""

import dataclasses
import math
from typing import Self

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawlers.preferences import SITE_SIGNALS, UsageRule, read_usage, site_signals
from crawlers.site_files import UNASKED, SiteFile

READ_BYTES = 500 * 1024
"""What lies beyond is not read, as RFC 9309 allows."""

REDIRECTS = 5
LONGEST_DELAY = 24 * 3600.0
FORBIDDEN = frozenset({401, 403, 451})


class RobotsRefused(IgnoreRequest):
    """robots.txt does not let us fetch this address."""

    def __init__(self, url: str, why: str, *, unreachable: bool = False) -> None:
        self.url = url
        self.why = why
        self.unreachable = unreachable
        super().__init__(f"robots.txt: {why}")


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """What one site's robots.txt says to us."""

    robots: Protego | None = None
    """The rules; ``None`` when there are none."""

    refused: str | None = None
    """Why nothing at all may be fetched; ``None`` when the rules decide."""

    unreachable: bool = False
    """Whether that is because the site did not answer."""

    usage: tuple[UsageRule, ...] = ()
    """What it wants of the use of what may be fetched."""

    def refusal(self, url: str, agent: str) -> str | None:
        """Say why an address may not be fetched; ``None`` when it may."""
        if self.refused is not None or self.robots is None:
            return self.refused
        return None if self.robots.can_fetch(url, agent) else "the site disallows this address"

    def delay(self, agent: str) -> float:
        """Return the seconds the site wants between two requests; 0 when it does not say."""
        if self.robots is None:
            return 0.0
        rate = self.robots.request_rate(agent)
        per_request = rate.seconds / rate.requests if rate and rate.requests else 0.0
        wanted = max(self.robots.crawl_delay(agent) or 0.0, per_request)
        return min(wanted, LONGEST_DELAY) if math.isfinite(wanted) else LONGEST_DELAY


def read_rules(status: int, body: bytes) -> Rules:
    """Read the answer to ``/robots.txt``."""
    if 200 <= status < 300:
        text = body[:READ_BYTES].decode("utf-8-sig", "replace")
        return Rules(Protego.parse(text), usage=read_usage(text))
    if status in FORBIDDEN:
        return Rules(refused=f"the site forbids reading it (HTTP {status})")
    if status == 429 or not 400 <= status < 500:
        return Rules(refused=f"the site could not be asked (HTTP {status})", unreachable=True)
    return Rules()


def _read_answer(response: Response) -> Rules:
    return read_rules(response.status, response.body)


def _refuse_all(error: Exception) -> Rules:
    """RFC 9309: whatever the cause, fetch nothing."""
    reason = str(error) or type(error).__name__
    return Rules(refused=f"the site could not be asked ({reason})", unreachable=True)


def product_token(user_agent: str) -> str:
    """Return what robots.txt calls us: ``Sayso`` of ``Sayso/0.1 (+https://…)``."""
    return user_agent.partition("/")[0].split()[0] if user_agent.strip(" /") else "*"


class RobotsTxt:
    """The downloader middleware that asks before it fetches, in place of Scrapy's own."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = product_token(crawler.settings["USER_AGENT"])
        self._rules = SiteFile(
            crawler, "/robots.txt", _read_answer, _refuse_all, redirect_ttl=REDIRECTS
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse what the site disallows, and slow down as it asks."""
        if not self._obeys(request):
            return
        rules = await self._rules.of(request)
        self._check(rules, request.url)
        if rules.usage or SITE_SIGNALS in request.meta:  # which a redirect takes along
            request.meta[SITE_SIGNALS] = site_signals(rules.usage, request.url, self._agent)
        if delay := rules.delay(self._agent):
            self._slow_down(request, delay)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Check where a browser ended up, since it follows redirects by itself."""
        if "playwright" in response.flags and response.url != request.url:
            landed = request.replace(url=response.url)
            if self._obeys(landed):
                self._check(await self._rules.of(landed), landed.url)
        return response

    def _obeys(self, request: Request) -> bool:
        declaration = getattr(self._crawler.spider, "declaration", None)
        exempt = declaration is not None and not declaration.obeys_robots
        return not (exempt or request.meta.get(UNASKED))

    def _check(self, rules: Rules, url: str) -> None:
        if why := rules.refusal(url, self._agent):
            assert self._crawler.stats is not None  # noqa: S101 - set before any spider runs
            self._crawler.stats.inc_value("sayso/refused/robots.txt")
            raise RobotsRefused(url, why, unreachable=rules.unreachable)

    def _slow_down(self, request: Request, delay: float) -> None:
        assert self._crawler.engine is not None  # noqa: S101 - see above
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        kept = downloader.per_slot_settings.setdefault(key, {})
        usual = self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        kept["delay"] = max(kept.get("delay", usual), delay)
        kept["jitter"] = 0
        request.meta["autothrottle_dont_adjust_delay"] = True
        if (slot := downloader.slots.get(key)) is not None:
            slot.delay, slot.jitter = max(slot.delay, kept["delay"]), 0.0
