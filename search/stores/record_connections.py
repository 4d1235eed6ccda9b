"""The two connections to the file of the embedded store: one that writes, one that reads."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from search.errors import StoreBusy, StoreError, StoreReadOnly
from search.stores.record_file import open_file, open_to_read, translated


class Connections:
    """
    What all tables of one file are read and written through.

    Each connection is behind its own lock, so that a thread that waits to write never holds up one
    that reads.
    """

    def __init__(self, path: Path, *, create: bool, read_only: bool, busy_seconds: float) -> None:
        self.path = path
        self._writing_lock = threading.RLock()
        self._reading_lock = threading.RLock()
        self._writer: sqlite3.Connection | None = None
        if not read_only:
            with contextlib.suppress(StoreReadOnly):
                self._writer = open_file(path, create=create, busy_seconds=busy_seconds)
        try:
            self._reader = open_to_read(path, busy_seconds=busy_seconds)
        except StoreError:
            self._close_writer()
            raise

    @property
    def writable(self) -> bool:
        """Whether anything can be added."""
        return self._writer is not None

    def read(self, statement: str, *values: Any) -> list[Any]:
        """Return all rows of one query."""
        with self._reading_lock, translated(self.path):
            return self._reader.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Begin as a writer, so that what is read inside stays true until the commit."""
        if self._writer is None:
            raise StoreReadOnly(self.path, "it can be read but not written")
        with self._writing_lock, translated(self.path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def empty_log(self) -> None:
        """
        Write what the write-ahead log holds into the file and empty it, if nobody reads it now.

        Until then it holds pages as they were before, so also what was deleted. Whoever closes
        the file last does the same.
        """
        with self._writing_lock, contextlib.suppress(StoreBusy), translated(self.path):
            if self._writer is not None:
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._reading_lock:
            self._reader.close()
        self._close_writer()

    def _close_writer(self) -> None:
        with self._writing_lock:
            if self._writer is not None:
                self._writer.close()
