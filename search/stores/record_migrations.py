"""The tables of the embedded store's file, version by version."""

from collections.abc import Sequence
from typing import Final

Migration = Sequence[str]
"""The statements that lead from one schema version to the next."""

MIGRATIONS: Final[Sequence[Migration]] = (
    (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
        "INSERT INTO meta VALUES ('change', 0), ('store', lower(hex(randomblob(16))))",
        """
        CREATE TABLE mentions (
            row INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            change INTEGER NOT NULL UNIQUE,
            content_hash BLOB NOT NULL,
            body BLOB NOT NULL
        )
        """,
        """
        CREATE TABLE states (
            row INTEGER PRIMARY KEY REFERENCES mentions (row),
            permission TEXT NOT NULL,
            first_seen_at TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE cursors (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL,
            saved_at TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE quarantine (
            id TEXT PRIMARY KEY,
            source TEXT NOT NULL,
            stage TEXT NOT NULL,
            error TEXT NOT NULL,
            mention TEXT NOT NULL,
            at TEXT NOT NULL
        )
        """,
    ),
    (
        """
        CREATE TABLE runs (
            id TEXT PRIMARY KEY,
            key TEXT NOT NULL,
            source TEXT NOT NULL,
            state TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            beats INTEGER NOT NULL,
            queued_at TEXT NOT NULL,
            worker TEXT,
            body TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE UNIQUE INDEX one_run_at_a_time ON runs (key)
        WHERE state IN ('queued', 'running')
        """,
        "CREATE INDEX runs_by_time ON runs (queued_at)",
        "CREATE INDEX runs_by_key ON runs (key, queued_at)",
        "CREATE INDEX runs_by_source ON runs (source, queued_at)",
        "CREATE INDEX runs_by_state ON runs (state, queued_at)",
        """
        CREATE TABLE notes (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL,
            version INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
    ),
    ("CREATE TABLE keys (key INTEGER, row INTEGER, PRIMARY KEY (key, row)) WITHOUT ROWID",),
    ("ALTER TABLE states ADD COLUMN record TEXT",),
    ("CREATE TABLE gone (row INTEGER PRIMARY KEY, change INTEGER NOT NULL UNIQUE)",),
)
"""
What makes an empty file a store, then what each new version changes.

A released entry never changes: a new version appends one.
"""
