"""What both backends promise, asked of two or three holders."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from crawlers.budgets.base import LONGEST_SHARED_PAUSE, PAUSED, Ask, Grant, HostBudgets
from crawlers.budgets.opening import open_budgets
from search.config import Config
from search.quotas import Quota

HOST = "pond.example"
ONE = Ask(interval=0.0, concurrent=100)


@contextlib.asynccontextmanager
async def holders(config: Config, number: int) -> AsyncIterator[list[HostBudgets]]:
    opened = [open_budgets(config) for _ in range(number)]
    try:
        yield opened
    finally:
        for budgets in opened:
            await budgets.close()


def with_holders(
    config: Config, number: int, work: Callable[[list[HostBudgets]], Awaitable[None]]
) -> None:
    async def run() -> None:
        async with holders(config, number) as opened:
            await work(opened)

    asyncio.run(run())


def test_the_next_start_is_an_interval_later_whoever_makes_it(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        ask = Ask(interval=0.2, concurrent=10)
        assert (await opened[0].take(HOST, ask)).starts == 1
        refused = await opened[1].take(HOST, ask)

        assert (0, None) == (refused.starts, refused.why)
        assert 0.1 < refused.wait <= 0.2
        await asyncio.sleep(refused.wait)
        assert (await opened[1].take(HOST, ask)).starts == 1

    with_holders(shared, 2, work)


def test_a_block_of_starts_takes_the_time_of_all_of_them(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        ask = Ask(interval=0.1, concurrent=10, starts=2)
        assert (await opened[0].take(HOST, ask)).starts == 2

        assert (await opened[1].take(HOST, ask)).wait == pytest.approx(0.2, abs=0.08)

    with_holders(shared, 2, work)


def test_hosts_have_nothing_to_do_with_each_other(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        ask = Ask(interval=60, concurrent=1)
        await opened[0].take(HOST, ask)

        assert Grant(1, 1) == await opened[1].take("other.example", ask)

    with_holders(shared, 2, work)


def test_permits_are_shared_out_and_come_back(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        ask = Ask(interval=0, concurrent=3, wanted=2)
        first, second = [await budgets.take(HOST, ask) for budgets in opened]
        refused = await opened[1].take(HOST, Ask(interval=0, concurrent=3, kept=1, wanted=2))
        await opened[0].keep(HOST, 0)
        granted = await opened[1].take(HOST, Ask(interval=0, concurrent=3, kept=1, wanted=2))

        assert (2, 1) == (first.permits, second.permits)
        assert (1, True) == (refused.permits, refused.wait > 0)
        assert (2, 0) == (granted.permits, granted.wait)

    with_holders(shared, 2, work)


def test_permits_alone_can_be_taken_between_starts(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        await opened[0].take(HOST, Ask(interval=60, concurrent=3))
        more = Ask(interval=60, concurrent=3, kept=1, wanted=3, starts=0)

        assert Grant(3) == await opened[0].take(HOST, more)

    with_holders(shared, 1, work)


def test_what_a_holder_does_not_use_it_gives_back_when_it_asks(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        await opened[0].take(HOST, Ask(interval=0, concurrent=4, wanted=4))
        await opened[0].take(HOST, Ask(interval=0, concurrent=4, kept=1, wanted=2))

        assert (await opened[1].take(HOST, Ask(interval=0, concurrent=4, wanted=4))).permits == 2

    with_holders(shared, 2, work)


def test_a_holder_in_its_turn_needs_no_free_permit(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        await opened[0].take(HOST, Ask(interval=0, concurrent=2, wanted=2))
        await opened[1].take(HOST, Ask(interval=0, concurrent=2))

        assert Grant(2, 1) == await opened[0].take(
            HOST, Ask(interval=0, concurrent=2, kept=2, wanted=2)
        )

    with_holders(shared, 2, work)


def test_who_has_waited_longest_for_a_permit_is_first(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        one, two, three = opened
        ask = Ask(interval=0, concurrent=1)
        await one.take(HOST, ask)
        await two.take(HOST, ask)
        await three.take(HOST, ask)
        await one.keep(HOST, 0)

        assert (await three.take(HOST, ask)).starts == 0
        assert (await one.take(HOST, ask)).starts == 0
        assert (await two.take(HOST, ask)).starts > 0

    with_holders(shared, 3, work)


def test_who_waits_no_more_keeps_nobody_waiting(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        one, two, three = opened
        ask = Ask(interval=0, concurrent=1)
        await one.take(HOST, ask)
        await two.take(HOST, ask)
        await three.take(HOST, ask)
        await one.keep(HOST, 0)
        await two.keep(HOST, 0)

        assert (await three.take(HOST, ask)).starts > 0

    with_holders(shared, 3, work)


def test_everybody_waits_while_a_host_is_paused(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        await opened[0].pause(HOST, 0.3)
        refused = await opened[1].take(HOST, ONE)
        assert (0, PAUSED) == (refused.starts, refused.why)
        assert 0.1 < refused.wait <= 0.3
        await asyncio.sleep(refused.wait)

        assert (await opened[1].take(HOST, ONE)).starts == 1

    with_holders(shared, 2, work)


def test_a_short_pause_does_not_end_a_long_one(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        await opened[0].pause(HOST, 100)
        await opened[1].pause(HOST, 1)

        assert (await opened[1].take(HOST, ONE)).wait > 90

    with_holders(shared, 2, work)


def test_a_pause_outlives_who_asked_for_it(shared: Config) -> None:
    async def pause(opened: list[HostBudgets]) -> None:
        await opened[0].pause(HOST, 100)

    async def look(opened: list[HostBudgets]) -> None:
        assert (await opened[0].take(HOST, ONE)).wait > 90

    with_holders(shared, 1, pause)
    with_holders(shared, 1, look)


def test_no_pause_is_endless(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        await opened[0].pause(HOST, 1e12)

        assert (await opened[0].take(HOST, ONE)).wait <= LONGEST_SHARED_PAUSE

    with_holders(shared, 1, work)


def test_a_quota_outlives_who_used_it_up(shared: Config) -> None:
    ask = Ask(interval=0, concurrent=100, quotas=(Quota(1000, 60), Quota(3, 86_400)))

    async def use(opened: list[HostBudgets]) -> None:
        assert [1, 1] == [(await opened[n].take(HOST, ask)).starts for n in (0, 1)]

    async def look(opened: list[HostBudgets]) -> None:
        assert (await opened[0].take(HOST, ask)).starts == 1
        refused = await opened[0].take(HOST, ask)

        assert (0, "the quota 3/1d is used up") == (refused.starts, refused.why)
        assert 86_400 <= refused.wait <= 86_400 * 21 / 20

    with_holders(shared, 2, use)
    with_holders(shared, 1, look)


def test_a_quota_is_free_again_when_its_time_is_over(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        ask = Ask(interval=0, concurrent=100, quotas=(Quota(2, 1),))
        assert [1, 1, 0] == [(await opened[0].take(HOST, ask)).starts for _ in range(3)]
        await asyncio.sleep((await opened[0].take(HOST, ask)).wait)

        assert (await opened[0].take(HOST, ask)).starts == 1

    with_holders(shared, 1, work)


def test_what_is_refused_counts_towards_no_quota(shared: Config) -> None:
    async def work(opened: list[HostBudgets]) -> None:
        ask = Ask(interval=0.05, concurrent=100, quotas=(Quota(2, 60),))
        assert [1, 0, 0] == [(await opened[0].take(HOST, ask)).starts for _ in range(3)]
        await asyncio.sleep(0.06)

        assert (await opened[0].take(HOST, ask)).starts == 1

    with_holders(shared, 1, work)
