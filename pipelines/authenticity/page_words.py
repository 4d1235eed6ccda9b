"""
Whether a review's words are those of the page it stands on: the product's own description.

Containment of runs of three words (Broder, *On the resemblance and containment of documents*,
1997) rather than likeness, since a review may repeat one sentence of a long description. Passages
in quotation marks are no words of the author's, and the product's name is nobody's.
"""

import functools
from collections.abc import Sequence
from typing import Final

from search.likeness import Likeness
from search.mention import Mention
from search.words import folded_words

LEAST_SHARE: Final = 0.5
"""The share of a review's runs of three words that must stand in the description."""

LEAST_RUNS: Final = 6
"""How many they must be: as many as eight words in a row have."""

_RUN: Final = 3
_SHOWN: Final = 30
"""Words of a passage that are shown as evidence."""


def find_page_words(mention: Mention) -> str | None:
    """Return how much of the text the page says too, with a passage; ``None`` for too little."""
    subject = mention.subject
    if subject is None or not subject.description:
        return None
    text = Likeness(mention.text)
    if not text.is_long_enough:
        return None
    own = text.runs
    shared = (own & _described(subject.description)) - _runs(folded_words(subject.name))
    if len(shared) < LEAST_RUNS or len(shared) < LEAST_SHARE * len(own):
        return None
    passage = " ".join(_longest(text.words, shared)[:_SHOWN])
    share = len(shared) / len(own)
    return f"{share:.0%} of its runs of three words stand in the product's description: {passage}"


@functools.lru_cache(maxsize=64)
def _described(description: str) -> frozenset[str]:
    """Read a description once for the reviews of one page."""
    return Likeness(description).runs


def _runs(words: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def _longest(words: Sequence[str], shared: frozenset[str]) -> Sequence[str]:
    """Find the longest passage of which every run is shared."""
    best: Sequence[str] = ()
    begin = 0
    for at in range(len(words) - _RUN + 2):
        if at > len(words) - _RUN or " ".join(words[at : at + _RUN]) not in shared:
            passage = words[begin : at + _RUN - 1] if at > begin else ()
            best = max(best, passage, key=len)
            begin = at + 1
    return best
