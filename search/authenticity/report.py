"""
What about the mentions of a search may speak against their being free opinions: for a closer look.

Read are the newest of a search; groups of the same text, bursts and busy accounts are what only
many mentions together show. Every finding says what was counted, and why it may be harmless: none
is a verdict, and none is for publication (rights.md R5.6).
"""

import dataclasses
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from search.authenticity.accounts import Accounts
from search.authenticity.finding import Finding
from search.authenticity.same_texts import SameTexts
from search.authenticity.timelines import Timelines
from search.authenticity.wording import AMONG, HARMLESS, MEANING
from search.mention import Kind, Mention, Signal, StoredMention
from search.query import Query
from search.stores.base import Sort, Store

SAMPLE: Final = 20_000
"""Mentions of a search that are read, the newest."""

LIMIT: Final = 20
"""Findings of each kind."""


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What was found, and in what."""

    found: int
    """How many mentions the search finds."""

    read: int
    """How many of them were looked at: all, or the newest."""

    oldest_at: dt.datetime | None
    """When the oldest of those was published; ``None`` when none has a date."""

    undated: int
    """How many of those have no date, and are in no burst and no busy day."""

    findings: tuple[Finding, ...]
    """Those across mentions first, the strongest of each kind first."""

    @property
    def is_cut(self) -> bool:
        """Whether the search finds more than was read."""
        return self.read < self.found


def make_report(store: Store, query: Query, *, limit: int = LIMIT, sample: int = SAMPLE) -> Report:
    """Look through the newest mentions of a search; ``limit`` findings of each kind."""
    total = store.search(query, limit=0).total
    reading = _Reading()
    for stored in itertools.islice(store.iterate(query, sort=Sort.NEWEST), sample):
        reading.add(stored)
    # Of the oldest day only a part may have been read.
    oldest = reading.oldest_at
    since = oldest.date() if oldest and reading.read < total else None
    found = (
        *reading.same_texts.findings(store, limit),
        *reading.timelines.findings(limit, read_behind=since),
        *reading.accounts.findings(limit),
        *reading.shares(),
    )
    return Report(
        found=max(total, reading.read),
        read=reading.read,
        oldest_at=oldest,
        undated=reading.undated,
        findings=found,
    )


class _Reading:
    """What is counted while mentions pass by; none of them is kept whole."""

    def __init__(self) -> None:
        self.read = 0
        self.undated = 0
        self.oldest_at: dt.datetime | None = None
        self.same_texts = SameTexts()
        self.timelines = Timelines()
        self.accounts = Accounts()
        self._signals: Counter[Signal] = Counter()
        self._among: Counter[Signal] = Counter()
        self._said: dict[str, Counter[bool | None]] = {
            "verified": Counter(),
            "incentivised": Counter(),
        }

    def add(self, stored: StoredMention) -> None:
        """Count one mention everywhere."""
        mention = stored.mention
        self.read += 1
        if mention.published_at is None:
            self.undated += 1
        elif self.oldest_at is None or mention.published_at < self.oldest_at:
            self.oldest_at = mention.published_at
        self.same_texts.add(mention)
        self.timelines.add(mention)
        self.accounts.add(mention)
        self._signals.update({each.signal for each in mention.authenticity})
        self._among.update(signal for signal, could in _COULD_BE_SEEN.items() if could(mention))
        if mention.kind is Kind.REVIEW:
            for name, said in self._said.items():
                said[getattr(mention, name)] += 1

    def shares(self) -> Iterator[Finding]:
        """Tell how many have each signal, and what sources say themselves."""
        for signal, count in self._signals.most_common():
            yield _share(signal, count, max(self._among[signal], count))
        for name, said in self._said.items():
            if said[True] or said[False]:
                yield _said(name, said)


_COULD_BE_SEEN: Final[Mapping[Signal, Callable[[Mention], bool]]] = {
    Signal.SAME_TEXT_OTHER_AUTHOR: lambda mention: (
        mention.author is not None and mention.kind not in {Kind.ARTICLE, Kind.EPISODE}
    ),
    Signal.INCENTIVE_WORDS: lambda _: True,
    Signal.RATING_AGAINST_TEXT: lambda mention: (
        mention.rating is not None
        and mention.sentiment is not None
        and mention.sentiment.text_value is not None
    ),
    Signal.ONE_REVIEW_ACCOUNT: lambda mention: (
        mention.author is not None and mention.author.reviews is not None
    ),
    Signal.COPIED_FROM_PAGE: lambda mention: (
        mention.subject is not None and mention.subject.description is not None
    ),
}


def _share(signal: Signal, count: int, among: int) -> Finding:
    return Finding(
        kind="signal",
        about=signal,
        counted=f"{count:,} of {among:,} {AMONG[signal]} {MEANING[signal]} ({count / among:.1%})",
        harmless=HARMLESS[signal],
        numbers={"mentions": count, "among": among, "share": round(count / among, 4)},
    )


def _said(name: str, said: Counter[bool | None]) -> Finding:
    numbers: dict[str, Any] = {"yes": said[True], "no": said[False], "not_said": said[None]}
    counted = f"sources say yes of {said[True]:,} reviews, no of {said[False]:,}"
    return Finding(
        kind="source_says",
        about=name,
        counted=f"{counted}, and nothing of {said[None]:,}",
        harmless=HARMLESS[name],
        numbers=numbers,
    )
