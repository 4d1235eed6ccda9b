"""What feeds of every format have in common: an entry, its identity, and whether it is whole."""

import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scrapy.http import Response

from crawlers.reading import canonical_url, links_of, once, plain_text, site_of
from search.mention import Author, Engagement, Kind, Licence, Media, MediaKind, Mention

WHOLE_CHARACTERS = 800
"""A description as long as this is the article itself, whatever the feed calls it."""

_CUT_OFF = re.compile(
    r"(\u2026|\.\.\.|\b(read (more|on|the rest)|continue reading|l\u00e4s mer|lees (meer|verder)))"
    r"[\s\]).\u00bb\u2192>]*\Z",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What one entry says, read from its format but not yet a mention."""

    id: str | None
    """The feed's own identifier."""
    link: str | None
    title: str
    markup: str
    """The longest text the feed shows, as HTML."""
    is_whole: bool
    """Whether the feed offers it as the whole text rather than a summary."""
    author: Author | None = None
    published_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    tags: Sequence[str] = ()
    media: tuple[Media, ...] = ()
    licence: Licence | None = None
    language: str | None = None
    replies: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a mention."""

    mention: Mention
    is_teaser: bool
    """Whether the page it links to says more than the feed."""

    @property
    def mark(self) -> str:
        """A hash by which the next run sees whether it changed."""
        mention = self.mention
        said = f"{mention.title}\x1f{mention.text}\x1f{mention.published_at}{mention.edited_at}"
        return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=8).hexdigest()


@dataclasses.dataclass(frozen=True, slots=True)
class Feed:
    """One document of a feed."""

    nodes: Sequence[Any]
    """Its entries, unread."""
    read: Callable[[Any], Entry | None]
    """Turns a node into an entry; ``None`` when it has no words."""
    next_url: str | None
    """The document with older entries."""
    deleted: int = 0
    """How many entries it says were deleted (RFC 6721)."""


def finish(draft: Draft, source: str, feed_url: str, shared: frozenset[str]) -> Entry | None:
    """
    Make an entry of a draft; ``None`` when it has no words at all.

    An entry is identified by its page, or by its own identifier when it has no page of its own:
    ``shared`` holds the links that several entries of a feed have.
    """
    text = plain_text(draft.markup)
    if not text and not draft.title:
        return None
    is_episode = any(file.kind is not MediaKind.IMAGE for file in draft.media)
    url = draft.link or next((file.url for file in draft.media), feed_url)
    edited_at = draft.updated_at if draft.updated_at != draft.published_at else None
    mention = Mention(
        source=source,
        source_id=_identity(draft, text, feed_url, shared),
        url=url,
        kind=Kind.EPISODE if is_episode else Kind.ARTICLE,
        title=draft.title or None,
        text=text,
        site=site_of(draft.link or feed_url),
        published_at=draft.published_at or draft.updated_at,
        edited_at=edited_at if draft.published_at else None,
        author=draft.author,
        engagement=Engagement(replies=draft.replies),
        media=draft.media,
        hashtags=once(tag.lstrip("#") for tag in draft.tags if not re.search(r"\s", tag.strip())),
        links=links_of(draft.markup),
        declared_language=draft.language,
        licence=draft.licence,
    )
    has_page = bool(draft.link) and draft.link not in shared and not is_episode
    return Entry(mention, is_teaser=has_page and not _is_whole(draft, text))


def _identity(draft: Draft, text: str, feed_url: str, shared: frozenset[str]) -> str:
    if draft.link and draft.link not in shared:
        return canonical_url(draft.link)
    if draft.id:
        return draft.id
    said = f"{draft.title}\x1f{text}".encode("utf-8", "replace")
    return f"{draft.link or feed_url}#{hashlib.blake2b(said, digest_size=8).hexdigest()}"


def _is_whole(draft: Draft, text: str) -> bool:
    if _CUT_OFF.search(text):
        return False
    return (draft.is_whole and bool(text)) or len(text) >= WHOLE_CHARACTERS


def media_kind(mime: object) -> MediaKind | None:
    """Read what a file is from its MIME type."""
    if not isinstance(mime, str):
        return None
    return {kind.value: kind for kind in MediaKind}.get(mime.partition("/")[0].lower())


@dataclasses.dataclass(slots=True)
class Memory:
    """What a run of a feed remembers for the next: how to ask, and what each entry said."""

    before: Mapping[str, Any]
    """The cursor of the last run."""
    after: dict[str, Any]
    """The cursor of the next one."""

    def conditions(self) -> dict[str, str]:
        """Ask for the feed only if it changed."""
        names = {"etag": "If-None-Match", "last_modified": "If-Modified-Since"}
        return {header: self.before[key] for key, header in names.items() if self.before.get(key)}

    def note(self, page: Response) -> None:
        """Remember the version of the feed, from its first document."""
        self.after["entries"] = {}
        for key, header in (("etag", "ETag"), ("last_modified", "Last-Modified")):
            value = page.headers.get(header)
            self.after[key] = value.decode("latin-1") if value else None

    def is_news(self, entry: Entry, *, remember: bool) -> bool:
        """Tell whether an entry did not say so before; remember those of the first document."""
        if remember:
            self.after["entries"][entry.mention.source_id] = entry.mark
        before: Mapping[str, str] = self.before.get("entries", {})
        return before.get(entry.mention.source_id) != entry.mark

    def forget(self, mention: Mention) -> None:
        """Let the next run ask for the feed, and for the page of this entry, once more."""
        self.after["entries"].pop(mention.source_id, None)
        self.ask_in_full()

    def ask_in_full(self) -> None:
        """Let the next run ask for the feed even if it has not changed."""
        self.after.update(etag=None, last_modified=None)
