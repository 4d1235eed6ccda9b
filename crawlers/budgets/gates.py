"""
Where the requests of one process to one host wait until the host's budget lets them through.

A gate takes permits and starts from the shared budget for as many requests as wait, a block of
starts at once where they are frequent, and keeps what it holds while it is busy; so most requests
of a fast crawl pass without asking anybody.
"""

import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any

from crawlers.budgets.base import (
    BLOCK_SECONDS,
    HEARTBEAT_SECONDS,
    TURN_SECONDS,
    UNLIMITED,
    Ask,
    BudgetSpent,
    HostBudgets,
)
from search.quotas import Quota

IDLE_SECONDS = 0.2
"""A process that has let nothing through for so long gives back what it does not use."""


class Gate:
    """
    The way to one host.

    Every `try_enter` that returned ``True`` and every `enter` that returned is followed by one
    `leave`.
    """

    def __init__(
        self, host: str, budgets: HostBudgets, quotas: tuple[Quota, ...], patience: float
    ) -> None:
        self.interval = 0.0
        """Seconds between two starts, see `Ask`."""
        self.concurrent = 1
        """How many requests may be under way, see `Ask`."""
        self._host = host
        self._budgets = budgets
        self._quotas = quotas
        self._patience = patience
        self._in_flight = self._held = self._starts = self._reserved = 0
        self._next_at = self._starts_until = self._turn_until = 0.0
        self._used_at = self._told_at = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._left = asyncio.Event()
        self._asking = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._serving = self._tidying = False

    def try_enter(self) -> bool:
        """Pass if that is possible at once and nobody waits."""
        return not self._waiting and self._admit()

    async def enter(self) -> None:
        """
        Wait until the budget allows one more request.

        Raises `BudgetSpent` when that would take longer than anybody waits.
        """
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        if not self._serving:
            self._serving = True
            self._begin(self._serve())
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self.leave()
            raise

    def leave(self) -> None:
        """Say that a request is over."""
        self._in_flight -= 1
        self._left.set()

    async def close(self) -> None:
        """Stop; nobody waits any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _admit(self) -> bool:
        now = time.monotonic()
        if self._in_flight >= self._held or not self._may_start(now) or now < self._next_at:
            return False
        self._in_flight += 1
        self._starts -= 1
        self._next_at = now + self.interval
        self._used_at = now
        return True

    def _may_start(self, now: float) -> bool:
        return self._starts > 0 and now < self._starts_until

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        """Let nobody wait for a task that has failed."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._refuse(error)

    def _refuse(self, error: BaseException) -> None:
        while self._waiting:
            if not (place := self._waiting.popleft()).done():
                place.set_exception(error)

    async def _serve(self) -> None:
        """Let through those who wait, first come first served."""
        try:
            while self._waiting:
                if self._waiting[0].done():  # cancelled
                    self._waiting.popleft()
                elif self._admit():
                    self._waiting.popleft().set_result(None)
                else:
                    await self._make_way()
        finally:
            self._serving = False

    async def _make_way(self) -> None:
        """Do what brings the next one nearer: wait for a reply, for the time, or take more."""
        now = time.monotonic()
        self._left.clear()
        if self._in_flight >= self.concurrent:
            await self._tell(self._held)
            await self._wait(HEARTBEAT_SECONDS)
        elif self._in_flight < self._held and self._may_start(now):
            await asyncio.sleep(self._next_at - now)
        else:
            try:
                await self._wait(await self._take())
            except BudgetSpent as error:
                self._refuse(error)

    async def _wait(self, seconds: float) -> None:
        """Wait for a reply, so long at most; never so long that others think we are gone."""
        if seconds <= 0:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, HEARTBEAT_SECONDS)):
                await self._left.wait()

    async def _take(self) -> float:
        """Take what those who wait need; return after how many seconds to try again."""
        async with self._asking:
            before = time.monotonic()
            ask = self._ask(before)
            grant = await self._budgets.take(self._host, ask)
            self._held, self._told_at = grant.permits, before
        if grant.permits > ask.kept:
            self._turn_until = before + TURN_SECONDS
        if grant.why and grant.wait > self._patience:
            raise BudgetSpent(f"{self._host}: {grant.why}", grant.wait)
        if grant.starts:
            self._reserve(grant.starts, before)
        if self._held and not self._tidying:
            self._tidying = True
            self._begin(self._tidy())
        return grant.wait

    def _ask(self, now: float) -> Ask:
        """Say what those who wait need; when its turn is over, it gives back what is idle."""
        kept = self._in_flight
        if now < self._turn_until:
            kept = max(kept, min(self._held, self.concurrent))
        wanted = self._in_flight + len(self._waiting)
        return Ask(
            interval=self.interval,
            concurrent=self.concurrent,
            kept=kept,
            wanted=kept if kept > self._in_flight else min(self.concurrent, wanted),
            starts=0 if self._may_start(now) else self._block(),
            quotas=self._quotas,
        )

    def _block(self) -> int:
        """Say how many starts to reserve at once: twice what was used of the last block."""
        if self._quotas:
            return 1
        if not self.interval:
            return UNLIMITED
        return max(1, min(int(BLOCK_SECONDS / self.interval), 2 * (self._reserved - self._starts)))

    def _reserve(self, starts: int, since: float) -> None:
        """Note what may be started; what is not used in its time is lost, but for the first."""
        now = time.monotonic()
        lasts = min(TURN_SECONDS, starts * self.interval if self.interval else math.inf)
        self._starts = self._reserved = starts
        self._next_at = now
        self._starts_until = max(since + lasts, now + IDLE_SECONDS / 10)

    async def _tidy(self) -> None:
        """Give back what is idle, and say now and then that what is in use still is."""
        try:
            while self._held:
                await asyncio.sleep(IDLE_SECONDS)
                if self._waiting:
                    continue  # whoever serves them says what is in use
                idle = time.monotonic() - self._used_at > IDLE_SECONDS
                await self._tell(self._in_flight if idle else self._held)
        finally:
            self._tidying = False

    async def _tell(self, needed: int) -> None:
        async with self._asking:
            now, needed = time.monotonic(), min(needed, self._held)
            if needed == self._held and now - self._told_at < HEARTBEAT_SECONDS:
                return
            self._held, self._told_at = max(needed, self._in_flight), now
            await self._budgets.keep(self._host, self._held)
