"""JSON Feed (jsonfeed.org), versions 1 and 1.1."""

import functools
import html
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.platforms.entries import Draft, Entry, Feed, finish, media_kind
from crawlers.reading import read_json, read_language, read_time, web_address
from search.errors import LayoutChanged
from search.mention import Author, Media

Node = Mapping[str, Any]


def read_json_feed(body: bytes, url: str, source: str) -> Feed:
    """Read one document."""
    page = read_json(body, source)
    if not isinstance(page, dict) or not isinstance(page.get("items"), list):
        raise LayoutChanged(source, "the answer is JSON but no JSON Feed")
    nodes = page["items"]
    links = Counter(_link(node, url) for node in nodes if isinstance(node, dict))
    shared = frozenset(link for link, times in links.items() if link and times > 1)
    read = functools.partial(_read, head=page, url=url, source=source, shared=shared)
    return Feed(nodes, read, web_address(page.get("next_url"), url))


def _read(
    node: Node, *, head: Node, url: str, source: str, shared: frozenset[str]
) -> Entry | None:
    return finish(_draft(node, head, url), source, url, shared)


def _draft(node: Node, head: Node, url: str) -> Draft:
    whole = _text(node.get("content_html")) or html.escape(_text(node.get("content_text")))
    return Draft(
        id=str(node["id"]) if node.get("id") else None,
        link=_link(node, url),
        title=_text(node.get("title")),
        markup=whole or html.escape(_text(node.get("summary"))),
        is_whole=bool(whole),
        author=_author(node) or _author(head),
        published_at=read_time(node.get("date_published")),
        updated_at=read_time(node.get("date_modified")),
        tags=[tag for tag in node.get("tags") or () if isinstance(tag, str)],
        media=tuple(_media(node, url)),
        language=read_language(node.get("language") or head.get("language")),
    )


def _link(node: Node, base: str) -> str | None:
    return web_address(node.get("url"), base) or web_address(node.get("external_url"), base)


def _author(node: Node) -> Author | None:
    authors = node.get("authors") or [node.get("author") or {}]
    named = [author for author in authors if _text(author.get("name"))]
    return Author(name=named[0]["name"], url=web_address(named[0].get("url"))) if named else None


def _media(node: Node, base: str) -> Iterator[Media]:
    for file in node.get("attachments") or ():
        kind, url = media_kind(file.get("mime_type")), web_address(file.get("url"), base)
        if kind and url:
            yield Media(url=url, kind=kind, description=_text(file.get("title")) or None)


def _text(value: object) -> str:
    """Read words; what is none is as if it were not there."""
    return value if isinstance(value, str) else ""
