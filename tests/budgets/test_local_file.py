"""The file of budgets may be damaged, removed, out of reach, or written by a clock that jumped."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from crawlers.budgets.base import Ask, BudgetUnavailable, Grant
from crawlers.budgets.fallback import SteadyBudgets
from crawlers.budgets.local import LocalBudgets
from crawlers.budgets.opening import open_budgets
from crawlers.running.processes import this_process
from search.config import Config

HOST = "pond.example"
MINUTE = Ask(interval=60, concurrent=10)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sayso.db.hosts"


def take(path: Path, ask: Ask = MINUTE) -> Grant:
    async def run() -> Grant:
        budgets = LocalBudgets(path)
        try:
            return await budgets.take(HOST, ask)
        finally:
            await budgets.close()

    return asyncio.run(run())


def change(path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as rows:
        rows.execute(statement)
        rows.commit()


def damage(path: Path) -> None:
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.write_bytes(b"\x00\xff" * 8192)


def test_a_damaged_file_is_made_anew(path: Path) -> None:
    take(path)
    damage(path)

    assert [1, 0] == [take(path).starts, take(path).starts]


def test_a_file_of_another_layout_is_made_anew(path: Path) -> None:
    take(path)
    change(path, "PRAGMA user_version = 99")

    assert [1, 0] == [take(path).starts, take(path).starts]


@pytest.mark.parametrize("how", [damage, Path.unlink])
def test_who_has_the_file_open_goes_on_with_the_new_one(path: Path, how: object) -> None:
    async def run() -> list[int]:
        first, second = LocalBudgets(path), LocalBudgets(path)
        await first.take(HOST, MINUTE)
        assert callable(how)
        how(path)
        starts = [(await budgets.take(HOST, MINUTE)).starts for budgets in (second, first)]
        await first.close()
        await second.close()
        return starts

    assert [1, 0] == asyncio.run(run())


@pytest.mark.parametrize(
    "jump",
    [
        "UPDATE hosts SET last_at = last_at + 1000, paused_until = last_at",
        "UPDATE hosts SET paused_until = last_at + 1000000, last_at = 0",
        "UPDATE hosts SET boot = 'before', last_at = last_at + 0.01",
    ],
)
def test_times_that_cannot_be_are_not_waited_for(path: Path, jump: str) -> None:
    take(path)
    change(path, jump)

    assert take(path).starts == 1


def test_processes_that_are_gone_hold_nothing(path: Path) -> None:
    take(path)
    gone = this_process().rpartition("/")[0] + "/0"
    for process in (gone, "elsewhere/1/2"):
        row = f"SELECT '{HOST}', '{process}', '{process}', 10, 0, -100"
        change(path, f"INSERT INTO holders {row}")
    one = Ask(interval=0, concurrent=1)

    assert take(path, one).starts == 1


def test_a_file_out_of_reach_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(BudgetUnavailable, match="unable to open"):
        take(tmp_path / "nowhere" / "sayso.db.hosts")


def test_without_a_file_each_process_has_its_own_budget(tmp_path: Path) -> None:
    notes: list[str] = []

    async def run() -> list[int]:
        budgets = SteadyBudgets(
            LocalBudgets(tmp_path / "nowhere" / "sayso.db.hosts"), notes.append
        )
        starts = [(await budgets.take(HOST, MINUTE)).starts for _ in range(2)]
        await budgets.pause("other.example", 50)
        starts.append((await budgets.take("other.example", MINUTE)).starts)
        await budgets.close()
        return starts

    assert [1, 0, 0] == asyncio.run(run())
    assert len(notes) == 1


def test_a_full_disk_is_noticed(path: Path) -> None:
    async def run() -> None:
        budgets = LocalBudgets(path)
        await budgets.take(HOST, MINUTE)
        assert budgets._connection is not None  # noqa: SLF001 - SQLite's limit stands for a disk's
        budgets._connection.execute("PRAGMA max_page_count = 1")  # noqa: SLF001
        try:
            for number in range(10_000):
                await budgets.pause(f"{number}.example", 1)
        finally:
            await budgets.close()

    with pytest.raises(BudgetUnavailable, match="full"):
        asyncio.run(run())


def test_many_may_open_it_at_the_same_time(path: Path) -> None:
    async def run() -> list[int]:
        opened = [LocalBudgets(path) for _ in range(12)]
        granted = await asyncio.gather(*(budgets.take(HOST, MINUTE) for budgets in opened))
        await asyncio.gather(*(budgets.close() for budgets in opened))
        return sorted(grant.starts for grant in granted)

    assert [0] * 11 + [1] == asyncio.run(run())


def test_crawls_into_a_store_elsewhere_share_a_file_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    async def run() -> None:
        budgets = open_budgets(Config(store="https://es.example?prefix=acme"))
        await budgets.take(HOST, MINUTE)
        await budgets.close()

    asyncio.run(run())

    assert (tmp_path / "sayso" / "es.example-443-acme.hosts").exists()
