"""
Looking after runs: none that died stays "running", none that hangs or grows goes on for ever.

What is known of a run stands in the log, so whoever looks after the runs of a machine may be
killed, and another goes on. Time is measured by a clock that nobody can set: how long ago a
heartbeat was written would be wrong after every change of the machine's clock.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from crawlers.running.children import kill_tree, memory_of
from crawlers.running.keeping import end_dead_runs, take_from_dead
from crawlers.running.processes import is_here, process_id
from crawlers.running.work import config_of_run
from search.rhythm import read_duration
from search.run_log import Run, RunLog, RunState

LOST_SECONDS = 60.0
"""A worker on another machine that has not been heard of for so long is taken for dead."""

HUNG_SECONDS = 300.0
"""A process that lives, but whose run did not beat for so long, hangs."""

GRACE_SECONDS = 60.0
"""A run ends itself after its longest time; it is killed so much later."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watched:
    """What was last seen of one attempt, and when, in seconds of a monotonic clock."""

    since: float
    beats: int
    beat_at: float


class Supervisor:
    """Looks after the running runs of this machine and, where asked to, after those of others."""

    def __init__(
        self,
        runs: RunLog,
        *,
        elsewhere: bool = False,
        now: Callable[[], float] = time.monotonic,
        lost_seconds: float = LOST_SECONDS,
        hung_seconds: float = HUNG_SECONDS,
    ) -> None:
        self._runs = runs
        self._elsewhere = elsewhere
        self._now = now
        self._lost_seconds = lost_seconds
        self._hung_seconds = hung_seconds
        self._watched: dict[tuple[str, int], _Watched] = {}

    def look(self) -> list[Run]:
        """Look once at every running run; return those that are running still."""
        end_dead_runs(self._runs)
        running = self._runs.recent(states=[RunState.RUNNING], limit=10_000)
        present = {(run.id, run.attempt) for run in running}
        self._watched = {key: seen for key, seen in self._watched.items() if key in present}
        return [run for run in running if self._goes_on(run, self._note(run))]

    def _note(self, run: Run) -> _Watched:
        now = self._now()
        seen = self._watched.setdefault((run.id, run.attempt), _Watched(now, run.beats, now))
        if run.beats != seen.beats:
            seen.beats, seen.beat_at = run.beats, now
        return seen

    def _goes_on(self, run: Run, seen: _Watched) -> bool:
        silent = self._now() - seen.beat_at
        if not is_here(run.worker):
            return not (self._elsewhere and silent > self._lost_seconds and self._take(run))
        pid = process_id(run.worker)
        if pid is None or not run.work:  # just now; or a person started it, and may watch it
            return pid is not None
        problem = self._problem(run, pid, silent, self._now() - seen.since)
        if problem is None:
            return True
        return not self._end(run, pid, problem)

    def _take(self, run: Run) -> bool:
        log.warning("worker lost", extra={"run": run.id, "worker": run.worker})
        return take_from_dead(self._runs, run, "its worker has not been heard of")

    def _problem(self, run: Run, pid: int, silent: float, age: float) -> str | None:
        limits = config_of_run(run).runs
        if silent > self._hung_seconds:
            return f"it did not react for {silent / 60:.0f} minutes, and was ended"
        if age > read_duration(limits.longest).total_seconds() + GRACE_SECONDS:
            return f"it took longer than runs.longest = {limits.longest}, and was ended"
        if (used := memory_of(pid) / 2**20) > limits.memory_mb:
            return (
                f"it used {used:,.0f} MB, more than runs.memory_mb = {limits.memory_mb}, "
                "and was ended"
            )
        return None

    def _end(self, run: Run, pid: int, problem: str) -> bool:
        """Write the end down first: a process that is gone would be taken for dead."""
        log.warning("run ended", extra={"run": run.id, "problem": problem})
        ended = self._runs.end(run, RunState.FAILED, problem=problem)
        kill_tree(pid)
        return ended
