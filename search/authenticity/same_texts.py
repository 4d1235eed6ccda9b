"""Groups of mentions that say the same, by different authors."""

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from search.authenticity.finding import MOST_NAMED, Finding
from search.authenticity.wording import HARMLESS
from search.authorship import repeats_another
from search.mention import Mention
from search.stores.base import Store

_BATCH: Final = 500
_READ_CHARACTERS: Final = 200
"""As much of a text as tells whether it is passed on, and is shown."""


class SameTexts:
    """Copies as they pass by, by the first that they repeat."""

    def __init__(self) -> None:
        self._copies: defaultdict[str, list[Mention]] = defaultdict(list)

    def add(self, mention: Mention) -> None:
        """Remember a copy; what has none is no group."""
        if mention.copy_of is not None:
            self._copies[mention.copy_of].append(_shorten(mention))

    def findings(self, store: Store, limit: int) -> Iterator[Finding]:
        """Tell of the groups with most other authors; firsts need not be of the search."""
        groups = [group for group in self._groups(store) if group is not None]
        groups.sort(key=lambda group: (-len(group.others), group.base.id))
        yield from map(_tell, groups[:limit])

    def _groups(self, store: Store) -> "Iterator[_Group | None]":
        names = iter(sorted(self._copies))
        while batch := list(itertools.islice(names, _BATCH)):
            firsts = store.fetch(batch)
            for name in batch:
                first = [_shorten(firsts[name].mention)] if name in firsts else []
                yield _group([*first, *sorted(self._copies[name], key=_when)])


class _Group(NamedTuple):
    """One text: who said it first, as far as an author is known, and the others who did."""

    base: Mention
    others: Sequence[Mention]


def _shorten(mention: Mention) -> Mention:
    return dataclasses.replace(
        mention, text=mention.text[:_READ_CHARACTERS], media=(), rights_signals=(), subject=None
    )


def _when(mention: Mention) -> tuple[bool, str, str]:
    at = mention.published_at
    return at is None, at.isoformat() if at else "", mention.id


def _group(members: Sequence[Mention]) -> _Group | None:
    base = next((member for member in members if member.author is not None), None)
    if base is None:
        return None
    others = [member for member in members if repeats_another(member, base)]
    return _Group(base, others) if others else None


def _tell(group: _Group) -> Finding:
    members = (group.base, *group.others)
    authors = sorted({member.author.name for member in members if member.author})
    sites = sorted({member.site or member.source for member in members})
    days = sorted(
        member.published_at.date().isoformat() for member in members if member.published_at
    )
    when = f", from {days[0]} to {days[-1]}" if days else ""
    counted = f"{len(members):,} mentions by {len(authors):,} authors say the same"
    return Finding(
        kind="same_text",
        about=" ".join(group.base.text.split())[:80],
        counted=f"{counted} on {', '.join(sites[:5])}{' and more' if sites[5:] else ''}{when}",
        harmless=HARMLESS["same_text"],
        numbers={
            "mentions": len(members),
            "authors": authors[:MOST_NAMED],
            "sites": sites[:MOST_NAMED],
            "first_day": days[0] if days else None,
            "last_day": days[-1] if days else None,
        },
        mentions=tuple(member.id for member in members[:MOST_NAMED]),
    )
