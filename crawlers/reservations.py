"""
What a page says against being read by programs (rights.md §2.1, §2.4, product decision 7).

Three places can say it: ``/.well-known/tdmrep.json`` for a site, headers for a response and
``<meta>`` elements for a page. Of two statements on text and data mining the nearer one counts; of
statements for robots the strictest counts.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Request, Response

from crawlers.metas import NO_FOLLOWING, NO_MINING, NO_STORING, read_metas
from crawlers.preferences import matches, path_of, robots_headers, split_directives
from crawlers.robots import product_token
from crawlers.site_files import UNASKED, SiteFile
from search.mention import Mention

FILE = "/.well-known/tdmrep.json"
READ_BYTES = 1024 * 1024
MANY_RULES = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Signals:
    """What a page asks of us."""

    refusal: str | None = None
    """Why it may not be analysed and stored: ``tdm-reservation``, ``noindex``, ``noai``…"""

    follow: bool = True
    """Whether its links may be followed."""


@dataclasses.dataclass(frozen=True, slots=True)
class TdmRule:
    """One entry of ``tdmrep.json``."""

    location: str
    """A path with ``*`` and a final ``$``, as in robots.txt."""
    reserved: bool | None
    """``None`` when the entry breaks the protocol, which leaves the matter unset."""


class Reserved(IgnoreRequest):
    """A page whose owner reserved it: it is neither analysed nor stored."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the page says {reason}")


def read_tdmrep(body: bytes) -> tuple[TdmRule, ...]:
    """Read ``tdmrep.json``; what breaks the protocol is skipped."""
    try:
        entries = json.loads(body[:READ_BYTES])
    except (ValueError, RecursionError):
        return ()
    if not isinstance(entries, list):
        return ()
    return tuple(_read_rules(entries[:MANY_RULES]))


def _read_answer(response: Response) -> tuple[TdmRule, ...]:
    return read_tdmrep(response.body) if 200 <= response.status < 300 else ()


def _go_by_pages(_: Exception) -> tuple[TdmRule, ...]:
    """Leave the matter unset, since there is no file; each page still speaks."""
    return ()


def _read_rules(entries: Iterable[Any]) -> Iterator[TdmRule]:
    for entry in entries:
        location = entry.get("location") if isinstance(entry, dict) else None
        if isinstance(location, str) and location.startswith("/"):
            yield TdmRule(location, read_flag(entry.get("tdm-reservation")))


def read_flag(value: object) -> bool | None:
    """Read a ``tdm-reservation``; ``None`` for what breaks the protocol, which leaves it unset."""
    return {"1": True, "0": False}.get(str(value).strip()) if not isinstance(value, bool) else None


def signals(response: Response, rules: Sequence[TdmRule] = (), agent: str = "sayso") -> Signals:
    """Read everything a page says; ``rules`` are those of its site's ``tdmrep.json``."""
    metas = read_metas(response.body, agent)
    said = (*robots_headers(response, agent), *metas.get("robots", ()))
    robots = {directive for value in said for directive in split_directives(value)}
    refusal = "tdm-reservation" if _is_reserved(response, rules, metas) else None
    refusal = refusal or next((name for name in NO_MINING if name in robots), None)
    may_read = refusal is None
    if may_read and not robots.isdisjoint(NO_STORING):
        refusal = "noindex"
    return Signals(refusal, follow=may_read and robots.isdisjoint(NO_FOLLOWING))


def reservation(response: Response, rules: Sequence[TdmRule] = ()) -> str | None:
    """Say why a page may not be analysed and stored; ``None`` when it may."""
    return signals(response, rules).refusal


def _is_reserved(
    response: Response, rules: Sequence[TdmRule], metas: dict[str, list[str]]
) -> bool:
    """Let the page supersede the header, and the header the file; the unset decides nothing."""
    matching = _reserved_by_site(response.url, rules) if rules else None
    header = [value.decode("latin-1") for value in response.headers.getlist("tdm-reservation")]
    for values in (metas.get("tdm-reservation", []), header):
        said = [flag for value in values if (flag := read_flag(value)) is not None]
        if said:
            return any(said)
    return bool(matching)


def _reserved_by_site(url: str, rules: Iterable[TdmRule]) -> bool | None:
    path = path_of(url)
    return next((rule.reserved for rule in rules if matches(rule.location, path)), None)


def allows(response: Response, yielded: object) -> bool:
    """Whether a page lets through what was read from it, whatever the spider thinks."""
    if isinstance(yielded, Mention):
        return "noindex" not in response.flags
    return not (isinstance(yielded, Request) and "nofollow" in response.flags)


class Reservations:
    """
    The downloader middleware that keeps reserved pages from being read.

    It concerns spiders with ``reads_pages = True``, and requests that say ``reads_page`` in
    their ``meta``.
    A page that may be followed but not stored reaches the spider with the flag ``noindex``, and
    nothing it must not yield comes through (`allows`).
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = product_token(crawler.settings["USER_AGENT"])
        self._rules = SiteFile(
            crawler, FILE, _read_answer, _go_by_pages, redirect_ttl=5, dont_retry=True
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Read the site's ``tdmrep.json`` before its first page."""
        if self._concerns(request):
            await self._rules.of(request)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Refuse a reserved page; mark one that is only there for its links."""
        if not self._concerns(request) or not isinstance(response, HtmlResponse):
            return response
        if not 200 <= response.status < 300:
            return response
        found = signals(response, await self._rules.of(request), self._agent)
        if found.refusal:
            self._count(found.refusal)
            if not found.follow:
                raise Reserved(found.refusal)
        flags = [*response.flags, *(["noindex"] if found.refusal else [])]
        flags += [] if found.follow else ["nofollow"]
        return response.replace(flags=flags) if flags != response.flags else response

    def _concerns(self, request: Request) -> bool:
        if request.meta.get(UNASKED):
            return False
        reads_pages = getattr(self._crawler.spider, "reads_pages", False)
        return bool(request.meta.get("reads_page", reads_pages))

    def _count(self, reason: str) -> None:
        assert self._crawler.stats is not None  # noqa: S101 - set before any spider runs
        self._crawler.stats.inc_value(f"sayso/refused/{reason}")
