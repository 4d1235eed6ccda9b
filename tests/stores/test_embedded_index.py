"""The index of the embedded store: it may be deleted, damaged, swapped or left behind."""

import contextlib
import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import filelock
import pytest
import tantivy

from search.errors import QueryError, StoreError
from search.query import And, Everything, Near, Phrase, Term
from search.stores import index as index_module
from search.stores.base import Interval
from search.stores.embedded import EmbeddedStore
from search.stores.index_files import IndexFolder, Pointer
from search.stores.index_schema import ROW, schema
from search.stores.index_snapshot import Snapshot
from search.stores.record import Record
from search.stores.record_connections import Connections
from tests.stores.inventing import make_mention, make_mentions

COFFEE = Phrase("text", ("about", "coffee"))


@pytest.fixture
def folder(path: Path) -> Path:
    """Fill a store; return the folder of its index."""
    with EmbeddedStore(path) as store:
        store.put(make_mentions(30))
    return path.with_name("mentions.db.index")


def generations(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.is_dir())


def point(folder: Path, **changes: Any) -> None:
    pointer = folder / "current.json"
    pointer.write_text(json.dumps(json.loads(pointer.read_text()) | changes))


def total(path: Path) -> int:
    with EmbeddedStore(path) as store:
        found = store.search(COFFEE, facets=["source"], limit=100)
        assert store.check() == []
        return len({each.id for each in found.mentions})


def test_is_built_again_when_it_was_deleted(path: Path, folder: Path) -> None:
    shutil.rmtree(folder)

    assert total(path) == 30


@pytest.mark.parametrize("damage", ["garbage", "empty", "gone", "half"])
@pytest.mark.parametrize(
    "pattern", ["current.json", "*/meta.json", "*/*.term", "*/*.idx", "*/*.pos", "*/*.fast"]
)
def test_is_built_again_when_it_is_damaged(
    path: Path, folder: Path, pattern: str, damage: str
) -> None:
    for file in folder.glob(pattern):
        content = file.read_bytes()
        match damage:
            case "garbage":
                file.write_bytes(bytes(byte ^ 0x5A for byte in content))
            case "empty":
                file.write_bytes(b"")
            case "gone":
                file.unlink()
            case "half":
                file.write_bytes(content[: len(content) // 2])

    assert total(path) == 30


@pytest.mark.parametrize(
    "changes",
    [
        {"fingerprint": "of another schema"},
        {"store_id": "of another file"},
        {"change": 99_999},
        {"generation": "000099"},
        {"generation": "../.."},
        {"change": "x"},
    ],
)
def test_is_built_again_when_it_belongs_to_something_else(
    path: Path, folder: Path, changes: dict[str, Any]
) -> None:
    before = generations(folder)
    point(folder, **changes)

    assert total(path) == 30
    assert generations(folder) != before


def test_is_not_built_again_without_need(path: Path, folder: Path) -> None:
    before = generations(folder)

    assert total(path) == 30
    assert generations(folder) == before


def test_doing_work_twice_doubles_nothing(path: Path, folder: Path) -> None:
    before = generations(folder)
    point(folder, change=0)

    assert total(path) == 30
    assert generations(folder) == before


def test_removes_what_a_crash_left_over(path: Path, folder: Path) -> None:
    (folder / "000777").mkdir()
    with EmbeddedStore(path) as store:
        store.rebuild()

    assert generations(folder) == ["000778"]


def test_a_rebuild_does_not_disturb_who_is_searching(path: Path, folder: Path) -> None:
    with EmbeddedStore(path) as reader, EmbeddedStore(path) as other:
        reader.put(make_mentions(1_200))
        visiting = reader.iterate(Everything())
        first = next(visiting)
        before = generations(folder)

        assert other.rebuild() == 1_200
        assert generations(folder) != before
        assert len({first.id, *(each.id for each in visiting)}) == 1_200
        assert reader.search(Everything()).total == 1_200


def test_is_searched_as_it_is_while_another_process_writes_it(path: Path, folder: Path) -> None:
    with EmbeddedStore(path, busy_seconds=0.1) as store:
        with filelock.FileLock(folder / "lock"):
            store.put(make_mentions(4, first=30))
            page = store.search(COFFEE)

            assert (page.total, page.behind) == (30, 4)
        page = store.search(COFFEE)

        assert (page.total, page.behind) == (34, 0)


def test_follows_by_itself_after_many_writes(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_FOLLOW_EVERY", 10)
    with EmbeddedStore(path) as store, EmbeddedStore(path, read_only=True) as reader:
        store.put(make_mentions(9, first=30))
        assert reader.search(COFFEE).behind == 9
        store.put(make_mentions(1, first=39))
        assert reader.search(COFFEE).behind == 0
    assert generations(folder) == ["000001"]


def test_is_up_to_date_after_close(path: Path, folder: Path) -> None:
    with EmbeddedStore(path) as store:
        store.put(make_mentions(9, first=30))
    with EmbeddedStore(path, read_only=True) as reader:
        assert reader.search(COFFEE).behind == 0
    assert generations(folder) == ["000001"]


def test_commits_in_steps_when_it_is_far_behind(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_READ_AT_ONCE", 7)
    monkeypatch.setattr(index_module, "_COMMIT_EVERY", 20)
    with EmbeddedStore(path) as store:
        store.put([make_mention(5, text="edited coffee"), *make_mentions(70, first=30)])

        assert store.search(Phrase("text", ("coffee",))).total == 100
        assert store.rebuild() == 100
        assert store.check() == []
    assert generations(folder) == ["000002"]


def test_looks_at_candidates_only_where_the_rest_of_a_query_matches(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []
    with EmbeddedStore(path) as store:
        at_rows = store._record.at_rows  # noqa: SLF001 - to count what is read

        def counting(rows: list[int]) -> Any:
            looked_at.extend(rows)
            return at_rows(rows)

        monkeypatch.setattr(store._record, "at_rows", counting)  # noqa: SLF001 - likewise
        one = Term("source_id", make_mention(7).source_id)
        page = store.search(And((Near("text", ("coffee", "post"), 3), one)))

    assert (page.total, looked_at) == (1, [8, 8])
    assert folder.exists()


def test_counts_its_files(path: Path, folder: Path) -> None:
    with EmbeddedStore(path) as store:
        counts = store.counts()

    assert {name: counts[name] for name in ("mentions", "indexed", "behind", "quarantined")} == {
        "mentions": 30,
        "indexed": 30,
        "behind": 0,
        "quarantined": 0,
    }
    assert counts["record_bytes"] >= 4_096
    assert counts["index_bytes"] >= sum(file.stat().st_size for file in folder.glob("*/*.term"))


def test_follows_a_rebuild_between_looking_and_opening(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_it = IndexFolder.open

    def open_late(self: IndexFolder, pointer: Pointer) -> tantivy.Index:
        monkeypatch.setattr(IndexFolder, "open", open_it)
        other.rebuild()
        return open_it(self, pointer)

    with EmbeddedStore(path) as other, EmbeddedStore(path) as reader:
        monkeypatch.setattr(IndexFolder, "open", open_late)

        assert reader.search(COFFEE).total == 30
        assert generations(folder) == ["000002"]


def test_a_build_that_fails_again_and_again_does_not_fill_the_disk(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    with EmbeddedStore(path) as store:
        monkeypatch.setattr(index_module, "document", fail)
        for _ in range(4):
            with pytest.raises(StoreError, match="the disk is full"):
                store.rebuild()

        assert len(generations(folder)) == 2
        assert store.search(COFFEE).total == 30


def test_is_built_again_for_an_older_copy_of_the_record(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with EmbeddedStore(path) as store:
        store.put(make_mentions(3))
    shutil.copy(path, copy)
    with EmbeddedStore(path) as store:
        store.put(make_mentions(3, first=10))
    shutil.copy(copy, path)
    with EmbeddedStore(path) as store:
        store.put([make_mention(number, text="about tea") for number in range(20, 24)])
    with EmbeddedStore(path) as store:
        assert store.search(COFFEE).total == 3
        assert store.search(Phrase("text", ("tea",))).total == 4


@pytest.mark.parametrize("limit", [-2, -1, 0, 10_000])
def test_a_limit_takes_no_more_memory_than_there_are_mentions(path: Path, limit: int) -> None:
    with EmbeddedStore(path) as store:
        store.put(make_mentions(30))
        page = store.search(COFFEE, limit=limit)

    assert (page.total, len(page.mentions)) == (30, 30 if limit > 0 else 0)


def test_does_without_an_index_it_may_not_write(path: Path, folder: Path) -> None:
    (folder / "lock").unlink(missing_ok=True)
    (folder / "lock").mkdir()  # as impossible to open for writing as the file of another user
    with EmbeddedStore(path) as store:
        store.put(make_mentions(2, first=30))
        page = store.search(COFFEE)
        with pytest.raises(StoreError, match="the index cannot be written"):
            store.rebuild()

    assert (page.total, page.behind) == (30, 2)


def test_says_what_to_do_when_a_timeline_has_more_bars_than_can_be_counted(path: Path) -> None:
    index = tantivy.Index(schema())
    writer = index.writer(50_000_000, 1)
    for hour in range(65_100):
        published = {ROW: hour, "published_at": hour * 3_600_000_000}
        writer.add_document(tantivy.Document.from_dict(published, index.schema))
    writer.commit()
    index.reload()
    with contextlib.closing(
        Connections(path, create=True, read_only=False, busy_seconds=1)
    ) as connections:
        snapshot = Snapshot(index, 0, Record(connections, dt.datetime.now))

        assert snapshot.counts(Everything()).total == 65_100
        with pytest.raises(QueryError, match="take a wider interval"):
            snapshot.counts(Everything(), timeline=Interval.HOUR)
