"""
How often a second opinion is the sentiment that was kept, in each language.

The sample says something about the rest since chance alone (the mention's id) chose it; how much,
says Wilson's interval of 95 % (E. B. Wilson, *Probable inference*, JASA 22, 1927).
"""

import collections
import dataclasses
import math
from collections.abc import Iterable

from search.mention import StoredMention
from search.parsing import parse
from search.stores.base import Store

NOT_KNOWN = "not known"
"""What decided where nothing did: such a mention neither agrees nor disagrees."""

Z = 1.96


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """One kind of sentiment in one language, against one model."""

    model: str
    """The method of the second opinions."""
    language: str
    decided_by: str
    """``stars``, ``words``, ``transformer``, or `NOT_KNOWN`."""
    mentions: int
    agree: int | None
    """How many have the same label twice; ``None`` where there is no first one."""
    share: float | None
    low: float | None
    """The interval's lower end, as a share."""
    high: float | None


def find_agreement(store: Store, text: str) -> list[Agreement]:
    """Compare what a query finds; the languages with most mentions first."""
    asked = parse(f"({text}) AND second_opinion:*" if text.strip() else "second_opinion:*")
    return agreement_of(store.iterate(asked))


def agreement_of(compared: Iterable[StoredMention]) -> list[Agreement]:
    """Count mentions by model, language and what decided; the most frequent first."""
    mentions: collections.Counter[tuple[str, str, str]] = collections.Counter()
    agree: collections.Counter[tuple[str, str, str]] = collections.Counter()
    for stored in compared:
        opinion, sentiment = stored.mention.second_opinion, stored.mention.sentiment
        if opinion is None:
            continue
        decided_by = sentiment.method.partition("-")[0] if sentiment else NOT_KNOWN
        group = (opinion.method, stored.mention.language or "", decided_by)
        mentions[group] += 1
        agree[group] += sentiment is not None and sentiment.label is opinion.label
    return [_agreement(group, count, agree[group]) for group, count in mentions.most_common()]


def _agreement(group: tuple[str, str, str], count: int, agree: int) -> Agreement:
    model, language, decided_by = group
    is_known = decided_by != NOT_KNOWN
    low, high = wilson(agree, count)
    return Agreement(
        model=model,
        language=language,
        decided_by=decided_by,
        mentions=count,
        agree=agree if is_known else None,
        share=agree / count if is_known else None,
        low=low if is_known else None,
        high=high if is_known else None,
    )


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share; ``total`` is at least 1."""
    part = count / total
    middle = (part + Z * Z / (2 * total)) / (1 + Z * Z / total)
    half = Z * math.sqrt(part * (1 - part) / total + Z * Z / (4 * total**2)) / (1 + Z * Z / total)
    return max(0.0, middle - half), min(1.0, middle + half)
