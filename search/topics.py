"""
What people talk about: words and pairs of words that a search's mentions have more than others do.

Both sides are samples of mentions, counted once for each term they hold, language by language,
since what is a common word in one is a name in another. A term is as telling as it is unlikely to
be so frequent by chance: the log-likelihood ratio of Dunning (Computational Linguistics 19, 1993).
"""

import dataclasses
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from search.mention import StoredMention
from search.query import And, Near, Not, Or, Phrase, Prefix, Query, Raw, Stem
from search.stores.base import Sort, Store
from search.vocabulary import UNKNOWN
from search.words import words

SAMPLE: Final = 5_000
"""Mentions of each side that are read, the newest."""

LEAST_MENTIONS: Final = 3
SIGNIFICANT: Final = 10.83
"""The ratio that chance reaches once in a thousand times."""

COMMON: Final = 0.1
"""The share of mentions from which a word that tells nothing itself only glues others together."""

_READ_CHARACTERS: Final = 5_000
_SHORTEST: Final = 3
_SUBSUMED: Final = 0.8
"""The share of a word's mentions in which it stands in a pair, from which the pair says it all."""

_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|[@#][\w.@-]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Topic:
    """One word or pair of words."""

    term: str
    """As it is mostly written."""

    language: str
    """ISO 639-1 code, ``und`` where it is not known."""

    mentions: int
    """How many of the sample hold it, copies of one text counted once."""

    share: float
    """Of the mentions in this language, from 0 to 1."""

    background_share: float
    """Of the sample of other mentions in this language."""

    ratio: float
    """The log-likelihood ratio."""

    example: StoredMention
    """The newest mention that holds it."""


def find_topics(
    store: Store, query: Query, *, limit: int = 20, sample: int = SAMPLE
) -> list[Topic]:
    """
    Find the most telling terms of a query's mentions, the most telling first.

    Words of the query itself are left out. Compared with the newest of all other mentions; a query
    for everything has none to compare with and gives nothing.
    """
    found = itertools.islice(store.iterate(query, sort=Sort.NEWEST), sample)
    others = itertools.islice(store.iterate(Not(query), sort=Sort.NEWEST), sample)
    front, back = _count(found), _count(others)
    own = set(_own_words(query))
    topics = [
        topic
        for language, side in front.items()
        for topic in _telling(language, side, back.get(language, _Side()), own)
    ]
    topics.sort(key=lambda topic: (-topic.ratio, topic.term))
    return topics[:limit]


class _Side:
    """The terms of one language on one side."""

    def __init__(self) -> None:
        self.total = 0
        self.counts: Counter[str] = Counter()
        self.spellings: dict[str, Counter[str]] = defaultdict(Counter)
        self.examples: dict[str, StoredMention] = {}

    def add(self, stored: StoredMention) -> None:
        """Count each term of a mention once."""
        self.total += 1
        for term, spelling in dict(_terms(stored)).items():
            self.counts[term] += 1
            self.spellings[term][spelling] += 1
            self.examples.setdefault(term, stored)


def _count(mentions: Iterable[StoredMention]) -> Mapping[str, _Side]:
    sides: dict[str, _Side] = defaultdict(_Side)
    firsts: set[str] = set()
    for stored in mentions:
        first = stored.mention.copy_of or stored.id
        if first not in firsts:  # a text that was taken over fifty times is one text
            firsts.add(first)
            sides[stored.mention.language or UNKNOWN].add(stored)
    return sides


def _terms(stored: StoredMention) -> Iterator[tuple[str, str]]:
    """Hand out the words and pairs of words of a mention, folded and as written."""
    mention = stored.mention
    text = _ADDRESS.sub("|", f"{mention.title or ''}\n{mention.text[:_READ_CHARACTERS]}")
    before = None
    for word in words(text):
        if word.text.isdigit():
            before = None
            continue
        yield word.text, text[word.start : word.end]
        # Nothing at all stands between the characters of scripts without spaces.
        if before is not None and not text[before.end : word.start].strip():
            yield f"{before.text} {word.text}", text[before.start : word.end]
        before = word


def _telling(language: str, front: _Side, back: _Side, own: set[str]) -> Iterator[Topic]:
    ratios = {
        term: ratio
        for term, count in front.counts.items()
        if count >= LEAST_MENTIONS
        and own.isdisjoint(term.split())
        and (ratio := _ratio(count, front.total, back.counts[term], back.total)) >= SIGNIFICANT
    }
    common = {
        word
        for word, count in (front.counts + back.counts).items()
        if count >= COMMON * (front.total + back.total) and word not in ratios
    }
    shown = {
        term: ratio
        for term, ratio in ratios.items()
        if len(term) >= _SHORTEST and common.isdisjoint(term.split())
    }
    subsumed = _subsumed(shown, front.counts)
    for term, ratio in shown.items():
        if term not in subsumed:
            yield Topic(
                term=" ".join(front.spellings[term].most_common(1)[0][0].split()),
                language=language,
                mentions=front.counts[term],
                share=front.counts[term] / front.total,
                background_share=back.counts[term] / back.total if back.total else 0.0,
                ratio=round(ratio, 2),
                example=front.examples[term],
            )


def _subsumed(ratios: Mapping[str, float], counts: Counter[str]) -> set[str]:
    """Find words that are nearly always part of a pair told too, and pairs that only add chaff."""
    found = set()
    for pair in ratios:
        parts = pair.split() if " " in pair else []
        if parts and ratios[pair] < _SUBSUMED * max(ratios.get(word, 0.0) for word in parts):
            found.add(pair)
        elif parts:
            found.update(word for word in parts if counts[pair] >= _SUBSUMED * counts[word])
    return found


def _ratio(count: int, total: int, other_count: int, other_total: int) -> float:
    """Return Dunning's ratio, 0 where a term is no more frequent here than there."""
    if not other_total or count * other_total <= other_count * total:
        return 0.0
    together = (count + other_count) / (total + other_total)
    return 2 * (
        _likelihood(count, total, count / total)
        + _likelihood(other_count, other_total, other_count / other_total)
        - _likelihood(count, total, together)
        - _likelihood(other_count, other_total, together)
    )


def _likelihood(count: int, total: int, share: float) -> float:
    hit = count * math.log(share) if count else 0.0
    miss = (total - count) * math.log(1 - share) if total > count else 0.0
    return hit + miss


def _own_words(query: Query) -> Iterator[str]:
    match query:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _own_words(part)
        case Phrase(_, several) | Near(_, several) | Raw(_, _, several):
            yield from several
        case Prefix(_, word) | Stem(_, word):
            yield word
        case Not():
            return
