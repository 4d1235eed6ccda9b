"""
Whether a text is another one's copy: decided on the texts themselves, whatever a look-up found.

What a copy leaves out or adds does not count, as long as enough is left. What stands in one text
*in place of* something in the other does: in a short text that is another message, unless it is
one word spelt otherwise; in a long one some of it is a correction. Numbers and names between the
same words that differ are a form filled in twice. The limits were chosen on the sets of
`tests/copies`, for few wrong answers rather than for few overlooked copies; docs/accuracy.md says
what they give.
"""

import difflib
from typing import Final

from search.answering import names_of
from search.likeness import Likeness
from search.mention import Mention

LEAST_LENGTH: Final = 0.4
"""The share of the longer text's words that the shorter one must have."""

LEAST_ORDER: Final = 0.45
"""The share of the shorter text's runs of three words that must stand in the longer one."""

_FREE_WORDS: Final = 60
_REPLACED_OF_THE_REST: Final = 0.25
_REPLACED: Final = 0.22
"""Of the shorter text may be replaced: a quarter of what is beyond 60 words, and 22 % of all."""

_SPELLING: Final = 0.7
"""The share of letters that a word and its correction have in common, by `difflib`."""

_LOOKED_AT, _LONGEST_WORD = 20, 40


def is_copy(one: Likeness, other: Likeness) -> bool:
    """Decide it for two texts; which of them was first makes no difference."""
    if not (one.is_long_enough and other.is_long_enough):
        return False
    shorter, longer = sorted((len(one.words), len(other.words)))
    if shorter < LEAST_LENGTH * longer:
        return False
    if _order(one, other) < LEAST_ORDER:
        return False
    replaced = shorter - sum((one.counts & other.counts).values())
    allowed = min(_REPLACED_OF_THE_REST * (shorter - _FREE_WORDS), _REPLACED * shorter)
    if replaced > max(0, allowed) and not (replaced == 1 and _is_respelt(one, other)):
        return False
    return not _contradict(one, other)


def is_answer(one: Mention, other: Mention) -> bool:
    """Whether one of two mentions answers the other: then it is no copy, whatever it says."""
    if one.source != other.source:
        return False
    return _answers(one, other) or _answers(other, one)


def _answers(one: Mention, other: Mention) -> bool:
    return one.reply_to is not None and one.reply_to in names_of(other.source_id, other.url)


def _order(one: Likeness, other: Likeness) -> float:
    return len(one.runs & other.runs) / min(len(one.runs), len(other.runs))


def _is_respelt(one: Likeness, other: Likeness) -> bool:
    """Whether the one word in place of another is the same one, spelt better or worse."""
    there, here = one.counts - other.counts, other.counts - one.counts
    fewer, more = sorted((list(there), list(here)), key=len)
    return any(_look_alike(word, each) for word in fewer[:1] for each in more[:_LOOKED_AT])


def _look_alike(word: str, other: str) -> bool:
    if not (word.isalpha() and other.isalpha()) or max(len(word), len(other)) > _LONGEST_WORD:
        return False
    first, second = sorted((word, other))  # difflib is not symmetric
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio() >= _SPELLING


def _contradict(one: Likeness, other: Likeness) -> bool:
    places = one.facts.keys() & other.facts.keys()
    return any(one.facts[place].isdisjoint(other.facts[place]) for place in places)
