"""The runs of one machine, side by side: each queued run gets a process when there is room."""

import contextlib
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from crawlers.running.children import Child
from crawlers.running.keeping import take_from_dead
from crawlers.running.processes import is_here, this_process
from crawlers.running.work import again
from search.errors import StoreError
from search.run_log import Run, RunLog, RunOverlap, RunState

LOOK_SECONDS = 0.05
"""How often it is looked whether runs that were asked to stop have."""

log = logging.getLogger(__name__)


class Pool:
    """At most so many runs at once."""

    def __init__(
        self,
        runs: RunLog,
        store: Path,
        processes: int,
        note_end: Callable[[Run], None] = lambda _: None,
    ) -> None:
        self._runs = runs
        self._store = store
        self._processes = processes
        self._note_end = note_end
        self._children: dict[str, Child] = {}
        self._pause = threading.Event()
        self._asked: set[str] = set()
        """Runs that we stopped, which are to be done again."""

    @property
    def is_busy(self) -> bool:
        """Whether any run has not ended."""
        return bool(self._children)

    def fill(self, running: Sequence[Run]) -> int:
        """Start queued runs while there is room beside those running here; say how many."""
        self.reap()
        here = {run.id for run in running if is_here(run.worker) and run.work} | {*self._children}
        room = self._processes - len(here)
        return sum(map(self._start, self._waiting()[:room])) if room > 0 else 0

    def start_one(self, run_id: str) -> None:
        """Start this run, whatever else goes on."""
        self._children[run_id] = Child(run_id, self._store)

    def stop(self) -> None:
        """Ask all runs to stop, wait for them, and have what was cut short done again."""
        self._asked |= {*self._children}
        for child in self._children.values():
            child.ask_to_stop()
        while self._children:
            self.reap()
            self._pause.wait(LOOK_SECONDS)

    def _waiting(self) -> list[Run]:
        """List queued runs that nobody has taken, the oldest first."""
        queued = self._runs.recent(states=[RunState.QUEUED], limit=10_000)
        return [
            run
            for run in reversed(queued)
            if run.worker is None and run.work and run.id not in self._children
        ]

    def _start(self, run: Run) -> bool:
        self.start_one(run.id)
        log.info("run started", extra={"run": run.id, "source": run.source, "by": run.by})
        return True

    def reap(self) -> None:
        """Notice which runs have ended, and see to those that did not end well."""
        for child in list(self._children.values()):
            if child.is_overdue:
                child.kill()
            if child.exit_code is not None:
                del self._children[child.run_id]
                with contextlib.suppress(StoreError):  # the next look finds it out
                    self._settle(child)

    def _settle(self, child: Child) -> None:
        """See to it that a run whose process has ended is over, or queued again."""
        run = self._runs.get(child.run_id)
        if run.state is RunState.QUEUED and child.run_id not in self._asked:
            self._give_up(run, child.exit_code)
        elif run.state is RunState.RUNNING:
            take_from_dead(self._runs, run)
        elif run.state is RunState.INTERRUPTED and child.run_id in self._asked:
            with contextlib.suppress(RunOverlap):
                self._runs.queue(again(run, secrets.token_hex(6)))
        self._asked.discard(child.run_id)
        ended = self._runs.get(child.run_id)
        if ended.state.is_over:
            log.info("run ended", extra=_summary(ended))
            self._note_end(ended)

    def _give_up(self, run: Run, exit_code: int | None) -> None:
        problem = f"its process could not begin (exit code {exit_code}); see the log"
        claimed = self._runs.claim(run.id, this_process())
        if claimed is not None:
            self._runs.end(claimed, RunState.FAILED, problem=problem)


def _summary(run: Run) -> dict[str, object]:
    said = {"run": run.id, "source": run.source, "state": str(run.state)}
    brought = {name: run.count("mentions", name) for name in ("new", "changed")}
    problem = {"problem": run.problem} if run.problem else {}
    return {**said, **brought, **problem, **({"warnings": run.warnings} if run.warnings else {})}
