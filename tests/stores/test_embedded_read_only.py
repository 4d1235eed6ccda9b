"""The embedded store where it cannot, or must not, write."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.errors import StoreBusy, StoreReadOnly
from search.query import Everything
from search.stores.embedded import EmbeddedStore
from tests.stores.inventing import make_mention, make_mentions


def fill(path: Path) -> None:
    with EmbeddedStore(path) as store:
        store.put(make_mentions(5))


@pytest.fixture
def unprivileged() -> Iterator[Callable[[Path], contextlib.AbstractContextManager[None]]]:
    """Take the right to write a folder and its files away, from root as well."""
    locked: list[Path] = []

    @contextlib.contextmanager
    def locking(folder: Path) -> Iterator[None]:
        locked.append(folder)
        for place in (*folder.rglob("*"), folder):
            place.chmod(0o555 if place.is_dir() else 0o444)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65_534)
        try:
            yield
        finally:
            os.seteuid(user)

    yield locking
    for folder in locked:
        for place in (folder, *folder.rglob("*")):
            place.chmod(0o755 if place.is_dir() else 0o644)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that every user can reach; pytest's own are for one user."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


Locking = Callable[[Path], contextlib.AbstractContextManager[None]]


@pytest.mark.parametrize("with_index", [True, False])
def test_searches_what_it_cannot_write(
    open_folder: Path, unprivileged: Locking, *, with_index: bool
) -> None:
    path = open_folder / "mentions.db"
    fill(path)
    if not with_index:
        shutil.rmtree(open_folder / "mentions.db.index")

    with unprivileged(open_folder), EmbeddedStore(path) as store:
        page = store.search(Everything(), facets=["source"])
        assert (page.total, len(page.mentions), page.behind) == (5, 5, 0)
        assert store.get(make_mention(1).id).mention == make_mention(1)
        assert store.check() == []
        for write in (
            lambda: store.put(make_mentions(6)),
            lambda: store.save_cursor("key", {}),
            store.rebuild,
        ):
            with pytest.raises(StoreReadOnly):
                write()


def test_writes_nothing_when_opened_to_read(path: Path) -> None:
    fill(path)
    with EmbeddedStore(path) as writer, EmbeddedStore(path, read_only=True) as reader:
        writer.put(make_mentions(7))
        page = reader.search(Everything())

        assert (page.total, page.behind) == (5, 2)
        with pytest.raises(StoreReadOnly, match="can be read but not written"):
            reader.put(make_mentions(1))
        assert writer.search(Everything()).total == 7
        page = reader.search(Everything())
        assert (page.total, page.behind) == (7, 0)


def test_says_when_a_read_only_file_holds_unfinished_writes(
    open_folder: Path, unprivileged: Locking
) -> None:
    path = open_folder / "mentions.db"
    with EmbeddedStore(path) as store:
        store.put(make_mentions(5))
        copied = open_folder / "copy"
        copied.mkdir()
        for name in ("mentions.db", "mentions.db-wal"):
            shutil.copy(open_folder / name, copied / name)

    with unprivileged(open_folder), pytest.raises(StoreReadOnly, match="unfinished writes"):
        EmbeddedStore(copied / "mentions.db")


def test_waits_for_who_holds_the_file_alone_instead_of_reading_behind_its_back(path: Path) -> None:
    fill(path)
    holder = sqlite3.connect(path, isolation_level=None)
    with contextlib.closing(holder):
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StoreBusy):
            EmbeddedStore(path, read_only=True, busy_seconds=0.1)
