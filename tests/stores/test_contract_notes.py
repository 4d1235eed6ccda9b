"""Notes that several change at once: nobody's change is lost, and a stale one is refused."""

import threading

from search.notes import Note
from search.stores.base import Store


def test_a_note_is_read_as_it_was_written(store: Store) -> None:
    assert store.notes.read("lease") is None

    version = store.notes.write("lease", {"holder": "Ä", "until": None}, None)

    assert version is not None
    assert Note({"holder": "Ä", "until": None}, version) == store.notes.read("lease")


def test_what_is_there_is_not_written_anew(store: Store) -> None:
    store.notes.write("a", {"n": 1}, None)

    assert store.notes.write("a", {"n": 2}, None) is None
    assert {"n": 1} == read(store, "a")


def test_a_change_made_from_an_old_version_is_refused(store: Store) -> None:
    first = store.notes.write("a", {"n": 1}, None)
    second = store.notes.write("a", {"n": 2}, first)

    assert second is not None
    assert second != first
    assert store.notes.write("a", {"n": 3}, first) is None
    assert {"n": 2} == read(store, "a")


def test_a_note_that_is_gone_is_not_changed(store: Store) -> None:
    first = store.notes.write("a", {}, None)
    assert first is not None

    assert not store.notes.delete("a", first + 1)
    assert store.notes.delete("a", first)
    assert store.notes.read("a") is None
    assert store.notes.write("a", {"n": 2}, first) is None


def test_of_many_at_once_each_change_counts(store: Store) -> None:
    store.notes.write("count", {"n": 0}, None)

    def add() -> None:
        for _ in range(20):
            while True:
                note = store.notes.read("count")
                assert note is not None
                if store.notes.write("count", {"n": note.value["n"] + 1}, note.version):
                    break

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {"n": 80} == read(store, "count")


def test_notes_are_listed_by_how_their_keys_begin(store: Store) -> None:
    for key in ("b/2", "a/1", "b/1", "b", "b/é", "bb", "c"):
        store.notes.write(key, {"key": key}, None)

    assert ["b/1", "b/2", "b/é"] == list(store.notes.under("b/"))
    assert ["b/1"] == list(store.notes.under("b/", limit=1))
    assert ["b/2", "b/é"] == list(store.notes.under("b/", after="b/1"))
    assert {"key": "b/1"} == store.notes.under("b/")["b/1"].value


def read(store: Store, key: str) -> object:
    note = store.notes.read(key)
    return note and note.value
