"""Counting the requests of a quota in slices of its time, so that any stretch of it is bounded."""

import dataclasses
from collections.abc import Mapping

from crawlers.budgets.base import SLICES
from search.quotas import Quota


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """What still counts at one moment."""

    now: int
    """The number of the present slice."""
    counts: Mapping[int, int]
    """Requests by slice."""
    wait: float
    """Seconds until one more is allowed; 0: now."""


def window(wall: float, quota: Quota, counts: Mapping[int, int]) -> Window:
    """
    Say what counts at a time on the wall's clock.

    Slices in the future were counted before the clock was set back; they count as of now, so that
    they are gone after one stretch of the quota's time.
    """
    length = quota.seconds / SLICES
    now = int(wall // length)
    kept: dict[int, int] = {}
    for number, times in counts.items():
        if number >= now - SLICES:
            kept[min(number, now)] = kept.get(min(number, now), 0) + times
    if sum(kept.values()) < quota.times:
        return Window(now, kept, 0.0)
    return Window(now, kept, max(0.001, (min(kept) + SLICES + 1) * length - wall))
