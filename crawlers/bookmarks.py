"""Cursors: read before a run, saved after it, and only when nothing behind them can be missing."""

import asyncio
import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from crawlers.failures import faults_of
from search.config import Config, load
from search.errors import StoreBusy, StoreError
from search.stores.opening import open_store

if TYPE_CHECKING:
    from crawlers.base import Plan

SLACK = dt.timedelta(days=1)
"""``since`` moves with the clock; only a wish for clearly older mentions starts anew."""


TRIES = 6
"""How often a busy store is asked, which itself waits ten seconds each time."""


def cursor_key(plan: "Plan") -> str:
    """Name a cursor after exactly what was asked: a changed query or address starts anew."""
    asked = "\n".join(sorted(f"{brand.name}\x1f{brand.query}" for brand in plan.brands))
    digest = hashlib.blake2b(asked.encode(), digest_size=8).hexdigest()
    return f"{plan.source} {plan.address or ''} {digest}"


def config_of(crawler: Crawler) -> Config:
    """Return the configuration of a run; without one in the settings, that of ``sayso.toml``."""
    config: Config = crawler.settings["SAYSO_CONFIG"] or load()
    return config


def read_cursor(plan: "Plan", config: Config) -> Mapping[str, Any]:
    """Return where the last run ended, or ``{}`` when it did not reach back as far as asked."""
    with open_store(config.store_location) as store:
        saved = store.cursor(cursor_key(plan))
    if saved is None:
        return {}
    covers = _time(saved["covers"])
    if covers and (plan.since is None or plan.since < covers - SLACK):
        return {}
    cursor: Mapping[str, Any] = saved["cursor"]
    return cursor


class Bookmarks:
    """The Scrapy extension that saves the cursor of a run that missed nothing."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._errors = 0
        self.began_at = dt.datetime.now(dt.UTC)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen for the end of the run and for mentions that could not be delivered."""
        extension = cls(crawler)
        crawler.signals.connect(extension.note_error, signals.item_error)
        crawler.signals.connect(extension.save, signals.spider_closed)
        return extension

    def note_error(self) -> None:
        """Remember that a mention was not stored."""
        self._errors += 1
        assert self._crawler.stats is not None  # noqa: S101 - set before any spider runs
        self._crawler.stats.inc_value("sayso/undelivered")

    async def save(self, spider: Spider, reason: str) -> None:
        """Move the cursor, unless something before it may be missing."""
        missed = (
            self._errors
            or any(fault.passing for fault in faults_of(self._crawler))
            or getattr(spider, "layout_changed", False)
        )
        plan: Plan | None = getattr(spider, "plan", None)
        if plan is None or reason != "finished" or missed:
            return
        try:
            await self._patiently(plan, spider.next_cursor)  # type: ignore[attr-defined]
        except StoreError as error:
            assert self._crawler.stats is not None  # noqa: S101 - set before any spider runs
            self._crawler.stats.set_value("sayso/store_error", str(error))

    async def _patiently(self, plan: "Plan", cursor: Mapping[str, Any]) -> None:
        """Write, and while another process writes for long, try a few times more."""
        for _ in range(TRIES - 1):
            try:
                return await asyncio.to_thread(self.write, plan, cursor)
            except StoreBusy:
                continue
        return await asyncio.to_thread(self.write, plan, cursor)

    def write(self, plan: "Plan", cursor: Mapping[str, Any]) -> None:
        """Save where a plan's next run continues, and how far back nothing is missing."""
        key = cursor_key(plan)
        with open_store(config_of(self._crawler).store_location) as store:
            before = store.cursor(key) if plan.cursor else None
            covers = _covers(plan.since, before)
            mark = {"covers": covers and covers.isoformat(), "cursor": cursor}
            store.save_cursor(key, {**mark, "until": self.began_at.isoformat()})


def _covers(since: dt.datetime | None, before: Mapping[str, Any] | None) -> dt.datetime | None:
    """
    Say since when nothing is missing; ``None``: since ever.

    A run that was asked for less than has happened since the last one leaves a gap between them.
    """
    until = _time(before.get("until")) if before else None
    if before is None or (since and until and since > until):
        return since
    return _time(before["covers"])


def _time(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
