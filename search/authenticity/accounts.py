"""Accounts that wrote many reviews of one brand in one day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from search.authenticity.finding import MOST_NAMED, Finding, text_of
from search.authenticity.wording import HARMLESS
from search.authorship import name_words
from search.mention import Author, Kind, Mention
from search.words import fold_value

MANY: Final = 3
"""Reviews that one account writes of one brand in one day."""

MANY_BY_NAME: Final = 5
"""As many, where a source shows no more of an account than a name."""


class _Day(NamedTuple):
    """One account's day with one brand."""

    site: str
    account: str
    brand: str
    day: dt.date
    least: int


class Accounts:
    """Reviews as they pass by, by account, brand and day; a text counts once."""

    def __init__(self) -> None:
        self._written: defaultdict[_Day, dict[str, str]] = defaultdict(dict)
        self._names: dict[_Day, str] = {}

    def add(self, mention: Mention) -> None:
        """Count a review, if its author can be told from others."""
        if mention.kind is not Kind.REVIEW or not mention.published_at or not mention.author:
            return
        account = _account(mention.author)
        if account is None:
            return
        name, least = account
        site = mention.site or mention.source
        for brand in dict.fromkeys(_brands(mention)):
            day = _Day(site, name, brand, mention.published_at.date(), least)
            self._written[day].setdefault(text_of(mention), mention.id)
            self._names.setdefault(day, mention.author.name)

    def findings(self, limit: int) -> Iterator[Finding]:
        """Tell of the busiest."""
        busy = [(day, ids) for day, ids in self._written.items() if len(ids) >= day.least]
        busy.sort(key=lambda each: (-len(each[1]), each[0]))
        for day, ids in busy[:limit]:
            yield self._tell(day, tuple(ids.values()))

    def _tell(self, day: _Day, ids: tuple[str, ...]) -> Finding:
        name = self._names[day]
        return Finding(
            kind="account",
            about=f"{name} on {day.site}",
            counted=f"{len(ids):,} reviews of {day.brand} on {day.day}",
            harmless=HARMLESS["account"],
            numbers={
                "author": name,
                "site": day.site,
                "brand": day.brand,
                "day": str(day.day),
                "reviews": len(ids),
                "told_by": "account" if day.least == MANY else "name",
            },
            mentions=ids[:MOST_NAMED],
        )


def _account(author: Author) -> tuple[str, int] | None:
    """Return what tells an account from others, and how much is many; ``None`` for nothing."""
    if author.id or author.url:
        return author.id or author.url or "", MANY
    # A first name alone is many people's.
    return (fold_value(author.name), MANY_BY_NAME) if len(name_words(author)) > 1 else None


def _brands(mention: Mention) -> tuple[str, ...]:
    if mention.brands or mention.subject is None:
        return mention.brands
    return (mention.subject.brand or mention.subject.name,)
