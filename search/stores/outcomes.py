"""What becomes of a mention that is put where one of its id may be kept already."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, Self

from search import codec
from search.mention import Mention
from search.stores.base import Outcome


class Encoded(NamedTuple):
    """A mention with its JSON and its content hash."""

    mention: Mention
    body: bytes
    content_hash: bytes

    @classmethod
    def of(cls, mention: Mention) -> Self:
        """Encode a mention."""
        return cls(mention, *codec.encode(mention))


def judge(
    put: Encoded, known_hash: bytes | None, brands_before: Callable[[], tuple[str, ...]]
) -> tuple[Outcome, Encoded]:
    """
    Compare a mention with the kept one (``None``: there is none); return what is to be written.

    Brands are added to those it was found for before, and in their order.
    """
    if known_hash is None:
        return Outcome.NEW, put
    if known_hash == put.content_hash:
        return Outcome.UNCHANGED, put
    brands = tuple(dict.fromkeys((*brands_before(), *put.mention.brands)))
    if brands == put.mention.brands:
        return Outcome.CHANGED, put
    merged = Encoded.of(replace(put.mention, brands=brands))
    unchanged = merged.content_hash == known_hash
    return (Outcome.UNCHANGED if unchanged else Outcome.CHANGED), merged
