"""Articles on any website, found through its sitemaps or from link to link."""

from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Response

from crawlers.base import Declaration, Plan, Yielded
from crawlers.paging import is_older
from crawlers.platforms.extraction import Extraction
from crawlers.platforms.markup import own_text
from crawlers.platforms.site import SiteSpider


class WebsiteSpider(SiteSpider):
    """
    Every page of a site that names a brand in its main text.

    Looking for the brand costs a hundredth of finding the main text, so it comes first: in the
    page as it was sent, then in what a reader sees of it. Author and date are sought last.
    """

    name = "website"
    custom_settings = SiteSpider.custom_settings | {"CONCURRENT_ITEMS": 1}  # one is all a page has
    declaration = Declaration(
        title="Websites",
        address=None,
        terms="each site's own; robots.txt, noindex, noai and TDM reservations are obeyed",
        contact="by hand: each site's own contact page",
        cadence="6h",
        per_brand=False,
    )

    def __init__(self, plan: Plan, **kwargs: Any) -> None:
        super().__init__(plan, **kwargs)
        self.extraction = Extraction()

    async def read_page(self, html: bytes, page: Response) -> AsyncIterator[Yielded]:
        if not self.matcher.may_match(html):
            return
        if not self.matcher.may_match(own_text(html)):
            return
        text = html.decode()
        header = page.headers.get("Link", b"") or b""
        mention = await self.extraction.read(text, page.url, self.name, header.decode("latin-1"))
        if mention is None:
            self.count("skipped", "not an article")
        elif not self.matcher.may_match(f"{mention.title or ''}\n{mention.text}"):
            self.count("dropped", "no brand in the main text")
        elif is_older(mention := await self.extraction.complete(mention, text), self.plan.since):
            self.count("skipped", "older than asked for")
        else:
            yield mention
