"""
Alerts on permissions: what there is to do about them, once each.

The scheduler's round keeps what there is to do; here it is only told. What was done and comes back
later is told again.
"""

from typing import Final

from search.alerting.memory import Memory
from search.alerting.watching import Look, Watch
from search.alerting.wording import Event, cut, join_lines, make_plain
from search.permissions.passing import kept_to_do

MOST_LINES: Final = 10
_LONGEST_LINE: Final = 180


def look_at_permissions(watch: Watch, memory: Memory) -> Look:
    """Tell what was not told yet, all of one look in one message."""
    to_do = kept_to_do(watch.store.notes)
    new = [said for key, said in to_do.items() if key not in memory.told]
    told = dict.fromkeys(to_do, "")
    after = memory if told == memory.told else memory.model_copy(update={"told": told})
    if not new:
        return Look(memory=after)
    things = "thing" if len(new) == 1 else "things"
    lines = [cut(make_plain(said), _LONGEST_LINE) for said in new[:MOST_LINES]]
    event = Event(
        title=f"permissions: {len(new):,} {things} to do", lines=join_lines(lines, len(new))
    )
    return Look(memory=after, events=(event,))
