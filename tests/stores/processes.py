"""
What other processes do to a store in tests: ``python -m tests.stores.processes COMMAND PATH …``.

Each prints a line when there is something to know.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from search.query import Everything
from search.stores.embedded import EmbeddedStore
from tests.stores.inventing import make_mentions

ROOT = Path(__file__).parents[2]
BATCH = 20


def start(command: str, path: Path, *arguments: int) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.stores.processes", command, path, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def write(path: Path, first: int, count: int) -> None:
    """Put mentions in batches; print the number behind the last after each."""
    with EmbeddedStore(path) as store:
        for number in range(first, first + count, BATCH):
            store.put(make_mentions(BATCH, first=number))
            print(number + BATCH, flush=True)  # noqa: T201 - the parent reads it


def write_and_search(path: Path, first: int, count: int) -> None:
    """Put mentions in batches and search after each, so that the index is written all the time."""
    with EmbeddedStore(path) as store:
        for number in range(first, first + count, BATCH):
            store.put(make_mentions(BATCH, first=number))
            store.search(Everything())
            print(number + BATCH, flush=True)  # noqa: T201 - the parent reads it


def hold(path: Path) -> None:
    """Hold the write lock until standard input ends."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    print("held", flush=True)  # noqa: T201 - the parent reads it
    sys.stdin.read()
    connection.execute("ROLLBACK")
    connection.close()


COMMANDS: dict[str, Callable[..., None]] = {
    "write": write,
    "write_and_search": write_and_search,
    "hold": hold,
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:]))
