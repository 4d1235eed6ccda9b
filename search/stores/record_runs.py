"""The run log of the embedded store."""

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from search.errors import StoreCorrupt
from search.run_log import Run, RunNotFound, RunOverlap, RunState
from search.stores import run_changes
from search.stores.record_connections import Connections
from search.stores.run_changes import Change, ChangedRuns

_OWN: Final = ("id", "key", "source", "state", "attempt", "beats", "queued_at", "worker")
"""Fields with a column of their own; the others are in ``body``."""

_FROM_RUNS: Final = f"{', '.join(_OWN)}, body FROM runs"
_OVER: Final = "('finished', 'failed', 'blocked', 'interrupted')"


class RunTable(ChangedRuns):
    """Implements `search.run_log.RunLog` on one table."""

    def __init__(self, connections: Connections, clock: Callable[[], dt.datetime]) -> None:
        self._connections = connections
        super().__init__(clock)

    def queue(self, run: Run) -> Run:
        """Write a new run down."""
        run = replace(run, state=RunState.QUEUED, queued_at=self._clock())
        with self._connections.transaction() as writer:
            other = writer.execute(
                f"SELECT {_FROM_RUNS}"
                " WHERE id = ? OR (key = ? AND state IN ('queued', 'running')) LIMIT 1",
                (run.id, run.key),
            ).fetchone()
            if other is not None:
                raise RunOverlap(self._run(other))
            writer.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(run))
        return run

    def get(self, prefix: str) -> Run:
        """Return the one run whose id begins so."""
        wanted = prefix.strip().lower()
        found = self._connections.read(
            f"SELECT {_FROM_RUNS} WHERE substr(id, 1, ?) = ? LIMIT 2", len(wanted), wanted
        )
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
        marks = ",".join("?" * len(states))
        conditions: dict[str, Sequence[str]] = {f"state IN ({marks})": states} if states else {}
        conditions |= {"source = ?": [source]} if source is not None else {}
        conditions |= {"key = ?": [key]} if key is not None else {}
        if taken is not None:
            conditions |= {f"worker IS {'NOT ' if taken else ''}NULL": []}
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        values = [value for group in conditions.values() for value in group]
        order = "queued_at" if oldest_first else "queued_at DESC"
        found = self._connections.read(
            f"SELECT {_FROM_RUNS}{where} ORDER BY {order}, id LIMIT ?", *(*values, limit)
        )
        return list(self._readable(found))

    def forget(self, before: dt.datetime) -> int:
        """Delete what was over before then, but never the last run of a key."""
        with self._connections.transaction() as writer:
            return writer.execute(
                f"DELETE FROM runs WHERE state IN {_OVER} AND queued_at < ? AND EXISTS"  # noqa: S608 - constant
                " (SELECT 1 FROM runs later WHERE later.key = runs.key"
                " AND later.queued_at > runs.queued_at)",
                (before.isoformat(),),
            ).rowcount

    def adopt(self, run: Run) -> None:
        """Keep a run exactly as another store holds it."""
        with self._connections.transaction() as writer:
            writer.execute(
                "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(run)
            )

    def _change(self, run_id: str, change: Change) -> Run | None:
        """Change one run inside a transaction, unless the change is ``None``."""
        with self._connections.transaction() as writer:
            changed = change(self._find(writer, run_id))
            if changed is not None:
                row = _row(changed)
                writer.execute(
                    "UPDATE runs SET state = ?, attempt = ?, beats = ?, worker = ?, body = ?"
                    " WHERE id = ?",
                    (*row[3:6], *row[7:], run_id),
                )
        return changed

    def _find(self, writer: sqlite3.Connection, run_id: str) -> Run:
        found = writer.execute(f"SELECT {_FROM_RUNS} WHERE id = ?", (run_id,)).fetchone()
        if found is None:
            raise RunNotFound(f"there is no run {run_id}")
        return self._run(found)

    def _readable(self, found: Sequence[Sequence[Any]]) -> Iterator[Run]:
        """Read rows; one that is damaged must not keep the others from being looked after."""
        for columns in found:
            with contextlib.suppress(StoreCorrupt):
                yield self._run(columns)

    def _run(self, columns: Sequence[Any]) -> Run:
        *own, body = columns
        try:
            return run_changes.restored({**json.loads(body), **dict(zip(_OWN, own, strict=True))})
        except (TypeError, ValueError) as error:
            problem = f"the run {columns[0]} cannot be read: {error}"
            raise StoreCorrupt(self._connections.path, problem) from error


def _row(run: Run) -> tuple[Any, ...]:
    values = run_changes.plain(run)
    own = [values.pop(name) for name in _OWN]
    return (*own, json.dumps(values))
