"""Files that a site keeps about itself: robots.txt, tdmrep.json."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from scrapy import exceptions
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawlers.addresses import PrivateAddress
from crawlers.pauses import HostBusy

UNASKED = "sayso_unasked"
"""In ``request.meta``: a file that says what is allowed, which may be read before it is known."""

UNANSWERED = (
    exceptions.CannotResolveHostError,
    exceptions.DownloadCancelledError,
    exceptions.DownloadConnectionRefusedError,
    exceptions.DownloadFailedError,
    exceptions.DownloadTimeoutError,
    exceptions.IgnoreRequest,
    exceptions.ResponseDataLossError,
    exceptions.UnsupportedURLSchemeError,
    OSError,
)
"""How asking a site for a file about itself can fail."""

Content = TypeVar("Content")


class SiteFile(Generic[Content]):
    """One such file of every site, asked for once per scheme, host and port."""

    def __init__(
        self,
        crawler: Crawler,
        path: str,
        read: Callable[[Response], Content],
        go_without: Callable[[Exception], Content],
        **meta: object,
    ) -> None:
        self._crawler = crawler
        self._path = path
        self._read = read
        self._go_without = go_without
        self._meta = {UNASKED: True, **meta}
        self._asked: dict[str, asyncio.Task[Content]] = {}

    async def of(self, request: Request) -> Content:
        """Return what the site of a request says; requests that come meanwhile wait for it too."""
        url = urlparse_cached(request)
        origin = f"{url.scheme}://{url.netloc.rpartition('@')[2].lower()}"
        if origin not in self._asked:
            self._asked[origin] = asyncio.ensure_future(self._fetch(origin + self._path))
        asked = self._asked[origin]
        return asked.result() if asked.done() else await asyncio.shield(asked)

    async def _fetch(self, url: str) -> Content:
        request = Request(url, callback=NO_CALLBACK, meta=dict(self._meta), dont_filter=True)
        assert self._crawler.engine is not None  # noqa: S101 - it made the request we answer
        try:
            response = await self._crawler.engine.download_async(request)
        except (PrivateAddress, HostBusy):
            raise
        except UNANSWERED as error:
            return self._go_without(error)
        return self._read(response)
