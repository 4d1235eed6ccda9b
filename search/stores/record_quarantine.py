"""The quarantine of the embedded store."""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from search.errors import StoreCorrupt
from search.stores.base import Quarantined
from search.stores.record_batch import chunks
from search.stores.record_connections import Connections


class QuarantineTable:
    """Implements what `Store` promises of quarantine on one table."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, entries: Sequence[Quarantined]) -> None:
        """Keep what could not become a mention, once per id."""
        with self._connections.transaction() as writer:
            writer.executemany(
                "INSERT OR REPLACE INTO quarantine (id, source, stage, error, mention, at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [_row(entry) for entry in entries],
            )

    def entries(self) -> Iterator[Quarantined]:
        """Everything, oldest first."""
        found = self._connections.read(
            "SELECT id, source, stage, error, mention, at FROM quarantine ORDER BY at, id"
        )
        return map(self._entry, found)

    def among(self, ids: Sequence[str]) -> set[str]:
        """Return those of these ids that there are entries of."""
        found: set[str] = set()
        for chunk in chunks(ids):
            marks = ",".join("?" * len(chunk))
            query = f"SELECT id FROM quarantine WHERE id IN ({marks})"  # noqa: S608 - only "?"
            found.update(
                name for (name,) in self._connections.read(query, *map(_encodable, chunk))
            )
        return found

    def size(self) -> int:
        """Count the entries."""
        ((count,),) = self._connections.read("SELECT count(*) FROM quarantine")
        return int(count)

    def release(self, ids: Sequence[str], until: dt.datetime | None) -> int:
        """Delete entries, in one transaction, but none that is newer than ``until``."""
        # Text compares like time: every instant is written in UTC and in one form.
        latest = None if until is None else _instant(until)
        with self._connections.transaction() as writer:
            return delete_entries(writer, ids, latest)

    def _entry(self, columns: Sequence[Any]) -> Quarantined:
        mention_id, source, stage, error, mention, at = columns
        try:
            return Quarantined(
                id=mention_id,
                source=source,
                stage=stage,
                error=error,
                mention=json.loads(mention),
                at=dt.datetime.fromisoformat(at),
            )
        except (TypeError, ValueError) as fault:
            # Not the fault itself: its words may be the mention's.
            problem = f"the entry {mention_id} in quarantine cannot be read"
            raise StoreCorrupt(self._connections.path, problem) from fault


def delete_entries(
    writer: sqlite3.Connection, ids: Sequence[str], latest: str | None = None
) -> int:
    """Delete entries within a transaction, but none later than ``latest``; count them."""
    return sum(
        writer.execute(
            f"DELETE FROM quarantine WHERE id IN ({','.join('?' * len(chunk))})"  # noqa: S608 - only "?"
            " AND (? IS NULL OR at <= ?)",
            (*map(_encodable, chunk), latest, latest),
        ).rowcount
        for chunk in chunks(ids)
    )


def _row(entry: Quarantined) -> tuple[str, ...]:
    return (
        *(_encodable(text) for text in (entry.id, entry.source, entry.stage, entry.error)),
        json.dumps(dict(entry.mention)),
        _instant(entry.at),
    )


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
