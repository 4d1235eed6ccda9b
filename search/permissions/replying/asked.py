"""What we asked an author, as far as it takes to judge the answer: an `OpenRequest`."""

import dataclasses
import datetime as dt
import hashlib
import re
from typing import Final

from search.errors import SaysoError
from search.mention import Mention

LANGUAGES: Final = ("en", "nl", "sv")
"""The languages that have lists of terms."""

_TOKEN: Final = re.compile(r"#[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*", re.ASCII)


class BadOpenRequest(SaysoError):
    """A request that no reply could be matched with; the message names the field and the value."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OpenRequest:
    """One request for permission that waits for an answer, or has got one."""

    platform: str
    """The source of the content: `Mention.source`. Author ids mean nothing beyond it."""

    author_id: str
    """The immutable identifier of the content's author."""

    author_handle: str
    """The author's handle when we asked, without ``@``."""

    messages: tuple[str, ...]
    """Identifiers and addresses of what we posted, a reminder included."""

    texts: tuple[str, ...]
    """What we posted, word for word, so that it is known when it is quoted."""

    requested_at: dt.datetime
    """When the first of them was posted."""

    token: str
    """The hashtag that means yes, made for this request: ``#YesStorm-7F3K``."""

    brand_handle: str
    """The account that asked, without ``@``."""

    content_then: str | None
    """The content's `fingerprint` when we asked; ``None``: not known, so nothing is granted."""

    content_now: str | None
    """Its `fingerprint` as last read."""

    terms_quoted: str
    """The version of the terms that the request names."""

    terms_current: str
    """The version that is in force when the reply is judged."""

    languages: tuple[str, ...] = LANGUAGES
    """In which languages a yes is understood; a no is understood in all that there are."""

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token) or len(self.token) < 6:
            raise BadOpenRequest(
                f"token {self.token!r}: allowed: # and ASCII letters, digits and single hyphens, "
                "6 characters or more, such as #YesStorm-7F3K"
            )
        if self.requested_at.tzinfo is None:
            raise BadOpenRequest(f"requested_at {self.requested_at} has no time zone")
        for name in ("platform", "author_id", "author_handle", "brand_handle", "messages"):
            if not getattr(self, name):
                raise BadOpenRequest(f"{name} is empty: no reply could be matched")
        for name in ("author_handle", "brand_handle"):
            if getattr(self, name).startswith("@"):
                raise BadOpenRequest(f"{name} {getattr(self, name)!r}: leave the @ out")
        if not all(self.messages):
            raise BadOpenRequest("messages: one of them is empty")


def fingerprint(mention: Mention) -> str:
    """Return the SHA-256 of a mention's title, text and media addresses, 64 hex digits."""
    parts = (mention.title or "", mention.text, *(media.url for media in mention.media))
    marked = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(marked.encode("utf-8", "surrogatepass")).hexdigest()
