"""What a process does while the shared budget cannot be reached: it keeps to its own."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from crawlers.budgets.base import Ask, BudgetUnavailable, Grant, HostBudgets
from crawlers.budgets.local import LocalBudgets

AGAIN_SECONDS = 5.0
"""After so long what is shared is tried again."""

Result = TypeVar("Result")


class SteadyBudgets:
    """Shared budgets that never fail: meanwhile this process has one for itself."""

    def __init__(self, shared: HostBudgets, note: Callable[[str], None]) -> None:
        self._shared = shared
        self._alone = LocalBudgets(":memory:")
        self._note = note
        self._again_at = 0.0

    async def take(self, host: str, ask: Ask) -> Grant:
        """See `HostBudgets`."""
        return await self._try(lambda budgets: budgets.take(host, ask))

    async def keep(self, host: str, held: int) -> None:
        """See `HostBudgets`."""
        await self._try(lambda budgets: budgets.keep(host, held))

    async def pause(self, host: str, seconds: float) -> None:
        """See `HostBudgets`."""
        await self._try(lambda budgets: budgets.pause(host, seconds))

    async def close(self) -> None:
        """See `HostBudgets`."""
        for budgets in (self._alone, self._shared):
            try:
                await budgets.close()
            except BudgetUnavailable as error:
                self._note(str(error))

    async def _try(self, work: Callable[[HostBudgets], Awaitable[Result]]) -> Result:
        """Do it with what is shared, or else alone."""
        if time.monotonic() >= self._again_at:
            try:
                return await work(self._shared)
            except BudgetUnavailable as error:
                self._note(str(error))
                self._again_at = time.monotonic() + AGAIN_SECONDS
        return await work(self._alone)
