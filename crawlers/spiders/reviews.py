"""Reviews on product pages that describe them with schema.org, in whatever syntax."""

from collections.abc import AsyncIterator

from scrapy.http import Response

from crawlers.base import Declaration, Yielded
from crawlers.paging import is_older
from crawlers.platforms.badges import Badges
from crawlers.platforms.markup import parse_page
from crawlers.platforms.review import (
    find_reviews,
    has_subject,
    may_have_reviews,
    own_ids,
    read_review,
)
from crawlers.platforms.site import SiteSpider


class ReviewsSpider(SiteSpider):
    """
    Every review on a site's product pages; one is about a brand when its words or product are.

    An address that is a product page is read with its further pages of reviews, and no other
    product is looked for.
    """

    name = "reviews"
    declaration = Declaration(
        title="Product reviews",
        address=None,
        terms="each shop's own; robots.txt, noindex, noai and TDM reservations are obeyed",
        contact="by hand: through the shop, which alone knows the reviewer",
        cadence="1d",
        per_brand=False,
    )

    async def read_page(self, html: bytes, page: Response) -> AsyncIterator[Yielded]:
        text = html.decode()
        if not may_have_reviews(text):
            return
        if self.is_start(page) and has_subject(text, page.url):
            self.only_lists = True
        if not self.matcher.may_match(html):
            return
        markup = parse_page(html, page.url)
        reviews = find_reviews(text, page.url)
        badges = Badges(markup, text)
        said = self.read_all(read_review, reviews, markup, self.name, own_ids(reviews), badges)
        for mention in said:
            if is_older(mention, self.plan.since):
                self.count("skipped", "older than asked for")
            else:
                yield mention
