"""The store of one machine: SQLite is the record, tantivy the index that follows it."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Self, TypeVar

from search.errors import StoreCorrupt, StoreError, StoreReadOnly
from search.mention import Mention, State, StoredMention
from search.query import Everything, Query
from search.stores.base import Cursor, Interval, Outcome, Page, Quarantined, Sort
from search.stores.index import Index
from search.stores.index_files import IndexFolder
from search.stores.index_snapshot import IndexDamaged, Rows, Snapshot
from search.stores.marks import check_limit
from search.stores.record import Record
from search.stores.record_connections import Connections
from search.stores.record_keys import KeyTable
from search.stores.record_notes import NoteTable
from search.stores.record_quarantine import QuarantineTable
from search.stores.record_runs import RunTable

_BUSY_SECONDS: Final = 10.0
_PAGE: Final = 500

T = TypeVar("T")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class EmbeddedStore:
    """
    Mentions in the file ``path``, their index in the folder ``<path>.index`` beside it.

    Any number of processes may use the same path, and any number of threads one store. A file or
    folder that cannot be written can still be searched.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = True,
        read_only: bool = False,
        busy_seconds: float = _BUSY_SECONDS,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        self.path = path
        self._read_only = read_only
        self._connections = connections = Connections(
            path, create=create, read_only=read_only, busy_seconds=busy_seconds
        )
        try:
            self._record = Record(connections, clock)
        except StoreError:
            connections.close()
            raise
        self.runs = RunTable(connections, clock)
        self.notes = NoteTable(connections)
        self._quarantine = QuarantineTable(connections)
        self._keys = KeyTable(connections)
        self._folder = IndexFolder(
            path.with_name(f"{path.name}.index"), writable=connections.writable
        )
        self._index = Index(self._folder, self._record, busy_seconds=busy_seconds)

    def put(self, mentions: Sequence[Mention]) -> list[Outcome]:
        """Keep mentions; see `Store.put`."""
        outcomes = self._record.put(mentions)
        self._index.follow_if_far_behind()
        return outcomes

    def adopt(self, stored: Sequence[StoredMention]) -> list[Outcome]:
        """Keep mentions exactly as another store holds them; see `Store.adopt`."""
        outcomes = self._record.adopt(stored)
        self._index.follow_if_far_behind()
        return outcomes

    def change_state(self, mention_id: str, before: State, after: State) -> bool:
        """Replace our own state of one mention; see `Store.change_state`."""
        return self._record.change_state(mention_id, before, after)

    def remove(self, ids: Sequence[str], *, clean: bool = True) -> int:
        """
        Delete mentions; see `Store.remove`.

        The file holds nothing of them any more when this returns. Of the index, which finds them
        no longer, that is so when this store is closed: it is then built anew, if ``clean``.
        """
        removed = self._record.remove(ids)
        self._index.owes_cleaning |= clean
        self._index.follow_if_far_behind()
        return removed

    def refresh(self) -> None:
        """Do nothing: every search sees what there is."""

    def fetch(self, ids: Sequence[str]) -> dict[str, StoredMention]:
        """Return the mentions of these whole ids, without those that are not there."""
        return self._record.fetch(ids)

    def sharing(self, keys: Sequence[Sequence[int]]) -> list[list[str]]:
        """Find mentions that may be alike; see `Store.sharing`."""
        return self._keys.sharing(keys)

    def quarantine(self, entries: Sequence[Quarantined]) -> None:
        """Keep what could not become a mention, once per id."""
        self._quarantine.add(entries)

    def quarantined(self) -> Iterator[Quarantined]:
        """Everything in quarantine, oldest first."""
        return self._quarantine.entries()

    def in_quarantine(self, ids: Sequence[str]) -> set[str]:
        """Return those of these whole ids that are in quarantine now."""
        return self._quarantine.among(ids)

    def quarantine_size(self) -> int:
        """Count what is in quarantine without reading it."""
        return self._quarantine.size()

    def release(self, ids: Sequence[str], *, until: dt.datetime | None = None) -> int:
        """Take out of quarantine what is kept elsewhere or given up; see `Store.release`."""
        released = self._quarantine.release(ids, until)
        if released:
            self._connections.empty_log()
        return released

    def get(self, prefix: str) -> StoredMention:
        """Return the one mention whose id begins so, or raise `MentionNotFound`."""
        return self._record.get(prefix)

    def search(  # noqa: PLR0913 - keyword-only, and a search is one question
        self,
        query: Query,
        *,
        limit: int = 20,
        after: str | None = None,
        sort: Sort = Sort.NEWEST,
        facets: Sequence[str] = (),
        timeline: Interval | None = None,
    ) -> Page:
        """Return one page of matches; see `Store.search`."""

        def ask(snapshot: Snapshot) -> Page:
            counts = snapshot.counts(query, facets, timeline)
            page = snapshot.rows(query, sort=sort, after=after, limit=check_limit(limit))
            return Page(
                mentions=tuple(kept.stored for kept in self._record.at_rows(page.rows)),
                total=counts.total,
                next=page.next,
                facets=counts.facets,
                timeline=counts.timeline,
                behind=self._index.behind(snapshot),
            )

        return self._asked(ask)

    def iterate(self, query: Query, *, sort: Sort = Sort.NEWEST) -> Iterator[StoredMention]:
        """Hand out every match in order, a page at a time, as the index was at the start."""

        def begin(snapshot: Snapshot) -> tuple[Snapshot, Rows]:
            return snapshot, snapshot.rows(query, sort=sort, after=None, limit=_PAGE)

        snapshot, page = self._asked(begin)
        while True:
            yield from (kept.stored for kept in self._record.at_rows(page.rows))
            if page.next is None:
                return
            page = snapshot.rows(query, sort=sort, after=page.next, limit=_PAGE)

    def cursor(self, key: str) -> Cursor | None:
        """Return the mark saved under a key, or ``None`` before the first run."""
        return self._record.cursor(key)

    def cursors(self) -> dict[str, Cursor]:
        """Return every mark by its key."""
        return self._record.cursors()

    def save_cursor(self, key: str, cursor: Cursor) -> None:
        """Replace the mark saved under a key."""
        self._record.save_cursor(key, cursor)

    def check(self) -> list[str]:
        """Verify the record and the index against each other; say each problem in a sentence."""
        found: list[str] = []
        try:
            found.extend(self._record.problems())
            found.extend(self._index_problems())
        except StoreCorrupt as error:
            found.append(f"The check ended early: {error.problem}.")
        return found

    def rebuild(self) -> int:
        """Build the index anew from the record; return how many mentions it holds."""
        if not self._connections.writable:
            raise StoreReadOnly(self.path, "its index can be searched but not rebuilt")
        return self._index.rebuild()

    def counts(self) -> Mapping[str, int]:
        """Count what the store holds, its bytes on disk, and how far the index is behind."""
        snapshot = self._index.snapshot()
        return {
            **self._record.counts(),
            "indexed": snapshot.size,
            "behind": self._index.behind(snapshot),
            "record_bytes": self._record.size(),
            "index_bytes": self._folder.size(),
        }

    @property
    def identity(self) -> str:
        """What tells this store from every other one, wherever its file is."""
        return self._record.store_id

    def close(self) -> None:
        """Bring the index up to date, clean of what was removed, and let go of the files."""
        try:
            if self._connections.writable:
                self._index.settle()
        finally:
            self._index.close()
            self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _asked(self, ask: Callable[[Snapshot], T]) -> T:
        try:
            return ask(self._index.snapshot())
        except IndexDamaged:
            self._index.discard()
            return ask(self._index.snapshot())

    def _index_problems(self) -> Iterator[str]:
        snapshot = self._index.snapshot()
        if behind := self._index.behind(snapshot):
            yield f"The index is {behind:,} writes behind the record."
            return
        if not self._index.is_clean() and not self._index.owes_cleaning:
            yield (
                "The index still holds removed words, which nobody finds: the next `sayso erase`"
                " or retention makes it anew when it ends, or `sayso store rebuild`."
            )
        kept = self._record.counts()["mentions"]
        if snapshot.size != kept or snapshot.counts(Everything()).total != kept:
            yield (
                f"The record holds {kept:,} mentions, the index {snapshot.size:,}:"
                " `sayso store rebuild` makes it anew."
            )
