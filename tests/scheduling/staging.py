"""Real schedulers and workers in processes of their own, and feeds that grow while they read."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from search.config import load
from search.query import Everything
from search.run_log import Run
from search.stores.base import Store
from search.stores.opening import open_store
from tests.crawling import process_environment, write_config
from tests.serving import Asked, Reply, Routes

PATIENCE = 60.0
WHOLE = "so the kettle sang " * 45
ENTRY = """<item><title>Entry {n}</title><link>{address}{path}/{n}</link>
<description>{n} {path} {whole}</description></item>"""


class GrowingFeeds:
    """Feeds that hold their newest entries, and get more from time to time."""

    def __init__(self, count: int, *, held: int = 400) -> None:
        self.paths = [f"/feed-{number}" for number in range(count)]
        self._held = held
        self._lock = threading.Lock()
        self._ends = dict.fromkeys(self.paths, 5)
        self._reading = dict.fromkeys(self.paths, 0)
        self.overlaps = 0
        """How often a feed was asked for while it was being answered: by two runs at once."""
        self.seconds = 0.0
        """How long an answer takes."""

    def routes(self, address: str) -> Routes:
        """Serve each of them at its path."""
        return {path: self._answer(address, path) for path in self.paths}

    def grow(self) -> None:
        """Add entries to all of them."""
        with self._lock:
            for path in self.paths:
                self._ends[path] += 3

    def total(self) -> int:
        """Count all entries there have been."""
        return sum(self._ends.values())

    def _answer(self, address: str, path: str) -> Callable[[Asked], Reply]:
        def answer(_: Asked) -> Reply:
            with self._lock:
                self._reading[path] += 1
                self.overlaps += self._reading[path] > 1
                end = self._ends[path]
            time.sleep(self.seconds)
            with self._lock:
                self._reading[path] -= 1
            entries = "".join(
                ENTRY.format(n=n, address=address, path=path, whole=WHOLE)
                for n in range(end - 1, max(-1, end - self._held - 1), -1)
            )
            body = f"<rss version='2.0'><channel><title>t</title>{entries}</channel></rss>"
            return Reply(body.encode(), "application/rss+xml")

        return answer


def configure(folder: Path, addresses: list[str], more: str = "", every: str = "10s") -> Path:
    """Write a configuration that reads feeds, each by a schedule of its own."""
    listed = json.dumps(addresses)
    source = f'[[sources]]\nsource = "feed"\nevery = "{every}"\naddresses = {listed}\n'
    return write_config(folder, sources=f"{source}\n{more}")


class Service:
    """One `sayso schedule` or `sayso worker`."""

    def __init__(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crawlers.cli", *arguments],
            stderr=subprocess.PIPE,
            text=True,
            env=process_environment(environment),
            cwd=cwd,
        )
        self.log: list[dict[str, Any]] = []
        self.words: list[str] = []
        """What else it wrote on standard error."""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return what it logged under a name so far."""
        return [line for line in list(self.log) if line.get("event") == name]

    def wait_for(self, name: str, times: int = 1) -> None:
        """Wait until it has logged an event so often."""
        wait_until(lambda: len(self.events(name)) >= times, f"{name} in {self.log}")

    def stop(self) -> tuple[int, float]:
        """Ask it to stop; return the exit code and how many seconds that took."""
        began = time.monotonic()
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self._reader.join(1)
        return code, time.monotonic() - began

    def kill(self) -> None:
        """End it at once, as the machine would."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr:
            for line in self.process.stderr:
                try:
                    self.log.append(json.loads(line))
                except json.JSONDecodeError:
                    self.words.append(line)


@contextlib.contextmanager
def service(
    *arguments: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[Service]:
    """Run one until the block ends."""
    running = Service(*arguments, environment=environment, cwd=cwd)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


@contextlib.contextmanager
def looking_into(config: Path) -> Iterator[Store]:
    """Open the store of a configuration."""
    with open_store(load(config).store_location) as store:
        yield store


def runs_of(config: Path) -> list[Run]:
    """Return all runs, the newest first."""
    with looking_into(config) as store:
        return store.runs.recent(limit=10_000)


def texts_of(config: Path) -> list[str]:
    """Return the text of every mention, in order; twice if it were kept twice."""
    with looking_into(config) as store:
        return sorted(one.mention.text for one in store.iterate(Everything()))


def faults_of(config: Path) -> list[str]:
    """Say what is wrong with the store; asked only when nobody writes."""
    with looking_into(config) as store:
        return store.check()


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something, or fail and say for what."""
    give_up_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up_at, f"waited in vain for {what}"
        time.sleep(0.05)
