"""
The authenticity stage: what about one mention may speak against its being a free opinion.

Signals for whoever looks closer, each with what it rests on; none is a verdict, and none is
published (rights.md R5.6). What takes other mentions to see comes later: the same text by another
author where copies are found (`same_text.py`), the rest in `sayso authenticity`.
"""

import dataclasses
from collections.abc import Callable
from typing import Final

from pipelines.authenticity.incentives import find_incentive
from pipelines.authenticity.page_words import find_page_words
from pipelines.context import Context
from search.mention import Authenticity, Mention, Signal


def tag_authenticity(mention: Mention, _: Context) -> Mention:
    """Set the signals that the mention alone gives; all others are taken off."""
    found = tuple(
        Authenticity(signal=signal, evidence=evidence)
        for signal, find in _FINDERS
        if (evidence := find(mention))
    )
    if found == mention.authenticity:
        return mention
    return dataclasses.replace(mention, authenticity=found)


def _find_conflict(mention: Mention) -> str | None:
    said = mention.sentiment
    if said is None or not said.conflict or mention.rating is None or said.text_value is None:
        return None
    return f"{mention.rating.stars:g} of 5 stars, the text alone {said.text_value:+.2f} of -1 to 1"


def _find_one_review(mention: Mention) -> str | None:
    is_one = mention.author is not None and mention.author.reviews == 1
    return "the source counts one review of this account" if is_one else None


_FINDERS: Final[tuple[tuple[Signal, Callable[[Mention], str | None]], ...]] = (
    (Signal.INCENTIVE_WORDS, find_incentive),
    (Signal.RATING_AGAINST_TEXT, _find_conflict),
    (Signal.ONE_REVIEW_ACCOUNT, _find_one_review),
    (Signal.COPIED_FROM_PAGE, find_page_words),
)
