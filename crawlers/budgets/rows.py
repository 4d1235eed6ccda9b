"""What the file of budgets holds, and what a process reads and writes in one transaction."""

import sqlite3
import time
from collections.abc import Iterator

from crawlers.budgets.base import (
    BLOCK_SECONDS,
    LONGEST_SHARED_PAUSE,
    PAUSED,
    POLL_SECONDS,
    QUEUE_SECONDS,
    Ask,
    Grant,
    used_up,
)
from crawlers.budgets.slices import Window, window
from crawlers.running.processes import BOOT, is_gone, is_here, this_process
from search.quotas import Quota

LAYOUT = 1
"""The number of this schema; a file with another one is made anew."""

UNHEARD_SECONDS = 60.0
"""A process that cannot be seen from here, in another container, counts as alive for so long."""

SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS hosts (
    host TEXT PRIMARY KEY, boot TEXT, last_at REAL, paused_until REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS holders (
    host TEXT, holder TEXT, process TEXT,
    held INTEGER, waits_since REAL, seen_at REAL,
    PRIMARY KEY (host, holder)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counts (
    host TEXT, quota TEXT, slice INTEGER, times INTEGER, PRIMARY KEY (host, quota, slice)
) WITHOUT ROWID;
PRAGMA user_version = {LAYOUT};
COMMIT;
"""


def take(rows: sqlite3.Connection, holder: str, host: str, ask: Ask) -> Grant:
    """See `HostBudgets`; until it gets what it wants, the holder stands in the queue."""
    now, wall = time.monotonic(), time.time()
    hold(rows, holder, host, ask.kept, waits=True)
    last_at, paused_until = _times(rows, host, now)
    windows = [window(wall, quota, _counts(rows, host, quota)) for quota in ask.quotas]
    for wait, why in _obstacles(ask, now, last_at, paused_until, windows):
        if wait > 0:
            return Grant(ask.kept, 0, wait, why)
    more = ask.wanted - ask.kept
    if more > 0 and (more := min(more, _free(rows, holder, host, ask, now))) <= 0:
        return Grant(ask.kept, 0, POLL_SECONDS)
    if ask.starts:
        last_at = now + (ask.starts - 1) * ask.interval
        _set(rows, host, last_at=last_at, paused_until=paused_until)
        for quota, counted in zip(ask.quotas, windows, strict=True):
            _count(rows, host, quota, counted)
    hold(rows, holder, host, ask.kept + more)
    return Grant(ask.kept + more, ask.starts)


def _obstacles(
    ask: Ask, now: float, last_at: float, paused_until: float, windows: list[Window]
) -> Iterator[tuple[float, str | None]]:
    yield paused_until - now, PAUSED
    if not ask.starts:
        return
    for quota, counted in zip(ask.quotas, windows, strict=True):
        yield counted.wait, used_up(quota)
    yield last_at + ask.interval - now, None


def _times(rows: sqlite3.Connection, host: str, now: float) -> tuple[float, float]:
    """Return when the last start is or was and how long a pause lasts; -inf: none, or nonsense."""
    found = rows.execute(
        "SELECT last_at, paused_until FROM hosts WHERE host = ? AND boot = ?", (host, BOOT)
    ).fetchone()
    last_at, paused_until = found or (-1e9, -1e9)
    return (
        last_at if last_at <= now + BLOCK_SECONDS else -1e9,
        paused_until if paused_until <= now + LONGEST_SHARED_PAUSE else -1e9,
    )


def _set(rows: sqlite3.Connection, host: str, *, last_at: float, paused_until: float) -> None:
    rows.execute(
        "INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?)", (host, BOOT, last_at, paused_until)
    )


def pause(rows: sqlite3.Connection, host: str, seconds: float) -> None:
    """See `HostBudgets`."""
    now = time.monotonic()
    last_at, paused_until = _times(rows, host, now)
    _set(
        rows,
        host,
        last_at=last_at,
        paused_until=max(paused_until, now + min(seconds, LONGEST_SHARED_PAUSE)),
    )


def _free(rows: sqlite3.Connection, holder: str, host: str, ask: Ask, now: float) -> int:
    """Count the permits this process may take: those free, less one for each that waits longer."""
    others = rows.execute(
        "SELECT holder, process, held, waits_since, seen_at FROM holders"
        " WHERE host = ? AND holder <> ? ORDER BY waits_since",
        (host, holder),
    ).fetchall()
    mine: float = rows.execute(
        "SELECT waits_since FROM holders WHERE host = ? AND holder = ?", (host, holder)
    ).fetchone()[0]
    taken = ask.kept
    for other, process, held, waits_since, seen_at in others:
        if is_gone(process) or (not is_here(process) and now - seen_at > UNHEARD_SECONDS):
            leave(rows, other)
            continue
        queues = waits_since is not None and waits_since < mine
        taken += held + (queues and 0 <= now - seen_at < QUEUE_SECONDS)
    return ask.concurrent - taken


def hold(
    rows: sqlite3.Connection, holder: str, host: str, held: int, *, waits: bool = False
) -> None:
    """Note how many permits a holder has, and whether it waits for more."""
    if not held and not waits:
        rows.execute("DELETE FROM holders WHERE host = ? AND holder = ?", (host, holder))
        return
    now = time.monotonic()
    rows.execute(
        "INSERT INTO holders VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET held = excluded.held, seen_at = excluded.seen_at, waits_since ="
        " CASE WHEN excluded.waits_since THEN coalesce(waits_since, excluded.waits_since) END",
        (host, holder, this_process(), held, now if waits else None, now),
    )


def leave(rows: sqlite3.Connection, holder: str) -> None:
    """Forget a holder."""
    rows.execute("DELETE FROM holders WHERE holder = ?", (holder,))


def _counts(rows: sqlite3.Connection, host: str, quota: Quota) -> dict[int, int]:
    return dict(
        rows.execute(
            "SELECT slice, times FROM counts WHERE host = ? AND quota = ?", (host, str(quota))
        ).fetchall()
    )


def _count(rows: sqlite3.Connection, host: str, quota: Quota, counted: Window) -> None:
    rows.execute("DELETE FROM counts WHERE host = ? AND quota = ?", (host, str(quota)))
    counts = {**counted.counts, counted.now: counted.counts.get(counted.now, 0) + 1}
    rows.executemany(
        "INSERT INTO counts VALUES (?, ?, ?, ?)",
        [(host, str(quota), number, times) for number, times in counts.items()],
    )
