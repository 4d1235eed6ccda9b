"""What every store promises of looking for texts that may be alike."""

import dataclasses
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search.likeness import Likeness
from search.mention import Mention
from search.query import Everything
from search.stores import record_keys
from search.stores.base import ALIKE, Store
from search.stores.embedded import EmbeddedStore
from tests.stores.inventing import make_mention, make_mentions

TEXT = "The roastery on Mill Street will close its doors at the end of the month, says its owner."
OTHER = "Waited twenty minutes for a flat white while two baristas discussed the football game."


def keys(text: str) -> Sequence[int]:
    return Likeness(text).keys


def says(number: int, text: str) -> Mention:
    return make_mention(number, text=text)


def test_finds_for_each_text_what_shares_keys_with_it(store: Store) -> None:
    store.put([says(1, TEXT), says(2, OTHER), *make_mentions(5, first=10)])

    assert [[says(2, OTHER).id], [says(1, TEXT).id], []] == store.sharing(
        [keys(OTHER), keys(TEXT.upper()), keys("One two three four five six seven eight nine")]
    )


def test_finds_nothing_of_no_keys(store: Store) -> None:
    store.put([says(1, TEXT), says(2, "short")])

    assert [] == store.sharing([])
    assert [[], [says(1, TEXT).id]] == store.sharing([(), keys(TEXT)])


def test_finds_nothing_in_an_empty_store(store: Store) -> None:
    assert [[]] == store.sharing([keys(TEXT)])


def test_finds_what_was_put_a_moment_ago_and_what_was_adopted(store: Store) -> None:
    for number in range(3):
        store.put([says(number, TEXT)])
        assert number + 1 == len(store.sharing([keys(TEXT)])[0])

    stored = store.get(says(0, TEXT).id)
    store.adopt([dataclasses.replace(stored, mention=says(9, TEXT))])
    assert says(9, TEXT).id in store.sharing([keys(TEXT)])[0]


def test_finds_what_was_edited_by_what_it_says_now(store: Store) -> None:
    store.put([says(1, TEXT)])
    store.sharing([keys(TEXT)])
    store.put([says(1, OTHER)])

    assert [[says(1, OTHER).id]] == store.sharing([keys(OTHER)])


def test_finds_no_more_than_can_be_looked_at_and_the_most_alike_first(store: Store) -> None:
    store.put([says(number, f"{TEXT} And {number} more words") for number in range(100)])
    store.put([says(200, TEXT)])

    (found,) = store.sharing([keys(f"{TEXT} And 77 more words")])

    assert ALIKE == len(found)
    assert says(77, TEXT).id == found[0]


def test_answers_many_questions_at_once(store: Store) -> None:
    store.put([says(1, TEXT)])

    assert [[says(1, TEXT).id]] * 600 == store.sharing([keys(TEXT)] * 600)


def test_the_embedded_store_sees_what_other_processes_put(path: Path) -> None:
    with EmbeddedStore(path) as one, EmbeddedStore(path) as other:
        one.put([says(1, TEXT)])
        assert [[says(1, TEXT).id]] == other.sharing([keys(TEXT)])
        other.put([says(2, TEXT)])
        assert 2 == len(one.sharing([keys(TEXT)])[0])


def test_an_embedded_store_made_before_fills_its_keys_by_itself(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_keys, "_AT_ONCE", 1_000)
    with EmbeddedStore(path) as store:
        store.put([says(number, f"{TEXT} {number}") for number in range(2_500)])
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TABLE gone; DROP TABLE keys; ALTER TABLE states DROP COLUMN record;"
        "PRAGMA user_version = 2"
    )
    connection.close()

    with EmbeddedStore(path) as store:
        assert ALIKE == len(store.sharing([keys(TEXT)])[0])
        assert 2_500 == store.search(Everything()).total


def test_keys_that_are_made_in_another_way_replace_those_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedStore(path) as store:
        store.put([says(1, TEXT)])
        assert 1 == len(store.sharing([keys(TEXT)])[0])
        monkeypatch.setattr(record_keys, "_MARK", "keys another")
        monkeypatch.setattr(record_keys, "_made", lambda row, _: [(7, row)])

        assert [[], [says(1, TEXT).id]] == store.sharing([keys(TEXT), (7,)])


def test_a_damaged_mention_does_not_stop_the_look_up(path: Path) -> None:
    with EmbeddedStore(path) as store:
        store.put([says(1, TEXT), says(2, TEXT)])
    connection = sqlite3.connect(path)
    connection.execute("UPDATE mentions SET body = x'00' WHERE row = 1")
    connection.commit()
    connection.close()

    with EmbeddedStore(path) as store:
        assert [[says(2, TEXT).id]] == store.sharing([keys(TEXT)])


def test_rows_that_are_gone_are_not_waited_for(path: Path) -> None:
    with EmbeddedStore(path) as store:
        store.put([says(1, TEXT), says(2, TEXT)])
    connection = sqlite3.connect(path)
    connection.executescript(
        "DELETE FROM states WHERE row = 2; DELETE FROM mentions WHERE row = 2"
    )
    connection.close()

    with EmbeddedStore(path) as store:
        assert [[says(1, TEXT).id]] == store.sharing([keys(TEXT)])


def test_processes_that_fill_the_keys_at_once_do_not_disturb_each_other(path: Path) -> None:
    with EmbeddedStore(path) as one, EmbeddedStore(path) as other:
        one.put([says(number, f"{TEXT} {number}") for number in range(2_000)])
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda store: store.sharing([keys(TEXT)]), (one, other)))

        assert found[0] == found[1]
        assert ALIKE == len(found[0][0])
