"""Granted items and files for tests."""

import datetime as dt

from search.mention import Author, Media, Mention, State, StoredMention
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.scope import Scope, Use
from search.vocabulary import Basis, MediaKind

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
UNTIL = dt.date(2027, 11, 28)
SCOPE = Scope(
    channels=("website", "organic_social:instagram"),
    territories=("SE", "NL"),
    valid_from=NOW.date(),
    valid_until=UNTIL,
)
ANN = Author(name="ann", id="did:ann", display_name="Ann Ö", url="https://s.example/@ann")
MP4 = b"\x00\x00\x00\x20ftypisom" + b"\x00" * 40


def media(url: str, kind: MediaKind = MediaKind.IMAGE, **said: object) -> Media:
    """One attachment."""
    return Media(url=url, kind=kind, **said)  # type: ignore[arg-type]  # a test's short form


def item(
    number: int = 1, *attached: Media, mention: dict[str, object] | None = None, **fields: object
) -> GrantedItem:
    """A post by Ann with attachments, granted for our website unless something else is said."""
    said: dict[str, object] = {
        "source": "mastodon", "source_id": str(number), "url": f"https://s.example/@ann/{number}",
        "text": "Storm tastes good", "author": ANN, "media": attached, **(mention or {}),
    }  # fmt: skip
    whole: dict[str, object] = {
        "stored": StoredMention(mention=Mention(**said), state=State()),  # type: ignore[arg-type]  # see above
        "use": Use(channel="website", territory="SE"),
        "decided_at": NOW,
        "basis": Basis.GRANT,
        "credit_line": "Photo: Ann Ö",
        "licence": None,
        "licence_url": None,
        "expires": UNTIL,
        "scope": SCOPE,
        "terms_version": "2026-01",
        "terms_sha256": "ab" * 32,
        "evidence": "12 3f0a55aa",
    }
    return GrantedItem(**{**whole, **fields})  # type: ignore[arg-type]  # see above


def open_item(number: int = 1, *attached: Media, **fields: object) -> GrantedItem:
    """The same, under an open licence."""
    licensed: dict[str, object] = {
        "basis": Basis.OPEN_LICENCE, "licence": "CC-BY-4.0", "scope": None, "expires": None,
        "licence_url": "https://creativecommons.org/licenses/by/4.0/", "terms_version": None,
        "terms_sha256": None,
    }  # fmt: skip
    return item(number, *attached, **{**licensed, **fields})  # type: ignore[arg-type]  # see above
