"""
What processes that talk to the same host have in common: one budget.

A budget says when the next request may start, how many may be under way at once, until when the
host wants to be left alone, and how many requests its quotas allow. A process asks for several at
once where that is much faster than one by one, never for more than a moment.
"""

import dataclasses
import math
import time
from typing import Protocol

from search.quotas import Quota

BLOCK_SECONDS = 0.1
"""A process may reserve the starts of so long at once, which at 10 a second is one."""

TURN_SECONDS = 1.0
"""So long a process may reuse its permits without asking whether others wait for one."""

POLL_SECONDS = 0.05
"""How often a process that waits for a permit looks whether there is one."""

QUEUE_SECONDS = 1.0
"""A process that waits and has not looked for so long has lost its place in the queue."""

FORGET_SECONDS = 6.0
"""On Redis the permits of a process that has not been heard of for so long are free again."""

LONGEST_SHARED_PAUSE = 86_400.0
"""No pause lasts longer; one that seems to was written by a clock that has jumped since."""

SLICES = 20
"""Requests are counted in slices of a quota's time, so that *any* stretch of it is bounded."""

UNLIMITED = 1 << 30
"""How many starts a process reserves that may start as often as it likes."""

HEARTBEAT_SECONDS = 2.0
"""How often a process says that it still needs its permits."""


class BudgetUnavailable(Exception):
    """The shared budget cannot be reached now; the message says why."""


class BudgetSpent(Exception):
    """A host may not be asked for so long that waiting makes no sense."""

    def __init__(self, why: str, seconds: float) -> None:
        self.why = why
        self.seconds = seconds
        super().__init__(f"{why}; it may go on at {_moment(seconds)}")


def _moment(seconds: float) -> str:
    at = time.gmtime(math.ceil((time.time() + seconds) / 60) * 60)
    return time.strftime("%Y-%m-%d %H:%M UTC", at)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a process wants of a host."""

    interval: float
    """Seconds between the starts of two requests, whoever makes them; 0: none."""
    concurrent: int
    """How many requests may be under way, whoever makes them."""
    kept: int = 0
    """How many permits it keeps; what it held beyond that is given back."""
    wanted: int = 1
    """How many permits it wants, with those it keeps."""
    starts: int = 1
    """How many starts to reserve; 0: it only needs permits."""
    quotas: tuple[Quota, ...] = ()
    """What counts each start; with a quota they are taken one by one, so that none is wasted."""


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """What a process got."""

    permits: int
    """How many requests it may have under way, with those that are."""
    starts: int = 0
    """How many it may start, the first at once, each next one an interval later."""
    wait: float = 0.0
    """Where it got nothing: after how many seconds it is worth asking again; 0: it did."""
    why: str | None = None
    """What it waits for, where that is neither its turn nor a permit: a pause or a quota."""


PAUSED = "it asked to be left alone"


def used_up(quota: Quota) -> str:
    """Say which quota leaves nothing."""
    return f"the quota {quota} is used up"


class HostBudgets(Protocol):
    """
    The budgets of all hosts, as one process sees them: it is one holder of permits.

    Every operation raises `BudgetUnavailable` when what is shared cannot be reached.
    """

    async def take(self, host: str, ask: Ask) -> Grant:
        """Take what there is now, at once; never wait."""
        ...

    async def keep(self, host: str, held: int) -> None:
        """Say that so many permits are still needed, and give back the others."""
        ...

    async def pause(self, host: str, seconds: float) -> None:
        """Have everybody leave a host alone; an earlier, longer pause is not cut short."""
        ...

    async def close(self) -> None:
        """Give back everything; no other operation follows."""
        ...
