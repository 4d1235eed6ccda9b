"""RSS of every version, Atom and podcasts, however badly written; JSON Feed is told apart."""

import calendar
import functools
import html
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import feedparser
from scrapy.http import Response

from crawlers.charsets import decode
from crawlers.platforms.entries import Draft, Entry, Feed, finish, media_kind
from crawlers.platforms.json_feed import read_json_feed
from crawlers.reading import plain_text, read_count, read_language, read_time, web_address
from search.errors import LayoutChanged
from search.mention import Author, Licence, Media

Node = dict[str, Any]

_PARSER_FAULTS = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""What feedparser itself stumbles into on some broken feeds, such as a lone end of a licence."""

_TOMBSTONE = re.compile(rb"<(?:[\w.-]+:)?deleted-entry[\s/>]")
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=")
_OPEN_RIGHTS = re.compile(r"creative\s*commons|\bcc[ -](by|0|zero)\b|public domain", re.IGNORECASE)
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_OLDER = ("next", "prev-archive")


def read_feed(page: Response, source: str) -> Feed:
    """Read one document; `LayoutChanged` when it is no feed of any kind."""
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_json_feed(page.body, page.url, source)
    try:
        parsed = _parse(page)
    except _PARSER_FAULTS as error:
        problem = f"the feed is too broken to read: {type(error).__name__}: {error}"
        raise LayoutChanged(source, problem) from error
    if not parsed.version and not parsed.entries:
        raise LayoutChanged(source, "the answer is no feed")
    head = parsed.feed
    links = Counter(_link(node, page.url) for node in parsed.entries)
    shared = frozenset(link for link, times in links.items() if link and times > 1)
    read = functools.partial(_read, head=head, url=page.url, source=source, shared=shared)
    deleted = len(_TOMBSTONE.findall(page.body))
    return Feed(parsed.entries, read, _next_url(head, page.url), deleted)


def _parse(page: Response) -> Any:
    content_type = (page.headers.get("Content-Type") or b"application/xml").decode("latin-1")
    body = page.body
    if not _ENCODING.search(body[:400]) and "charset" not in content_type.lower():
        # Nobody says what the bytes mean; feedparser would take them for windows-1252.
        body, content_type = decode(body).encode(), "application/xml; charset=utf-8"
    headers = {"content-location": page.url, "content-type": content_type}
    # A stream, because given bytes feedparser looks for a file of that name first.
    with io.BytesIO(body) as stream:
        return feedparser.parse(stream, response_headers=headers)


def _next_url(head: Node, base: str) -> str | None:
    for link in head.get("links", ()):
        if link.get("rel") in _OLDER:
            return web_address(link.get("href"), base)
    return None


def _read(
    node: Node, *, head: Node, url: str, source: str, shared: frozenset[str]
) -> Entry | None:
    return finish(_draft(node, head, url), source, url, shared)


def _draft(node: Node, head: Node, url: str) -> Draft:
    whole = max(_texts(node), key=len, default="")
    summary = _raw(node, "summary") or ""
    return Draft(
        id=_raw(node, "id"),
        link=_link(node, url),
        title=plain_text(_raw(node, "title")),
        markup=whole if len(whole) >= len(summary) else summary,
        is_whole=bool(whole),
        author=_author(node) or _author(head),
        published_at=_time(node, "published"),
        updated_at=_time(node, "updated"),
        tags=[tag["term"] for tag in node.get("tags", ()) if tag.get("term")],
        media=tuple(_media(node, url)),
        licence=_licence(node, "entry") or _licence(head, "feed"),
        language=read_language(_language(node) or _raw(head, "language")),
        replies=read_count(_raw(node, "slash_comments")),
    )


def _raw(node: Node, key: str) -> Any:
    """Read what stands there; feedparser's own ``get`` lends ``updated`` the other date."""
    return dict.get(node, key)


def _texts(node: Node) -> Iterator[str]:
    for part in node.get("content", ()):
        mime = part.get("type", "text/html")
        if mime == "text/plain":
            yield html.escape(part["value"])
        elif mime.startswith(("text/", "application/xhtml")):
            yield part["value"]


def _language(node: Node) -> str | None:
    detail = [*node.get("content", ()), node.get("title_detail") or {}]
    return next((part["language"] for part in detail if part.get("language")), None)


def _link(node: Node, base: str) -> str | None:
    """Find the page of an entry, behind the counting redirect of a feed host if need be."""
    address = _raw(node, "feedburner_origlink") or _raw(node, "link")
    return web_address(address, base)


def _author(node: Node) -> Author | None:
    """Read who wrote it; an e-mail address is nobody's name and is not kept."""
    detail, written = _raw(node, "author_detail") or {}, _raw(node, "author") or ""
    name = written if "@" in written else detail.get("name") or written
    name = _EMAIL.sub("", name).strip(" <>()\"'")
    return Author(name=name, url=web_address(detail.get("href"))) if name else None


def _time(node: Node, key: str) -> Any:
    if (moment := read_time(_raw(node, key))) is not None:
        return moment
    # feedparser knows dates in Greek, Hungarian and Korean too; its tuple is in UTC.
    parsed = _raw(node, f"{key}_parsed")
    return read_time(calendar.timegm(parsed)) if parsed else None


def _media(node: Node, base: str) -> Iterator[Media]:
    enclosures = [link for link in node.get("links", ()) if link.get("rel") == "enclosure"]
    seen = set()
    for file in [*enclosures, *node.get("media_content", ())]:
        kind = media_kind(file.get("type") or f"{file.get('medium')}/")
        url = web_address(file.get("href") or file.get("url"), base)
        if kind and url and url not in seen:
            seen.add(url)
            yield Media(url=url, kind=kind)


def _licence(node: Node, where: str) -> Licence | None:
    for link in node.get("links", ()):
        if link.get("rel") == "license" and link.get("href"):
            address = link["href"]
            return Licence(
                id=None, raw=address, url=web_address(address), found_in=f"{where} rel=license"
            )
    rights = _raw(node, "rights") or ""
    if _OPEN_RIGHTS.search(rights):
        return Licence(id=None, raw=plain_text(rights), found_in=f"{where} rights")
    return None
