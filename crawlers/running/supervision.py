"""
Looking after runs: none that died stays "running", none that hangs or grows goes on for ever.

What is known of a run stands in the log, so whoever looks after the runs of a machine may be
killed, and another goes on. Time is measured by a clock that nobody can set: how long ago a
heartbeat was written would be wrong after every change of the machine's clock.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from crawlers.running.children import kill_tree, memory_of
from crawlers.running.keeping import runs_under_way, take_from_dead
from crawlers.running.processes import is_here, process_id
from crawlers.running.work import config_of_run
from search.config import Running
from search.errors import ConfigError
from search.rhythm import read_duration
from search.run_log import Run, RunLog, RunState

LOST_SECONDS = 60.0
"""A worker on another machine that has not been heard of for so long is taken for dead."""

HUNG_SECONDS = 300.0
"""A process that lives, but whose run did not beat for so long, hangs."""

SUSPICION_SECONDS = 30.0
"""Six beats."""

GRACE_SECONDS = 60.0
"""A run ends itself after its longest time; it is killed so much later."""

_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watched:
    """What was last seen of one attempt, and when, in seconds of a monotonic clock."""

    since: float
    beats: int
    beat_at: float
    suspected_at: float | None = None


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
        """Look once at every run under way; return those that go on."""
        present = runs_under_way(self._runs)
        keys = {(run.id, run.attempt) for run in present}
        self._watched = {key: seen for key, seen in self._watched.items() if key in keys}
        return [run for run in present if self._goes_on(run, self._note(run))]

    def _note(self, run: Run) -> _Watched:
        now = self._now()
        seen = self._watched.setdefault((run.id, run.attempt), _Watched(now, run.beats, now))
        if run.beats != seen.beats:
            seen.beats, seen.beat_at, seen.suspected_at = run.beats, now, None
        return seen

    def _goes_on(self, run: Run, seen: _Watched) -> bool:
        if not is_here(run.worker):
            lost = self._elsewhere and self._now() - seen.beat_at > self._lost_seconds
            return not (lost and take_from_dead(self._runs, run, "its worker was not heard of"))
        pid = process_id(run.worker)
        if pid is None:
            return not take_from_dead(self._runs, run)
        if not run.work:  # a person started it, and may watch it
            return True
        problem = self._problem(run, pid, seen)
        if problem is not None:
            self._end(run, pid, problem)
        return problem is None

    def _problem(self, run: Run, pid: int, seen: _Watched) -> str | None:
        limits = _limits_of(run)
        if self._hangs(seen):
            silent = self._now() - seen.beat_at
            return f"it did not react for {silent / 60:.0f} minutes, and was ended"
        longest = read_duration(limits.longest).total_seconds()
        if self._now() - seen.since > longest + GRACE_SECONDS:
            return f"it took longer than runs.longest = {limits.longest}, and was ended"
        if (used := memory_of(pid) / 2**20) > limits.memory_mb:
            return (
                f"it used {used:,.0f} MB, more than runs.memory_mb = {limits.memory_mb}, "
                "and was ended"
            )
        return None

    def _hangs(self, seen: _Watched) -> bool:
        """
        Whether a run does not beat although it could.

        Where the store was away for long, the run has some seconds to say so once it is back.
        """
        if self._now() - seen.beat_at <= self._hung_seconds:
            return False
        self._runs.forget(_LONG_AGO)  # nothing; but `StoreError` when nobody can write now
        if seen.suspected_at is None:
            seen.suspected_at = self._now()
        return self._now() - seen.suspected_at > SUSPICION_SECONDS

    def _end(self, run: Run, pid: int, problem: str) -> None:
        """End it, whether or not that can be written down; who is gone is found out later."""
        log.warning("run ended by force", extra={"run": run.id, "problem": problem})
        kill_tree(pid)
        self._runs.end(run, RunState.FAILED, problem=problem)


def _limits_of(run: Run) -> Running:
    try:
        return config_of_run(run).runs
    except ConfigError:  # of another version of Sayso; the run itself will say so
        return Running()
