"""The runs of one machine, side by side: each queued run gets a process when there is room."""

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from crawlers.running.children import Child
from crawlers.running.keeping import take_from_dead, waiting_runs
from crawlers.running.processes import is_gone, is_here, this_process
from search.config import Config
from search.errors import SaysoError
from search.run_log import Run, RunLog, RunState

LOOK_SECONDS = 0.05
"""How often it is looked whether runs that were asked to stop have."""

GIVE_BACK_SECONDS = 1.0
FAILED = 1
"""The exit code of a process that could not do what it was for."""

log = logging.getLogger(__name__)


class Pool:
    """At most so many runs at once."""

    def __init__(
        self,
        runs: RunLog,
        store: str,
        processes: int,
        note_end: Callable[[Run], None] = lambda _: None,
        *,
        folder: Path,
    ) -> None:
        self._runs = runs
        self._store = store
        self._folder = folder
        self._processes = processes
        self._note_end = note_end
        self._children: dict[str, Child] = {}
        self._pause = threading.Event()

    @property
    def is_busy(self) -> bool:
        """Whether any run has not ended."""
        return bool(self._children)

    def adopt(self, config: Config) -> None:
        """Take over a changed number of processes; runs under way go on."""
        self._processes = config.runs.processes

    def fill(self, running: Sequence[Run]) -> None:
        """Start queued runs while there is room beside those running here."""
        self.reap()
        here = {run.id for run in running if is_here(run.worker) and run.work} | {*self._children}
        room = self._processes - len(here)
        if room <= 0:
            return
        # Runs whose processes have just begun are queued still.
        waiting = waiting_runs(self._runs, limit=room + len(self._children))
        for run in [run for run in waiting if run.id not in self._children][:room]:
            self.start_one(run.id)

    def start_one(self, run_id: str) -> None:
        """Start this run, whatever else goes on."""
        log.info("run started", extra={"run": run_id})
        self._children[run_id] = Child(run_id, self._store, self._folder)

    def reap(self) -> None:
        """Notice which runs have ended, and see to those that did not end well."""
        for child in self._ended():
            with contextlib.suppress(SaysoError):  # the next look finds it out
                self._settle(child)

    def stop(self) -> None:
        """
        Ask all runs to stop, upon which they go back to the queue, and end those that do not.

        These are given back first, so that nobody takes them for dead; but only for a moment is it
        tried, since the store may be busy.
        """
        for child in self._children.values():
            child.ask_to_stop()
        while self._children and not any(child.is_overdue for child in self._children.values()):
            self._ended()
            self._pause.wait(LOOK_SECONDS)
        giving_back = threading.Thread(target=self._give_back, daemon=True)
        giving_back.start()
        giving_back.join(GIVE_BACK_SECONDS)
        for child in self._children.values():
            child.kill()
        self._children.clear()

    def _ended(self) -> list[Child]:
        ended = [child for child in self._children.values() if child.exit_code is not None]
        for child in ended:
            del self._children[child.run_id]
        return ended

    def _settle(self, child: Child) -> None:
        """See to it that a run whose process has ended is over, or queued again."""
        run = self._runs.get(child.run_id)
        if run.state is RunState.QUEUED and run.worker is None and child.exit_code == FAILED:
            self._give_up(run)
        elif run.state is RunState.RUNNING and is_gone(run.worker):
            take_from_dead(self._runs, run)
        ended = self._runs.get(child.run_id)
        if ended.state.is_over:
            level = logging.INFO if ended.state is RunState.FINISHED else logging.WARNING
            log.log(level, "run ended", extra=_summary(ended))
            self._note_end(ended)

    def _give_back(self) -> None:
        for run_id in list(self._children):
            with contextlib.suppress(SaysoError):
                run = self._runs.get(run_id)
                if run.state is RunState.RUNNING and is_here(run.worker):
                    self._runs.requeue(run, died=False)

    def _give_up(self, run: Run) -> None:
        claimed = self._runs.claim(run.id, this_process())
        if claimed is not None:
            problem = "its process could not begin; see the log"
            self._runs.end(claimed, RunState.FAILED, problem=problem)


def _summary(run: Run) -> dict[str, object]:
    said = {"run": run.id, "source": run.source, "state": str(run.state)}
    brought = {name: run.count("mentions", name) for name in ("new", "changed")}
    problem = {"problem": run.problem} if run.problem else {}
    return {**said, **brought, **problem, **({"warnings": run.warnings} if run.warnings else {})}
