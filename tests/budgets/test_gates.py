"""A gate lets requests of one process through, and nobody waits for ever."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from crawlers.budgets.base import Ask, BudgetSpent, BudgetUnavailable, Grant
from crawlers.budgets.gates import Gate
from crawlers.budgets.local import LocalBudgets
from search.quotas import Quota


class Counting(LocalBudgets):
    """A budget of this process that counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.asked = 0
        self.broken = False

    async def take(self, host: str, ask: Ask) -> Grant:
        self.asked += 1
        if self.broken:
            raise BudgetUnavailable("no")
        return await super().take(host, ask)


def through_gate(
    work: Callable[[Gate, Counting], Awaitable[None]], *quotas: Quota, concurrent: int = 1
) -> None:
    async def run() -> None:
        budgets = Counting()
        gate = Gate("pond.example", budgets, quotas, patience=300)
        gate.concurrent = concurrent
        try:
            await work(gate, budgets)
        finally:
            await gate.close()
            await budgets.close()

    asyncio.run(run())


async def pass_through(gate: Gate) -> None:
    if not gate.try_enter():
        await gate.enter()
    await asyncio.sleep(0)
    gate.leave()


def test_a_fast_crawl_seldom_asks() -> None:
    async def work(gate: Gate, budgets: Counting) -> None:
        for _ in range(100):
            await asyncio.gather(*(pass_through(gate) for _ in range(16)))

        assert budgets.asked < 10

    through_gate(work, concurrent=16)


def test_starts_are_an_interval_apart() -> None:
    async def work(gate: Gate, _: Counting) -> None:
        gate.interval = 0.02
        began = time.monotonic()
        await asyncio.gather(*(pass_through(gate) for _ in range(11)))

        assert time.monotonic() - began >= 0.2

    through_gate(work, concurrent=16)


def test_those_who_wait_no_more_let_others_pass() -> None:
    async def work(gate: Gate, _: Counting) -> None:
        await gate.enter()
        waiting = [asyncio.ensure_future(gate.enter()) for _ in range(3)]
        await asyncio.sleep(0.05)
        waiting[0].cancel()
        gate.leave()
        async with asyncio.timeout(1):
            await waiting[1]
            gate.leave()
            await waiting[2]

    through_gate(work)


def test_one_cancelled_as_it_was_let_through_holds_nothing() -> None:
    async def work(gate: Gate, _: Counting) -> None:
        await gate.enter()
        unlucky, last = (asyncio.ensure_future(gate.enter()) for _ in range(2))
        await asyncio.sleep(0.05)
        gate.leave()
        while not gate._in_flight:  # noqa: SLF001, ASYNC110 - that moment cannot be seen outside
            await asyncio.sleep(0)
        unlucky.cancel()
        async with asyncio.timeout(1):
            await last

    through_gate(work)


def test_all_who_wait_learn_that_a_quota_is_used_up() -> None:
    async def work(gate: Gate, _: Counting) -> None:
        outcomes = await asyncio.gather(
            *(pass_through(gate) for _ in range(5)), return_exceptions=True
        )

        assert [None, None] == outcomes[:2]
        assert [BudgetSpent] * 3 == [type(outcome) for outcome in outcomes[2:]]

    through_gate(work, Quota(2, 86_400))


def test_a_quota_that_is_free_again_soon_is_waited_for() -> None:
    async def work(gate: Gate, _: Counting) -> None:
        began = time.monotonic()
        await asyncio.gather(*(pass_through(gate) for _ in range(3)))

        assert 0.9 < time.monotonic() - began < 2

    through_gate(work, Quota(2, 1))


def test_nobody_waits_for_a_gate_that_broke() -> None:
    async def work(gate: Gate, budgets: Counting) -> None:
        budgets.broken = True
        with pytest.raises(BudgetUnavailable):
            await gate.enter()

    through_gate(work)
