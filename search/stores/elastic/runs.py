"""The run log on Elasticsearch."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from search.errors import StoreBusy, StoreCorrupt
from search.run_log import Run, RunNotFound, RunOverlap, RunState
from search.stores import run_changes
from search.stores.elastic.cluster import Cluster, Pauses
from search.stores.elastic.small import SmallIndex, Versioned
from search.stores.numbers import microseconds
from search.stores.run_changes import Change, ChangedRuns

_PROBE: Final = "can write"
_UNDER_WAY: Final = [str(state) for state in RunState if not state.is_over]


class ElasticRuns(ChangedRuns):
    """
    Implements `search.run_log.RunLog` on one index of runs and one of locks, a lock for each key.

    A lock holds the run that it was taken for: whoever finds one whose run was not written down,
    because its writer died in between, writes it down himself; whoever finds one whose run is over
    takes it for his own.
    """

    def __init__(
        self,
        cluster: Cluster,
        index: SmallIndex,
        locks: SmallIndex,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._cluster = cluster
        self._index = index
        self._locks = locks
        super().__init__(clock)

    def queue(self, run: Run) -> Run:
        """Write a new run down."""
        run = replace(run, state=RunState.QUEUED, queued_at=self._clock())
        known = self._index.read(run.id)
        if known is not None:
            raise RunOverlap(self._run(known))
        self._lock(run)
        if self._index.create(run.id, _body(run)) is None:
            written = self._find(run.id)[0]
            # Who found our lock without our run has written it down in our place.
            if (written.key, written.queued_at) != (run.key, run.queued_at):
                raise RunOverlap(written)
        return run

    def get(self, prefix: str) -> Run:
        """Return the one run whose id begins so."""
        wanted = prefix.strip().lower()
        found = list(self._index.find({"prefix": {"id": wanted}}, [{"id": "asc"}], limit=2))
        if not wanted or len(found) != 1:
            raise run_changes.not_one(prefix, len(found) if wanted else 0)
        return self._run(found[0])

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
        """Return runs, the newest first."""
        wanted: list[dict[str, Any]] = []
        wanted += [{"terms": {"state": [str(state) for state in states]}}] if states else []
        wanted += [{"term": {"source": source}}] if source is not None else []
        wanted += [{"term": {"key": key}}] if key is not None else []
        has_worker = {"exists": {"field": "worker"}}
        wanted += [has_worker] if taken else []
        unwanted = [has_worker] if taken is False else []
        order = [{"queued_at": "asc" if oldest_first else "desc"}, {"id": "asc"}]
        query = {"bool": {"filter": wanted, "must_not": unwanted}}
        return list(self._readable(self._index.find(query, order, limit=limit)))

    def forget(self, before: dt.datetime) -> int:
        """Delete what was over before then, but never the last run of a key."""
        self._locks.replace(_PROBE, {"body": ""})  # whoever asks learns whether we can write
        old = {"range": {"queued_at": {"lt": microseconds(before)}}}
        if not list(self._index.find(old, [{"id": "asc"}], limit=1)):
            return 0
        later: set[str] = set()
        forgotten = 0
        order = [{"queued_at": "desc"}, {"id": "asc"}]
        for found in self._index.find({"match_all": {}}, order):
            key, queued_at = found.body["key"], found.body["queued_at"]
            is_old = queued_at < microseconds(before) and found.body["state"] not in _UNDER_WAY
            if key in later and is_old:
                forgotten += self._index.delete(found.body["id"], found.version)
            later.add(key)
        return forgotten

    def adopt(self, run: Run) -> None:
        """Keep a run exactly as another store holds it."""
        if not run.state.is_over:
            try:
                self._lock(run)
            except RunOverlap as overlap:  # one that the other store knows nothing of any more
                self.end(overlap.other, RunState.INTERRUPTED, problem="replaced by a copy")
                self._lock(run)
        self._index.replace(run.id, _body(run))

    def _lock(self, run: Run) -> None:
        """Take the lock of a run's key, or raise `RunOverlap`."""
        body = {"body": run_changes.to_json(run)}
        pauses = Pauses(self._cluster.patience)
        while self._locks.create(run.key, body) is None:
            lock = self._locks.read(run.key)
            if lock is None:
                continue
            holder = self._holder(lock)
            if holder.id == run.id:
                return
            if not holder.state.is_over:
                raise RunOverlap(holder)
            if self._locks.replace(run.key, body, lock.version) is not None:
                return
            if not pauses.rest():
                raise StoreBusy(self._cluster.name, f"others keep changing the lock of {run.key}")

    def _holder(self, lock: Versioned) -> Run:
        """Return the run a lock was taken for; write it down if its writer could not."""
        locked = run_changes.from_json(lock.body["body"])
        if self._index.read(locked.id) is None:
            self._index.create(locked.id, _body(locked))
        return self._find(locked.id)[0]

    def _change(self, run_id: str, change: Change) -> Run | None:
        """Change one run, unless the change is ``None``."""
        pauses = Pauses(self._cluster.patience)
        while True:
            run, version = self._find(run_id)
            changed = change(run)
            if changed is None:
                return None
            if self._index.replace(run_id, _body(changed), version) is not None:
                return changed
            if not pauses.rest():
                raise StoreBusy(self._cluster.name, f"others keep changing the run {run_id}")

    def _find(self, run_id: str) -> tuple[Run, int]:
        found = self._index.read(run_id)
        if found is None:
            raise RunNotFound(f"there is no run {run_id}")
        return self._run(found), found.version

    def _readable(self, found: Iterator[Versioned]) -> Iterator[Run]:
        """Read runs; one that is damaged must not keep the others from being looked after."""
        for each in found:
            with contextlib.suppress(StoreCorrupt):
                yield self._run(each)

    def _run(self, found: Versioned) -> Run:
        try:
            return run_changes.from_json(found.body["body"])
        except (KeyError, TypeError, ValueError) as error:
            problem = f"the run {found.body.get('id')} cannot be read: {error}"
            raise StoreCorrupt(self._cluster.name, problem) from error


def _body(run: Run) -> Mapping[str, Any]:
    assert run.queued_at is not None  # noqa: S101 - queueing stamps it
    return {
        "id": run.id,
        "key": run.key,
        "source": run.source,
        "state": str(run.state),
        "worker": run.worker,
        "queued_at": microseconds(run.queued_at),
        "body": run_changes.to_json(run),
    }
