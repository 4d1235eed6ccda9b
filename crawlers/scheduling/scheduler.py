"""
`sayso schedule`: one active scheduler asks for runs and looks after them; others wait.

The loop does one small thing after another, each so often, and none for long. What the store
refuses for a while (it is busy, the disk is full) is tried again in the next round.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from crawlers.running.supervision import Supervisor
from crawlers.scheduling.clock import Clock
from crawlers.scheduling.lease import Lease
from crawlers.scheduling.schedules import schedules
from crawlers.scheduling.timetable import Timetable
from search.config import Config
from search.errors import SaysoError, StoreError
from search.run_log import Run
from search.stores.base import Store

TICK_SECONDS = 0.5
STUCK_SECONDS = 60.0
"""A round takes far less, even when the store is busy."""

log = logging.getLogger(__name__)


class Hands(Protocol):
    """What carries runs out: processes of this machine, or workers behind a queue."""

    def fill(self, running: Sequence[Run]) -> int:
        """Begin queued runs where there is room; say how many."""
        ...

    def stop(self) -> None:
        """End, leaving no run half done."""
        ...


class Chore:
    """Something the loop does every so many seconds."""

    def __init__(self, seconds: float, do: Callable[[], object]) -> None:
        self._seconds = seconds
        self._do = do
        self._done_at = float("-inf")
        self._problem = ""

    def do_if_due(self, now: float) -> None:
        """Do it if it was long enough ago; the store may refuse, and the next round asks again."""
        if now - self._done_at < self._seconds:
            return
        self._done_at = now
        try:
            self._do()
        except StoreError as error:
            if str(error) != self._problem:
                log.warning("store unavailable", extra={"problem": str(error)})
            self._problem = str(error)
        else:
            self._problem = ""


class Scheduler:
    """Holds the lease if it can, and then calls for runs and looks after them."""

    def __init__(
        self,
        store: Store,
        load: Callable[[], Config],
        hands: Hands,
        *,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._load = load
        self._config = load()
        schedules(self._config)  # what cannot be scheduled is said before anything starts
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._lease = Lease(store.notes)
        self._timetable = Timetable(store)
        self._clock = Clock(self._timetable, self._wake.set)
        self._supervisor = Supervisor(store.runs, elsewhere=True)
        self._hands = hands
        self.active = False
        self._said = ""
        self._round_at = time.monotonic()
        self._refused_config = ""
        self._active_chores = (
            Chore(2, self._reload),
            Chore(0, self._look_after_runs),
            Chore(30, self._follow),
            *chores,
        )
        self._keep_lease = Chore(3, self._hold)

    def stop(self) -> None:
        """Ask the loop to end."""
        self._stopping.set()
        self._wake.set()

    def health(self) -> dict[str, object]:
        """Say how it stands, for `/healthz`."""
        silent = time.monotonic() - self._round_at
        if silent > STUCK_SECONDS:
            return {"status": "failing", "problem": f"nothing done for {silent:.0f} s"}
        status = {"status": "ok" if self.active else "waiting"}
        refused = {"configuration": "refused"} if self._refused_config else {}
        return {**status, **refused}

    def run(self) -> None:
        """Go on until asked to stop."""
        try:
            while not self._stopping.is_set():
                self._round()
                self._wake.wait(TICK_SECONDS)
                self._wake.clear()
        finally:
            self._end()

    def _round(self) -> None:
        now = self._round_at = time.monotonic()
        self._keep_lease.do_if_due(now)
        for chore in self._active_chores if self.active else ():
            chore.do_if_due(now)

    def _hold(self) -> None:
        try:
            held = self._lease.hold()
        except StoreError:
            self._rest("resting: the store is away, and another may schedule")
            raise
        if not held:
            self._rest("waiting: another scheduler is active")
        elif not self.active:
            log.info("active again" if self._said else "active")
            self.active, self._said = True, "active"
            self._follow()

    def _rest(self, why: str) -> None:
        if self._said != why:
            log.info(why)
        self.active, self._said = False, why
        self._clock.rest()

    def _follow(self) -> None:
        known = schedules(self._config)
        self._clock.follow(known, self._config)
        self._timetable.forget_others(known)

    def _reload(self) -> None:
        try:
            config = self._load()
            if config != self._config:
                schedules(config)
        except SaysoError as error:
            if str(error) != self._refused_config:
                log.warning("configuration not taken over", extra={"problem": str(error)})
            self._refused_config = str(error)
            return
        self._refused_config = ""
        if config == self._config:
            return
        log.info("configuration taken over")
        self._config = config
        self._follow()

    def _look_after_runs(self) -> None:
        running = self._supervisor.look()
        self._hands.fill(running)

    def _end(self) -> None:
        log.info("stopping")
        self._clock.stop()
        self._hands.stop()
        try:
            self._lease.release()
        except StoreError as error:
            log.warning("lease not released", extra={"problem": str(error)})


class ConfigFile:
    """A configuration file, read anew only when it has changed."""

    def __init__(self, path: Path, read: Callable[[], Config]) -> None:
        self._path = path
        self._read = read
        self._stamp: object = None
        self._config: Config | None = None

    def load(self) -> Config:
        """Return what it says now; `ConfigError` when that cannot be used."""
        stamp = self._now()
        if self._config is None or stamp != self._stamp:
            self._config = self._read()
            self._stamp = stamp
        return self._config

    def _now(self) -> object:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
