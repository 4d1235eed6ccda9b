"""
The SQLite file of the embedded store: opening it, its tables, and what its errors mean.

Nothing is written to a file before it is known to be ours.
"""

import contextlib
import errno
import os
import sqlite3
import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from search.errors import (
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreNotFound,
    StoreReadOnly,
    StoreVersion,
)
from search.stores.record_migrations import MIGRATIONS, Migration

APPLICATION_ID: Final = 0x53617973
"""``Says``, in the file's header; `file` and other programs see whose it is."""

_RETRY_SECONDS: Final = 0.05


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite says into a `StoreError` a person can act on."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translate(path, error) from error
    except UnicodeDecodeError as error:  # SQLite quotes the damaged bytes in its message
        raise StoreCorrupt(path, f"the file is damaged ({error.reason})") from error


def _translate(path: Path, error: sqlite3.Error) -> StoreError:
    # A Python-side mistake has no code; the low byte is the primary code of an extended one.
    match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy(path, "another process is writing to it; try again in a moment")
        case sqlite3.SQLITE_READONLY:
            return StoreReadOnly(path, "it can be read but not written")
        case sqlite3.SQLITE_CORRUPT:
            return StoreCorrupt(
                path, f"the file is damaged ({error}); keep a copy, then try `sqlite3 … .recover`"
            )
        case sqlite3.SQLITE_NOTADB:
            return StoreCorrupt(path, "this is not a Sayso store, or its beginning is damaged")
        case sqlite3.SQLITE_FULL:
            return StoreError(path, "the disk is full; nothing of this write was kept")
        case _:
            return StoreError(path, str(error))


def open_file(path: Path, *, create: bool, busy_seconds: float) -> sqlite3.Connection:
    """Open a store for writing, making or migrating it if need be."""
    exists = _is_there(path)
    if not exists:
        if not create:
            raise StoreNotFound(path, "no store here yet; `sayso crawl` makes one")
        _make_folder(path)
    elif not can_write(path):
        raise StoreReadOnly(path, "it can be read but not written")
    with translated(path):
        connection = _connect(f"file:{quote(str(path))}", busy_seconds)
        with _closed_on_error(connection):
            if (version := identify(path, connection)) < len(MIGRATIONS):
                _use_wal(connection, busy_seconds)
                migrate(path, connection, MIGRATIONS)
            elif version > len(MIGRATIONS):
                raise _too_new(path)
            _use_wal(connection, busy_seconds)
            # FULL, because with NORMAL a power cut may take back acknowledged mentions whose
            # cursor a source has moved past; it costs one fsync a batch.
            connection.execute("PRAGMA synchronous=FULL")
            # What is removed, replaced or released is to leave the file, not only its tables.
            connection.execute("PRAGMA secure_delete=ON")
    return connection


def open_to_read(path: Path, *, busy_seconds: float) -> sqlite3.Connection:
    """Open a store that is not to be written, or cannot be."""
    if not _is_there(path):
        raise StoreNotFound(path, "no store here yet; `sayso crawl` makes one")
    with translated(path):
        connection = _connect_to_read(path, busy_seconds)
        with _closed_on_error(connection):
            version = identify(path, connection)
            if version > len(MIGRATIONS):
                raise _too_new(path)
            if version < len(MIGRATIONS):
                raise StoreReadOnly(
                    path, "an older version wrote it; open it once where it can be written"
                )
    return connection


def can_write(path: Path) -> bool:
    """Return whether both a file and its folder, where SQLite keeps side files, can be written."""
    effective = os.access in os.supports_effective_ids
    return all(os.access(place, os.W_OK, effective_ids=effective) for place in (path, path.parent))


def identify(path: Path, connection: sqlite3.Connection) -> int:
    """Return the schema version, 0 for an empty file; `StoreError` when it is not a store."""
    for _ in range(2):  # what was empty at first may be made a store by another process meanwhile
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application == APPLICATION_ID:
            return int(version)
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if not (application or version or tables):
            return 0
    raise StoreError(path, "this is a database, but not a Sayso store")


def migrate(path: Path, connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Bring a store to the latest version, all or nothing; several processes may try at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(identify(path, connection), len(migrations)):
            for statement in migrations[version]:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _is_there(path: Path) -> bool:
    """
    Return whether there is a file with anything in it; `StoreError` when it cannot be one.

    The file is not opened to look: POSIX drops all locks of a process on a file as soon as it
    closes it anywhere, and another process would then take a store in use for one that is not.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(path, f"cannot be opened ({error.strerror})") from error
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(path, "cannot be opened (it is no file)")
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise StoreError(path, f"cannot be opened ({os.strerror(errno.EACCES)})")
    return found.st_size > 0


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(path, f"its folder cannot be made ({error.strerror})") from error


def _connect(uri: str, busy_seconds: float) -> sqlite3.Connection:
    # The callers lock: a connection is used by one thread at a time, but not always the same one.
    return sqlite3.connect(
        uri, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )


def _connect_to_read(path: Path, busy_seconds: float) -> sqlite3.Connection:
    connection = _connect(f"file:{quote(str(path))}?mode=ro", busy_seconds)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if isinstance(_translate(path, error), StoreBusy):
            raise
    else:
        return connection
    # SQLite cannot make its side files in a folder that is read-only. Without them it may read
    # the file as it is, provided that nothing is still waiting in the write-ahead log.
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreReadOnly(
            path, f"{log.name} holds unfinished writes; open it once where it can be written"
        )
    return _connect(f"file:{quote(str(path))}?immutable=1", busy_seconds)


def _use_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Let readers and one writer work at once; SQLite does not wait here by itself."""
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _too_new(path: Path) -> StoreVersion:
    return StoreVersion(path, "a newer version of Sayso wrote this store; upgrade to open it")


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise
