"""
The document everything else produces, enriches, stores and queries: start reading here.

What the source said is a `Mention`; what we ourselves know about it is a `State`. The type of a
field, its docstring and its mark below are all there is to say about it: the index schema, the
data dictionary, export columns and the query language's field names come from them
(`search/fields.py`). Its parts are in `search/parts.py`, what our stages add in `search/tags.py`.

Unknown is always ``None``, never ``0`` or ``""``. Every instant is aware, in UTC, and its name
ends in ``_at``.
"""

import dataclasses
import datetime as dt
import hashlib
from typing import Annotated

from search.parts import Author, Engagement, Media, Rating, Subject, Words
from search.tags import (
    Authenticity,
    Credit,
    Disclosure,
    Identifier,
    Intent,
    LanguageEvidence,
    Licence,
    Opinion,
    RightsSignal,
    Sentiment,
    Towards,
)
from search.vocabulary import (
    Basis,
    Confidence,
    Disclosed,
    Feeling,
    Hold,
    Kind,
    MediaKind,
    Permission,
    Place,
    Purpose,
    Signal,
)

__all__ = [
    "Authenticity", "Author", "Basis", "Confidence", "Credit", "Disclosed", "Disclosure",
    "Engagement", "Feeling", "Hold", "Intent", "Kind", "LanguageEvidence", "Licence", "Media",
    "MediaKind", "Mention", "Opinion", "Permission", "Place", "Purpose", "Rating", "RightsSignal",
    "Sentiment", "Signal", "State", "StoredMention", "Subject", "Towards", "mention_id",
]  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """One public post, comment, review or article that is about a brand."""

    source: str
    """The name of the spider that found it."""

    source_id: Identifier
    """The identifier the source gives it, unique within the source; a web page's canonical URL."""

    url: Identifier
    """The permalink a person can open."""

    text: Words
    """The body as plain text, paragraphs separated by blank lines."""

    kind: Kind = Kind.POST
    """What sort of text it is."""

    title: Words | None = None
    """The headline, without the body."""

    site: str | None = None
    """The host it was published on, without ``www.``."""

    published_at: dt.datetime | None = None
    """When it was published."""

    edited_at: dt.datetime | None = None
    """When its author last changed it; ``None`` when never or not shown."""

    harvested_at: dt.datetime | None = None
    """When we read it; ``None`` until delivery stamps it."""

    author: Author | None = None
    """Who wrote it; ``None`` when the source names nobody."""

    engagement: Engagement = dataclasses.field(default_factory=Engagement)
    """Public reaction counts at harvest time."""

    rating: Rating | None = None
    """What a reviewer gave; ``None`` for everything but reviews, and for reviews without stars."""

    subject: Subject | None = None
    """The product or place reviewed."""

    verified: bool | None = None
    """Whether the source says that its author bought what is reviewed; ``None``: it is silent."""

    incentivised: bool | None = None
    """Whether the source says that its author got something for it; ``None``: it is silent."""

    media: tuple[Media, ...] = ()
    """Attached files, in their order."""

    hashtags: tuple[str, ...] = ()
    """Hashtags without ``#``, lower case, in order of appearance, each once."""

    handles: tuple[str, ...] = ()
    """Accounts addressed, without the leading ``@``, lower case, each once."""

    emoji: tuple[str, ...] = ()
    """Emoji in the text, whatever their shade, in order of appearance, each once."""

    links: Annotated[tuple[str, ...], "kept"] = ()
    """Web addresses the text points to."""

    reply_to: Identifier | None = None
    """What it answers: an identifier or address in the same source."""

    declared_language: str | None = None
    """ISO 639-1 code the source itself gives."""

    licence: Licence | None = None
    """The licence stated for the text or the page as a whole; of several, the strictest."""

    credit: Credit | None = None
    """How the text's maker asks to be named; ``None`` when the source does not say."""

    rights_signals: tuple[RightsSignal, ...] = ()
    """What the source says about use of the mention besides; never what forbids keeping it."""

    brands: tuple[str, ...] = ()
    """Names of the brands it is about, set by the match stage."""

    language: str | None = None
    """ISO 639-1 code, or ``und`` when the text is too short to tell; set by the language stage."""

    language_evidence: LanguageEvidence | None = None
    """What the language rests on; ``None`` for ``und``."""

    sentiment: Sentiment | None = None
    """How the author feels; ``None`` when not known. Set by the sentiment stage."""

    second_opinion: Opinion | None = None
    """What a transformer says; ``None`` for all but the sample that is compared with one."""

    towards: Towards | None = None
    """How it speaks of each brand; ``None`` when that is not known. Set by the towards stage."""

    marked_as_paid: bool | None = None
    """Whether the source itself marks it as paid for; ``None`` when it does not say."""

    disclosure: Disclosure | None = None
    """Whether its author says so; ``None`` until the disclosure stage has looked."""

    intent: Intent | None = None
    """What its author writes for; ``None`` when not known. Set by the intent stage."""

    authenticity: tuple[Authenticity, ...] = ()
    """What may speak against its being its author's own free opinion: signals, no verdict."""

    copy_of: Identifier | None = None
    """The id of the first mention that says the same; ``None`` for what is said first."""

    def __post_init__(self) -> None:
        for name in ("published_at", "edited_at", "harvested_at"):
            instant: dt.datetime | None = getattr(self, name)
            if instant is None or instant.tzinfo is dt.UTC:
                continue
            if instant.tzinfo is None:
                raise ValueError(f"{name} {instant} has no time zone")
            object.__setattr__(self, name, instant.astimezone(dt.UTC))

    @property
    def id(self) -> str:
        """32 hexadecimal digits, the same for the same post on every run and machine."""
        return mention_id(self.source, self.source_id)


def mention_id(source: str, source_id: str) -> str:
    """Hash what identifies a mention: 128-bit BLAKE2b, in hexadecimal."""
    name = f"{source}\x1f{source_id}".encode("utf-8", "replace")
    return hashlib.blake2b(name, digest_size=16).hexdigest()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What we ourselves know about a mention; a crawl never writes it."""

    permission: Permission = Permission.NOT_REQUESTED
    """Where our request to the author stands."""

    basis: Basis = Basis.NONE
    """Why we may use it, apart from the state of a request."""

    holds: tuple[Hold, ...] = ()
    """What forbids any use until somebody looks."""

    due_at: dt.datetime | None = None
    """Until when the author's answer is waited for; ``None`` when none is."""

    granted_until_at: dt.datetime | None = None
    """When the present grant or contract ends; ``None`` without one."""

    first_seen_at: dt.datetime | None = None
    """When the store first kept it."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class StoredMention:
    """A mention as a store hands it out."""

    mention: Mention
    """What the source said."""

    state: State
    """What we know."""

    @property
    def id(self) -> str:
        """The mention's id."""
        return self.mention.id
