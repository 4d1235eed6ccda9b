"""
`sayso schedule`: one active scheduler asks for runs and looks after them; others wait.

The loop does one small thing after another, each so often, and none for long. What the store
refuses for a while (it is busy, the disk is full) is tried again in the next round.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
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
LEAVE_SECONDS = 1.0
STUCK_SECONDS = 60.0
"""A round takes far less, even when the store is busy."""

log = logging.getLogger(__name__)


class Hands(Protocol):
    """What carries runs out: processes of this machine, or workers behind a queue."""

    def adopt(self, config: Config) -> None:
        """Take over a changed configuration."""
        ...

    def fill(self, running: Sequence[Run]) -> None:
        """Begin queued runs where there is room."""
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
        """Do it if it was long enough ago; what fails (a busy store, no memory) is done later."""
        if now - self._done_at < self._seconds:
            return
        self._done_at = now
        try:
            self._do()
        except (SaysoError, OSError) as error:
            if str(error) != self._problem:
                what = "store unavailable" if isinstance(error, StoreError) else "not done"
                log.warning(what, extra={"problem": str(error)})
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
        chores: Mapping[float, Callable[[Config], object]] | None = None,
    ) -> None:
        self._load = load
        self._config = load()
        schedules(self._config)  # what cannot be scheduled is said before anything starts
        self._stopping = False
        self._wake = threading.Event()
        self._lease = Lease(store.notes)
        self._timetable = Timetable(store)
        self._clock = Clock(self._timetable, self._wake.set)
        self._supervisor = Supervisor(store.runs, elsewhere=True)
        self._hands = hands
        self.active = False
        self._was_active = False
        self._said = ""
        self._round_at = time.monotonic()
        self._refused_config = ""
        self._active_chores = (
            Chore(2, self._reload),
            Chore(0, self._look_after_runs),
            Chore(30, self._follow),
            *(self._chore(seconds, do) for seconds, do in (chores or {}).items()),
        )
        self._keep_lease = Chore(3, self._hold)

    def stop(self) -> None:
        """Ask the loop to end; a signal may come at any moment, so nothing is locked."""
        self._stopping = True

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
            while not self._stopping:
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
            log.info("active again" if self._was_active else "active")
            self.active = self._was_active = True
            self._said = ""
            self._reload()  # it may have changed since, and what is not in it is forgotten
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
        self._hands.adopt(config)
        self._follow()

    def _look_after_runs(self) -> None:
        running = self._supervisor.look()
        self._hands.fill(running)

    def _chore(self, seconds: float, do: Callable[[Config], object]) -> Chore:
        return Chore(seconds, lambda: do(self._config))

    def _end(self) -> None:
        """Stop the runs first: what else is done needs the store, which may be busy for long."""
        log.info("stopping")
        self._hands.stop()
        leaving = threading.Thread(target=self._leave, daemon=True)
        leaving.start()
        leaving.join(LEAVE_SECONDS)

    def _leave(self) -> None:
        try:
            self._lease.release()
        except StoreError as error:
            log.warning("lease not released", extra={"problem": str(error)})
        self._clock.stop()


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
