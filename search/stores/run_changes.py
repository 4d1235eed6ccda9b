"""
What the changes of a run are, whichever store writes them, and a run as JSON.

A change takes the run as it is now and returns what it becomes; ``None``: it must not change.
"""

import datetime as dt
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from search.run_log import Counts, Run, RunNotFound, RunState

Change = Callable[[Run], Run | None]
Clock = Callable[[], dt.datetime]

_TIMES: Final = ("since_at", "queued_at", "started_at", "heartbeat_at", "finished_at")
_TUPLES: Final = ("brands", "warnings")


class ChangedRuns(ABC):
    """The part of `search.run_log.RunLog` that changes one run: the same in every store."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @abstractmethod
    def _change(self, run_id: str, change: Change) -> Run | None:
        """Make a change to the run as it is now, and return what it became."""

    def claim(self, run_id: str, worker: str) -> Run | None:
        """Begin a queued run; who has begun it already, and did not hear so, has begun it."""

        def begin(now: Run) -> Run | None:
            if now.state is RunState.RUNNING and now.worker == worker:
                return now
            if now.state is not RunState.QUEUED:
                return None
            begun = replace(now, state=RunState.RUNNING, worker=worker, counts={})
            at = self._clock()
            return replace(begun, started_at=at, heartbeat_at=at)

        return self._change(run_id, begin)

    def beat(self, run: Run, counts: Counts) -> bool:
        """Say that a run goes on."""

        def go_on(now: Run) -> Run | None:
            if not _is_same(run, now) or now.state is not RunState.RUNNING:
                return None
            beats = now.beats + 1
            return replace(now, beats=beats, heartbeat_at=self._clock(), counts=counts)

        return self._change(run.id, go_on) is not None

    def end(
        self,
        run: Run,
        state: RunState,
        *,
        counts: Counts | None = None,
        problem: str | None = None,
        warnings: Sequence[str] = (),
    ) -> bool:
        """Close a run for good."""

        def close(now: Run) -> Run | None:
            if not _is_same(run, now) or now.state.is_over:
                return None
            return replace(
                now,
                state=state,
                finished_at=self._clock(),
                counts=now.counts if counts is None else counts,
                problem=problem,
                warnings=tuple(warnings),
                work={},
            )

        return self._change(run.id, close) is not None

    def requeue(self, run: Run, *, died: bool = True) -> bool:
        """Take a run from its worker."""

        def take(now: Run) -> Run | None:
            if not _is_same(run, now) or now.state is not RunState.RUNNING:
                return None
            free = replace(now, state=RunState.QUEUED, worker=None, attempt=now.attempt + 1)
            return replace(free, deaths=now.deaths + died)

        return self._change(run.id, take) is not None


def plain(run: Run) -> dict[str, Any]:
    """Return every field in types that JSON knows."""
    values = {field.name: getattr(run, field.name) for field in fields(run)}
    for name in _TIMES:
        values[name] = values[name] and values[name].isoformat()
    return values


def restored(kept: Mapping[str, Any]) -> Run:
    """Read the fields this version knows, whichever version wrote them."""
    known = {field.name: kept[field.name] for field in fields(Run) if field.name in kept}
    known["state"] = RunState(known["state"])
    for name in _TIMES:
        known[name] = known.get(name) and dt.datetime.fromisoformat(known[name])
    for name in _TUPLES:
        known[name] = tuple(known.get(name, ()))
    return Run(**known)


def to_json(run: Run) -> str:
    """Write a run as JSON."""
    return json.dumps(plain(run))


def from_json(text: str) -> Run:
    """Read what `to_json` wrote."""
    return restored(json.loads(text))


def not_one(prefix: str, count: int) -> RunNotFound:
    """Say that no run, or more than one, has an id that begins so."""
    if count == 0:
        return RunNotFound(f"no run has an id that begins with {prefix!r}: see `sayso runs`")
    return RunNotFound(f"more than one run's id begins with {prefix!r}: give more digits")


def _is_same(run: Run, now: Run) -> bool:
    return run.attempt == now.attempt and (run.worker is None or run.worker == now.worker)
