"""Entries that only begin to say something: fetching the page behind each."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from scrapy.http import Request, Response, TextResponse
from twisted.python.failure import Failure

from crawlers.base import Plan, SourceSpider, Yielded
from crawlers.failures import FaultKind, classify
from crawlers.paging import Chains
from crawlers.platforms.article import read_article
from crawlers.platforms.entries import Entry, Memory
from crawlers.reservations import Reserved
from search.matcher import Matcher
from search.mention import Mention


class TeaserSpider(SourceSpider):
    """
    A source whose entries may be teasers of pages elsewhere.

    A page that cannot be had leaves the teaser as it is. One that failed only for now is asked
    for again by the next run; one whose owner reserved it takes its teaser with it.
    """

    chains: Chains

    def __init__(self, plan: Plan, **kwargs: Any) -> None:
        super().__init__(plan, **kwargs)
        self.memory = Memory(plan.cursor, self.next_cursor)

    def deliver(self, entry: Entry) -> Iterator[Yielded]:
        """Yield an entry, or the request for its page while pages may still be asked for."""
        if not entry.is_teaser:
            yield entry.mention
        elif self.chains.spend():
            meta = {"optional": True, "reads_page": True, "teaser": entry.mention}
            yield Request(
                entry.mention.url,
                self.parse_page,
                errback=self.keep_teaser,
                meta=meta,
                dont_filter=True,  # a page asked for before would take its teaser with it
            )
        else:
            self.memory.forget(entry.mention)
            yield entry.mention

    def go_on(
        self, times: Mapping[str, dt.datetime | None], next_url: str | None
    ) -> Iterator[Request]:
        """Ask for the next document, or remember that something was left unread."""
        if self.chains.follow("newest", times, more=next_url is not None):
            yield Request(str(next_url))
        elif self.chains.is_cut or self.unreadable:
            self.memory.ask_in_full()

    def parse_page(self, response: Response) -> Iterator[Mention]:
        """Complete a teaser by its page; one that cannot be read costs nobody the teaser."""
        teaser: Mention = response.meta["teaser"]
        try:
            yield complete(teaser, response, self.matcher)
        except Exception:
            yield teaser
            raise

    def keep_teaser(self, failure: Failure) -> Iterator[Mention]:
        """Make do with the teaser, unless the page forbids keeping anything of it."""
        if isinstance(failure.value, Reserved):
            return
        kind, _ = classify(failure.value)
        self.count("notes", f"teasers whose page is {kind}")
        teaser: Mention = failure.request.meta["teaser"]  # type: ignore[attr-defined]  # by Scrapy
        if kind in {FaultKind.UNREACHABLE, FaultKind.BUSY}:
            self.memory.forget(teaser)
        yield teaser


def complete(teaser: Mention, page: Response, matcher: Matcher) -> Mention:
    """
    Return an entry with the text of its page, or as it was where the page brings nothing more.

    What the feed says of date, author and licence stands; only pages that can be about a brand are
    read at all.
    """
    if not isinstance(page, TextResponse) or not matcher.may_match(page.text):
        return teaser
    article = read_article(page, teaser.source)
    if article is None or len(article.text) <= len(teaser.text):
        return teaser
    whole = dataclasses.replace(
        teaser,
        text=article.text,
        title=teaser.title or article.title,
        published_at=teaser.published_at or article.published_at,
        edited_at=teaser.edited_at or article.edited_at,
        author=teaser.author or article.author,
        media=teaser.media or article.media,
        links=article.links or teaser.links,
        declared_language=teaser.declared_language or article.declared_language,
        licence=teaser.licence or article.licence,
        credit=teaser.credit or article.credit,
        rights_signals=(*teaser.rights_signals, *article.rights_signals),
    )
    return whole if matcher.match(whole) else teaser
