"""The closed sets of values a mention can have."""

import enum
from typing import Final

UNKNOWN: Final = "und"
"""The code of a language that is not known, *undetermined* in ISO 639-2."""


class Kind(enum.StrEnum):
    """What sort of text a mention is."""

    POST = "post"
    COMMENT = "comment"
    REVIEW = "review"
    ARTICLE = "article"
    EPISODE = "episode"


class MediaKind(enum.StrEnum):
    """What sort of file is attached."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class Feeling(enum.StrEnum):
    """The sign of a sentiment."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Disclosed(enum.StrEnum):
    """How clearly an author says that somebody paid."""

    CLEAR = "clear"
    AMBIGUOUS = "ambiguous"
    WEAK = "weak"
    PLATFORM = "platform"
    NONE = "none"


class Purpose(enum.StrEnum):
    """What an author writes for; where a text fits several, the first counts."""

    JOB = "job"
    GIVEAWAY = "giveaway"
    PROMOTION = "promotion"
    COMMERCE = "commerce"
    COMPLAINT = "complaint"
    NEWS = "news"
    QUESTION = "question"
    PRAISE = "praise"
    OPINION = "opinion"


class Place(enum.StrEnum):
    """Where in a text something stands."""

    START = "start"
    TEXT = "text"
    HASHTAG = "hashtag"
    HASHTAGS = "hashtags"
    """Buried among other hashtags."""


class Confidence(enum.StrEnum):
    """How far a licence statement can be trusted (rights.md, transition T12)."""

    AUTHORITATIVE = "authoritative"
    SCRAPED = "scraped"


class Permission(enum.StrEnum):
    """Where our request to the author stands (rights.md §1.2, axis A)."""

    NOT_REQUESTED = "not_requested"
    QUEUED = "queued"
    REQUESTED = "requested"
    GRANTED = "granted"
    DECLINED = "declined"
    NO_RESPONSE = "no_response"
    EXPIRED = "expired"
    REVOKED = "revoked"
