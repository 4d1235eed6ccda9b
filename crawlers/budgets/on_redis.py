"""
The budgets that workers on many machines share, in Redis.

Every operation is one script, which Redis runs as a whole and by its own clock. All keys begin
with `PREFIX` and expire; those of one host are in one slot of a cluster.
"""

import uuid
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from crawlers.budgets.base import (
    BLOCK_SECONDS,
    FORGET_SECONDS,
    LONGEST_SHARED_PAUSE,
    PAUSED,
    POLL_SECONDS,
    QUEUE_SECONDS,
    SLICES,
    Ask,
    BudgetUnavailable,
    Grant,
    used_up,
)

PREFIX = "sayso:host:"
ANSWER_SECONDS = 2.0
"""A Redis that has not answered for so long counts as unavailable."""

_SCRIPTS = Path(__file__).parent
_LIMITS = (
    BLOCK_SECONDS, LONGEST_SHARED_PAUSE, QUEUE_SECONDS, FORGET_SECONDS, POLL_SECONDS, SLICES,
)  # fmt: skip
"""What the script that takes needs to know of `base`, in its order."""


class RedisBudgets:
    """Budgets in the Redis at an address, such as ``redis://host:6379/0``."""

    def __init__(self, address: str) -> None:
        self._holder = uuid.uuid4().hex
        self._hosts: set[str] = set()
        self._redis = redis.asyncio.Redis.from_url(
            address,
            decode_responses=True,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._take, self._keep, self._pause = (
            self._redis.register_script((_SCRIPTS / f"{name}.lua").read_text("ascii"))
            for name in ("take", "keep", "pause")
        )

    async def take(self, host: str, ask: Ask) -> Grant:
        """See `HostBudgets`."""
        self._hosts.add(host)
        quotas = [value for quota in ask.quotas for value in (quota.times, quota.seconds)]
        wishes = (ask.interval, ask.concurrent, ask.kept, ask.wanted, ask.starts)
        names = ["pace", "holders", *map(str, ask.quotas)]
        keys = [_key(host, name) for name in names]
        permits, starts, wait, why = await _answer(
            self._take(keys, [self._holder, *wishes, *_LIMITS, *quotas])
        )
        return Grant(permits, starts, float(wait), _reason(ask, why))

    async def keep(self, host: str, held: int) -> None:
        """See `HostBudgets`."""
        await _answer(self._keep([_key(host, "holders")], [self._holder, held]))

    async def pause(self, host: str, seconds: float) -> None:
        """See `HostBudgets`."""
        await _answer(self._pause([_key(host, "pace")], [seconds, LONGEST_SHARED_PAUSE]))

    async def close(self) -> None:
        """See `HostBudgets`."""
        try:
            for host in self._hosts:
                await self.keep(host, 0)
        finally:
            await self._redis.aclose()


async def _answer(asked: Awaitable[Any]) -> Any:
    try:
        return await asked
    except (RedisError, OSError) as error:
        raise BudgetUnavailable(f"Redis: {error}") from error


def _key(host: str, name: str) -> str:
    return f"{PREFIX}{{{host}}}:{name}"


def _reason(ask: Ask, number: int) -> str | None:
    """Translate the script's number: -1 its turn or a permit, 0 a pause, n the n-th quota."""
    if number < 0:
        return None
    return used_up(ask.quotas[number - 1]) if number else PAUSED
