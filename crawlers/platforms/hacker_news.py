"""Hacker News as its search at hn.algolia.com tells it: what one hit says."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from crawlers.reading import links_of, plain_text, read_count, read_json, read_time, web_address
from search.errors import LayoutChanged
from search.mention import Author, Engagement, Kind, Mention

Hit = Mapping[str, Any]

SITE = "https://news.ycombinator.com"
HITS_PER_PAGE = 100


def search_path(term: str, low: dt.datetime | None, high: dt.datetime | None = None) -> str:
    """
    Build the question for one page: the newest first, from ``low`` to ``high``, both included.

    Algolia shows at most 1,000 hits of one question, so older pages are asked for by their time
    and not by their number.
    """
    bounds = [f"created_at_i>{int(low.timestamp()) - 1}"] if low else []
    bounds += [f"created_at_i<{int(high.timestamp()) + 1}"] if high else []
    asked = {
        "query": term.lstrip("#@"),
        "tags": "(story,comment)",
        "hitsPerPage": HITS_PER_PAGE,
        "advancedSyntax": "true",
        "typoTolerance": "false",
    }
    numeric = {"numericFilters": ",".join(bounds)} if bounds else {}
    return f"/api/v1/search_by_date?{urlencode({**asked, **numeric})}"


def read_page(body: bytes, source: str) -> tuple[list[Hit], bool]:
    """Read the hits, and whether there are more that this page does not show."""
    page = read_json(body, source)
    if not isinstance(page, dict) or not isinstance(page.get("hits"), list):
        raise LayoutChanged(source, "the answer holds no list of hits")
    hits = page["hits"]
    return hits, bool(hits) and int(page.get("nbHits", 0)) > len(hits)


def times(hits: list[Hit]) -> dict[str, dt.datetime | None]:
    """Tell when each hit was published."""
    known = [hit for hit in hits if isinstance(hit, dict)]
    return {str(hit.get("objectID")): read_time(hit.get("created_at_i")) for hit in known}


def is_deleted(hit: Hit) -> bool:
    """Whether its words were taken back: by the author, or by the moderators."""
    return not hit.get("author") or not (hit.get("comment_text") or hit.get("title"))


def read_hit(hit: Hit, source: str) -> Mention:
    """Turn a hit into a mention: a comment, or a story with its text and link if it has them."""
    text = hit.get("comment_text") or hit.get("story_text")
    is_comment = bool(hit.get("comment_text"))
    story = None if is_comment else web_address(hit.get("url"))
    return Mention(
        source=source,
        source_id=str(hit["objectID"]),
        url=f"{SITE}/item?id={hit['objectID']}",
        kind=Kind.COMMENT if is_comment else Kind.POST,
        title=None if is_comment else hit["title"],
        text=plain_text(text),
        site="news.ycombinator.com",
        published_at=read_time(hit["created_at_i"]),
        author=Author(name=hit["author"], url=f"{SITE}/user?id={hit['author']}"),
        engagement=Engagement(
            likes=read_count(hit.get("points")), replies=read_count(hit.get("num_comments"))
        ),
        links=tuple(dict.fromkeys(filter(None, [story, *links_of(text)]))),
        reply_to=str(hit["parent_id"]) if hit.get("parent_id") else None,
    )
