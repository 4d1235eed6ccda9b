"""What becomes of a mention that is put where one of its id may be kept already."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple, Self

from search import codec
from search.mention import Intent, Mention, Sentiment
from search.stores.base import Outcome
from search.tags import PERSON

MOST_EARLIER: Final = 10
"""How many earlier sentiments of a mention are remembered."""


class Encoded(NamedTuple):
    """A mention with its JSON and its content hash."""

    mention: Mention
    body: bytes
    content_hash: bytes

    @classmethod
    def of(cls, mention: Mention) -> Self:
        """Encode a mention."""
        return cls(mention, *codec.encode(mention))


class Before(NamedTuple):
    """What of a kept mention is not simply replaced."""

    brands: tuple[str, ...] = ()
    sentiment: Sentiment | None = None
    intent: Intent | None = None

    @classmethod
    def of(cls, mention: Mention) -> Self:
        """Take it from the kept mention."""
        return cls(mention.brands, mention.sentiment, mention.intent)


def judge(
    put: Encoded, known_hash: bytes | None, before: Callable[[], Before]
) -> tuple[Outcome, Encoded]:
    """
    Compare a mention with the kept one (``None``: there is none); return what is to be written.

    Brands are added to those it was found for before, and in their order. What a person
    said of sentiment and intent stays; of other sentiments it is remembered what they were.
    """
    if known_hash is None:
        return Outcome.NEW, put
    if known_hash == put.content_hash:
        return Outcome.UNCHANGED, put
    wanted = _merged(put.mention, before())
    if wanted == put.mention:
        return Outcome.CHANGED, put
    merged = Encoded.of(wanted)
    unchanged = merged.content_hash == known_hash
    return (Outcome.UNCHANGED if unchanged else Outcome.CHANGED), merged


def _merged(mention: Mention, before: Before) -> Mention:
    brands = tuple(dict.fromkeys((*before.brands, *mention.brands)))
    sentiment = _sentiment(mention.sentiment, before.sentiment)
    intent = before.intent if _is_settled(before.intent, mention.intent) else mention.intent
    return replace(mention, brands=brands, sentiment=sentiment, intent=intent)


def _sentiment(now: Sentiment | None, before: Sentiment | None) -> Sentiment | None:
    if before is None:
        return now
    if _is_settled(before, now):
        return before
    if now is None:
        return None
    if _said(now) == _said(before):
        return replace(now, earlier=before.earlier)
    return replace(now, earlier=(*before.earlier, _said(before))[-MOST_EARLIER:])


def _is_settled(before: Sentiment | Intent | None, now: Sentiment | Intent | None) -> bool:
    """Whether a person has said what it is, and none says something else now."""
    is_by_person = now is not None and now.method.startswith(PERSON)
    return before is not None and before.method == PERSON and not is_by_person


def _said(sentiment: Sentiment) -> str:
    return f"{sentiment.label or 'unsure'} {sentiment.value:g} {sentiment.method}"
