"""
A crawl in a process of its own that fetches one path many times, politely.

    python -m tests.budgets.fetching {configuration as JSON} http://127.0.0.1:40123/page 20
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawlers import settings as defaults
from crawlers.failures import faults_of
from search.config import Config, Limits
from tests.crawling import process_environment


class Fetching(scrapy.Spider):
    """Ask for the same page again and again; ``/cancelled`` is given up after a moment."""

    name = "fetching"
    address = ""
    count = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        if self.address.endswith("/cancelled"):
            await self._cancel(scrapy.Request(self.address))
        for number in range(self.count):
            yield scrapy.Request(f"{self.address}?{number}", meta={"optional": True})

    async def _cancel(self, request: scrapy.Request) -> None:
        assert self.crawler.engine is not None
        asked = asyncio.ensure_future(self.crawler.engine.download_async(request))
        await asyncio.sleep(0.5)
        asked.cancel()
        await asyncio.sleep(6)

    def parse(self, response: Any) -> None:
        """Look at nothing."""


def start_fetching(config: Config, address: str, count: int) -> subprocess.Popen[str]:
    """Begin; `finish_fetching` waits for the end."""
    values = config.model_dump_json(exclude_defaults=True)
    return subprocess.Popen(
        [sys.executable, "-m", __name__, str(config.folder), values, address, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env=process_environment(),
    )


def finish_fetching(process: subprocess.Popen[str], timeout: float = 40) -> dict[str, Any]:
    """Wait, and return the problems and notes of the crawl."""
    out, _ = process.communicate(timeout=timeout)
    found: dict[str, Any] = json.loads(out)
    return found


def polite(shared: Config, rate: float, concurrent: int, *quotas: str) -> Config:
    """Set limits; quotas are those of the loopback server."""
    limits = Limits(
        requests_per_second=rate,
        concurrent_requests=concurrent,
        allow_private=("127.0.0.1",),
        quotas={"127.0.0.1": quotas},
    )
    return shared.model_copy(update={"limits": limits})


def main(folder: str, values: str, address: str, count: str) -> None:
    """Crawl, and print what went wrong."""
    config = Config.model_validate({**json.loads(values), "folder": Path(folder)})
    settings = Settings()
    settings.setmodule(defaults, priority="project")
    ours = {"EXTENSIONS": {}, "ITEM_PIPELINES": {}, "LOG_LEVEL": "ERROR"}
    settings.setdict(defaults.settings_for(config) | ours, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Fetching)
    process.crawl(crawler, address=address, count=int(count))
    process.start()
    assert crawler.stats is not None
    notes = {key: n for key, n in crawler.stats.get_stats().items() if "/notes/" in key}
    problems = [f"{fault.kind}: {fault.problem}" for fault in faults_of(crawler)]
    print(json.dumps({"problems": problems, "notes": notes}))  # noqa: T201 - for its parent


if __name__ == "__main__":
    main(*sys.argv[1:])
