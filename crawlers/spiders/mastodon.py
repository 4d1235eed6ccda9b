"""Mastodon: posts of people who agreed to be found, by hashtag and, with a key, by search."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from scrapy.http import Request, Response

from crawlers.base import Declaration, Plan, SourceSpider, Yielded
from crawlers.paging import Chains, is_older
from crawlers.platforms import mastodon
from crawlers.reading import site_of
from search.mention import Mention


class MastodonSpider(SourceSpider):
    """One instance and what it has seen of others; mastodon.social's terms forbid this."""

    name = "mastodon"
    declaration = Declaration(
        title="Mastodon",
        address="https://fosstodon.org",
        terms="each instance has its own: read /about and /terms-of-service there",
        contact="by hand: a program may answer only where it was addressed, and never a #nobot",
        keeps_days=30,
        cadence="15m",
        quotas=("300/5m",),  # https://docs.joinmastodon.org/api/rate-limits/
        key="SAYSO_MASTODON_TOKEN",
    )

    def __init__(self, plan: Plan, **kwargs: Any) -> None:
        super().__init__(plan, **kwargs)
        self.chains = Chains(self, overlap=dt.timedelta(hours=6))

    def search_requests(self) -> Iterator[Request]:
        for brand in self.plan.brands:
            paths = mastodon.paths(brand.tree, with_search=bool(self.plan.key))
            for chain, path in paths.items():
                yield self.ask(self.address + path, chain)

    def ask(self, url: str, chain: str) -> Request:
        """Ask for one page; the key goes to the chosen instance only."""
        headers = {"Authorization": f"Bearer {self.plan.key}"} if self.plan.key else None
        return Request(url, headers=headers, meta={"chain": chain})

    def parse(self, response: Response) -> Iterator[Yielded]:
        statuses = mastodon.read_page(response.body, self.name)
        yield from self.read_all(self.read, statuses)
        more, chain = mastodon.next_page(response, statuses, self.address), response.meta["chain"]
        if self.chains.follow(chain, mastodon.times(statuses), more=more is not None):
            yield self.ask(str(more), chain)

    def read(self, status: mastodon.Status) -> Mention | None:
        """Read a status, or the one it boosts, unless its author has not agreed."""
        status = mastodon.original(status)
        if reason := mastodon.refusal(status):
            self.refuse(reason)
            return None
        read = mastodon.read_status(status, self.name, site_of(self.address) or "")
        return None if is_older(read, self.plan.since) else read
