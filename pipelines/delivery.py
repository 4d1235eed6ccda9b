"""
From spider to store: the only module that knows Scrapy, and the one that loses nothing.

`Delivery.process_item` returns only when the store has acknowledged the mention, so Scrapy keeps
the page it came from in progress until then. Batches go out by size or after a short wait, since
Scrapy hands over at most 100 items of a page at once and a batch by size alone would wait for
ever. The cursor is saved last, and only when everything before it was acknowledged.
"""

import asyncio
import dataclasses
import datetime as dt
import random
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.completeness import missing_fields
from pipelines.finishing import keep, set_aside
from pipelines.outdated import Outdated
from pipelines.stages import Context, DropMention, StageFailed, enrich
from pipelines.suppressing import SUPPRESSED
from pipelines.transformers.models import UNRATED
from search.codec import to_plain
from search.config import Brand, load
from search.errors import SaysoError, StoreBusy
from search.mention import Mention
from search.stores.base import Outcome, Quarantined, Store
from search.stores.opening import open_store

BATCH = 200
"""Mentions in one transaction at most."""

WAIT_SECONDS = 0.25
"""How long the first mention of a batch waits for others."""

GIVE_UP_SECONDS = 600
"""How long a busy store is asked again before the run fails."""


class Delivery:
    """The item pipeline: enrich, batch, store, acknowledge."""

    def __init__(
        self, crawler: Crawler, store: Store, context: Context, outdated: Outdated | None = None
    ) -> None:
        self._crawler = crawler
        self._store = store
        self._context = context
        self._outdated = outdated
        self._waiting: list[tuple[Mention, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the store of the configuration; tag for its brands and those of this run."""
        config = crawler.settings["SAYSO_CONFIG"] or load()
        context = Context.of(config, brands=_brands_of(crawler))
        store = open_store(config.store_location)
        try:
            outdated = Outdated.of(config, store, _limits_of(crawler))
            return cls(crawler, store, context.with_models_of(store), outdated)
        except SaysoError:
            store.close()
            raise

    async def process_item(self, mention: Mention) -> Mention:
        """Tag and keep one mention; return when it is safe."""
        enriched = await self._enrich(mention)
        await self._refuse_outdated(enriched)
        acknowledged = asyncio.get_running_loop().create_future()
        self._waiting.append((enriched, acknowledged))
        if len(self._waiting) >= BATCH:
            await self._flush()
        elif self._flushing is None:
            self._flushing = asyncio.create_task(self._flush_later())
        await acknowledged
        return enriched

    async def close_spider(self) -> None:
        """Write what waits, then let go of the store."""
        await self._flush()
        await asyncio.to_thread(self._store.close)

    async def _enrich(self, mention: Mention) -> Mention:
        seen = dataclasses.replace(mention, harvested_at=dt.datetime.now(dt.UTC))
        try:
            return enrich(seen, self._context)
        except DropMention as reason:
            self._count(f"dropped/{reason}")
            raise DropItem(str(reason), log_level="DEBUG") from reason
        except StageFailed as error:
            await self._quarantine(mention, error)
            # Not the error itself: its words may be the mention's.
            problem = f"{error.stage}: {type(error.cause).__name__}, in quarantine"
            raise DropItem(problem, log_level="WARNING") from error

    async def _refuse_outdated(self, mention: Mention) -> None:
        """Drop what retention would delete again; what is kept already may be refreshed."""
        if self._outdated is None or not self._outdated.would_go(mention):
            return
        if not await self._patiently(self._store.fetch, [mention.id]):
            self._count("skipped/older than it may be kept")
            raise DropItem("older than it may be kept", log_level="DEBUG")

    async def _quarantine(self, mention: Mention, error: StageFailed) -> None:
        self._count("mentions/quarantined")
        entry = Quarantined(
            id=mention.id,
            source=mention.source,
            stage=error.stage,
            error=str(error),
            mention=to_plain(mention),
            at=dt.datetime.now(dt.UTC),
        )
        await self._patiently(set_aside, mention, entry, self._store, self._context)

    async def _flush_later(self) -> None:
        await asyncio.sleep(WAIT_SECONDS)
        self._flushing = None
        await self._flush()

    async def _flush(self) -> None:
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        async with self._writing:
            put = self._patiently(self._put, [one for one, _ in batch])
            # Whatever goes wrong, everybody in this batch waits to hear of it.
            outcomes = (await asyncio.gather(put, return_exceptions=True))[0]
        self._note()
        if isinstance(outcomes, BaseException):
            self._fail(batch, outcomes)
            return
        for outcome, (mention, acknowledged) in zip(outcomes, batch, strict=True):
            self._count(f"dropped/{SUPPRESSED}" if outcome is None else f"mentions/{outcome}")
            for field in missing_fields(mention):
                self._count(f"missing/{field}")
            if not acknowledged.done():  # the crawl was stopped; the mention is safe all the same
                acknowledged.set_result(None)

    def _put(self, mentions: list[Mention]) -> list[Outcome | None]:
        return keep(mentions, self._store, self._context)

    def _note(self) -> None:
        """Write down how many texts no transformer rated: the report of the run says so."""
        unrated = self._context.models.unrated if self._context.models is not None else {}
        for reason, count in unrated.items():
            self._crawler.stats.set_value(f"sayso/{UNRATED}{reason}", count)

    def _fail(
        self, batch: list[tuple[Mention, "asyncio.Future[None]"]], error: BaseException
    ) -> None:
        """Stop the run: without a store there is no point in asking sites for more."""
        sentence = str(error) if isinstance(error, SaysoError) else repr(error)
        self._crawler.stats.set_value("sayso/store_error", sentence)
        for _, acknowledged in batch:
            if not acknowledged.done():
                acknowledged.set_exception(error)
        closing = self._crawler.engine.close_spider_async(reason="store_failed")
        self._closing = asyncio.ensure_future(closing)

    async def _patiently(self, call: Any, *args: Any) -> Any:
        """Call in a thread; a busy store is asked again, less and less often."""
        deadline = asyncio.get_running_loop().time() + GIVE_UP_SECONDS
        pause = 0.1
        while True:
            try:
                return await asyncio.to_thread(call, *args)
            except StoreBusy:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                self._count("store_busy")
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
                pause = min(pause * 2, 10)

    def _count(self, what: str) -> None:
        self._crawler.stats.inc_value(f"sayso/{what}")


def _brands_of(crawler: Crawler) -> tuple[Brand, ...]:
    plan = getattr(crawler.spider, "plan", None)
    return plan.brands if plan else ()


def _limits_of(crawler: Crawler) -> dict[str, int]:
    """Return for how many days the source of this run allows content to be kept."""
    spider = crawler.spider
    days = getattr(getattr(spider, "declaration", None), "keeps_days", None)
    return {} if spider is None or days is None else {spider.name: days}
