"""Removal from the embedded store: no byte stays, and whoever else has it open follows."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from search.errors import StoreReadOnly
from search.likeness import Likeness
from search.mention import Author, Mention
from search.parsing import parse
from search.query import Everything
from search.stores import index as index_module
from search.stores import record_keys
from search.stores.base import Quarantined
from search.stores.embedded import EmbeddedStore
from search.stores.record import Changed, Record
from tests.stores.inventing import START, make_mention, make_mentions

RARE = "zwischenmenschenfreund"
"""A word that nothing else in the file can be taken for."""


def remains(path: Path) -> list[str]:
    """Name the files of a store that hold the rare word, in whatever case."""
    files = [file for file in path.parent.rglob("*") if file.is_file()]
    return [file.name for file in files if RARE.encode() in file.read_bytes().lower()]


def in_index(path: Path) -> list[str]:
    """Name those of the index, where words of a text are never whole, but authors are."""
    return [name for name in remains(path) if not name.startswith(path.name)]


def told(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"{RARE} says that coffee number {number} was cold" + " indeed" * (number * 40)


def rarely_signed() -> list[Mention]:
    return [make_mention(1, text=RARE, author=Author(name=RARE))]


def test_no_byte_of_a_removed_text_stays_in_the_folder(path: Path) -> None:
    author = Author(name=RARE)
    telling = [
        make_mention(1_000 + at, text=text, author=author) for at, text in enumerate(told(30))
    ]
    others = make_mentions(300)
    with EmbeddedStore(path) as store:
        for at in range(30):
            store.put([*others[at * 10 : at * 10 + 10], telling[at]])
        store.quarantine(
            [Quarantined(telling[0].id, "forum", "store", RARE, {"text": RARE}, START)]
        )
        assert 30 == store.search(parse(RARE)).total
    assert remains(path) != []
    assert in_index(path) != []

    with EmbeddedStore(path) as store:
        assert 30 == store.remove([each.id for each in telling])
        assert [] == [name for name in remains(path) if name.startswith("mentions.db")]
        assert 0 == store.search(parse(RARE)).total
    assert [] == remains(path)

    with EmbeddedStore(path) as store:
        assert ([], 300) == (store.check(), store.counts()["indexed"])


def test_an_edited_text_leaves_the_file_as_well(path: Path) -> None:
    with EmbeddedStore(path) as store:
        store.put([make_mention(1, text=f"{RARE} " * 400), make_mention(2)])
        store.put([make_mention(1, text="nothing to see")])
        store.remove([make_mention(2).id])

        assert [] == [name for name in remains(path) if name.startswith("mentions.db")]


def test_the_check_says_when_a_crash_left_removed_words_in_the_index(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedStore(path) as store:
        store.put([*rarely_signed(), make_mention(2)])
    with EmbeddedStore(path) as store:
        store.remove([each.id for each in rarely_signed()])
        monkeypatch.setattr(store._index, "owes_cleaning", False)  # noqa: SLF001 - as after a crash
    assert in_index(path) != []

    with EmbeddedStore(path) as store:
        assert 1 == len(store.check())
        assert "removed words" in store.check()[0]
    assert in_index(path) != []
    with EmbeddedStore(path) as store:
        assert 0 == store.remove([])
    assert [] == remains(path)


def test_what_is_taken_back_waits_in_the_index_for_who_asks(path: Path) -> None:
    with EmbeddedStore(path) as store:
        store.put([*rarely_signed(), make_mention(2)])
    with EmbeddedStore(path) as store:
        assert 1 == store.remove([each.id for each in rarely_signed()], clean=False)
    assert (path.with_name("mentions.db.index") / "000001").is_dir()
    assert [] == [name for name in remains(path) if name.startswith("mentions.db")]
    assert in_index(path) != []

    with EmbeddedStore(path) as store:
        store.remove([])
    assert [] == remains(path)


def test_a_released_entry_leaves_the_files(path: Path) -> None:
    entry = Quarantined("1" * 32, "forum", "store", RARE, {"text": RARE}, START)
    with EmbeddedStore(path) as store:
        store.quarantine([entry])
        assert ["1" * 32] == sorted(store.in_quarantine(["1" * 32, "2" * 32]))
        assert remains(path) != []
        store.release([entry.id])

        assert [] == remains(path)


def test_an_index_is_built_anew_only_where_something_was_removed(path: Path) -> None:
    with EmbeddedStore(path) as store:
        store.put(make_mentions(3))
    with EmbeddedStore(path) as store:
        store.remove(["0" * 32])

    assert (path.with_name("mentions.db.index") / "000001").is_dir()


def test_who_has_it_open_elsewhere_follows(path: Path) -> None:
    mentions = make_mentions(4)
    with EmbeddedStore(path) as one, EmbeddedStore(path) as other:
        one.put(mentions)
        assert 4 == other.search(Everything()).total
        one.remove([mentions[0].id])

        page = other.search(parse("coffee"))
        assert (3, 3) == (page.total, len(page.mentions))
        assert [] == one.check()
    with EmbeddedStore(path) as store:
        assert [] == store.check()


def test_what_changes_while_the_index_is_built_is_in_it_once_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_READ_AT_ONCE", 2)
    changed_after = Record.changed_after
    with EmbeddedStore(path) as other, EmbeddedStore(path) as store:
        store.put([*make_mentions(4), make_mention(9, text=RARE)])

        def changing(self: Record, change: int, limit: int) -> Sequence[Changed]:
            found = changed_after(self, change, limit)
            if change == 4:
                other.remove([make_mention(0).id])
                other.put([make_mention(1, text="edited coffee")])
            return found

        monkeypatch.setattr(Record, "changed_after", changing)
        assert 4 == store.rebuild()
        monkeypatch.undo()
        assert 4 == store.search(Everything()).total
        assert [] == other.check()


def test_keys_made_while_a_mention_is_removed_are_not_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "The handle of this grinder broke off on the second morning, and nobody answers"
    with EmbeddedStore(path) as other, EmbeddedStore(path) as store:
        store.put([make_mention(1, text=text), make_mention(2, text=text)])
        made = record_keys._made  # noqa: SLF001 - to come in between

        def removing(row: int, body: bytes) -> Iterator[tuple[int, int]]:
            other.remove([make_mention(1).id])
            return made(row, body)

        monkeypatch.setattr(record_keys, "_made", removing)
        assert [[make_mention(2).id]] == store.sharing([Likeness(text).keys])
        rows = store._connections.read("SELECT DISTINCT row FROM keys")  # noqa: SLF001 - the table
        assert [(2,)] == rows


def test_nothing_is_removed_from_what_can_only_be_read(path: Path) -> None:
    with EmbeddedStore(path) as store:
        store.put(make_mentions(2))
    with EmbeddedStore(path, read_only=True) as store, pytest.raises(StoreReadOnly):
        store.remove([make_mention(0).id])
