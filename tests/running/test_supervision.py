"""A run whose process died, hangs, grows or is not heard of does not stay "running"."""

import contextlib
import datetime as dt
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from crawlers.base import Plan
from crawlers.running.keeping import MOST_DEATHS, end_dead_runs, run_of
from crawlers.running.processes import _name_of
from crawlers.running.supervision import GRACE_SECONDS, Supervisor
from crawlers.running.work import pack
from search.config import Brand, Config, Running
from search.errors import StoreBusy
from search.run_log import Run, RunState
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from tests.running.conftest import Time

BRAND = Brand(name="Tea", query="tea")
PLAN = Plan(source="hackernews", brands=(BRAND,))
HOG = "x = bytearray(300 << 20); print(1, flush=True); import time; time.sleep(60)"
CHILD_OF_HOG = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOG!r}])"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def name_of(process: "subprocess.Popen[bytes]") -> str:
    return _name_of(process.pid)


def running(
    store: Store, worker: str, running: Running | None = None, *, by_hand: bool = False
) -> Run:
    config = Config(brands=(BRAND,), runs=running or Running())
    run = run_of(PLAN, "schedule x", {} if by_hand else pack(PLAN, config))
    store.runs.queue(run)
    claimed = store.runs.claim(run.id, worker)
    assert claimed is not None
    return claimed


def state(store: Store, run: Run) -> tuple[RunState, int]:
    found = store.runs.get(run.id)
    return found.state, found.attempt


def test_a_run_whose_process_died_is_queued_again_at_once(
    store: Store, clock: Time, sleeper: "subprocess.Popen[bytes]"
) -> None:
    run = running(store, name_of(sleeper))
    supervisor = Supervisor(store.runs, now=clock)

    assert [run] == supervisor.look()
    sleeper.kill()
    sleeper.wait()

    assert supervisor.look() == []
    assert (RunState.QUEUED, 2) == state(store, run)


def test_a_run_of_which_processes_die_again_and_again_has_failed(store: Store) -> None:
    for _ in range(MOST_DEATHS):
        found = store.runs.recent(limit=1)
        run = store.runs.claim(found[0].id, gone()) if found else running(store, gone())
        Supervisor(store.runs).look()

    assert run is not None
    assert (RunState.FAILED, MOST_DEATHS) == state(store, run)
    assert "died, 3 times" in str(store.runs.get(run.id).problem)


def test_a_crawl_that_a_person_started_is_not_done_again(store: Store) -> None:
    run = running(store, gone(), by_hand=True)

    Supervisor(store.runs).look()

    assert (RunState.INTERRUPTED, 1) == state(store, run)


def test_a_worker_elsewhere_is_lost_when_it_has_not_beaten_for_long(
    store: Store, clock: Time
) -> None:
    run = running(store, "elsewhere/1/2")
    supervisor = Supervisor(store.runs, elsewhere=True, now=clock)
    supervisor.look()

    clock.seconds += 50
    store.runs.beat(run, {})
    supervisor.look()
    clock.seconds += 50
    assert [run.id] == [found.id for found in supervisor.look()]
    clock.seconds += 11
    supervisor.look()

    assert (RunState.QUEUED, 2) == state(store, run)


def test_only_the_scheduler_judges_workers_elsewhere(store: Store, clock: Time) -> None:
    run = running(store, "elsewhere/1/2")
    supervisor = Supervisor(store.runs, now=clock)
    supervisor.look()
    clock.seconds += 10_000
    supervisor.look()

    assert (RunState.RUNNING, 1) == state(store, run)


def test_a_run_that_hangs_is_ended_and_said(
    store: Store, clock: Time, sleeper: "subprocess.Popen[bytes]"
) -> None:
    run = running(store, name_of(sleeper))
    supervisor = Supervisor(store.runs, now=clock)
    supervisor.look()
    clock.seconds += 301
    assert [run] == supervisor.look()
    clock.seconds += 31
    supervisor.look()

    assert (RunState.FAILED, 1) == state(store, run)
    assert "did not react for 6 minutes" in str(store.runs.get(run.id).problem)
    assert sleeper.wait(5) != 0


def test_a_run_is_not_called_hung_while_nobody_can_write(
    store: Store, clock: Time, sleeper: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    run = running(store, name_of(sleeper))
    with EmbeddedStore(tmp_path / "s.db", busy_seconds=0.1) as impatient:
        supervisor = Supervisor(impatient.runs, now=clock)
        supervisor.look()
        clock.seconds += 1_000
        with contextlib.closing(sqlite3.connect(tmp_path / "s.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusy):
                supervisor.look()
        supervisor.look()
        clock.seconds += 5
        assert store.runs.beat(run, {})
        clock.seconds += 40

        assert [run.id] == [found.id for found in supervisor.look()]
    assert sleeper.poll() is None


def test_a_run_that_takes_too_long_is_ended_and_said(
    store: Store, clock: Time, sleeper: "subprocess.Popen[bytes]"
) -> None:
    run = running(store, name_of(sleeper), Running(longest="10m"))
    supervisor = Supervisor(store.runs, now=clock)
    for _ in range(11):
        assert store.runs.beat(run, {})
        assert [run.id] == [found.id for found in supervisor.look()]
        clock.seconds += (600 + GRACE_SECONDS) / 10
    supervisor.look()

    assert (RunState.FAILED, 1) == state(store, run)
    assert "longer than runs.longest = 10m" in str(store.runs.get(run.id).problem)
    assert sleeper.wait(5) != 0


def test_a_run_that_grows_is_ended_with_all_it_started(store: Store) -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD_OF_HOG], stdout=subprocess.PIPE) as hog:
        assert hog.stdout is not None
        hog.stdout.readline()
        (child,) = psutil.Process(hog.pid).children()
        run = running(store, name_of(hog), Running(memory_mb=200))
        Supervisor(store.runs).look()
        hog.wait(5)

    assert (RunState.FAILED, 1) == state(store, run)
    assert "more than runs.memory_mb = 200" in str(store.runs.get(run.id).problem)
    assert psutil.wait_procs([child], timeout=5)[1] == []


def test_a_run_within_its_limits_goes_on(store: Store, sleeper: "subprocess.Popen[bytes]") -> None:
    run = running(store, name_of(sleeper), Running(memory_mb=200, longest="1h"))

    assert [run] == Supervisor(store.runs).look()
    assert sleeper.poll() is None


def test_a_crawl_that_was_queued_but_not_begun_by_a_dead_process_is_over(store: Store) -> None:
    run = replace(run_of(PLAN, "crawl"), worker=gone())
    store.runs.queue(run)

    Supervisor(store.runs).look()

    assert RunState.INTERRUPTED == store.runs.get(run.id).state


def test_a_crawl_elsewhere_that_was_queued_and_never_begun_is_lost_as_well(
    store: Store, clock: Time
) -> None:
    run = replace(run_of(PLAN, "crawl"), worker="elsewhere/1/2")
    store.runs.queue(run)
    supervisor = Supervisor(store.runs, elsewhere=True, now=clock)
    supervisor.look()
    clock.seconds += 61
    supervisor.look()

    assert RunState.INTERRUPTED == store.runs.get(run.id).state


def test_where_nobody_schedules_a_process_elsewhere_is_told_by_its_long_silence(
    tmp_path: Path,
) -> None:
    now = [dt.datetime.now(dt.UTC) - dt.timedelta(minutes=6)]
    with EmbeddedStore(tmp_path / "t.db", clock=lambda: now[0]) as store:
        old = running(store, "elsewhere/1/2", by_hand=True)
        assert [old] == end_dead_runs(store.runs)

        now[0] += dt.timedelta(minutes=4)
        running(store, "elsewhere/1/2", by_hand=True)
        assert [] == end_dead_runs(store.runs)


def gone() -> str:
    """Name a process of this machine that has ended."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        name = name_of(process)
        process.kill()
    return name
