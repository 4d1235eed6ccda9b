"""
Replay one page of a source through its spider, without a network.

A fixture is a folder ``tests/fixtures/<source>/<case>`` with three files: ``response.*`` (the
body; the suffix says what it is), ``meta.json`` (how it was asked for and answered) and
``output.json`` (what it should yield, reviewed by a person). ``python -m tests.replay <source>
<case>`` prints what a page yields now.
"""

import asyncio
import dataclasses
import datetime as dt
import functools
import inspect
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.test import get_crawler

from crawlers.base import Plan, SourceSpider
from search.config import Brand
from search.mention import Mention

FIXTURES = Path(__file__).parent / "fixtures"
SPIDERS = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["crawlers.spiders"]}))
KEYS = frozenset(
    {"url", "status", "headers", "encoding", "callback", "cb_kwargs", "request_meta"}
    | {"brands", "address", "since", "cursor", "options", "key"}
)
"""What ``meta.json`` may say; only ``url`` must be there."""


@dataclasses.dataclass(frozen=True)
class Fixture:
    """One page of one source, and what it should yield."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def expected(self) -> dict[str, Any]:
        """What a person found right."""
        return load(self.path / "output.json")

    def replay(self) -> dict[str, Any]:
        """Return what the page yields now; computed once."""
        return _replay(self.path)


@functools.cache
def _replay(path: Path) -> dict[str, Any]:
    meta = load(path / "meta.json")
    if unknown := meta.keys() - KEYS:
        raise ValueError(f"{path}/meta.json: no such keys: {sorted(unknown)}")
    spider = make_spider(path.parent.name, meta)
    (body,) = path.glob("response.*")
    page = make_page(meta, body)
    found = run(getattr(spider, meta.get("callback", "parse")), page, meta.get("cb_kwargs", {}))
    return {
        "mentions": [plain(mention) for mention in found if isinstance(mention, Mention)],
        "requests": [request.url for request in found if isinstance(request, Request)],
        "next_cursor": json.loads(json.dumps(spider.next_cursor)),
        "counts": counts(spider),
    }


def make_spider(source: str, meta: Mapping[str, Any]) -> SourceSpider:
    """Build a source's spider with the plan that ``meta.json`` describes."""
    brands = meta.get("brands", {"Everything": "*"})
    since = meta.get("since")
    plan = Plan(
        source=source,
        brands=tuple(Brand(name=name, query=query) for name, query in brands.items()),
        address=meta.get("address"),
        since=dt.datetime.fromisoformat(since) if since else None,
        cursor=meta.get("cursor", {}),
        options=meta.get("options", {}),
        key=meta.get("key"),
    )
    cls = SPIDERS.load(source)
    assert issubclass(cls, SourceSpider)
    spider = cls(plan)
    spider._set_crawler(get_crawler(cls))
    return spider


def make_page(meta: Mapping[str, Any], body: Path) -> Response:
    """Build the response as the downloader would have handed it over."""
    headers = Headers(meta.get("headers", {}))
    kind = responsetypes.from_args(headers=headers, filename=body.name, body=body.read_bytes())
    encoding = {"encoding": meta["encoding"]} if "encoding" in meta else {}
    request = Request(
        meta["url"], meta=meta.get("request_meta", {}), cb_kwargs=meta.get("cb_kwargs", {})
    )
    return kind(
        meta["url"],
        status=meta.get("status", 200),
        headers=headers,
        body=body.read_bytes(),
        request=request,
        **encoding,
    )


def run(callback: Any, page: Response, cb_kwargs: Mapping[str, Any]) -> list[Any]:
    """Collect what a callback yields, be it a generator or an asynchronous one."""
    found = callback(page, **cb_kwargs)
    if inspect.isasyncgen(found) or inspect.iscoroutine(found):
        return asyncio.run(_collect(found))
    return list(found or ())


async def _collect(found: Any) -> list[Any]:
    if inspect.iscoroutine(found):
        return list(await found or ())
    return [one async for one in found]


def counts(spider: SourceSpider) -> dict[str, int]:
    """Return what the spider counted, such as ``refused/noindex``."""
    stats = spider.crawler.stats
    assert stats is not None
    every = stats.get_stats()
    return {key[6:]: every[key] for key in sorted(every) if key.startswith("sayso/")}


def plain(mention: Mention) -> dict[str, Any]:
    """Return what ``output.json`` would hold for a mention: its known fields."""
    flat = json.loads(json.dumps(dataclasses.asdict(mention), default=dt.datetime.isoformat))
    known: dict[str, Any] = _without_unknown(flat)
    return known


def _without_unknown(value: Any) -> Any:
    if isinstance(value, dict):
        pairs = ((key, _without_unknown(inner)) for key, inner in value.items())
        return {key: inner for key, inner in pairs if inner not in (None, [], {})}
    return [_without_unknown(inner) for inner in value] if isinstance(value, list) else value


def fixtures() -> Iterator[Fixture]:
    """Every fixture below ``tests/fixtures``."""
    for meta in sorted(FIXTURES.glob("*/*/meta.json")):
        yield Fixture(meta.parent)


def load(path: Path) -> dict[str, Any]:
    """Read one JSON object."""
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def main(arguments: Iterable[str]) -> None:
    """Print what a fixture yields now, for review."""
    found = _replay(FIXTURES.joinpath(*arguments))
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
