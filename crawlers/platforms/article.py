"""
Articles: a web page becomes a mention.

What the page states in a form made for programs (JSON-LD, Open Graph) is believed first; the main
text is found by trafilatura. A page without a main text, or that is mostly links to others, is no
mention: a front page would be found for every brand its teasers name, and be different tomorrow.
"""

import dataclasses
import datetime as dt
import itertools
import warnings
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ahocorasick_rs import AhoCorasick

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of its dependencies, when imported
    from trafilatura import bare_extraction, extract_metadata
    from trafilatura.settings import Document

from crawlers.charsets import page_text
from crawlers.platforms.markup import (
    Markup,
    has_crowd,
    own_text_html,
    parse_page,
    read_canonical,
    text_at_large,
)
from crawlers.platforms.rights import read_page_rights, read_pictures, read_stated_pictures
from crawlers.platforms.schema_org import Node, read_nodes
from crawlers.reading import plain_text, read_time, site_of
from search.mention import Author, Kind, Media, MediaKind, Mention

if TYPE_CHECKING:  # not for the processes that read articles: they need no Scrapy
    from scrapy.http import TextResponse

SHORTEST = 80
"""Characters of main text below which a page that does not call itself an article is none."""

MOSTLY_LINKS = 0.5
"""Share of the main text inside links above which it is a list."""

TEASERS = 3
"""As many headings that link to other pages make a list."""

MANY_AUTHORS = 10

MOST_SIBLINGS = 10_000
"""Elements in one element up to which trafilatura is asked for the main text."""

ARTICLES = frozenset(
    {"Article", "NewsArticle", "BlogPosting", "Report", "TechArticle", "ReportageNewsArticle"}
    | {"OpinionNewsArticle", "AnalysisNewsArticle", "ReviewNewsArticle", "BackgroundNewsArticle"}
    | {"LiveBlogPosting", "ScholarlyArticle", "SocialMediaPosting", "AdvertiserContentArticle"}
)
"""schema.org types of a page's main text."""


def read_article(page: "TextResponse", source: str) -> Mention | None:
    """Read the article on a page; ``None`` when it holds none."""
    header = page.headers.get("Link")
    return read_article_text(
        page_text(page), page.url, source, header.decode("latin-1") if header else None
    )


def read_article_text(
    html: str, url: str, source: str, link_header: str | None = None
) -> Mention | None:
    """Read the article in a decoded document."""
    mention = read_main_text(html, url, source, link_header)
    return add_unstated(mention, html) if mention is not None else None


def read_main_text(
    html: str, url: str, source: str, link_header: str | None = None
) -> Mention | None:
    """Read an article's text, and what its page states of it in a form made for programs."""
    page = parse_page(html, url)
    nodes = [found.node for found in read_nodes(html, url, attributes=False)]
    stated = find_article(nodes)
    title = next(_titles(page, stated), None)
    text = _main_text(stated, _extract(page, html)).removeprefix(f"{title}\n\n")
    if not text or not (_calls_itself_article(page, stated) or _is_article(page, text)):
        return None
    canonical = read_canonical(page)
    rights = read_page_rights(page, html, nodes, stated, link_header)
    return Mention(
        source=source,
        source_id=canonical,
        url=canonical,
        kind=Kind.ARTICLE,
        title=title,
        text=text,
        site=site_of(canonical),
        published_at=next(_times(_published(page, stated)), None),
        edited_at=next(_times(_modified(page, stated)), None),
        author=next(_authors(page, stated), None),
        media=tuple({media.url: media for media in _media(page, stated, nodes)}.values()),
        declared_language=page.language,
        licence=rights.licence,
        credit=rights.credit,
        rights_signals=rights.signals,
    )


def add_unstated(mention: Mention, html: str) -> Mention:
    """Add author and date where only the looks of the page tell them, which is slow to find."""
    if mention.author is not None and mention.published_at is not None:
        return mention
    try:
        found = extract_metadata(html, default_url=mention.url)
    except (RecursionError, TypeError, ValueError):  # no reason to lose the page
        return mention
    named = found.author if found.author and not found.author.startswith("http") else None
    author = Author(name=named.replace("; ", ", ")) if named else None
    return dataclasses.replace(
        mention,
        author=mention.author or author,
        published_at=mention.published_at or next(_times([found.date or ""]), None),
    )


def _extract(page: Markup, html: str) -> str:
    """
    Find the main text, and only if need be with trafilatura's second and third opinion.

    On 22 recorded pages with gold texts they change nothing and take half as long again. Its time
    grows with the square of the elements in one element: 13 s for 64,000 in a paragraph.
    """
    if has_crowd(page.tree, html, MOST_SIBLINGS):
        return text_at_large(page.tree)
    for given, fast in ((own_text_html(page.tree), True), (html, False)):
        try:
            found = bare_extraction(given, url=page.url, fast=fast, include_comments=False)
        except RecursionError:
            return ""
        if isinstance(found, Document) and found.text:
            return found.text
    return ""


def find_article(nodes: Sequence[Node]) -> Node | None:
    """Return what the page states of its article: the fullest statement, if there are several."""
    articles = [node for node in nodes if node.types & ARTICLES and node.text("headline", "name")]
    return max(articles, key=lambda node: len(node.raw), default=None)


def _main_text(stated: Node | None, extracted: str) -> str:
    return _paragraphs(extracted) or plain_text(stated.text("articleBody") if stated else None)


def _paragraphs(text: str) -> str:
    """Separate paragraphs by a blank line, and keep lists and tables together."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    joined = lines[:1]
    for before, line in itertools.pairwise(lines):
        is_list = before[:2] == line[:2] and line[:2] in {"- ", "| "}
        joined += ["\n" if is_list else "\n\n", line]
    return "".join(joined)


def _calls_itself_article(page: Markup, stated: Node | None) -> bool:
    return stated is not None or (page.meta("og:type") or "").lower() == "article"


def _is_article(page: Markup, text: str) -> bool:
    """Tell a text from a list of links to texts."""
    if len(text) < SHORTEST or urlsplit(page.url).path in {"", "/"}:
        return False
    teasers = page.tree.css("article h1 a, article h2 a, article h3 a")
    return len(teasers) < TEASERS and _share_in_links(page, text) < MOSTLY_LINKS


def _share_in_links(page: Markup, text: str) -> float:
    """Say how much of a text stands in links on its page."""
    linked = {" ".join(anchor.text().split()) for anchor in page.tree.css("a[href]")}
    words = [part for part in linked if len(part) > 3]
    found = AhoCorasick(words).find_matches_as_indexes(text, overlapping=True)
    return sum(len(words[index]) for index in {index for index, _, _ in found}) / len(text)


def _titles(page: Markup, stated: Node | None) -> Iterator[str]:
    site = page.meta("og:site_name") or ""
    headings = page.tree.css("h1")
    for found in (
        stated.text("headline", "name") if stated else None,
        page.meta("og:title"),
        headings[0].text() if len(headings) == 1 else None,
        *(title.text() for title in page.tree.css("title")[:1]),
    ):
        if found and (tidy := " ".join(unescape(found).split())):
            yield tidy.removesuffix(site).rstrip(" |–—-·:") or tidy  # noqa: RUF001 - as sites do


def _published(page: Markup, stated: Node | None) -> Iterator[str]:
    yield from stated.texts("datePublished", "dateCreated") if stated else ()
    yield page.meta("article:published_time", "datePublished", "date", "dc.date") or ""


def _modified(page: Markup, stated: Node | None) -> Iterator[str]:
    yield from stated.texts("dateModified") if stated else ()
    yield page.meta("article:modified_time", "og:updated_time") or ""


def _times(texts: Iterable[str]) -> Iterator[dt.datetime]:
    return (moment for text in texts if (moment := read_time(text)) is not None)


def _authors(page: Markup, stated: Node | None) -> Iterator[Author]:
    names = list(stated.texts("author")) if stated else []
    urls = [node.text("url") for node in stated.nodes("author")] if stated else []
    if named := [unescape(name) for name in names if not name.startswith("http")][:MANY_AUTHORS]:
        url = page.join(urls[0]) if len(named) == len(urls) == 1 else None
        yield Author(name=", ".join(dict.fromkeys(named)), url=url)
    if (found := page.meta("author")) and not found.startswith("http"):
        yield Author(name=found.replace("; ", ", "))


def _stated_images(stated: Node | None) -> Iterator[str | None]:
    for image in stated.values("image") if stated is not None else ():
        yield image.text("contentUrl", "url") if isinstance(image, Node) else str(image)


def _media(page: Markup, stated: Node | None, nodes: Sequence[Node]) -> Iterator[Media]:
    """Yield pictures; of two statements on the same one, the later and fuller one counts."""
    for address in (*_stated_images(stated), page.meta("og:image")):
        if url := page.join(address):
            yield Media(url=url, kind=MediaKind.IMAGE)
    yield from read_pictures(page)
    yield from read_stated_pictures(page, nodes)
