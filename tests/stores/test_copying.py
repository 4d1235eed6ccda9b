"""A store copied into another one, of the same kind or not, whatever interrupts it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from search.errors import StoreError
from search.mention import Permission, State, StoredMention
from search.query import Everything, Term
from search.run_log import Run, RunOverlap, RunState
from search.stores.base import Outcome, Quarantined, Sort, Store
from search.stores.copying import CopyRefused, copy_store
from search.stores.embedded import EmbeddedStore
from tests.stores.inventing import START, make_mention, make_mentions
from tests.stores.test_contract_keeping import FULL


def fill(store: Store) -> None:
    """Put some of everything into a store."""
    store.put([FULL, *make_mentions(1_234)])
    granted = [
        StoredMention(
            mention=make_mention(n),
            state=State(permission=Permission.GRANTED, first_seen_at=START),
        )
        for n in range(7)
    ]
    store.adopt(granted)
    store.save_cursor("feed/Storm", {"since": 1})
    store.save_cursor("forum/Storm", {"seen": ["å"]})
    store.notes.write("due/a", {"at": 1}, None)
    store.notes.write("lease", {"holder": "x"}, None)
    for number in range(3):
        run = store.runs.queue(Run(id=f"{number:012x}", key="same", source="feed", by="crawl"))
        store.runs.end(run, RunState.FINISHED)
    store.runs.queue(Run(id="aaaaaaaaaaaa", key="other", source="feed"))
    store.quarantine([Quarantined("1", "forum", "language", "bad", {"text": "x"}, START)])


def everything(store: Store) -> list[object]:
    return [
        list(store.iterate(Everything(), sort=Sort.FOUND)),
        store.cursors(),
        store.runs.recent(),
        {key: note.value for key, note in store.notes.under("").items() if key != "copy"},
        list(store.quarantined()),
    ]


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """Open an empty embedded store beside the one under test."""
    with EmbeddedStore(tmp_path / "beside.db") as store:
        yield store


def test_everything_comes_over_and_back(store: Store, beside: EmbeddedStore) -> None:
    fill(beside)

    there = copy_store(beside, store, name="beside.db")

    assert everything(beside) == everything(store)
    assert (1_235, 2, 4, 2, 1) == (
        *(there.mentions, there.cursors, there.runs),
        *(there.notes, there.quarantined),
    )
    assert [] == store.check()
    again = EmbeddedStore(beside.path.with_name("again.db"))
    with again:
        back = copy_store(store, again, name="the other")
        assert everything(beside) == everything(again)
    assert there.checksum == back.checksum


def test_a_run_that_is_not_over_still_keeps_others_of_its_kind_out(
    store: Store, beside: EmbeddedStore
) -> None:
    fill(beside)
    copy_store(beside, store, name="beside.db")

    with pytest.raises(RunOverlap, match="already queued"):
        store.runs.queue(Run(id="bbbbbbbbbbbb", key="other", source="feed"))


class Interrupted(Exception):
    """What stops a copy in a test."""


class Limited:
    """A store that can be copied into for a while."""

    def __init__(self, store: Store, batches: int) -> None:
        self._store = store
        self._left = batches

    def adopt(self, stored: Sequence[StoredMention]) -> list[Outcome]:
        if not self._left:
            raise Interrupted
        self._left -= 1
        return self._store.adopt(stored)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_an_interrupted_copy_goes_on_where_it_was(store: Store, beside: EmbeddedStore) -> None:
    fill(beside)
    with pytest.raises(Interrupted):
        copy_store(beside, Limited(store, 2), name="beside.db")  # type: ignore[arg-type]
    assert 1_000 == store.search(Everything()).total
    copied: list[int] = []

    copy_store(beside, store, name="beside.db", on_progress=lambda done, _: copied.append(done))

    assert [235] == copied
    assert everything(beside) == everything(store)


def test_what_changed_behind_an_interrupted_copy_is_brought_over_too(
    store: Store, beside: EmbeddedStore
) -> None:
    fill(beside)
    with pytest.raises(Interrupted):
        copy_store(beside, Limited(store, 2), name="beside.db")  # type: ignore[arg-type]
    beside.put([make_mention(3, text="edited")])
    revoked = State(permission=Permission.REVOKED, first_seen_at=START)
    beside.adopt([StoredMention(mention=make_mention(4), state=revoked)])

    copy_store(beside, store, name="beside.db")

    assert "edited" == store.get(make_mention(3).id).mention.text
    assert Permission.REVOKED is store.get(make_mention(4).id).state.permission
    assert 1 == store.search(Term("permission", "revoked")).total


def test_a_copy_that_is_repeated_brings_over_what_is_new_and_takes_nothing_away(
    store: Store, beside: EmbeddedStore
) -> None:
    fill(beside)
    copy_store(beside, store, name="beside.db")
    beside.put(make_mentions(3, first=5_000))
    beside.save_cursor("feed/Storm", {"since": 2})
    beside.release(["1"])
    beside.runs.end(beside.runs.get("aaaaaaaaaaaa"), RunState.FINISHED)
    beside.runs.queue(Run(id="bbbbbbbbbbbb", key="other", source="feed"))
    beside.runs.forget(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))

    assert 1_238 == copy_store(beside, store, name="beside.db", again=True).mentions
    assert {"since": 2} == store.cursor("feed/Storm")
    assert ["1"] == [entry.id for entry in store.quarantined()]
    assert RunState.QUEUED is store.runs.get("bbbbbbbbbbbb").state


def test_a_copy_that_may_be_in_use_is_not_overwritten_unasked(
    store: Store, beside: EmbeddedStore
) -> None:
    fill(beside)
    copy_store(beside, store, name="beside.db")
    granted = State(permission=Permission.GRANTED, first_seen_at=START)
    store.adopt([StoredMention(mention=make_mention(99, text="crawled later"), state=granted)])

    with pytest.raises(CopyRefused, match="--again overwrites what changed there"):
        copy_store(beside, store, name="beside.db")
    kept = store.get(make_mention(99).id)
    assert ("crawled later", granted) == (kept.mention.text, kept.state)


def test_a_store_with_mentions_of_its_own_is_refused(store: Store, beside: EmbeddedStore) -> None:
    beside.put(make_mentions(2))
    store.put(make_mentions(1, first=9))

    with pytest.raises(CopyRefused, match="holds 1 mentions of its own: name an empty one"):
        copy_store(beside, store, name="beside.db")
    assert 1 == store.search(Everything()).total


def test_a_store_copied_from_elsewhere_is_refused(store: Store, beside: EmbeddedStore) -> None:
    beside.put(make_mentions(2))
    copy_store(beside, store, name="beside.db")

    with (
        EmbeddedStore(beside.path.with_name("other.db")) as other,
        pytest.raises(CopyRefused, match=r"copied from beside\.db"),
    ):
        copy_store(other, store, name="beside.db")


def test_a_difference_that_stays_is_an_error(store: Store, beside: EmbeddedStore) -> None:
    class Forgetful(Limited):
        def adopt(self, stored: Sequence[StoredMention]) -> list[Outcome]:
            return self._store.adopt(stored[1:])

    beside.put(make_mentions(5))

    with pytest.raises(StoreError, match="5 in the original, but 4 in the copy"):
        copy_store(beside, Forgetful(store, 1), name="beside.db")  # type: ignore[arg-type]
