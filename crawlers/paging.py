"""Reading pages newest first: where to stop, and where the next run continues."""

import dataclasses
import datetime as dt
from collections.abc import Mapping

from crawlers.base import SourceSpider
from search.mention import Mention

DEFAULT_MAX_PAGES = 10_000


@dataclasses.dataclass(slots=True)
class Chains:
    """
    The pages one run reads of one address, in chains that each lead back in time.

    A chain ends where the last run began (less ``overlap``), at ``plan.since``, where a page
    brings nothing new, and after ``max_pages`` of the whole run (but a first page is always read).
    Its place in the cursor moves when it ended, and not by ``max_pages``: what lies behind that is
    still missing.
    """

    spider: SourceSpider
    overlap: dt.timedelta
    pages: int = 1
    seen: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    newest: dict[str, dt.datetime] = dataclasses.field(default_factory=dict)
    is_cut: bool = False
    """Whether ``max_pages`` left something unread."""

    def spend(self) -> bool:
        """Count one more page to ask for; ``False`` when there were enough."""
        most = int(self.spider.plan.options.get("max_pages", DEFAULT_MAX_PAGES))
        if self.pages >= most:
            self.spider.count("notes", "stopped by max_pages")
            self.is_cut = True
            return False
        self.pages += 1
        return True

    def floor(self, chain: str) -> dt.datetime | None:
        """Say how far back a chain needs to be read; ``None``: to its end."""
        saved = self._saved(chain)
        known = saved and saved - self.overlap
        return max(filter(None, [known, self.spider.plan.since]), default=None)

    def _saved(self, chain: str) -> dt.datetime | None:
        saved = self.spider.plan.cursor.get(chain)
        return dt.datetime.fromisoformat(saved) if saved else None

    def follow(self, chain: str, page: Mapping[str, dt.datetime | None], *, more: bool) -> bool:
        """Note the identifiers and times on a page; say whether to ask for the next one."""
        times = [time for time in page.values() if time is not None]
        self.newest[chain] = max(
            [*times, self.newest.get(chain) or self._saved(chain) or _EARLIEST]
        )
        if more and self._brings_news(chain, page) and not self._is_past(chain, times):
            return self.spend()
        self._finish(chain)
        return False

    def _brings_news(self, chain: str, page: Mapping[str, object]) -> bool:
        seen = self.seen.setdefault(chain, set())
        before = len(seen)
        seen.update(page)
        if len(seen) == before and page:
            self.spider.count("notes", "stopped where pages repeat")
        return len(seen) > before

    def _is_past(self, chain: str, times: list[dt.datetime]) -> bool:
        floor = self.floor(chain)
        return floor is not None and bool(times) and max(times) < floor

    def _finish(self, chain: str) -> None:
        """Move the cursor; a date in the future must not make the next run skip anything."""
        newest = min(self.newest[chain], dt.datetime.now(dt.UTC))
        if newest > _EARLIEST:
            self.spider.next_cursor[chain] = newest.isoformat()


def is_older(mention: Mention, since: dt.datetime | None) -> bool:
    """Whether a mention is surely from before the time asked for."""
    return bool(since and mention.published_at and mention.published_at < since)


_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)
