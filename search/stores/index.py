"""
The index of the embedded store: it follows the record, and can be thrown away at any time.

It lives in a folder of generations, tantivy indexes of which the pointer names the current one.
Whoever holds the lock brings that up to date or builds the next; everybody else searches what the
pointer names. The lock is gone when its process dies, and what was done twice is done once, since
a mention is deleted from the index before it is added.
"""

import contextlib
import ctypes
import threading
from collections.abc import Iterator
from typing import Final

import filelock
import tantivy
from tantivy import Query

from search.errors import StoreBusy, StoreError
from search.stores.index_document import document
from search.stores.index_files import IndexFolder, Pointer
from search.stores.index_schema import ROW, fingerprint, schema
from search.stores.index_snapshot import IndexDamaged, Snapshot
from search.stores.record import Record

_HEAP_BYTES: Final = 64_000_000
_READ_AT_ONCE: Final = 1_000
_COMMIT_EVERY: Final = 50_000
_FOLLOW_EVERY: Final = 20_000
"""So many changes may wait for a search before a write brings the index up to date itself."""

_PATIENCE_SECONDS: Final = 2.0
"""How long a search waits for another process to bring the index up to date."""


class Index:
    """Keeps the index up to date, as far as this process may write it."""

    def __init__(self, folder: IndexFolder, record: Record, *, busy_seconds: float) -> None:
        self._folder = folder
        self._record = record
        self._busy_seconds = busy_seconds
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None
        self._opened: Pointer | None = None
        self._index: tantivy.Index | None = None
        self.owes_cleaning = False
        """
        Whether `settle` must see to it that what was removed is gone, by whomever it was removed.

        Who erases or applies retention asks for it. A crawl that takes back what it has just put
        does not: building a large index anew takes minutes, and the next of them does so.
        """
        self._forget_if_ahead()

    def snapshot(self) -> Snapshot:
        """Return the index in its latest state, brought up to date if that can be."""
        with self._lock:
            self._follow(min(_PATIENCE_SECONDS, self._busy_seconds))
            try:
                return self._open()
            except IndexDamaged:
                self.discard()
                self._follow(self._busy_seconds)
                return self._open()

    def behind(self, snapshot: Snapshot) -> int:
        """Count the writes a snapshot does not show."""
        return max(0, self._record.change() - snapshot.change)

    def follow_if_far_behind(self) -> None:
        """Bring the index up to date after many writes, unless another process is at it."""
        pointer = self._folder.pointer()
        if self._record.change() - (pointer.change if pointer else 0) >= _FOLLOW_EVERY:
            self.follow_now()

    def follow_now(self) -> None:
        """
        Bring the index up to date, unless another process is at it.

        The record is what counts: trouble with the index waits until a search meets it.
        """
        with self._lock, contextlib.suppress(StoreError):
            self._follow(0)

    def settle(self) -> None:
        """
        Bring the index up to date before it is left, and clean if that was asked for here.

        tantivy keeps what is deleted until it merges segments, and cannot be told to: so the next
        generation is built, from what there still is. Where another process is in the way for too
        long, the next who asks for it or a rebuild does so.
        """
        self.follow_now()
        if self.owes_cleaning and not self.is_clean():
            with contextlib.suppress(StoreError):
                self.rebuild()

    def is_clean(self) -> bool:
        """Return whether the files of the index hold nothing of what was removed."""
        pointer = self._folder.pointer()
        return pointer is None or pointer.clean >= self._record.removal()

    def rebuild(self) -> int:
        """Build the next generation while the current one can still be searched."""
        with self._lock:
            with self._held(self._busy_seconds):
                self._build()
            return self._open().size

    def discard(self) -> None:
        """Forget a damaged index, so that the next search builds another."""
        with self._lock:
            self._snapshot = self._opened = self._index = None
            self._folder.discard()

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._snapshot = self._opened = self._index = None
            self._folder.close()

    def _follow(self, patience_seconds: float) -> None:
        pointer = self._folder.pointer()  # first: what it names is never ahead of a later look
        usable = pointer is not None and self._is_usable(pointer)
        if usable and pointer is not None and pointer.change >= self._record.change():
            return
        if not self._folder.writable:
            if usable:
                return
            self._folder.make_private()
        try:
            with self._held(patience_seconds if usable else self._busy_seconds):
                self._catch_up()
        except StoreError:
            if not usable:
                raise

    def _catch_up(self) -> None:
        pointer = self._folder.pointer()
        if pointer is None or not self._is_usable(pointer):
            self._build()
            return
        try:
            index = tantivy.Index.open(str(self._folder.generation(pointer.generation)))
            self._feed(index, pointer, is_new=False)
        except (ValueError, OSError):
            self._build()

    def _build(self) -> None:
        generation = self._folder.next_generation()
        current = self._folder.pointer()
        self._folder.remove_all_but(current.generation if current else None)  # a crash's remains
        path = self._folder.generation(generation)
        path.mkdir(parents=True)
        index = tantivy.Index(schema(), path=str(path))
        nothing = Pointer(
            generation, fingerprint(), self._record.store_id, change=0, clean=self._record.change()
        )
        self._feed(index, nothing, is_new=True)
        self._folder.remove_all_but(generation)

    def _feed(self, index: tantivy.Index, pointer: Pointer, *, is_new: bool) -> None:
        """Add what changed since; a new index becomes the current one when it is complete."""
        # A new index need not delete, but what changes while it is built.
        begun = pointer.clean if is_new else 0
        for change in self._written(index, pointer.change, begun):
            pointer = pointer.at(change)
            if not is_new:
                self._folder.point_to(pointer)
        self._folder.point_to(pointer)

    def _written(self, index: tantivy.Index, change: int, begun: int) -> Iterator[int]:
        """
        Write and commit in steps of bounded size; yield the change each step ends with.

        No mention that changed up to ``begun`` is in the index yet.
        """
        writer = index.writer(_HEAP_BYTES, 1)
        waiting = 0
        while changes := self._record.changed_after(change, _READ_AT_ONCE):
            if changes[-1].change > begun:
                # Not delete_documents_by_term, which finds no number (tantivy 0.27).
                rows = [row for row, _, _ in changes]
                writer.delete_documents_by_query(Query.term_set_query(index.schema, ROW, rows))
            for row, _, stored in changes:
                if stored is not None:
                    writer.add_document(document(row, stored.mention, stored.state, index.schema))
            change, waiting = changes[-1].change, waiting + len(changes)
            if waiting >= _COMMIT_EVERY:
                writer.commit()
                waiting = 0
                yield change
        writer.commit()
        writer.wait_merging_threads()
        _give_back_freed_memory()
        yield change

    def _open(self) -> Snapshot:
        pointer = self._folder.pointer()
        if pointer is None:
            raise IndexDamaged(self._record.path, "the index has no pointer")
        if self._snapshot is None or pointer != self._opened:
            try:
                index = self._reopen(pointer)
            except IndexDamaged:
                if pointer == self._folder.pointer():
                    raise
                return self._open()  # another process built it anew at this moment
            self._snapshot = Snapshot(index, pointer.change, self._record)
            self._opened = pointer
        return self._snapshot

    def _reopen(self, pointer: Pointer) -> tantivy.Index:
        try:
            if self._index and self._opened and self._opened.generation == pointer.generation:
                self._index.reload()
            else:
                self._index = self._folder.open(pointer)
        except (ValueError, OSError) as error:
            raise IndexDamaged(self._record.path, f"the index is damaged ({error})") from error
        return self._index

    def _forget_if_ahead(self) -> None:
        """Notice an older copy of the record while its change number still tells them apart."""
        pointer = self._folder.pointer()
        if pointer is not None and pointer.change > self._record.change():
            self._folder.discard()

    def _is_usable(self, pointer: Pointer) -> bool:
        return (
            pointer.fingerprint == fingerprint()
            and pointer.store_id == self._record.store_id
            and pointer.change <= self._record.change()
        )

    @contextlib.contextmanager
    def _held(self, seconds: float) -> Iterator[None]:
        try:
            with self._folder.lock().acquire(timeout=seconds):
                yield
        except filelock.Timeout as error:
            problem = "another process is writing the index; try again in a moment"
            raise StoreBusy(self._record.path, problem) from error
        except (OSError, ValueError) as error:
            problem = f"the index cannot be written ({error})"
            raise StoreError(self._record.path, problem) from error


def _give_back_freed_memory() -> None:
    """
    Return to the system what the threads of a writer freed, where the C library can do so.

    glibc keeps it for later threads, each with what another left: 5 to 13 MB a writer.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # macOS, musl, Windows
        ctypes.CDLL(None).malloc_trim(0)
