"""
A site read page by page: from its sitemaps where it has them, else from link to link.

An address is a sitemap (``…/sitemap.xml``), a site (``https://example.org``: its sitemaps are
looked for in robots.txt and in the usual place, and without any the crawl begins at the front
page), or a page (the crawl begins there). Either way a run reads at most ``max_pages`` pages.

With sitemaps, the cursor is the latest change any of them named: the next run reads only pages
changed since, a day of overlap included. Pages without a date are read every time. The cursor
stays where it was when there were more pages than ``max_pages``.
"""

import datetime as dt
from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, Request, Response
from twisted.python.failure import Failure

from crawlers.base import Plan, SourceSpider, Yielded
from crawlers.failures import Fault, FaultKind, classify, faults_of
from crawlers.platforms.links import Frontier, read_links
from crawlers.platforms.markup import Markup, parse_page
from crawlers.platforms.sitemap import (
    LARGEST_BYTES,
    SitemapWalk,
    is_sitemap_address,
    read_robots_sitemaps,
    read_sitemap,
)
from crawlers.site_files import UNASKED
from crawlers.utf8 import page_in_utf8

MAX_PAGES = 10_000
MAX_DEPTH = 5
OVERLAP = dt.timedelta(days=1)


class SiteSpider(SourceSpider):
    """Walk one site; a source says what to make of a page (`read_page`)."""

    custom_settings = {  # noqa: RUF012 - as Scrapy wants it
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "SCHEDULER_DISK_QUEUE": "scrapy.squeues.PickleFifoDiskQueue",
        "CONCURRENT_ITEMS": 16,
        "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 50_000_000,
    }
    """
    Pages are asked for in the order in which they were found. Scrapy starts as many tasks for each
    page as there may be concurrent items, whether or not the page yields any: with 400 that took
    half of the time of a crawl. Pages whose articles are being read must not hold up the others.
    """

    reads_pages = True
    """`crawlers/reservations.py` asks what the site reserves."""

    def __init__(self, plan: Plan, **kwargs: Any) -> None:
        super().__init__(plan, **kwargs)
        self.frontier = Frontier(plan.address or "", int(plan.options.get("max_pages", MAX_PAGES)))
        self.only_lists = False
        """Whether only further pages of the same list are followed."""
        self.walk = SitemapWalk(self.frontier.budget, self._changed_after())

    def read_page(self, html: bytes, page: Response) -> AsyncIterator[Yielded]:
        """Yield what a page, in UTF-8, says about the brands, and further pages it needs."""
        raise NotImplementedError

    def search_requests(self) -> Iterator[Request]:
        """Look for sitemaps, unless the address names a page."""
        parts = urlsplit(self.address)
        if is_sitemap_address(parts.path):
            yield from self._ask_for_sitemaps([self.address], needed=True)
        elif parts.path in {"", "/"} and not parts.query:
            url = f"{self.address}/robots.txt"
            meta = {UNASKED: True, "optional": True}
            yield Request(url, self.parse_robots, errback=self.go_without, meta=meta)
        else:
            yield self._first_page()

    def parse_robots(self, response: Response) -> Iterator[Request]:
        """Read the sitemaps that robots.txt names, or the one in the usual place."""
        named = read_robots_sitemaps(response.body)
        yield from self._ask_for_sitemaps(named or [f"{self.address}/sitemap.xml"])

    def parse_sitemap(self, response: Response, depth: int = 0) -> Iterator[Request]:
        """Read one sitemap; after the last one, ask for the pages they list."""
        self.walk.open -= 1
        for entry in read_sitemap(response.body):
            if entry.is_sitemap:
                yield from self._ask_for_sitemaps([entry.url], depth + 1)
            elif self.frontier.is_here(entry.url):
                self.walk.add_page(entry)
        yield from self._end_of_sitemaps()

    def go_without(self, failure: Failure) -> Iterator[Request]:
        """Go on without a sitemap; unless it is simply not there, pages may have been missed."""
        if classify(failure.value)[0] is not FaultKind.GONE:
            self.note_failure(failure)
        if self.walk.open:
            self.walk.open -= 1
            yield from self._end_of_sitemaps()
        else:
            yield from self._ask_for_sitemaps([f"{self.address}/sitemap.xml"])

    def note_failure(self, failure: Failure) -> None:
        """Keep a failure; Scrapy's middlewares see nothing of requests that an errback yields."""
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        kind, problem = classify(failure.value)
        needed = not request.meta.get("optional")
        faults_of(self.crawler).append(Fault(kind, request.url, problem, needed))
        self.count("faults", kind)

    async def parse(  # type: ignore[override]  # Scrapy takes either sort of generator
        self, response: Response, depth: int = 0
    ) -> AsyncIterator[Yielded]:
        """Read a page, then follow its links if the site has no sitemaps."""
        if not self._is_page_of_site(response):
            return
        html = page_in_utf8(response)
        if "noindex" not in response.flags:
            async for yielded in self.read_page(html, response):
                yield yielded
        if not self.walk.listed and "nofollow" not in response.flags:
            for request in self.follow_links(parse_page(html, response.url), depth):
                yield request

    def _is_page_of_site(self, response: Response) -> TypeGuard[HtmlResponse]:
        """Leave out files, and pages that have moved elsewhere; the start may move."""
        if self.is_start(response):
            self.frontier.start = response.url
        elif not self.frontier.is_here(response.url):
            self.count("skipped", "moved to another site")
            return False
        if not isinstance(response, HtmlResponse):
            self.count("skipped", "not a page")
            return False
        return True

    def is_start(self, response: Response) -> bool:
        """Whether a page is the one the address names."""
        assert response.request is not None  # noqa: S101 - set by Scrapy
        return not response.request.meta.get("optional")

    def follow_links(self, page: Markup, depth: int) -> Iterator[Request]:
        """Ask for the pages a page links to; breadth first, and none from a page seen before."""
        if not self.frontier.is_new_content(page.essence()):
            self.count("skipped", "links of a repeated page")
            return
        for link in read_links(page):
            if self.only_lists and not link.is_next:
                continue
            deeper = depth if link.is_next else depth + 1
            deepest = int(self.plan.options.get("max_depth", MAX_DEPTH))
            if deeper <= deepest and self.frontier.admit(link.url):
                yield self.page_request(link.url, deeper)

    def page_request(self, url: str, depth: int = 0, *, optional: bool = True) -> Request:
        """Build the request for one page, rendered in a browser if the plan says so."""
        meta: dict[str, Any] = {"optional": optional}
        if self.plan.options.get("browser"):
            from crawlers.browser import page_meta  # noqa: PLC0415 - an optional extra

            meta |= page_meta()
        return Request(
            url,
            self.parse,
            errback=self.note_failure,
            meta=meta,
            cb_kwargs={"depth": depth},
            priority=-depth,
        )

    def _first_page(self) -> Request:
        self.frontier.admit(self.address)
        return self.page_request(self.address, optional=False)

    def _ask_for_sitemaps(
        self, urls: list[str], depth: int = 0, *, needed: bool = False
    ) -> Iterator[Request]:
        for url in urls:
            if self.walk.add_file(url, depth):
                meta: dict[str, Any] = {"optional": not needed, "reads_page": False}
                meta |= {"download_maxsize": LARGEST_BYTES}
                yield Request(
                    url,
                    self.parse_sitemap,
                    errback=None if needed else self.go_without,
                    meta=meta,
                    cb_kwargs={"depth": depth},
                    priority=1,
                )

    def _end_of_sitemaps(self) -> Iterator[Request]:
        if self.walk.open > 0:
            return
        if not self.walk.listed and not is_sitemap_address(urlsplit(self.address).path):
            yield self._first_page()
            return
        if self.walk.newest_at is not None and not self.walk.beyond:
            now = dt.datetime.now(dt.UTC)
            self.next_cursor["changed_at"] = min(self.walk.newest_at, now).isoformat()
        for reason, pages in (("unchanged", self.walk.older), ("max_pages", self.walk.beyond)):
            if pages:
                self.crawler.stats.inc_value(f"sayso/skipped/{reason}", pages)
        yield from map(self.page_request, self.walk.pages())

    def _changed_after(self) -> dt.datetime | None:
        known = self.plan.cursor.get("changed_at")
        overlapping = dt.datetime.fromisoformat(known) - OVERLAP if known else None
        return max(filter(None, [overlapping, self.plan.since]), default=None)
