"""Hacker News: stories and comments, through the public search that Algolia keeps for it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from scrapy.http import Request, Response

from crawlers.asking import search_terms
from crawlers.base import Declaration, Plan, SourceSpider, Yielded
from crawlers.paging import Chains
from crawlers.platforms import hacker_news
from search.mention import Mention


class HackerNewsSpider(SourceSpider):
    """Everything the search knows of a brand, newest first, each brand's words asked for apart."""

    name = "hackernews"
    declaration = Declaration(
        title="Hacker News",
        address="https://hn.algolia.com",
        terms="https://hn.algolia.com/api",
        contact="by hand: the site has no messages; only an address in a profile may be used",
        cadence="1h",
        quotas=("10000/1h",),  # https://hn.algolia.com/api: of one address
        obeys_robots=False,  # a documented interface made for programs
    )

    def __init__(self, plan: Plan, **kwargs: Any) -> None:
        super().__init__(plan, **kwargs)
        # As long as Hacker News lets an author edit a comment.
        self.chains = Chains(self, overlap=dt.timedelta(hours=2))

    def search_requests(self) -> Iterator[Request]:
        for brand in self.plan.brands:
            for term in search_terms(brand.tree) or [""]:
                yield self.ask(term)

    def ask(self, term: str, high: dt.datetime | None = None) -> Request:
        """Ask for what is not newer than ``high``."""
        path = hacker_news.search_path(term, self.chains.floor(term), high)
        return Request(self.address + path, meta={"term": term})

    def parse(self, response: Response) -> Iterator[Yielded]:
        hits, more = hacker_news.read_page(response.body, self.name)
        yield from self.read_all(self.read, hits)
        term, times = response.meta["term"], hacker_news.times(hits)
        oldest = min(filter(None, times.values()), default=None)
        if self.chains.follow(term, times, more=more and oldest is not None):
            yield self.ask(term, oldest)

    def read(self, hit: hacker_news.Hit) -> Mention | None:
        """Read a hit, unless its words were taken back."""
        if hacker_news.is_deleted(hit):
            self.count("notes", "deleted")
            return None
        return hacker_news.read_hit(hit, self.name)
