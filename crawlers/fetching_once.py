"""One address fetched as every crawl fetches, for a person who wants to know what it says."""

import dataclasses
import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urljoin

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawlers import settings as defaults
from crawlers.failures import classify
from crawlers.reservations import FILE, TdmRule, read_tdmrep
from search.config import Config
from search.errors import SaysoError


@dataclasses.dataclass(slots=True)
class Fetched:
    """What came of it."""

    response: Response | None = None
    problem: str | None = None
    """Why there is no response."""

    rules: tuple[TdmRule, ...] = ()
    """Those of the site's ``tdmrep.json``."""


class _OneAddress(scrapy.Spider):
    """Ask for an address and its site's ``tdmrep.json``; robots.txt is asked as always."""

    name = "one address"
    reads_pages = False  # a page that is reserved is not kept here, but its reservation is shown

    def __init__(self, address: str, fetched: Fetched, **kwargs: Any) -> None:
        super().__init__(name=None, **kwargs)
        self._address = address
        self._fetched = fetched

    async def start(self) -> AsyncIterator[Request]:
        """Ask for both; the file is no reason to fail."""
        yield Request(self._address, self.keep, errback=self.explain, meta={"optional": True})
        site = urljoin(self._address, FILE)
        meta = {"optional": True, "dont_retry": True}
        yield Request(site, self.keep_rules, errback=lambda _: None, meta=meta)

    def keep(self, response: Response) -> None:
        """Keep the answer."""
        self._fetched.response = response

    def keep_rules(self, response: Response) -> None:
        """Keep what the file says."""
        self._fetched.rules = read_tdmrep(response.body)

    def explain(self, failure: Failure) -> None:
        """Keep why there is no answer."""
        self._fetched.problem = classify(failure.value)[1]


def keeping_nothing(config: Config) -> AsyncCrawlerProcess:
    """Make a process that asks as every crawl does, but stores nothing and logs nothing."""
    settings = Settings()
    settings.setmodule(defaults, priority="project")
    settings.setdict(defaults.settings_for(config), priority="cmdline")
    settings.setdict({"ITEM_PIPELINES": {}, "EXTENSIONS": {}}, priority="cmdline")
    settings.set("LOG_INSTALL_ROOT_HANDLER", value=False, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(logging.CRITICAL)
    return process


def fetch(address: str, config: Config) -> Fetched:
    """Fetch an address; `SaysoError` says why it could not be had. Once in a process."""
    process = keeping_nothing(config)
    fetched = Fetched()
    process.crawl(_OneAddress, address=address, fetched=fetched)
    process.start()
    if fetched.response is None:
        raise SaysoError(f"{address}: {fetched.problem or 'no answer'}")
    return fetched
