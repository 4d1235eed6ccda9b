"""The record of the embedded store: every mention, in an SQLite file that processes may share."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from search import codec
from search.errors import MentionNotFound, StoreCorrupt
from search.mention import Mention, State, StoredMention
from search.stores.base import Cursor, Outcome
from search.stores.outcomes import Encoded
from search.stores.prefixes import checked_prefix
from search.stores.record_batch import Batch, chunks, read_state
from search.stores.record_connections import Connections
from search.stores.record_keys import forget_keys
from search.stores.record_quarantine import delete_entries

_CHUNK: Final = 500
_STORED: Final = "m.row, m.change, m.id, m.body, s.record, s.permission, s.first_seen_at"
_FROM: Final = "FROM mentions m LEFT JOIN states s USING (row)"
_CHANGED: Final = (
    f"SELECT {_STORED} {_FROM} WHERE m.change > ?1"  # noqa: S608 - only constants
    " UNION ALL SELECT row, change, NULL, NULL, NULL, NULL, NULL FROM gone WHERE change > ?1"
    " ORDER BY 2 LIMIT ?2"
)
"""One statement: what is removed between two would come before what it was."""


class Kept(NamedTuple):
    """A mention with its place in the record."""

    row: int
    """Never changes, and grows in the order in which mentions were first kept."""
    change: int
    """Grows with every write to any mention."""

    stored: StoredMention


class Changed(NamedTuple):
    """
    One change; ``stored`` is ``None`` for what was removed.

    It is so too where the record is damaged and cannot be read.
    """

    row: int
    change: int
    stored: StoredMention | None


class Record:
    """The truth of the embedded store; the index is made from it."""

    def __init__(self, connections: Connections, clock: Callable[[], dt.datetime]) -> None:
        self.path = connections.path
        self._clock = clock
        self._read = connections.read
        self._transaction = connections.transaction
        self._empty_log = connections.empty_log
        self.store_id = str(self._meta("store"))

    def put(self, mentions: Sequence[Mention]) -> list[Outcome]:
        """Keep mentions in one transaction; see `Store.put`."""
        encoded = [Encoded.of(mention) for mention in mentions]
        with self._transaction() as writer:
            return Batch(writer, now=self._clock()).put(encoded)

    def adopt(self, stored: Sequence[StoredMention]) -> list[Outcome]:
        """Keep mentions with our own state in one transaction; see `Store.adopt`."""
        encoded = [Encoded.of(each.mention) for each in stored]
        with self._transaction() as writer:
            batch = Batch(writer, now=self._clock())
            return batch.adopt(encoded, [each.state for each in stored])

    def change_state(self, mention_id: str, before: State, after: State) -> bool:
        """Replace our own state of one mention; see `Store.change_state`."""
        with self._transaction() as writer:
            return Batch(writer, now=self._clock()).change_state(mention_id, before, after)

    def remove(self, ids: Sequence[str]) -> int:
        """Delete mentions, and what quarantine holds under their ids; see `Store.remove`."""
        with self._transaction() as writer:
            rows = Batch(writer, now=self._clock()).remove(ids)
            forget_keys(writer, rows)
            delete_entries(writer, ids)
        self._empty_log()
        return len(rows)

    def removal(self) -> int:
        """Return the number of the latest change that removed a mention; 0 before the first."""
        return int(self._read("SELECT coalesce(max(change), 0) FROM gone")[0][0])

    def fetch(self, ids: Sequence[str]) -> dict[str, StoredMention]:
        """Return the mentions of these whole ids."""
        found: dict[str, StoredMention] = {}
        for chunk in chunks(ids):
            marks = ",".join("?" * len(chunk))
            for columns in self._read(f"SELECT {_STORED} {_FROM} WHERE id IN ({marks})", *chunk):
                found[columns[2]] = self._kept(columns).stored
        return found

    def cursors(self) -> dict[str, Cursor]:
        """Return every mark by its key."""
        found = self._read("SELECT key, value FROM cursors ORDER BY key")
        return {key: json.loads(value) for key, value in found}

    def cursor(self, key: str) -> Cursor | None:
        """Return the mark saved under a key."""
        found = self._read("SELECT value FROM cursors WHERE key = ?", key)
        return json.loads(found[0][0]) if found else None

    def save_cursor(self, key: str, cursor: Cursor) -> None:
        """Replace the mark saved under a key."""
        saved_at = self._clock().isoformat()
        with self._transaction() as writer:
            writer.execute(
                "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)",
                (key, json.dumps(dict(cursor)), saved_at),
            )

    def change(self) -> int:
        """Return the number of the latest change."""
        return int(self._meta("change"))

    def changed_after(self, change: int, limit: int) -> list[Changed]:
        """Return what changed since then, in order."""
        return [self._changed(columns) for columns in self._read(_CHANGED, change, limit)]

    def get(self, prefix: str) -> StoredMention:
        """Return the one mention whose id begins so."""
        wanted = checked_prefix(prefix)
        found = self._read(
            f"SELECT {_STORED} {_FROM} WHERE id >= ? AND id < ? LIMIT 2", wanted, f"{wanted}g"
        )
        if len(found) > 1:
            raise MentionNotFound(f"more than one id begins with {wanted}: give more digits")
        if not found:
            raise MentionNotFound(f"no mention has an id that begins with {wanted}")
        return self._kept(found[0]).stored

    def at_rows(self, rows: Sequence[int]) -> list[Kept]:
        """Return the mentions at these rows, in the same order, without those that are gone."""
        found: dict[int, Kept] = {}
        for chunk in chunks(rows):
            marks = ",".join("?" * len(chunk))
            for columns in self._read(f"SELECT {_STORED} {_FROM} WHERE row IN ({marks})", *chunk):
                found[columns[0]] = self._kept(columns)
        return [found[row] for row in rows if row in found]

    def counts(self) -> Mapping[str, int]:
        """Count what the record holds."""
        ((mentions, quarantined, cursors),) = self._read(
            "SELECT (SELECT count(*) FROM mentions), (SELECT count(*) FROM quarantine),"
            " (SELECT count(*) FROM cursors)"
        )
        return {"mentions": mentions, "quarantined": quarantined, "cursors": cursors}

    def size(self) -> int:
        """Sum up the sizes of the file and its write-ahead log, in bytes."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return sum(file.stat().st_size for file in (self.path, log) if file.exists())

    def problems(self) -> Iterator[str]:
        """Say what is wrong with the file, sentence by sentence."""
        for (line,) in self._read("PRAGMA integrity_check"):
            if line != "ok":
                yield f"The SQLite file is damaged: {line}."
        orphans = self._read("SELECT row FROM states WHERE row NOT IN (SELECT row FROM mentions)")
        yield from (f"The state at row {row} belongs to no mention." for (row,) in orphans)
        last = 0
        while found := self._read(
            f"SELECT {_STORED}, m.content_hash {_FROM} WHERE row > ? ORDER BY row LIMIT ?",
            last,
            _CHUNK,
        ):
            for *columns, content_hash in found:
                yield from _faults(self._changed(columns), columns[2], content_hash)
            last = found[-1][0]

    def _meta(self, key: str) -> Any:
        found = self._read("SELECT value FROM meta WHERE key = ?", key)
        if not found:
            raise StoreCorrupt(self.path, f"the file is damaged: its {key!r} is gone")
        return found[0][0]

    def _kept(self, columns: Sequence[Any]) -> Kept:
        row, change, mention_id, body, record, permission, first_seen_at = columns
        try:
            state = read_state(record, permission, first_seen_at)
            return Kept(row, change, StoredMention(mention=codec.from_json(body), state=state))
        except (TypeError, ValueError) as error:
            problem = f"the mention {mention_id} (row {row}) cannot be read: {error}"
            raise StoreCorrupt(self.path, problem) from error

    def _changed(self, columns: Sequence[Any]) -> Changed:
        if columns[2] is None:
            return Changed(columns[0], columns[1], None)
        try:
            return Changed(*self._kept(columns))
        except StoreCorrupt:
            return Changed(columns[0], columns[1], None)


def _faults(changed: Changed, mention_id: str, content_hash: bytes) -> Iterator[str]:
    row, _, stored = changed
    if stored is None:
        yield f"The mention {mention_id} (row {row}) or its state cannot be read."
        return
    if stored.id != mention_id:
        yield f"The mention at row {row} has the id {stored.id}, but is kept as {mention_id}."
    if codec.content_hash(stored.mention) != content_hash:
        yield f"The mention {mention_id} (row {row}) differs from its content hash."
