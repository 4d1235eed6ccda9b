"""
The intent stage: what an author writes for, such as to complain, to ask or to sell.

A source that says what it publishes decides first: an article is news, a review with stars is
praise or a complaint, whatever is disclosed as paid is a promotion. Else the terms of
`intent_terms.toml` decide, in en, sv and nl: one sure term or two hints. A text may fit several;
the order of `Purpose` decides, since who shouts for a refund may ask where it stays. Praise needs
a tone that is not negative; hints of a complaint, one that is not positive. A question is also
what ends in one, in any language, unless its tone is negative: that is rather a complaint in words
that are not listed. What is left is judged by a model of the user's own, where `sayso train` made
one and it is sure enough; else it is not known. A feeling alone is no opinion: on posts by others
that guess was right in 7 of 69.
"""

import collections
import dataclasses
import functools
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import regex
from ahocorasick_rs import AhoCorasick

from pipelines.context import Context
from pipelines.sentiment import own_words, readable_text
from search.mention import Disclosed, Feeling, Intent, Kind, Mention, Purpose

READ_CHARACTERS: Final = 2_000
"""How much of a text is read; in more of it, hints meet by chance."""

ENOUGH: Final = 2
"""Points that decide: a sure term has as many, a hint one."""

LIKELY: Final = 0.5
"""How likely a label of a model must be."""

LAST_CHARACTERS: Final = 500
"""How much of the end is read for a question: no sentence is longer, and reading is quadratic."""

SHORTEST_QUESTION: Final = 3
"""Words of a question; *Right?* and *Really?* ask nothing."""

_TERMS: Final = Path(__file__).with_name("intent_terms.toml")
_PRICE: Final = regex.compile(
    r"(?:[$£€]\s?\d|\d\s?(?:kr\b|sek\b|:-|€|euro?\b|usd\b|gbp\b|£|\$))", regex.IGNORECASE
)
_AFTER_ALL: Final = regex.compile(
    r"(?:https?://\S+|[@#]\w+|\p{Extended_Pictographic}|[\uFE0F\u200D\s])+$", regex.V1
)
_QUESTION: Final = regex.compile(r"([^.!?\n\u2026]+)\?+[!?)\"\u201d]*$", regex.V1)


def tag_intent(mention: Mention, context: Context) -> Mention:
    """Set the intent from what the source says, else from the words; else ``None``."""
    found = _from_source(mention) or _from_terms(mention) or _from_form(mention)
    found = found or _from_model(mention, context)
    return dataclasses.replace(mention, intent=found)


def _from_source(mention: Mention) -> Intent | None:
    disclosed = mention.disclosure
    if disclosed and disclosed.level in {Disclosed.CLEAR, Disclosed.PLATFORM}:
        return Intent(label=Purpose.PROMOTION, term=disclosed.term, method="disclosure")
    if mention.kind is Kind.ARTICLE:
        return Intent(label=Purpose.NEWS, method="kind")
    if mention.rating is None or mention.sentiment is None:
        return None
    by_tone = {Feeling.POSITIVE: Purpose.PRAISE, Feeling.NEGATIVE: Purpose.COMPLAINT}
    tone = mention.sentiment.label
    label = by_tone.get(tone, Purpose.OPINION) if tone else Purpose.OPINION
    return Intent(label=Purpose.OPINION if mention.sentiment.conflict else label, method="stars")


def _from_terms(mention: Mention) -> Intent | None:
    """Decide by the terms of the language; ``None`` where none or too few are found."""
    terms = _known_terms().get(mention.language or "")
    if terms is None:
        return None
    tone = mention.sentiment.label if mention.sentiment else None
    found = terms.find(_plain(mention))
    for label in Purpose:
        points = found.get(label, {})
        if sum(points.values()) >= ENOUGH and _fits(label, points, tone):
            term = ", ".join(points)
            return Intent(label=label, term=term, method=_method(mention.language))
    return None


def _fits(label: Purpose, points: Mapping[str, int], tone: Feeling | None) -> bool:
    """Whether the tone goes with it: *thanks* may be bitter; *no great service* is no praise."""
    if label is Purpose.COMPLAINT:
        return tone is not Feeling.POSITIVE or ENOUGH in points.values()
    return label is not Purpose.PRAISE or tone is not Feeling.NEGATIVE


def _from_form(mention: Mention) -> Intent | None:
    """Decide by the question mark at the end."""
    bitter = mention.sentiment is not None and mention.sentiment.label is Feeling.NEGATIVE
    if bitter or not asks(_plain(mention)):
        return None
    return Intent(label=Purpose.QUESTION, term="?", method="form")


def _from_model(mention: Mention, context: Context) -> Intent | None:
    """Take what a model says that was trained here, if it is rather that than all else."""
    judge = context.learned.find(mention.language, "intent")
    text = own_words(readable_text(mention))
    if judge is None or not text.strip():
        return None
    label, share = max(judge.model.probabilities(text).items(), key=lambda pair: pair[1])
    return Intent(label=Purpose(label), method=judge.name) if share >= LIKELY else None


def asks(text: str) -> bool:
    """Whether a text ends in a question; hashtags, links and emoji may follow."""
    found = _QUESTION.search(_AFTER_ALL.sub("", text[-LAST_CHARACTERS:]))
    return found is not None and len(found[1].split()) >= SHORTEST_QUESTION


def _plain(mention: Mention) -> str:
    text = mention.text[:READ_CHARACTERS]
    text = f"{mention.title}\n{text}" if mention.title else text
    return unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")


@dataclasses.dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of one language, found in one pass."""

    automaton: AhoCorasick
    worth: Sequence[tuple[str, Purpose, int]]
    """Per pattern: the term, what it shows, and its points."""

    def find(self, text: str) -> Mapping[Purpose, Mapping[str, int]]:
        """Return the points of every different term found, by purpose."""
        found: dict[Purpose, dict[str, int]] = collections.defaultdict(dict)
        if _PRICE.search(text):
            found[Purpose.COMMERCE]["price"] = 1
        for index in self._longest(text):
            term, label, points = self.worth[index]
            found[label][term] = points
        return found

    def _longest(self, text: str) -> Iterator[int]:
        """Hand out the patterns found, but not *win* in *chance to win*."""
        matches = self.automaton.find_matches_as_indexes(text, overlapping=True)
        whole = [match for match in matches if _stands_alone(text, match[1], match[2])]
        reached = 0
        for index, _, end in sorted(whole, key=lambda match: (match[1], -match[2])):
            if end > reached:
                yield index
            reached = max(reached, end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether what stands there is no part of a longer word."""
    begins = not text[start].isalnum() or start == 0 or not _continues(text[start - 1])
    ends = not text[end - 1].isalnum() or end == len(text) or not _continues(text[end])
    return begins and ends


def _continues(character: str) -> bool:
    return character.isalnum() or character in "_#"


@functools.cache
def _listed() -> Mapping[str, Any]:
    return tomllib.loads(_TERMS.read_text("utf-8"))


def _method(language: str | None) -> str:
    return f"terms-{language}/{_listed()['version']}"


@functools.cache
def _known_terms() -> Mapping[str, _Terms]:
    return {
        language: _compile(lists) for language, lists in _listed().items() if language != "version"
    }


def _compile(lists: Mapping[str, Mapping[str, Sequence[str]]]) -> _Terms:
    worth = [
        (term, Purpose(label), points)
        for label, terms in lists.items()
        for points, kept in ((ENOUGH, terms["sure"]), (1, terms["hints"]))
        for term in kept
    ]
    return _Terms(AhoCorasick([term for term, _, _ in worth]), worth)
