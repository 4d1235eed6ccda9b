"""
The stage that says how a mention speaks of each of its brands, beside how it feels as a whole.

The stars of a review are for what it reviews, so where they are there and one brand is, they
decide. Else the clauses that speak of a brand do (`attributing`), and what ranks one above the
other (`comparing`): "A is better than B" is not praise of B. A brand that is in no part of the
text, but in a hashtag of the source or the name of what is reviewed, is not judged.
"""

import dataclasses
from collections.abc import Iterator
from typing import Final

from pipelines.context import Context
from pipelines.sentiment import NEGATIVE, READ_CHARACTERS
from pipelines.towards.attributing import READS, Place, attribute
from search.mention import Feeling, Mention
from search.tags import Towards

VERSION: Final = 1

POSITIVE: Final = 0.2
"""Less than of a whole text: a clause that names a brand has fewer words to feel with."""


def tag_towards(mention: Mention, context: Context) -> Mention:
    """Set how each brand is spoken of; ``None`` where that is not read."""
    towards = _by_stars(mention) or _by_clauses(mention, context)
    if towards == mention.towards:
        return mention
    return dataclasses.replace(mention, towards=towards)


def _by_stars(mention: Mention) -> Towards | None:
    sentiment = mention.sentiment
    if mention.rating is None or sentiment is None or len(mention.brands) != 1:
        return None
    if sentiment.label is None:
        return None
    return _sorted({mention.brands[0]: sentiment.label}, sentiment.method)


def _by_clauses(mention: Mention, context: Context) -> Towards | None:
    language = mention.language
    if language not in READS or not mention.brands or context.matcher is None:
        return None
    title = f"{mention.title}\n" if mention.title else ""
    text = title + mention.text[:READ_CHARACTERS]
    places = list(_places(mention, context, behind=len(title)))
    if not places:
        return None
    values = attribute(text, places, language)
    labels = {mention.brands[number]: _label(value) for number, value in values.items()}
    return _sorted(labels, f"clauses-{language}/{VERSION}")


def _label(value: float) -> Feeling:
    if value >= POSITIVE:
        return Feeling.POSITIVE
    return Feeling.NEGATIVE if value <= NEGATIVE else Feeling.NEUTRAL


def _places(mention: Mention, context: Context, *, behind: int) -> Iterator[Place]:
    """Find where brands stand in title and text, which begins ``behind`` the title."""
    assert context.matcher is not None  # noqa: S101 - the caller has looked
    for number, brand in enumerate(mention.brands):
        for span in context.matcher.locate(brand, mention):
            if span.path == "title":
                yield Place(span.start, span.end, number)
            elif span.path == "text" and span.end <= READ_CHARACTERS:
                yield Place(behind + span.start, behind + span.end, number)


def _sorted(labels: dict[str, Feeling], method: str) -> Towards:
    def of(wanted: Feeling) -> tuple[str, ...]:
        return tuple(brand for brand, label in labels.items() if label is wanted)

    return Towards(
        positive=of(Feeling.POSITIVE),
        neutral=of(Feeling.NEUTRAL),
        negative=of(Feeling.NEGATIVE),
        method=method,
    )
