"""
Writing runs down while they go on: who began what, that it lives, and how it ended.

A run whose process died is told by that process being gone, on this machine at once. One that was
scheduled is queued again; one that a person started is *interrupted*, and continues from its
cursor when it is started again.
"""

import dataclasses
import datetime as dt
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from crawlers.base import Plan
from crawlers.bookmarks import cursor_key
from crawlers.running.processes import is_gone, is_here, this_process
from crawlers.running.reports import RunReport
from search.errors import SaysoError, StoreBusy, StoreError
from search.run_log import Run, RunLog, RunNotFound, RunState

BEAT_SECONDS = 5.0
"""How often a run says that it goes on."""

MOST_DEATHS = 3
"""So many processes may die of one run; then it is the run's fault."""

SILENT_SECONDS = 300.0
"""A process that cannot be seen from here, but has said nothing for so long, is taken for dead."""

TRIES = 6
"""How often a busy store is asked to write an end down, which itself waits ten seconds."""

log = logging.getLogger(__name__)


def run_of(plan: Plan, by: str, work: Mapping[str, Any] | None = None) -> Run:
    """Describe a plan as a new run of the log."""
    return Run(
        id=secrets.token_hex(6),
        key=cursor_key(plan),
        source=plan.source,
        address=plan.address,
        brands=tuple(brand.name for brand in plan.brands),
        since_at=plan.since,
        by=by,
        work=work or {},
    )


class Entry:
    """One run in the log, carried out by this process."""

    def __init__(self, runs: RunLog, run: Run) -> None:
        self._runs = runs
        self.run = run

    @property
    def id(self) -> str:
        """Its id in the log."""
        return self.run.id

    def beat(self, report: RunReport) -> bool:
        """Say that the run goes on; ``False`` when it was given to another worker."""
        try:
            return self._runs.beat(self.run, report.counts)
        except (StoreError, RunNotFound):
            return True  # as far as can be known; a process that lives is not taken for dead

    def end(self, report: RunReport, warnings: tuple[str, ...] = ()) -> None:
        """
        Write down how it ended; an end that cannot be written is found out later.

        A run that was scheduled and is only stopped goes back to the queue.
        """
        for _ in range(TRIES):
            try:
                self._write_end(report, warnings)
            except StoreBusy:
                continue
            except SaysoError as error:
                log.warning("end not written", extra={"run": self.id, "problem": str(error)})
            return

    def _write_end(self, report: RunReport, warnings: tuple[str, ...]) -> None:
        state = report.state if report.state.is_over else RunState.INTERRUPTED
        if state is RunState.INTERRUPTED and self.run.work:
            self._runs.requeue(self.run, died=False)
            return
        self._runs.end(
            self.run, state, counts=report.counts, problem=report.problem, warnings=warnings
        )


def begin_here(runs: RunLog, plan: Plan, by: str) -> Entry:
    """Write down that this process carries out a plan; `RunOverlap` when another does."""
    me = this_process()
    queued = runs.queue(dataclasses.replace(run_of(plan, by), worker=me))
    return Entry(runs, runs.claim(queued.id, me) or queued)


def end_dead_runs(runs: RunLog) -> list[Run]:
    """
    Take runs from processes that are gone, and return them.

    Those elsewhere are told by their silence on the wall's clock, which is right where nobody
    watches them by a better one.
    """
    return [run for run in runs_under_way(runs) if _is_dead(run) and take_from_dead(runs, run)]


def runs_under_way(runs: RunLog) -> list[Run]:
    """List what some process carries out, or is about to."""
    states = [RunState.RUNNING, RunState.QUEUED]
    return runs.recent(states=states, taken=True, limit=10_000)


def waiting_runs(runs: RunLog, limit: int = 10_000) -> list[Run]:
    """List what anybody may begin, the oldest first."""
    waiting = runs.recent(states=[RunState.QUEUED], taken=False, oldest_first=True, limit=limit)
    return [run for run in waiting if run.work]


def _is_dead(run: Run) -> bool:
    if is_here(run.worker):
        return is_gone(run.worker)
    heard_at = run.heartbeat_at or run.queued_at
    silent = dt.datetime.now(dt.UTC) - heard_at if heard_at is not None else dt.timedelta(0)
    return silent.total_seconds() > SILENT_SECONDS


def take_from_dead(runs: RunLog, run: Run, why: str = "its process died") -> bool:
    """Queue a scheduled run again, or close it; ``False`` when somebody did so already."""
    log.warning("run taken from a dead worker", extra={"run": run.id, "worker": run.worker})
    if not run.work:
        problem = f"{why}; what was found is kept, and the next run continues from there"
        return runs.end(run, RunState.INTERRUPTED, problem=problem)
    if run.deaths + 1 >= MOST_DEATHS:
        problem = f"{why}, {run.deaths + 1} times; see the log of the worker"
        return runs.end(run, RunState.FAILED, problem=problem)
    return runs.requeue(run)
