"""The diary's feeds: RSS 2.0, Atom in two pages with a tombstone, and JSON Feed."""

import dataclasses
import email.utils
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from crawlers.demo import answers
from crawlers.demo.answers import Answer
from crawlers.demo.articles import Article, body_html

PAGE = 25
"""How many entries one page of the Atom feed holds."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """What a feed of any format says."""

    address: str
    path: str
    language: str
    title: str
    entries: Sequence[Article]
    """Newest first."""
    full: Sequence[str]
    """Paths of the entries that stand in the feed whole; of the others, only the teaser does."""
    deleted: Sequence[Article]


def rss(feed: Feed, _page: int) -> Answer:
    """Write RSS 2.0 with Dublin Core and ``content:encoded``."""
    newest = email.utils.format_datetime(feed.entries[0].published_at, usegmt=True)
    entries = "".join(_rss_entry(feed, entry) for entry in feed.entries)
    return answers.plain(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{escape(feed.title)}</title>
<link>{feed.address}/{feed.language}/</link>
<atom:link rel="self" href="{feed.address}{feed.path}" type="application/rss+xml"/>
<description>Cafés, beans and windows.</description>
<language>{feed.language}</language>
<lastBuildDate>{newest}</lastBuildDate>
{entries}</channel>
</rss>
""",
        "application/rss+xml; charset=utf-8",
    )


def _rss_entry(feed: Feed, entry: Article) -> str:
    link = feed.address + entry.path
    whole = ""
    if entry.path in feed.full:
        body = body_html(entry, feed.address).replace("]]>", "]]]]><![CDATA[>")
        whole = f"<content:encoded><![CDATA[{body}]]></content:encoded>\n"
    return f"""<item>
<title>{escape(entry.title)}</title>
<link>{link}</link>
<guid isPermaLink="true">{link}</guid>
<dc:creator>{escape(entry.author)}</dc:creator>
<pubDate>{email.utils.format_datetime(entry.published_at, usegmt=True)}</pubDate>
<description>{escape(escape(entry.teaser))}</description>
{whole}</item>
"""


def atom(feed: Feed, number: int) -> Answer:
    """Write one page of Atom; RFC 5005 leads to the next, RFC 6721 says what was deleted."""
    shown = feed.entries[(number - 1) * PAGE : number * PAGE]
    following = ""
    if number * PAGE < len(feed.entries):
        following = f'<link rel="next" href="{feed.address}{feed.path}?page={number + 1}"/>\n'
    tombs = "".join(_tombstone(feed, entry) for entry in feed.deleted) if number == 1 else ""
    entries = "".join(_atom_entry(feed, entry) for entry in shown)
    return answers.plain(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"
 xml:lang="{feed.language}">
<id>{feed.address}{feed.path}</id>
<title>{escape(feed.title)}</title>
<updated>{feed.entries[0].published_at.isoformat()}</updated>
<link rel="self" href="{feed.address}{feed.path}"/>
<link rel="alternate" href="{feed.address}/{feed.language}/"/>
{following}{tombs}{entries}</feed>
""",
        "application/atom+xml; charset=utf-8",
    )


def _tombstone(feed: Feed, entry: Article) -> str:
    when = feed.entries[0].published_at.isoformat()
    return f'<at:deleted-entry ref="{feed.address}{entry.path}" when="{when}"/>\n'


def _atom_entry(feed: Feed, entry: Article) -> str:
    link = feed.address + entry.path
    whole = ""
    if entry.path in feed.full:
        body = escape(body_html(entry, feed.address), quote=False)
        whole = f'<content type="html">{body}</content>\n'
    return f"""<entry>
<id>{link}</id>
<title>{escape(entry.title)}</title>
<link rel="alternate" href="{link}"/>
<published>{entry.published_at.isoformat()}</published>
<updated>{entry.published_at.isoformat()}</updated>
<author><name>{escape(entry.author)}</name></author>
<summary>{escape(entry.teaser)}</summary>
{whole}</entry>
"""


def json_feed(feed: Feed, _page: int) -> Answer:
    """Write JSON Feed 1.1."""
    return answers.as_json(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": f"{feed.address}/{feed.language}/",
            "feed_url": feed.address + feed.path,
            "language": feed.language,
            "items": [_json_entry(feed, entry) for entry in feed.entries],
        },
        content_type="application/feed+json",
    )


def _json_entry(feed: Feed, entry: Article) -> dict[str, Any]:
    whole = entry.path in feed.full
    return {
        "id": feed.address + entry.path,
        "url": feed.address + entry.path,
        "title": entry.title,
        "summary": entry.teaser,
        "date_published": entry.published_at.isoformat(),
        "authors": [{"name": entry.author}],
        "language": feed.language,
        **({"content_html": body_html(entry, feed.address)} if whole else {}),
    }


WRITERS: dict[str, Callable[[Feed, int], Answer]] = {"en": rss, "sv": atom, "nl": json_feed}
"""The format of each language's feed."""
