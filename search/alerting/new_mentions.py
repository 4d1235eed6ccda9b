"""
Alerts on mentions: each match that the store first saw after the alert began to watch.

The store's own time decides, not the time of publication. What several processes write at once may
become visible a little out of order, so each look goes back `OVERLAP` behind the newest mention
dealt with and leaves out those it remembers. All that are new at one look are one message.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from search.alerting.memory import Memory
from search.alerting.watching import Look, Watch, between
from search.alerting.wording import MOST_EXAMPLES, Event, count_mentions, write_examples
from search.mention import StoredMention
from search.stores.base import Page, Sort

OVERLAP: Final = dt.timedelta(minutes=5)
_PAGE: Final = 500
_DIGITS: Final = 16
"""Of an id; a chance of one in 10^9 that two of 100,000 mentions are taken for one."""

_SMALLEST: Final = dt.timedelta(microseconds=1)


def look_for_mentions(watch: Watch, memory: Memory) -> Look:
    """Find what is new, and remember it."""
    known = frozenset(memory.seen)
    found: dict[str, dt.datetime] = {}
    examples: list[StoredMention] = []
    behind = new = 0
    for page in _pages(watch, memory):
        behind = max(behind, page.behind)
        for stored in page.mentions:
            short, seen_at = stored.id[:_DIGITS], stored.state.first_seen_at or watch.now
            if short not in known and short not in found:
                new += 1
                examples += [stored] if len(examples) < MOST_EXAMPLES else []
            found[short] = seen_at
    if new:
        return Look(memory=_with(memory, found, watch.now), events=(_event(watch, new, examples),))
    if memory.seen and not behind:
        return Look(memory=_without_old(memory, found, watch.now))
    return Look(memory=memory)


def _pages(watch: Watch, memory: Memory) -> Iterator[Page]:
    query = between(watch.query, "first_seen_at", memory.from_at)
    after = None
    while True:
        page = watch.search(query, limit=_PAGE, sort=Sort.FOUND, after=after)
        yield page
        after = page.next
        if after is None:
            return


def _event(watch: Watch, new: int, examples: list[StoredMention]) -> Event:
    return Event(
        title=f"{count_mentions(new, new=True)} of {watch.subject}",
        examples=write_examples(examples),
        mentions=tuple(stored.id for stored in examples),
        count=new,
    )


def _with(memory: Memory, found: dict[str, dt.datetime], now: dt.datetime) -> Memory:
    # A clock that is ahead somewhere must not make this one skip what comes until then.
    latest_at = min(max(found.values()), now)
    from_at = max(memory.from_at, latest_at - OVERLAP)
    gone = set(memory.seen) - set(found)  # they may match again
    seen = {short for short, at in found.items() if at >= from_at}
    return memory.model_copy(
        update={
            "latest_at": max(latest_at, memory.latest_at or latest_at),
            "from_at": from_at,
            "seen": tuple(sorted(gone | seen)),
        }
    )


def _without_old(memory: Memory, found: dict[str, dt.datetime], now: dt.datetime) -> Memory:
    """Forget what no later look would find any more."""
    if memory.latest_at is None or now < memory.latest_at + OVERLAP:
        return memory
    from_at = max(memory.from_at, memory.latest_at + _SMALLEST)
    seen = tuple(sorted(short for short, at in found.items() if at >= from_at))
    return memory.model_copy(update={"from_at": from_at, "seen": seen})
