"""The mentions of one transaction: which of them are new, changed or unchanged."""

import dataclasses
import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

from search import codec
from search.mention import Permission, State
from search.stores.base import Outcome
from search.stores.outcomes import Before, Encoded, judge

T = TypeVar("T")

_CHUNK: Final = 500


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut what one statement is to name into parts that SQLite accepts."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def read_state(record: str | None, permission: str, first_seen_at: str) -> State:
    """Read our own state; what nobody has changed since it was first kept has no record."""
    if record is not None:
        return codec.state_from_json(record)
    return State(
        permission=Permission(permission), first_seen_at=dt.datetime.fromisoformat(first_seen_at)
    )


class _Known(NamedTuple):
    row: int
    content_hash: bytes


class Batch:
    """The mentions of one transaction, which may hold the same one twice."""

    def __init__(self, writer: sqlite3.Connection, *, now: dt.datetime) -> None:
        self._writer = writer
        self._now = now.isoformat()
        self._known: dict[str, _Known] = {}
        ((self._change,),) = writer.execute("SELECT value FROM meta WHERE key = 'change'")

    def put(self, encoded: Sequence[Encoded]) -> list[Outcome]:
        """Keep mentions and say for each what it was."""
        self._known = dict(self._find([entry.mention.id for entry in encoded]))
        outcomes = [self._put(entry) for entry in encoded]
        self._writer.execute("UPDATE meta SET value = ? WHERE key = 'change'", (self._change,))
        return outcomes

    def adopt(self, encoded: Sequence[Encoded], states: Sequence[State]) -> list[Outcome]:
        """Keep mentions and our own state exactly as they are elsewhere; see `Store.adopt`."""
        self._known = dict(self._find([entry.mention.id for entry in encoded]))
        outcomes = [self._adopt(*pair) for pair in zip(encoded, states, strict=True)]
        self._writer.execute("UPDATE meta SET value = ? WHERE key = 'change'", (self._change,))
        return outcomes

    def _adopt(self, put: Encoded, state: State) -> Outcome:
        mention_id = put.mention.id
        known = self._known.get(mention_id)
        outcome, _ = judge(put, None if known is None else known.content_hash, Before)
        if known is None:
            self._insert(mention_id, put.body, put.content_hash)
        row = self._known[mention_id].row
        is_same = self._set_state(row, state)
        if outcome is Outcome.UNCHANGED and not is_same:
            outcome = Outcome.CHANGED
        if outcome is Outcome.CHANGED:
            self._update(mention_id, row, put.body, put.content_hash)
        return outcome

    def change_state(self, mention_id: str, before: State, after: State) -> bool:
        """Replace our own state if it is still as it was; the index is to follow."""
        self._known = dict(self._find([mention_id]))
        known = self._known.get(mention_id)
        if known is None or self._state(known.row) != before:
            return False
        if not self._set_state(known.row, after):
            self._change += 1
            self._writer.execute(
                "UPDATE mentions SET change = ? WHERE row = ?", (self._change, known.row)
            )
            self._writer.execute("UPDATE meta SET value = ? WHERE key = 'change'", (self._change,))
        return True

    def remove(self, ids: Sequence[str]) -> list[int]:
        """Delete mentions with our own state; return the rows where they were."""
        rows = [known.row for _, known in self._find(list(dict.fromkeys(ids)))]
        for row in rows:
            self._change += 1
            self._writer.execute("DELETE FROM states WHERE row = ?", (row,))
            self._writer.execute("DELETE FROM mentions WHERE row = ?", (row,))
            self._writer.execute("INSERT INTO gone VALUES (?, ?)", (row, self._change))
        self._writer.execute("UPDATE meta SET value = ? WHERE key = 'change'", (self._change,))
        return rows

    def _state(self, row: int) -> State:
        ((record, permission, first_seen_at),) = self._writer.execute(
            "SELECT record, permission, first_seen_at FROM states WHERE row = ?", (row,)
        )
        return read_state(record, permission, first_seen_at)

    def _set_state(self, row: int, state: State) -> bool:
        """Write our own state; return whether it was so before."""
        if state.first_seen_at is None:
            state = dataclasses.replace(state, first_seen_at=dt.datetime.fromisoformat(self._now))
        if self._state(row) == state:
            return True
        assert state.first_seen_at is not None  # noqa: S101 - set above
        self._writer.execute(
            "UPDATE states SET permission = ?, first_seen_at = ?, record = ? WHERE row = ?",
            (state.permission, state.first_seen_at.isoformat(), codec.state_to_json(state), row),
        )
        return False

    def _find(self, ids: Sequence[str]) -> Iterator[tuple[str, _Known]]:
        for chunk in chunks(ids):
            marks = ",".join("?" * len(chunk))
            query = f"SELECT id, row, content_hash FROM mentions WHERE id IN ({marks})"  # noqa: S608 - only "?"
            for mention_id, row, content_hash in self._writer.execute(query, chunk):
                yield mention_id, _Known(row, content_hash)

    def _put(self, put: Encoded) -> Outcome:
        mention_id = put.mention.id
        known = self._known.get(mention_id)
        outcome, merged = judge(
            put,
            None if known is None else known.content_hash,
            lambda: self._before(mention_id),
        )
        if known is None:
            self._insert(mention_id, merged.body, merged.content_hash)
        elif outcome is Outcome.CHANGED:
            self._update(mention_id, known.row, merged.body, merged.content_hash)
        return outcome

    def _before(self, mention_id: str) -> Before:
        ((body,),) = self._writer.execute("SELECT body FROM mentions WHERE id = ?", (mention_id,))
        try:
            return Before.of(codec.from_json(body))
        except ValueError:
            return Before()  # a damaged copy is replaced by what the source says now

    def _insert(self, mention_id: str, body: bytes, content_hash: bytes) -> None:
        self._change += 1
        row = self._writer.execute(
            "INSERT INTO mentions (id, change, content_hash, body) VALUES (?, ?, ?, ?)",
            (mention_id, self._change, content_hash, body),
        ).lastrowid
        assert row is not None  # noqa: S101 - what an INSERT leaves
        self._writer.execute(
            "INSERT INTO states (row, permission, first_seen_at) VALUES (?, ?, ?)",
            (row, Permission.NOT_REQUESTED, self._now),
        )
        self._known[mention_id] = _Known(row, content_hash)

    def _update(self, mention_id: str, row: int, body: bytes, content_hash: bytes) -> None:
        self._change += 1
        self._writer.execute(
            "UPDATE mentions SET change = ?, content_hash = ?, body = ? WHERE row = ?",
            (self._change, content_hash, body, row),
        )
        self._known[mention_id] = _Known(row, content_hash)
