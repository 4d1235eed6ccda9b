"""
By which keys the embedded store finds what may be copies: a table that follows the record.

It is made from the texts and catches up with every look-up, so that nothing need be done when a
mention is put, and an older store fills it by itself. What a text said before it was edited stays
in it: a look-up finds candidates, and whoever asks compares them.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from search import codec
from search.likeness import KEYS, Likeness
from search.stores.base import ALIKE
from search.stores.record_batch import chunks
from search.stores.record_connections import Connections

_AT_ONCE: Final = 30_000
"""Mentions whose keys are added in one go: the more, the fewer pages are written many times."""

_WEIGHT: Final = 1_000_000
_MARK: Final = f"keys {KEYS}"
"""Under which the change is noted that the table has come to."""


class KeyTable:
    """Finds mentions by `search.likeness.Likeness.keys`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def sharing(self, keys: Sequence[Sequence[int]]) -> list[list[str]]:
        """Find what shares keys; see `Store.sharing`."""
        self._follow()
        found = [self._rows(each) for each in keys]
        names = self._names(sorted({row for rows in found for row in rows}))
        return [[names[row] for row in rows if row in names] for rows in found]

    def _rows(self, keys: Sequence[int]) -> list[int]:
        shared: Counter[int] = Counter()
        for key in keys:
            # The first kept of each key only: a form that is filled in a million times over has
            # keys of a million rows, and the look-up must not grow with them.
            found = self._connections.read(
                "SELECT row FROM keys WHERE key = ? ORDER BY row LIMIT ?", key, ALIKE
            )
            # So a key that few share says more: who shares the others is not known of all.
            for (row,) in found:
                shared[row] += _WEIGHT // len(found)
        return sorted(shared, key=lambda row: (-shared[row], row))[:ALIKE]

    def _names(self, rows: Sequence[int]) -> dict[int, str]:
        names: dict[int, str] = {}
        for chunk in chunks(rows):
            marks = ",".join("?" * len(chunk))
            query = f"SELECT row, id FROM mentions WHERE row IN ({marks})"  # noqa: S608 - only "?"
            names.update(self._connections.read(query, *chunk))
        return names

    def _follow(self) -> None:
        while (behind := self._behind()) is not None:
            mark, change = behind
            changed = self._connections.read(
                "SELECT row, change, body FROM mentions WHERE change > ? ORDER BY change LIMIT ?",
                mark or 0,
                _AT_ONCE,
            )
            made = sorted(pair for row, _, body in changed for pair in _made(row, body))
            # Mentions of the last numbers may be gone; then there is nothing to wait for.
            reached = changed[-1][1] if len(changed) == _AT_ONCE else change
            with self._connections.transaction() as writer:
                _add(writer, made, mark, reached)

    def _behind(self) -> tuple[int | None, int] | None:
        """Return how far the table is, and the record; ``None`` when there is nothing to do."""
        found = dict(
            self._connections.read("SELECT key, value FROM meta WHERE key IN ('change', ?)", _MARK)
        )
        mark: int | None = found.get(_MARK)
        change: int = found["change"]
        return None if mark is not None and mark >= change else (mark, change)


def forget_keys(writer: sqlite3.Connection, rows: Sequence[int]) -> None:
    """
    Delete the keys of mentions, also of what they said before they were edited: one walk.

    0.1 s for the 2.4 million keys of 300,000 mentions, however many go. An index by row would save
    that, but double the table and make filling it half as slow again.
    """
    if rows:
        writer.execute(
            "DELETE FROM keys WHERE row IN (SELECT value FROM json_each(?))", (json.dumps(rows),)
        )


def _add(
    writer: sqlite3.Connection, made: list[tuple[int, int]], mark: int | None, reached: int
) -> None:
    """Add keys, unless another process was faster; begin anew where others were made."""
    found = writer.execute("SELECT value FROM meta WHERE key = ?", (_MARK,)).fetchone()
    if found != (None if mark is None else (mark,)):
        return
    if mark is None:
        writer.execute("DELETE FROM keys")
        writer.execute("DELETE FROM meta WHERE key LIKE 'keys %'")
    removed = writer.execute("SELECT row FROM gone WHERE change > ?", (mark or 0,)).fetchall()
    gone = {row for (row,) in removed}  # since their texts were read, perhaps
    there = (pair for pair in made if pair[1] not in gone)
    writer.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?)", there)
    writer.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_MARK, reached))


def _made(row: int, body: bytes) -> Iterator[tuple[int, int]]:
    try:
        text = codec.from_json(body).text
    except ValueError:
        return  # a damaged mention is named by `check`
    yield from ((key, row) for key in Likeness(text).keys)
