"""
Sitemaps: lists of a site's pages, in files and in lists of such files.

A stranger writes them, so everything about them is bounded: size, number, depth, and how many
pages are remembered. External entities are never resolved.
"""

import dataclasses
import datetime as dt
import heapq
import re
import zlib
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from crawlers.reading import canonical_url, read_time

LARGEST_BYTES = 50 * 1024 * 1024
"""Of one file, unpacked; what the protocol allows (sitemaps.org)."""

MOST_FILES = 1_000
DEEPEST = 3
MOST_ENTRIES = 50_000
"""In one file; what the protocol allows."""

_DISTANT = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One page, or one further sitemap."""

    url: str
    changed_at: dt.datetime | None = None
    """When it was last changed or published; ``None`` when not shown."""

    is_sitemap: bool = False


@dataclasses.dataclass(slots=True)
class SitemapWalk:
    """
    The sitemaps of one site, read until none is left; then its newest pages.

    Pages without a date come after those with one, in the order in which they were listed.
    """

    limit: int
    """How many pages are wanted."""

    after: dt.datetime | None = None
    """Pages that say they are older are not."""

    listed: int = 0
    """How many pages were listed, wanted or not."""

    older: int = 0
    """How many were left out for their age."""

    beyond: int = 0
    """How many were left out for the limit."""

    open: int = 0
    """Files that were asked for and have not been read."""

    newest_at: dt.datetime | None = None
    """The latest change of any page."""

    _files: set[str] = dataclasses.field(default_factory=set)
    _pages: list[tuple[dt.datetime, int, str]] = dataclasses.field(default_factory=list)
    _known: set[str] = dataclasses.field(default_factory=set)

    def add_file(self, url: str, depth: int = 0) -> bool:
        """Say whether a sitemap is to be read, and count it as open."""
        url = canonical_url(url)
        if url in self._files or len(self._files) >= MOST_FILES or depth > DEEPEST:
            return False
        self._files.add(url)
        self.open += 1
        return True

    def add_page(self, entry: Entry) -> None:
        """Remember a page while it is among the newest."""
        url = canonical_url(entry.url)
        self.listed += 1
        if entry.changed_at and (self.newest_at is None or entry.changed_at > self.newest_at):
            self.newest_at = entry.changed_at
        if self.after and entry.changed_at and entry.changed_at < self.after:
            self.older += 1
        elif url not in self._known:
            place = (entry.changed_at or _DISTANT, -self.listed, url)
            self._known.add(url)
            self._remember(place)

    def _remember(self, place: tuple[dt.datetime, int, str]) -> None:
        if len(self._pages) < self.limit:
            heapq.heappush(self._pages, place)
            return
        self.beyond += 1
        self._known.discard(heapq.heappushpop(self._pages, place)[2])

    def pages(self) -> list[str]:
        """Return the wanted pages, newest first."""
        return [url for _, _, url in sorted(self._pages, reverse=True)]


def is_sitemap_address(path: str) -> bool:
    """Whether the path of an address is that of a sitemap rather than of a page."""
    return path.lower().endswith((".xml", ".xml.gz", ".txt", ".txt.gz"))


def read_sitemap(body: bytes) -> Iterator[Entry]:
    """Read a sitemap, a sitemap index or a text list, packed or not; what is broken is skipped."""
    plain = unpack(body)
    start = plain[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return _read_xml(plain) if start.startswith(b"<") else _read_lines(plain)


def unpack(body: bytes) -> bytes:
    """Unpack gzip up to `LARGEST_BYTES`; a broken end loses only itself."""
    if not body.startswith(b"\x1f\x8b"):
        return body[:LARGEST_BYTES]
    try:
        return zlib.decompressobj(wbits=31).decompress(body, LARGEST_BYTES)
    except zlib.error:
        return b""


def _read_lines(body: bytes) -> Iterator[Entry]:
    for line in body.decode("utf-8-sig", "replace").splitlines()[:MOST_ENTRIES]:
        if line.strip().startswith(("http://", "https://")):
            yield Entry(line.strip())


def _read_xml(body: bytes) -> Iterator[Entry]:
    """Read one element at a time and let go of it, so that a large file stays small."""
    elements = etree.iterparse(
        BytesIO(body), events=("end",), recover=True, resolve_entities=False, no_network=True
    )
    entries = 0
    try:
        for _, element in elements:
            name = _name(element)
            if name not in {"url", "sitemap"}:
                continue
            if (entry := _read_entry(element, is_sitemap=name == "sitemap")) is not None:
                yield entry
            element.clear()
            entries += 1
            if entries >= MOST_ENTRIES:
                return
    except etree.XMLSyntaxError:
        return


def _read_entry(element: etree._Element, *, is_sitemap: bool) -> Entry | None:
    """Read the address and date; those of a picture stand one level deeper."""
    texts = {_name(child): (child.text or "").strip() for child in element}
    address = texts.get("loc", "")
    if not address.startswith(("http://", "https://")):
        return None
    news = (child.text for child in element.iter() if _name(child) == "publication_date")
    times = map(read_time, (texts.get("lastmod"), *news))
    return Entry(address, max(filter(None, times), default=None), is_sitemap)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def read_robots_sitemaps(body: bytes) -> list[str]:
    """Return the sitemaps that a robots.txt names, each once."""
    text = body[: 500 * 1024].decode("utf-8-sig", "replace")
    found = re.findall(r"^\s*sitemap\s*:\s*(https?://\S+)", text, re.IGNORECASE | re.MULTILINE)
    return list(dict.fromkeys(found))
