"""Alerts collected for one message in each period; a period without any has no message."""

import datetime as dt
from typing import Final

from search.alert_settings import Alert, Trigger
from search.alerting.memory import Collected, Memory
from search.alerting.watching import Watch
from search.alerting.wording import (
    MOST_EXAMPLES,
    Event,
    count_mentions,
    join_lines,
    write_time,
)

_MOST_LINES: Final = 20


def collect(memory: Memory, event: Event, alert: Alert, now: dt.datetime) -> Memory:
    """Add one event to what the next digest will say."""
    before = memory.collected or Collected(since_at=now, due_at=_next(memory, alert, now))
    mentions = alert.on is Trigger.MENTION
    lines = () if mentions else (f"{write_time(now)}: {event.title}",)
    examples = event.examples if mentions else ()
    # What an older version collected has no ids.
    known = (*before.mentions, *[""] * (len(before.examples) - len(before.mentions)))
    collected = before.model_copy(
        update={
            "events": before.events + 1,
            "count": before.count + event.count * mentions,
            "lines": (*before.lines, *lines)[:_MOST_LINES],
            "examples": (*before.examples, *examples)[:MOST_EXAMPLES],
            "mentions": (*known, *(event.mentions if mentions else ()))[:MOST_EXAMPLES],
        }
    )
    return memory.model_copy(update={"collected": collected})


def due_digest(memory: Memory, watch: Watch) -> Event | None:
    """Put the digest together when its period is over, or when there are to be none any more."""
    collected = memory.collected
    if collected is None or (watch.alert.digest is not None and watch.now < collected.due_at):
        return None
    since = f"since {write_time(collected.since_at)}"
    if collected.count:
        count = count_mentions(collected.count, new=True)
        return Event(
            title=f"{count} of {watch.subject} {since}",
            examples=collected.examples,
            mentions=tuple(filter(None, collected.mentions)),
            count=collected.count,
        )
    alerts = "1 alert" if collected.events == 1 else f"{collected.events:,} alerts"
    return Event(
        title=f"{watch.alert.name}: {alerts} {since}",
        lines=join_lines(collected.lines, collected.events),
    )


def _next(memory: Memory, alert: Alert, now: dt.datetime) -> dt.datetime:
    """Return the end of the present period; they are counted from when the alert began."""
    period = alert.period or dt.timedelta(0)
    if not period:
        return now
    return memory.began_at + ((now - memory.began_at) // period + 1) * period
