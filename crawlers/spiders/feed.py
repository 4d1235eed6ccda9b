"""Feeds: RSS, Atom, JSON Feed and podcasts, with the article where a feed shows a teaser."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from scrapy.http import Request, Response

from crawlers.base import Declaration, Plan, Yielded
from crawlers.paging import Chains, is_older
from crawlers.platforms.entries import Entry, Feed
from crawlers.platforms.feed import read_feed
from crawlers.platforms.teasers import TeaserSpider


class FeedSpider(TeaserSpider):
    """One feed, read once for all brands; only what changed since the last run."""

    name = "feed"
    handle_httpstatus_list = (304,)
    declaration = Declaration(
        title="RSS, Atom, JSON Feed and podcasts",
        address=None,
        terms="each publisher has its own: a feed is offered to readers, not for republication",
        contact="by hand: through the contact page of the site",
        keeps_days=90,
        cadence="30m",
        per_brand=False,
    )

    def __init__(self, plan: Plan, **kwargs: Any) -> None:
        super().__init__(plan, **kwargs)
        self.chains = Chains(self, overlap=dt.timedelta(days=1))

    def search_requests(self) -> Iterator[Request]:
        url = self.plan.address or self.address  # as written: a trailing slash may matter
        yield Request(url, headers=self.memory.conditions(), meta={"first": True})

    def parse(self, response: Response) -> Iterator[Yielded]:
        if response.status == 304:
            self.count("notes", "feed unchanged")
            return
        if first := response.meta.get("first", False):
            self.memory.note(response)
        feed = read_feed(response, self.name)
        self.count("notes", "deleted", feed.deleted)
        entries = list(self.read_all(self.read, feed.nodes, feed))
        news = [entry for entry in entries if self.memory.is_news(entry, remember=first)]
        for entry in news:
            if not is_older(entry.mention, self.plan.since):
                yield from self.deliver(entry)
        times = {entry.mention.source_id: entry.mention.published_at for entry in entries}
        yield from self.go_on(times, feed.next_url if news else None)

    def read(self, node: Any, feed: Feed) -> Entry | None:
        """Read an entry and count those without words."""
        entry = feed.read(node)
        self.count("notes", "without words", int(entry is None))
        return entry
