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


class Signal(enum.StrEnum):
    """What may speak against a mention being its author's own free opinion; never a verdict."""

    SAME_TEXT_OTHER_AUTHOR = "same_text_other_author"
    """Somebody else said the same before."""

    INCENTIVE_WORDS = "incentive_words"
    """The author says to have got something for it."""

    RATING_AGAINST_TEXT = "rating_against_text"
    """Stars and words clearly contradict each other."""

    ONE_REVIEW_ACCOUNT = "one_review_account"
    """The source counts one review of its author."""

    COPIED_FROM_PAGE = "copied_from_page"
    """Its words are those of the page that sells the product."""


class Confidence(enum.StrEnum):
    """How far a licence statement can be trusted (rights.md, transition T12)."""

    AUTHORITATIVE = "authoritative"
    SCRAPED = "scraped"


class Effect(enum.StrEnum):
    """
    What a signal about rights asks of whoever keeps a mention (rights.md §2.1, §2.3).

    It asks it of later use; what forbids keeping or analysing a page at all keeps it from being
    read, and never gets here.
    """

    NO_ARCHIVE = "no_archive"
    """No copy of the page, no screenshot (A)."""

    NO_MINING = "no_mining"
    """No analysis by programs, such as sentiment (M)."""

    NO_GENERATIVE_AI = "no_generative_ai"
    """Nothing of it may be given to a generative model (G)."""

    NO_TRAINING = "no_training"
    """No model may be trained or tuned on it; it belongs in no data set (G)."""

    NO_QUOTING = "no_quoting"
    """Not even a part of the words may be shown (Q)."""

    NO_PUBLIC_SEARCH = "no_public_search"
    """Not to be shown in public galleries or searches."""

    NO_IMAGES = "no_images"
    """Its pictures may not be shown apart from it."""

    NO_IMAGE_AI = "no_image_ai"
    """No model may be trained on its pictures or be given them."""

    NO_CONTACT = "no_contact"
    """Its author does not want to be written to by programs (C)."""


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


class Basis(enum.StrEnum):
    """Why content may be used, apart from the state of any request (rights.md §1.2, axis B)."""

    NONE = "none"
    GRANT = "grant"
    OPEN_LICENCE = "open_licence"
    PUBLIC_DOMAIN = "public_domain"
    OWNED = "owned"
    CONTRACT = "contract"
    PLATFORM_EMBED = "platform_embed"


class SourceState(enum.StrEnum):
    """What became of the original (axis C)."""

    LIVE = "live"
    EDITED = "edited"
    PRIVATE = "private"
    DELETED_BY_AUTHOR = "deleted_by_author"
    REMOVED_BY_PLATFORM = "removed_by_platform"
    ACCOUNT_DELETED = "account_deleted"
    WITHHELD = "withheld"
    GONE = "gone"
    """It is not there any more, and nobody says who removed it."""

    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class Hold(enum.StrEnum):
    """What forbids any use until somebody looks (axis D)."""

    NOT_REUSABLE = "not_reusable"
    DO_NOT_CONTACT = "dnc"
    MINOR_SUSPECTED = "minor_suspected"
    PERSON_UNRELEASED = "person_unreleased"
    MUSIC_THIRD_PARTY = "music_third_party"
    THIRD_PARTY_WORK = "third_party_work"
    TDM_RESERVED = "tdm_reserved"
    LICENCE_CHANGED = "licence_changed"
    CONTENT_CHANGED = "content_changed"
    """The content is not what the author was asked for (rights.md T16)."""

    GRANT_EDITED = "grant_edited"
    IDENTITY_MISMATCH = "identity_mismatch"
    DISPUTED = "disputed"
    SPECIAL_CATEGORY = "special_category"
    PLATFORM_TTL = "platform_ttl"
    LEGAL_HOLD = "legal_hold"
