"""
The run log: what was asked of which source, when, by whom, and what came of it.

A run is one source asked for one brand (or, where a source is read once for everybody, all of
them). Of runs with the same ``key`` only one is queued or running at a time. A run that was taken
from a worker, because it had stopped to beat, is queued again with the next ``attempt``: the old
worker, should it wake up, is told so at its next beat and changes nothing.
"""

import dataclasses
import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from search.errors import SaysoError

Counts = Mapping[str, Mapping[str, int]]
"""
How often what happened, by kind: ``requests`` (by HTTP status), ``mentions`` (new, changed,
unchanged, quarantined), ``missing`` (by field), ``refused``, ``dropped``, ``skipped``,
``unreadable``, ``faults`` and ``notes`` (each by reason).
"""

KINDS = (
    *("requests", "mentions", "missing", "refused", "dropped", "skipped"),
    *("unreadable", "faults", "notes"),
)


class RunState(enum.StrEnum):
    """How a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    BLOCKED = "blocked"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self not in {RunState.QUEUED, RunState.RUNNING}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One crawl of one source, planned, under way or over."""

    id: str
    """Twelve hexadecimal digits."""

    key: str
    """What it reads: equal for runs that would only do the same again."""

    source: str
    address: str | None = None
    """Where it looks; ``None``: the source's own address."""

    brands: tuple[str, ...] = ()
    """Names of the brands it looks for."""

    since_at: dt.datetime | None = None
    """Older mentions are not asked for; ``None``: as far back as the source goes."""

    by: str = ""
    """Who asked for it: ``crawl``, ``schedule NAME``."""

    work: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What a worker needs to carry it out, as JSON, without secrets; empty once it is over."""

    state: RunState = RunState.QUEUED
    attempt: int = 1
    """Grows each time it is taken from a worker that died."""

    deaths: int = 0
    """How many workers died of it."""

    worker: str | None = None
    """The process that carries it out, or is about to; ``None`` while anybody may take it."""

    beats: int = 0
    """Grows while its worker lives."""

    queued_at: dt.datetime | None = None
    started_at: dt.datetime | None = None
    """The last attempt's."""

    heartbeat_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    """``None`` until it is over."""

    counts: Counts = dataclasses.field(default_factory=dict)
    problem: str | None = None
    """Why it did not finish, in a sentence with advice."""

    warnings: tuple[str, ...] = ()
    """What a person should look at although it finished, such as *layout changed*."""

    def count(self, kind: str, reason: str | None = None) -> int:
        """Return how often something happened: for one reason, or in all."""
        counted = self.counts.get(kind, {})
        return sum(counted.values()) if reason is None else counted.get(reason, 0)


class RunOverlap(SaysoError):
    """The same is queued or running already; ``other`` is that run."""

    def __init__(self, other: Run) -> None:
        self.other = other
        where = other.address or ", ".join(other.brands)
        super().__init__(
            f"{other.source} {where} is already {other.state} (run {other.id}, by {other.by})"
        )


class RunNotFound(SaysoError):
    """No run has this id, or more than one begins with it."""


class RunLog(Protocol):
    """What a store keeps of runs; every method may raise `StoreError`."""

    def queue(self, run: Run) -> Run:
        """
        Write a new run down and return it with its time.

        `RunOverlap` when another of its key is not over, or when this very one (by its id) was
        written down before.
        """
        ...

    def claim(self, run_id: str, worker: str) -> Run | None:
        """Begin a queued run; ``None`` when somebody else has, or it is over."""
        ...

    def beat(self, run: Run, counts: Counts) -> bool:
        """Say that a run goes on, and what it counted; ``False``: it was taken from the worker."""
        ...

    def end(
        self,
        run: Run,
        state: RunState,
        *,
        counts: Counts | None = None,
        problem: str | None = None,
        warnings: Sequence[str] = (),
    ) -> bool:
        """
        Close a run for good; ``False`` when it is not this attempt's any more, or over.

        Without ``counts`` it keeps those of its last beat.
        """
        ...

    def requeue(self, run: Run, *, died: bool = True) -> bool:
        """
        Take a run from its worker, for another one; ``False`` when it is too late.

        ``died`` counts it among the run's deaths; a worker that only stops gives it back.
        """
        ...

    def get(self, prefix: str) -> Run:
        """Return the one run whose id begins so, or raise `RunNotFound`."""
        ...

    def recent(  # noqa: PLR0913 - keyword-only, and a listing is one question
        self,
        *,
        states: Sequence[RunState] = (),
        source: str | None = None,
        key: str | None = None,
        taken: bool | None = None,
        oldest_first: bool = False,
        limit: int = 100,
    ) -> list[Run]:
        """
        Return runs, the newest first; those in any of ``states``, or in all.

        ``taken`` keeps those that have a worker (``True``) or none; one that cannot be read is
        left out.
        """
        ...

    def forget(self, before: dt.datetime) -> int:
        """Delete runs that were over before then, but never the last of a key; say how many."""
        ...

    def adopt(self, run: Run) -> None:
        """Keep a run exactly as another store holds it; only copying a store does so."""
        ...
