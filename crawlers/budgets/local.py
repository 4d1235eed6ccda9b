"""
The budgets that the processes of one machine share: an SQLite file beside the store.

Times of starts, permits and pauses are on the clock that nobody can set, which is the same in all
processes until the machine starts anew; quotas outlive that and are on the wall's clock. Writes
are not waited for, since nothing but quotas is worth keeping; a damaged file is made anew.
"""

import asyncio
import concurrent.futures
import contextlib
import os
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import filelock

from crawlers.budgets.base import Ask, BudgetUnavailable, Grant
from crawlers.budgets.rows import LAYOUT, SCHEMA, hold, leave, pause, take

BUSY_SECONDS = 1.0
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

Result = TypeVar("Result")


class LocalBudgets:
    """Budgets in a file; ``:memory:`` keeps those of one process alone."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._holder = uuid.uuid4().hex
        self._thread = concurrent.futures.ThreadPoolExecutor(1, "host-budgets")
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    async def take(self, host: str, ask: Ask) -> Grant:
        """See `HostBudgets`."""
        return await self._run(lambda rows: take(rows, self._holder, host, ask))

    async def keep(self, host: str, held: int) -> None:
        """See `HostBudgets`."""
        await self._run(lambda rows: hold(rows, self._holder, host, held))

    async def pause(self, host: str, seconds: float) -> None:
        """See `HostBudgets`."""
        await self._run(lambda rows: pause(rows, host, seconds))

    async def close(self) -> None:
        """See `HostBudgets`."""
        try:
            if self._connection is not None:
                await self._run(lambda rows: leave(rows, self._holder))
        finally:
            await asyncio.wrap_future(self._thread.submit(self._disconnect))
            self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        return await asyncio.wrap_future(self._thread.submit(self._in_thread, work))

    def _in_thread(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do it in one transaction; where the file turns out damaged, once more in a new one."""
        try:
            try:
                return self._transact(work)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._make_anew()
                return self._transact(work)
        except (sqlite3.Error, OSError) as error:
            self._disconnect()
            raise BudgetUnavailable(str(error)) from error

    def _transact(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        rows = self._connected()
        rows.execute("BEGIN IMMEDIATE")
        try:
            result = work(rows)
            rows.execute("COMMIT")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                rows.execute("ROLLBACK")
            raise
        return result

    def _connected(self) -> sqlite3.Connection:
        """Return the connection; a new one when another file has taken the old one's place."""
        if self._connection is not None and self._file == _identity(self._path):
            return self._connection
        self._disconnect()
        self._connection = _connect(self._path)
        self._file = _identity(self._path)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _make_anew(self) -> None:
        """Remove a damaged file, unless another process has done so meanwhile."""
        self._disconnect()
        with filelock.FileLock(f"{self._path}.lock", timeout=BUSY_SECONDS):
            if _is_sound(self._path):
                return
            for ending in ("", "-wal", "-shm"):
                Path(self._path + ending).unlink(missing_ok=True)
            _connect(self._path).close()


def _identity(path: str) -> tuple[int, int] | None:
    if path == ":memory:":
        return None
    try:
        found = os.stat(path)  # noqa: PTH116 - asked for each transaction, and twice as fast
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _connect(path: str) -> sqlite3.Connection:
    rows = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = OFF")
        layout = rows.execute("PRAGMA user_version").fetchone()[0]
        if layout not in {0, LAYOUT}:
            raise sqlite3.DatabaseError(f"layout {layout}")
        if not layout:
            rows.executescript(SCHEMA)
    except sqlite3.Error:
        rows.close()
        raise
    return rows


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return code is None or code & 0xFF in DAMAGED


def _is_sound(path: str) -> bool:
    try:
        with contextlib.closing(_connect(path)) as rows:
            checked: str = rows.execute("PRAGMA quick_check").fetchone()[0]
            return checked == "ok"
    except sqlite3.DatabaseError as error:
        if _is_damage(error):
            return False
        raise
