"""The notes of the embedded store."""

import json
from collections.abc import Mapping
from typing import Any

from search.notes import Note
from search.stores.record_connections import Connections

_BEHIND_ALL = "\U0010ffff"


class NoteTable:
    """Implements `search.notes.Notes` on one table."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def read(self, key: str) -> Note | None:
        """Return what stands under a key."""
        found = self._connections.read("SELECT value, version FROM notes WHERE key = ?", key)
        return Note(json.loads(found[0][0]), found[0][1]) if found else None

    def write(self, key: str, value: Mapping[str, Any], version: int | None) -> int | None:
        """Replace the value of this version; ``None`` when it is another one by now."""
        text = json.dumps(dict(value))
        with self._connections.transaction() as writer:
            if version is None:
                done = writer.execute(
                    "INSERT INTO notes VALUES (?, ?, 1) ON CONFLICT DO NOTHING", (key, text)
                )
            else:
                done = writer.execute(
                    "UPDATE notes SET value = ?, version = version + 1"
                    " WHERE key = ? AND version = ?",
                    (text, key, version),
                )
            return (version or 0) + 1 if done.rowcount else None

    def delete(self, key: str, version: int) -> bool:
        """Delete the value of this version."""
        with self._connections.transaction() as writer:
            done = writer.execute(
                "DELETE FROM notes WHERE key = ? AND version = ?", (key, version)
            )
            return bool(done.rowcount)

    def under(self, prefix: str, *, after: str = "", limit: int = 1000) -> dict[str, Note]:
        """Return the notes whose keys begin so, in the order of their keys."""
        found = self._connections.read(
            # One lower bound: of two SQLite uses the first, and reads all keys before the other.
            "SELECT key, value, version FROM notes WHERE key >= ? AND key <> ? AND key < ?"
            " ORDER BY key LIMIT ?",
            *(max(prefix, after), after, prefix + _BEHIND_ALL, limit),
        )
        return {key: Note(json.loads(value), version) for key, value, version in found}
