"""
How fast schedules start runs, and how soon a dead process is noticed.

*Queueing*: 1,000 schedules due at the same moment, until the last run stands in the log, beside
APScheduler alone calling as many functions that do nothing. *Starting*: a real `sayso schedule`
with 1,000 schedules, some of which are due every ten seconds, on loopback: from due to started,
and runs a second when all are due at once. *Noticing*: from kill -9 of a run's process until it is
queued again.

    python -m benchmarks.scheduling [schedules] [seconds]
"""

import datetime as dt
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from crawlers.running.processes import process_id
from crawlers.scheduling.clock import Clock
from crawlers.scheduling.schedules import Scheduled, schedules
from crawlers.scheduling.timetable import Timetable
from search.config import Brand, Config, SourceConfig
from search.run_log import RunState
from search.stores.embedded import EmbeddedStore

FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"
SOON = dt.timedelta(seconds=2)
OFTEN = 20
"""So many schedules are due all the time; the others are loaded and wait."""


def measure_queueing(count: int) -> tuple[list[float], list[float]]:
    """Return, for Sayso and for APScheduler alone, how late each of them was, in seconds."""
    brand = Brand(name="Tea", query="tea")
    addresses = tuple(f"https://a.example/{number}" for number in range(count))
    source = SourceConfig(source="feed", every="1h", addresses=addresses)
    config = Config(brands=(brand,), sources=(source,))
    with tempfile.TemporaryDirectory() as folder, EmbeddedStore(Path(folder) / "s.db") as store:
        known = schedules(config)
        due_at = dt.datetime.now(dt.UTC) + SOON
        _make_due(store, known, due_at)
        clock = Clock(Timetable(store), lambda: None)
        clock.follow(known, config)
        while len(queued := store.runs.recent(limit=count)) < count:
            time.sleep(0.1)
        clock.stop()
        late = [(run.queued_at - due_at).total_seconds() for run in queued if run.queued_at]
    return late, _measure_apscheduler(count)


def _make_due(store: EmbeddedStore, known: dict[str, Scheduled], due_at: dt.datetime) -> None:
    for name, scheduled in known.items():
        value = {
            "rhythm": scheduled.rhythm_key,
            "next_at": due_at.isoformat(),
            "interval": None,
            "last_at": None,
            "refused": 0,
        }
        store.notes.write(f"schedule/{name}", value, None)


def _measure_apscheduler(count: int) -> list[float]:
    late: list[float] = []
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=dt.UTC)
    scheduler.start()
    due_at = dt.datetime.now(dt.UTC) + SOON

    def call() -> None:
        late.append((dt.datetime.now(dt.UTC) - due_at).total_seconds())

    for _ in range(count):
        scheduler.add_job(call, "date", run_date=due_at, misfire_grace_time=None)
    while len(late) < count:
        time.sleep(0.1)
    scheduler.shutdown()
    return late


@contextmanager
def feeds() -> Iterator[str]:
    """Serve the same empty feed at every address."""

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(FEED)))
            self.end_headers()
            self.wfile.write(FEED)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def scheduler(folder: Path, address: str, rhythms: Sequence[tuple[str, int]]) -> Iterator[None]:
    """Run `sayso schedule` with so many schedules of each rhythm."""
    number = 0
    tables = ['[[brands]]\nname = "all"\nquery = "*"']
    for rhythm, count in rhythms:
        listed = json.dumps([f"{address}/{number + n}" for n in range(count)])
        tables.append(f'[[sources]]\nsource = "feed"\n{rhythm}\naddresses = {listed}')
        number += count
    tables.append('[limits]\nrequests_per_second = 1000\nallow_private = ["127.0.0.1"]')
    (folder / "sayso.toml").write_text("\n".join(tables), encoding="utf-8")
    command = [sys.executable, "-m", "crawlers.cli", "schedule"]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.DEVNULL
    ) as process:
        yield
        process.terminate()


def measure_starting(count: int, seconds: float) -> list[float]:
    """Return how late runs began, in seconds, with many schedules that wait."""
    late: dict[str, float] = {}
    with feeds() as address, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rhythms = [('every = "10s"', OFTEN // 10), ('cron = "0 0 1 1 *"', count)]
        with (
            scheduler(folder, address, rhythms),
            EmbeddedStore(folder / "sayso.db") as store,
        ):
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                due = _due_times(store)
                for run in store.runs.recent(limit=OFTEN):
                    if run.started_at and run.key in due and run.id not in late:
                        since = (run.started_at - due[run.key]).total_seconds()
                        if 0 <= since < 10:
                            late[run.id] = since
                time.sleep(0.2)
    return list(late.values())


def _due_times(store: EmbeddedStore) -> dict[str, dt.datetime]:
    found = {}
    for run in store.runs.recent(limit=OFTEN):
        note = store.notes.read("schedule/" + run.by.removeprefix("schedule "))
        if note is not None and note.value["last_at"]:
            found[run.key] = dt.datetime.fromisoformat(note.value["last_at"])
    return found


def measure_throughput(count: int, seconds: float) -> float:
    """Return how many runs end a second when all are due at once."""
    with feeds() as address, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            scheduler(folder, address, [('every = "1h"', count)]),
            EmbeddedStore(folder / "sayso.db") as store,
        ):
            while not store.runs.recent(states=[RunState.FINISHED], limit=1):
                time.sleep(0.1)
            time.sleep(seconds)
            return len(store.runs.recent(states=[RunState.FINISHED], limit=count)) / seconds


def measure_noticing(times: int) -> list[float]:
    """Return how long it took until a killed run was queued again, in seconds."""
    took = []
    with feeds() as address, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            scheduler(folder, address, [('every = "10s"', 4)]),
            EmbeddedStore(folder / "sayso.db") as store,
        ):
            while len(took) < times:
                running = store.runs.recent(states=[RunState.RUNNING], limit=1)
                pid = process_id(running[0].worker) if running else None
                if pid is None:
                    time.sleep(0.01)
                    continue
                os.kill(pid, signal.SIGKILL)
                began = time.monotonic()
                while store.runs.get(running[0].id).state is RunState.RUNNING:
                    time.sleep(0.01)
                if store.runs.get(running[0].id).attempt > running[0].attempt:
                    took.append(time.monotonic() - began)
    return took


def _figures(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"p50 {statistics.median(ordered):.2f} s, p95 {p95:.2f} s, last {ordered[-1]:.2f} s"


def main(count: int = 1_000, seconds: float = 60) -> None:
    """Print all figures."""
    ours, alone = measure_queueing(count)
    print(f"{count} due at once, until queued: {_figures(ours)}; {count / max(ours):.0f} runs/s")
    print(f"APScheduler alone, doing nothing: {_figures(alone)}; {count / max(alone):.0f} calls/s")
    late = measure_starting(count, seconds)
    print(f"{count} schedules, {len(late)} runs, from due to started: {_figures(late)}")
    print(f"all due at once, two processes: {measure_throughput(count, seconds / 2):.2f} runs/s")
    print(f"killed run queued again after: {_figures(measure_noticing(10))}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
