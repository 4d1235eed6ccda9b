"""
Pages a second of `website`, where 5 % of the pages mention the brand, against bare Scrapy.

Both fetch the same pages, in alternating runs, each in a process of its own, from a server in a
third process on loopback. The pages are recorded articles where there are recordings, else
generated ones of their size; their brand's name is put into one page of twenty.

The two take turns, and the ratio is the median of the turns' ratios, since the speed of a machine
that others share drifts.

    python -m benchmarks.website [pages] [runs]
"""

import asyncio
import itertools
import operator
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BRAND = "Quillbrook"
SHARE = 20
"""One page in so many mentions the brand."""

RECORDINGS = Path(os.environ.get("SAYSO_RECORDINGS", "../shared/recordings"))
LARGEST = 400_000
SETTINGS = {
    "TELNETCONSOLE_ENABLED": False,
    "LOG_ENABLED": False,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "COOKIES_ENABLED": False,
}


def page_bodies() -> tuple[str, list[bytes]]:
    """Return where the pages come from, and pages of a usual size."""
    files = [
        path
        for path in sorted(RECORDINGS.glob("articles_*/*.html"))
        if "expected" not in path.name
    ]
    bodies = [path.read_bytes() for path in files if path.stat().st_size < LARGEST]
    return ("recorded", bodies) if bodies else ("generated", [generate(n) for n in range(20)])


def generate(seed: int) -> bytes:
    """Generate a page of 160 KB: 6 KB of text among navigation, scripts and styles."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    words = [f"{a}{b}" for a in ("kes", "lom", "tar", "vin") for b in ("ta", "ren", "o", "ik")]
    text = "".join(f"<p>{' '.join(chance.choices(words, k=60))}.</p>" for _ in range(18))
    links = "".join(f'<li class="m-{n}"><a href="/x/{n}">Entry {n}</a></li>' for n in range(600))
    script = "<script>" + "var settings={consent:[1,2,3],slots:{}};" * 2200 + "</script>"
    return (
        f"<html lang=en><head><title>Page {seed}</title>{script}</head><body><ul>{links}</ul>"
        f"<article><h1>Page {seed}</h1>{text}</article></body></html>"
    ).encode()


def with_brand(body: bytes) -> bytes:
    """Put the brand into the middle of a page's text."""
    middle = body.find(b"</p>", len(body) // 2)
    place = middle if middle >= 0 else body.rfind(b"</p>")
    return body[:place] + f" {BRAND} ".encode() + body[place:]


async def serve(count: int) -> None:
    """Serve ``/0`` to ``/count`` and a sitemap of them, as cheaply as can be."""
    _, bodies = page_bodies()
    plain, branded = (
        [_answer(body) for body in group] for group in (bodies, map(with_brand, bodies))
    )
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    sitemap: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].decode()[1:]
            if path.isdigit():
                group = branded if int(path) % SHARE == 0 else plain
                writer.write(group[int(path) // SHARE % len(group)])
            else:
                writer.write(sitemap[0] if path == "sitemap.xml" else missing)

    server = await asyncio.start_server(_until_closed(answer), "127.0.0.1", 0)
    address = "http://127.0.0.1:%d" % server.sockets[0].getsockname()[1]  # noqa: UP031 - plain
    listed = "".join(f"<url><loc>{address}/{n}</loc></url>" for n in range(count))
    sitemap.append(_answer(f"<urlset>{listed}</urlset>".encode(), "application/xml"))
    print(address, flush=True)
    await server.serve_forever()


def _until_closed(answer: Any) -> Any:
    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return quietly


def _answer(body: bytes, content_type: str = "text/html") -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def crawl_bare(address: str, count: int) -> None:
    """Fetch the pages with Scrapy alone."""
    import scrapy  # noqa: PLC0415 - see `crawl_website`
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415

    class BareSpider(scrapy.Spider):
        """Fetch pages and do nothing with them."""

        name = "bare"
        address = ""
        count = 0

        async def start(self) -> Any:
            """Ask for every page."""
            for number in range(self.count):
                yield scrapy.Request(f"{self.address}/{number}")

        def parse(self, response: Any) -> Iterator[Any]:  # noqa: ARG002 - Scrapy's signature
            """Look at nothing."""
            yield from ()

    process = CrawlerProcess(SETTINGS | {"CONCURRENT_ITEMS": 16})
    process.crawl(BareSpider, address=address, count=count)
    _time(process, count)


def crawl_website(address: str, count: int) -> None:
    """
    Crawl the pages as Sayso does, into a store of its own.

    The process that reads articles imports the module its parent was started with, so this one
    imports no more than `sayso` does.
    """
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415
    from scrapy.settings import Settings  # noqa: PLC0415

    from crawlers import settings as defaults  # noqa: PLC0415
    from crawlers.base import Plan  # noqa: PLC0415
    from crawlers.spiders.website import WebsiteSpider  # noqa: PLC0415
    from search.config import Brand, Config, Limits  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        brand = Brand(name=BRAND, query=BRAND)
        limits = Limits(allow_private=("127.0.0.1",), requests_per_second=1e6)
        config = Config(brands=(brand,), limits=limits, folder=Path(folder))
        settings = Settings()
        settings.setmodule(defaults, priority="project")
        settings.setdict(defaults.settings_for(config) | SETTINGS, priority="cmdline")
        process = CrawlerProcess(settings)
        plan = Plan(source="website", brands=(brand,), address=f"{address}/sitemap.xml")
        process.crawl(WebsiteSpider, plan=plan)
        _time(process, count)


def _time(process: Any, count: int) -> None:
    crawler = next(iter(process.crawlers))
    process.start()
    assert crawler.stats is not None
    stats = crawler.stats.get_stats()
    seconds = stats["elapsed_time_seconds"]
    assert stats["response_received_count"] >= count, stats
    print(count / seconds, stats.get("sayso/mentions/new", 0), flush=True)


def measure(kind: str, address: str, count: int) -> tuple[float, int]:
    """Run one crawl in a process of its own; return pages a second and mentions found."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.website", kind, address, str(count)],
        capture_output=True,
        text=True,
        check=True,
    )
    speed, mentions = done.stdout.split()
    return float(speed), int(mentions)


def main(count: int = 10_000, runs: int = 5) -> None:
    """Measure both in turn and print the medians and their ratio."""
    origin, bodies = page_bodies()
    size = statistics.mean(map(len, bodies)) / 1000
    print(f"{count} pages, {origin}, {size:.0f} KB on average, 1 of {SHARE} mentions the brand")
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.website", "serve", str(count)],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        speeds: dict[str, list[float]] = {"bare": [], "website": []}
        try:
            for run, kind in itertools.product(range(runs), speeds):
                speed, mentions = measure(kind, address, count)
                speeds[kind].append(speed)
                print(f"run {run + 1} {kind:8} {speed:7.1f} pages/s {mentions or ''}", flush=True)
        finally:
            server.terminate()
    bare, website = map(statistics.median, speeds.values())
    ratio = statistics.median(map(operator.truediv, speeds["website"], speeds["bare"]))
    print(f"median   bare {bare:.0f} pages/s, website {website:.0f}; ratio {ratio:.2f}")


if __name__ == "__main__":
    started = time.perf_counter()
    match sys.argv[1:]:
        case ["serve", count]:
            asyncio.run(serve(int(count)))
        case ["bare", address, count]:
            crawl_bare(address, int(count))
        case ["website", address, count]:
            crawl_website(address, int(count))
        case arguments:
            main(*map(int, arguments))
            print(f"{time.perf_counter() - started:.0f} s in all")
