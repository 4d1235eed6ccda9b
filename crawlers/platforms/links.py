"""Which links of a site to follow, so that a crawl ends: the rules against endless sites."""

import dataclasses
import functools
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from scrapy.linkextractors import IGNORED_EXTENSIONS

from crawlers.platforms.markup import Markup
from crawlers.reading import canonical_url, site_of

LONGEST_ADDRESS = 1_000
MOST_SEGMENTS = 15
MOST_REPEATS = 2
"""How often one segment may occur in a path: ``/a/b/a/b/a/b`` is a site that eats its tail."""

MOST_VARIANTS = 200
"""How many query strings of one path are read, of calendars and filters that never end."""

_NOT_PAGES = frozenset(IGNORED_EXTENSIONS) | {"xml", "json", "txt", "js", "ics", "webmanifest"}
PAGE_NUMBER = re.compile(r"page|seite|sida|pagina|^pg?\Z|offset|^start\Z", re.IGNORECASE)
"""Names of query parameters that say which part of a list is shown."""


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """One link worth following."""

    url: str
    is_next: bool
    """Whether it leads to the next page of the same list, and so no deeper into the site."""


@dataclasses.dataclass(slots=True)
class Frontier:
    """What one crawl of one site has seen, and what it may still ask for."""

    start: str
    """The address it began with; nothing on another host is asked for."""

    budget: int
    """How many more pages may be asked for."""

    _seen: set[str] = dataclasses.field(default_factory=set)
    _contents: set[bytes] = dataclasses.field(default_factory=set)
    _variants: Counter[str] = dataclasses.field(default_factory=Counter)

    def admit(self, url: str) -> bool:
        """Say whether to ask for an address, and remember it."""
        url = canonical_url(url)
        if self.budget <= 0 or url in self._seen or not self.is_here(url) or is_trap(url):
            return False
        parts = urlsplit(url)
        if parts.query:
            self._variants[parts.path] += 1
            if self._variants[parts.path] > MOST_VARIANTS:
                return False
        self._seen.add(url)
        self.budget -= 1
        return True

    def is_here(self, url: str) -> bool:
        """Whether an address is on the host, and the port, of the start."""
        return _authority(url) == _authority(self.start)

    def is_new_content(self, text: str) -> bool:
        """
        Say whether a page shows something not seen before.

        Digits do not count: the pages of an endless list differ in nothing else.
        """
        essence = re.sub(r"[\d\s]+", " ", text)
        digest = hashlib.blake2b(essence.encode("utf-8", "replace"), digest_size=16).digest()
        known = digest in self._contents
        self._contents.add(digest)
        return not known


@functools.lru_cache(maxsize=1024)
def _authority_of_site(site: str) -> tuple[str | None, int | None]:
    return site_of(site), urlsplit(site).port


def _authority(url: str) -> tuple[str | None, int | None]:
    """Return host and port; the addresses of one site begin alike."""
    return _authority_of_site("/".join(url.split("/", 3)[:3]))


def is_trap(url: str) -> bool:
    """Whether an address is no page, or looks like one of endlessly many."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return True
    segments = [segment for segment in path.lower().split("/") if segment]
    extension = segments[-1].rpartition(".")[2] if segments and "." in segments[-1] else ""
    repeats = max(Counter(segments).values(), default=0)
    return (
        extension in _NOT_PAGES
        or len(url) > LONGEST_ADDRESS
        or len(segments) > MOST_SEGMENTS
        or repeats > MOST_REPEATS
    )


def read_links(page: Markup) -> Iterator[Link]:
    """Yield a page's links in order, without those its author asks robots not to follow."""
    for node in page.tree.css("a[href], link[rel~='next' i][href]"):
        relation = (node.attributes.get("rel") or "").lower().split()
        url = page.join(node.attributes.get("href"))
        if url is not None and "nofollow" not in relation:
            yield Link(url, "next" in relation or is_next_page(page.url, url))


def is_next_page(url: str, other: str) -> bool:
    """Whether two addresses differ only in the number of the page."""
    here, there = urlsplit(url), urlsplit(other)
    if (here.netloc, here.path) != (there.netloc, there.path):
        return False
    before, after = dict(parse_qsl(here.query)), dict(parse_qsl(there.query))
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return bool(changed) and all(
        PAGE_NUMBER.search(name) and after.get(name, "1").isdigit() for name in changed
    )
