"""The download handler of a crawl that renders some of its pages (needs ``sayso[browser]``)."""

import asyncio
import contextlib
import weakref
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Request, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from crawlers.addresses import AllowedHosts, PrivateAddress, allowed_by
from crawlers.browser_proxy import GuardProxy

SETTLE_MS = 5_000
"""How long a page's scripts may take until the network is quiet; what is there then is read."""

_renderers: "weakref.WeakKeyDictionary[Crawler, Renderer]" = weakref.WeakKeyDictionary()


class BrowserHandler(HTTP11DownloadHandler):
    """Downloads as usual; the first page to be rendered starts a browser, one for a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._of = crawler

    async def download_request(self, request: Request) -> Response:
        """Fetch a response, rendered if the request says so."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        if self._of not in _renderers:
            _renderers[self._of] = Renderer(self._of)
        return await _renderers[self._of].render(request)

    async def close(self) -> None:
        """Close the browser, too."""
        await super().close()
        if (renderer := _renderers.pop(self._of, None)) is not None:
            await renderer.close()


class Renderer(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # has no types
    """scrapy-playwright behind our proxy, with a limit on the time and size of a whole page."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._settings = crawler.settings
        self._proxy = GuardProxy(AllowedHosts(allowed_by(crawler.settings)))
        self._started: asyncio.Task[None] | None = None
        self.config.launch_options["proxy"] = {"server": self._proxy.address}

    async def render(self, request: Request) -> Response:
        """Render one page; it is closed again whatever happens."""
        await self._start_once()
        limit = request.meta.get("download_timeout") or self._settings.getfloat("DOWNLOAD_TIMEOUT")
        pages: list[Page] = []
        visited: list[str] = []

        async def note(page: Page, _: Request) -> None:
            pages.append(page)
            page.on("request", lambda asked: visited.append(asked.url))
            page.on("popup", lambda popup: asyncio.ensure_future(_close(popup)))

        request.meta["playwright_page_init_callback"] = note
        request.meta["playwright_page_methods"] = [PageMethod(settle)]
        try:
            async with asyncio.timeout(limit):
                response: Response = await self.download_request(request)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url} took more than {limit} s") from error
        except BrowserError as error:
            self._say_if_refused(visited)
            problem = error.message.partition("\n")[0]
            raise DownloadCancelledError(f"the browser failed: {problem}") from error
        finally:
            for page in pages:
                await _close(page)
        self._say_if_refused([response.url])
        return self._checked(response)

    async def close(self) -> None:
        """End the browser, then what connects it to the web."""
        await super().close()
        await self._proxy.close()

    async def _start_once(self) -> None:
        if self._started is None:
            self._started = asyncio.ensure_future(self._start())
        await asyncio.shield(self._started)

    async def _start(self) -> None:
        await self._proxy.start()
        await self._launch()

    def _say_if_refused(self, urls: list[str]) -> None:
        for host in (urlsplit(url).hostname or "" for url in urls):
            if host in self._proxy.refused:
                raise PrivateAddress(host)

    def _checked(self, response: Response) -> Response:
        largest = self._settings.getint("DOWNLOAD_MAXSIZE")
        if largest and len(response.body) > largest:
            raise DownloadCancelledError(f"{response.url} is larger than {largest} bytes")
        return response


async def settle(page: Page) -> None:
    """Wait until a page's scripts have fetched what they need, but not for ever."""
    with contextlib.suppress(BrowserError):
        await page.wait_for_load_state("networkidle", timeout=SETTLE_MS)


async def _close(page: Any) -> None:
    with contextlib.suppress(BrowserError):
        if not page.is_closed():
            await page.close()
