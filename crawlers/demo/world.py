"""The demo web as a whole: the brand it is crawled for, its sites, and the truth about them."""

import functools
from collections.abc import Callable, Mapping

from crawlers.demo import blog, fediverse, links, news, shop
from crawlers.demo.answers import Site
from crawlers.demo.documents import Document

BRAND_NAME = "Storm"
BRAND_QUERY = (
    '"storm coffee" OR "storm kaffe" OR "storm koffie" '
    "OR #stormcoffee OR #stormkaffe OR #stormkoffie OR @stormcoffee "
    'OR (storm AND (espresso OR latte OR cappuccino OR cortado OR "flat white" '
    "OR barista OR baristas OR beans OR bönor OR bonen))"
)
"""*Storm* is the weather in all three languages: alone it is not the brand."""

SITES: Mapping[str, Callable[[str], Site]] = {
    fediverse.NAME: fediverse.Fediverse,
    blog.NAME: blog.Blog,
    news.NAME: news.News,
    shop.NAME: shop.Shop,
    links.NAME: links.Links,
}
"""How each is built at its address, in the order of their ports."""


class World:
    """All sites, at their addresses."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.sites: dict[str, Site] = {name: SITES[name](addresses[name]) for name in SITES}

    @functools.cached_property
    def documents(self) -> tuple[Document, ...]:
        """Every text on every site."""
        return tuple(document for site in self.sites.values() for document in site.documents)

    def expected(self, *, browser: bool = False) -> list[Document]:
        """Return what a crawl must find, no more and no less."""
        return [
            document
            for document in self.documents
            if document.is_expected and (browser or not document.needs_browser)
        ]
