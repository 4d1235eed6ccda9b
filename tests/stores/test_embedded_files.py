"""Files the embedded store finds: none, damaged, foreign, read-only, older, newer."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from search.errors import (
    StoreCorrupt,
    StoreError,
    StoreNotFound,
    StoreReadOnly,
    StoreVersion,
)
from search.query import Everything
from search.run_log import Run
from search.stores import record_file
from search.stores.embedded import EmbeddedStore
from search.stores.record_migrations import MIGRATIONS
from tests.stores.inventing import make_mention, make_mentions


def fill(path: Path, count: int = 5) -> None:
    with EmbeddedStore(path) as store:
        store.put(make_mentions(count))


def execute(path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_makes_the_file_and_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "mentions.db"
    fill(path)

    with EmbeddedStore(path, create=False) as store:
        assert store.search(Everything()).total == 5


def test_makes_nothing_when_told_not_to(path: Path) -> None:
    for create, read_only in ((False, False), (True, True)):
        with pytest.raises(StoreNotFound, match="no store here yet; `sayso crawl` makes one"):
            EmbeddedStore(path, create=create, read_only=read_only)
    assert list(path.parent.iterdir()) == []


def test_makes_a_store_of_an_empty_file(path: Path) -> None:
    path.touch()
    fill(path)

    assert path.stat().st_size > 0


@pytest.mark.parametrize(
    "content", [b"brand,likes\n", b"\x00" * 5_000, b"SQLite format 2\x00" * 99]
)
def test_leaves_a_file_of_another_kind_untouched(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(StoreCorrupt, match="not a Sayso store"):
        EmbeddedStore(path)
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_leaves_the_database_of_another_program_untouched(path: Path) -> None:
    execute(path, "CREATE TABLE mentions (id)")
    before = path.read_bytes()

    for read_only in (False, True):
        with pytest.raises(StoreError, match="a database, but not a Sayso store"):
            EmbeddedStore(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        EmbeddedStore(tmp_path)


def test_leaves_a_store_of_a_newer_version_untouched(path: Path) -> None:
    fill(path)
    execute(path, f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    before = path.read_bytes()

    for read_only in (False, True):
        with pytest.raises(StoreVersion, match="a newer version of Sayso"):
            EmbeddedStore(path, read_only=read_only)
    assert path.read_bytes() == before


NEXT = (*MIGRATIONS, ["ALTER TABLE states ADD COLUMN note TEXT"])
"""The migrations of an imaginary next version."""


def columns(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [name for _, name, *_ in connection.execute("PRAGMA table_info(states)")]


def test_migrates_an_older_store_and_keeps_what_it_holds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)
    monkeypatch.setattr(record_file, "MIGRATIONS", NEXT)

    with EmbeddedStore(path) as store:
        assert store.search(Everything()).total == 5
    assert columns(path)[-1] == "note"
    with EmbeddedStore(path, read_only=True) as store:
        assert store.check() == []


def test_does_not_migrate_what_it_may_not_write(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)
    monkeypatch.setattr(record_file, "MIGRATIONS", NEXT)

    with pytest.raises(StoreReadOnly, match="an older version wrote it"):
        EmbeddedStore(path, read_only=True)
    assert "note" not in columns(path)


def test_a_migration_that_fails_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)
    monkeypatch.setattr(record_file, "MIGRATIONS", (*NEXT, ["SELECT * FROM nowhere"]))
    with pytest.raises(StoreError, match="no such table: nowhere"):
        EmbeddedStore(path)
    monkeypatch.undo()

    assert "note" not in columns(path)
    with EmbeddedStore(path) as store:
        assert store.check() == []


def test_says_when_the_disk_is_full_and_keeps_nothing_of_the_write(path: Path) -> None:
    connection = record_file.open_file(path, create=True, busy_seconds=1)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages}")

    with pytest.raises(StoreError, match="the disk is full"), record_file.translated(path):
        connection.execute("INSERT INTO cursors VALUES ('key', ?, '')", ("x" * 100_000,))
    connection.close()
    with EmbeddedStore(path) as store:
        assert store.cursor("key") is None


def use(path: Path) -> list[str]:
    with EmbeddedStore(path) as store:
        problems = store.check()
        store.get(make_mention(3).id)
        list(store.iterate(Everything()))
        store.put([make_mention(3, text="edited"), *make_mentions(5, first=500)])
        return problems


def test_says_that_a_truncated_file_is_damaged(path: Path) -> None:
    fill(path, 200)
    os.truncate(path, path.stat().st_size // 2)

    with pytest.raises(StoreCorrupt, match="damaged"):
        use(path)


def test_finds_what_was_changed_behind_its_back(path: Path) -> None:
    fill(path)
    execute(path, "UPDATE mentions SET body = '{}' WHERE row = 2")
    execute(path, "UPDATE mentions SET content_hash = x'00' WHERE row = 3")
    execute(path, "UPDATE mentions SET id = 'abcd' WHERE row = 4")
    execute(path, "DELETE FROM states WHERE row = 5")
    execute(path, "INSERT INTO states VALUES (77, 'granted', '2026-01-01T00:00:00+00:00', NULL)")

    with EmbeddedStore(path) as store:
        assert store.check() == [
            "The state at row 77 belongs to no mention.",
            f"The mention {make_mention(1).id} (row 2) or its state cannot be read.",
            f"The mention {make_mention(2).id} (row 3) differs from its content hash.",
            f"The mention at row 4 has the id {make_mention(3).id}, but is kept as abcd.",
            f"The mention {make_mention(4).id} (row 5) or its state cannot be read.",
        ]
        with pytest.raises(StoreCorrupt, match=r"the mention .* \(row 2\) cannot be read"):
            store.search(Everything())


def test_replaces_a_damaged_copy_when_the_source_says_it_again(path: Path) -> None:
    fill(path)
    execute(path, "UPDATE mentions SET body = '{}', content_hash = x'00' WHERE row = 2")

    with EmbeddedStore(path) as store:
        store.put([make_mention(1)])
        assert store.check() == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@example(damage=[(0.0546875, b"\x80")])  # in the schema, which SQLite then quotes
@given(damage=st.lists(st.tuples(st.floats(0, 0.99), st.binary(min_size=1, max_size=200))))
def test_damage_anywhere_raises_nothing_but_store_errors(
    filled: Path, tmp_path: Path, damage: list[tuple[float, bytes]]
) -> None:
    path = tmp_path / "damaged.db"
    shutil.rmtree(tmp_path / "damaged.db.index", ignore_errors=True)
    shutil.copy(filled, path)
    with path.open("r+b") as file:
        for place, garbage in damage:
            file.seek(int(place * filled.stat().st_size))
            file.write(garbage)

    with contextlib.suppress(StoreError):
        problems = use(path)
        # What opened and was used without complaint may still hold damage nobody has met.
        assert all(isinstance(problem, str) for problem in problems)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "mentions.db"
    fill(path, 100)
    return path


def test_runs_are_read_whichever_version_wrote_them_and_a_damaged_one_hides_no_other(
    path: Path,
) -> None:
    with EmbeddedStore(path) as store:
        for number in range(3):
            store.runs.queue(Run(id=f"{number:012}", key=str(number), source="feed", by="test"))
        with contextlib.closing(sqlite3.connect(path)) as other, other:
            other.execute("UPDATE runs SET body = json_remove(body, '$.by') WHERE key = '0'")
            other.execute(
                "UPDATE runs SET body = json_set(body, '$.mood', 'glad') WHERE key = '0'"
            )
            other.execute("UPDATE runs SET body = 'not JSON' WHERE key = '1'")

        assert {"000000000000": "", "000000000002": "test"} == {
            run.id: run.by for run in store.runs.recent()
        }
        with pytest.raises(StoreCorrupt, match="the run 000000000001 cannot be read"):
            store.runs.get("000000000001")
