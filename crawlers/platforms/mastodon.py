"""Mastodon and the software that answers like it: what one status says, and who may be read."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from scrapy.http import Response

from crawlers.asking import hashtags, search_terms
from crawlers.reading import (
    links_of,
    once,
    plain_text,
    read_count,
    read_json,
    read_language,
    read_time,
    site_of,
    web_address,
)
from search.errors import LayoutChanged, SourceError
from search.mention import Author, Engagement, Media, MediaKind, Mention, RightsSignal
from search.query import Query
from search.rights.effects import signal
from search.vocabulary import Effect

Status = Mapping[str, Any]

_UNWANTED = re.compile(r"#nobots?\b|#noai\b|\b(nosearch|noindex)\b", re.IGNORECASE)
_NO_ARCHIVE = re.compile(r"#noarchive\b", re.IGNORECASE)
_NOT_LINKS = frozenset({"mention", "hashtag"})
_NEXT = re.compile(r"""<([^>]+)>[^,<]*;\s*rel="?next\b""")
_MEDIA_KINDS = {
    "image": MediaKind.IMAGE,
    "gifv": MediaKind.VIDEO,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
}


def paths(query: Query, *, with_search: bool) -> dict[str, str]:
    """
    Return what to ask an instance about a brand, each question under a name of its own.

    Hashtag timelines need no key. A query that no question narrows down is looked for in all
    public posts; one that nothing can be asked about raises `SourceError`.
    """
    tags, terms = hashtags(query), search_terms(query)
    if tags is None or terms is None:
        return {"public": "/api/v1/timelines/public?limit=40"}
    asked = {f"#{tag}": f"/api/v1/timelines/tag/{quote(tag, safe='')}?limit=40" for tag in tags}
    for term in terms if with_search else ():
        params = {"q": term, "type": "statuses", "resolve": "false", "limit": 40}
        asked[f"search {term}"] = f"/api/v2/search?{urlencode(params)}"
    if not asked:
        problem = "the query holds nothing that could be a hashtag"
        raise SourceError("mastodon", problem, "with SAYSO_MASTODON_TOKEN its words are searched")
    return asked


def read_page(body: bytes, source: str) -> list[Status]:
    """Read a timeline, or the statuses among search results."""
    page = read_json(body, source)
    statuses = page.get("statuses") if isinstance(page, dict) else page
    if not isinstance(statuses, list):
        raise LayoutChanged(source, "the answer holds no list of statuses")
    return statuses


def times(statuses: list[Status]) -> dict[str, dt.datetime | None]:
    """Tell when each status was published, by its number on this instance."""
    known = [status for status in statuses if isinstance(status, dict)]
    return {str(status.get("id")): read_time(status.get("created_at")) for status in known}


def next_page(response: Response, statuses: list[Status], address: str) -> str | None:
    """
    Return the address of the page before this one in time; ``None`` after the last.

    The ``Link`` header says it; without one, timelines go on from the oldest number and search
    results by counting. Never another host, so that a key stays where it belongs.
    """
    if not statuses:
        return None
    named = _NEXT.search(b",".join(response.headers.getlist("Link")).decode("latin-1"))
    if named and named[1].startswith(f"{address}/"):
        return named[1]
    asked = dict(parse_qsl(urlsplit(response.url).query))
    path = urlsplit(response.url).path.removeprefix(urlsplit(address).path)
    if path.endswith("/search"):
        asked["offset"] = str(int(asked.get("offset", 0)) + len(statuses))
    else:
        asked["max_id"] = str(statuses[-1]["id"])
    return f"{address}{path}?{urlencode(asked)}"


def original(status: Status) -> Status:
    """Return the status itself, or for a boost the one that was boosted, by its own author."""
    boosted: Status | None = status.get("reblog")
    return boosted or status


def refusal(status: Status) -> str | None:
    """
    Say why a status must not be kept, or ``None`` when its author has agreed to be found.

    Silence is no agreement (rights.md R2.11): an account whose ``indexable`` is false, empty or
    missing is left out, as is one that says so in its profile (R2.12), where ``#noai`` means what
    it means on a page: no analysis, so nothing is kept.
    """
    account = status["account"]
    if status["visibility"] != "public":
        return "not public"
    if account.get("noindex"):
        return "author asks not to be indexed"
    if any(_UNWANTED.search(text) for text in _profile(account)):
        return "author's profile asks bots to stay away"
    if account.get("indexable") is not True:
        return "author not opted in to search"
    return None


def _profile(account: Mapping[str, Any]) -> Iterator[str]:
    yield plain_text(account.get("note"))
    for field in account.get("fields") or ():
        yield plain_text(field["name"])
        yield plain_text(field["value"])


def read_status(status: Status, source: str, instance: str) -> Mention:
    """
    Turn a status into a mention; ``instance`` is the host that showed it.

    Its identifier is the one it has throughout the fediverse, so that the same post seen on two
    instances is one mention. A content warning is the title; poll options are the author's words.
    """
    content, answers = status["content"], status.get("in_reply_to_id")
    return Mention(
        source=source,
        source_id=status["uri"],
        url=_permalink(status),
        text="\n\n".join(filter(None, [plain_text(content), _poll(status)])),
        title=status.get("spoiler_text") or None,
        site=site_of(status["uri"]) or instance,
        published_at=read_time(status["created_at"]),
        edited_at=read_time(status.get("edited_at")),
        author=read_account(status["account"], instance),
        engagement=read_engagement(status),
        media=tuple(_media(status)),
        hashtags=once(tag["name"] for tag in status.get("tags") or ()),
        handles=once(_address(one, instance) for one in status.get("mentions") or ()),
        links=links_of(content, but=_NOT_LINKS),
        reply_to=f"https://{instance}/statuses/{answers}" if answers else None,
        declared_language=read_language(status.get("language")),
        rights_signals=tuple(_signals(status["account"])),
    )


def _signals(account: Mapping[str, Any]) -> Iterator[RightsSignal]:
    """Yield what an author wants who may be read: no copies, or not to be shown around."""
    for text in _profile(account):
        if found := _NO_ARCHIVE.search(text):
            yield signal("profile", found[0], "account note", (Effect.NO_ARCHIVE,))
            break
    if account.get("discoverable") is False:
        yield signal("discoverable", "false", "account")


def read_account(account: Mapping[str, Any], instance: str) -> Author:
    """Turn an account into an author, named by its full address on any instance."""
    return Author(
        name=_address(account, instance),
        id=account.get("uri") or account["url"],
        display_name=account.get("display_name") or None,
        url=web_address(account["url"]),
        followers=read_count(account.get("followers_count")),
        automated=account.get("bot"),
    )


def read_engagement(status: Status) -> Engagement:
    """Read the public counts as the instance knows them."""
    return Engagement(
        likes=read_count(status.get("favourites_count")),
        replies=read_count(status.get("replies_count")),
        reposts=read_count(status.get("reblogs_count")),
    )


def _address(account: Mapping[str, Any], instance: str) -> str:
    """Complete a local ``user`` to ``user@host``; the host is where its profile is."""
    acct: str = account["acct"]
    return acct if "@" in acct else f"{acct}@{site_of(account.get('url') or '') or instance}"


def _permalink(status: Status) -> str:
    url = web_address(status.get("url")) or web_address(status["uri"])
    if url is None:
        raise ValueError("a status without a web address")
    return url


def _poll(status: Status) -> str:
    poll = status.get("poll") or {}
    return "\n".join(option["title"] for option in poll.get("options") or ())


def _media(status: Status) -> Iterator[Media]:
    for file in status.get("media_attachments") or ():
        kind = _MEDIA_KINDS.get(file["type"])
        url = web_address(file.get("remote_url") or file.get("url"))
        if kind and url:
            yield Media(url=url, kind=kind, description=file.get("description") or None)
