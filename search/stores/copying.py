"""
One store's content into another: mentions with our own state, cursors, runs, notes, quarantine.

A copy that was interrupted continues where it was; one that is repeated brings over what changed,
and takes nothing away: what was removed from the original since is to be removed there too.
Nobody should write to either store meanwhile.
"""

import dataclasses
import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from search.codec import content_hash, state_to_json
from search.errors import StoreError
from search.mention import StoredMention
from search.notes import Note
from search.query import Everything
from search.stores.base import Page, Quarantined, Sort, Store

_BATCH: Final = 500
_ALL: Final = 1_000_000
_NOTE: Final = "copy"


@dataclasses.dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds, after every part of it was compared with the original."""

    mentions: int
    cursors: int
    runs: int
    notes: int
    quarantined: int
    checksum: str
    """Over ids, content and own state of all mentions, whatever their order; 32 digits."""


class CopyRefused(StoreError):
    """The store to copy into holds something else already."""


def copy_store(
    original: Store,
    copy: Store,
    *,
    name: str,
    again: bool = False,
    on_progress: Callable[[int, int], None] = lambda _, __: None,
) -> Copied:
    """
    Copy, compare everything, and say what the copy holds.

    ``name`` is what messages call the original. A copy that was interrupted goes on; one that was
    finished may be in use since, so that `CopyRefused` asks for ``again``, which overwrites what
    changed there. A store that holds mentions of another origin raises `CopyRefused` too, a
    difference in the end `StoreError`.
    """
    progress = _Progress(copy, original.identity, name)
    progress.check(again=again)
    differing: list[str] = []
    for attempt in range(2):
        # What changed behind an interrupted copy's back is only found by going over all of it.
        _copy_mentions(original, copy, progress, on_progress, resumed=attempt == 0)
        counted = _copy_the_rest(original, copy)
        checksum, differing = _compare(original, copy)
        if not differing:
            progress.end()
            total = original.search(Everything(), limit=0).total
            return Copied(total, *counted, checksum)
    raise StoreError(
        name,
        f"{len(differing):,} mentions differ in the copy, such as {differing[0]}:"
        " is somebody writing?",
    )


class _Progress:
    """How far a copy has come, noted in the copy."""

    def __init__(self, copy: Store, identity: str, name: str) -> None:
        self._copy = copy
        self._identity = identity
        self._name = name

    def check(self, *, again: bool) -> None:
        """Refuse a store that holds what this copy did not bring, or may have changed since."""
        noted = self._noted()
        held = self._copy.search(Everything(), limit=0).total
        if held and noted.get("identity") != self._identity:
            whose = f"copied from {noted['name']}" if noted else "of its own"
            problem = f"the store to copy into holds {held:,} mentions {whose}: name an empty one"
            raise CopyRefused(self._name, problem)
        if noted.get("finished") and not again:
            problem = "it was copied into that store before; --again overwrites what changed there"
            raise CopyRefused(self._name, problem)

    @property
    def after(self) -> str | None:
        """The mark behind which to go on; ``None`` at the beginning."""
        after: str | None = self._noted().get("after")
        return after

    def note(self, after: str | None, *, finished: bool = False) -> None:
        """Note how far it is."""
        found = self._copy.notes.read(_NOTE)
        value = {
            "identity": self._identity,
            "name": self._name,
            "after": after,
            "finished": finished,
        }
        self._copy.notes.write(_NOTE, value, None if found is None else found.version)

    def end(self) -> None:
        """Note that it is finished, and that the next one must go over everything."""
        self.note(None, finished=True)

    def _noted(self) -> Mapping[str, Any]:
        found = self._copy.notes.read(_NOTE)
        return {} if found is None else found.value


def _copy_mentions(
    original: Store,
    copy: Store,
    progress: _Progress,
    on_progress: Callable[[int, int], None],
    *,
    resumed: bool,
) -> None:
    after = progress.after if resumed else None
    progress.note(after)
    done = 0
    for page in _pages(original, after):
        copy.adopt(page.mentions)
        if page.next is not None:
            progress.note(page.next)
        done += len(page.mentions)
        on_progress(done, page.total)


def _pages(store: Store, after: str | None = None) -> Iterator[Page]:
    """Hand out all mentions in the order in which they were first kept, a page at a time."""
    while True:
        page = store.search(Everything(), sort=Sort.FOUND, limit=_BATCH, after=after)
        if page.incomplete or page.behind:
            problem = page.incomplete or f"the index is {page.behind:,} writes behind"
            raise StoreError("copy", f"not everything could be read: {problem}")
        yield page
        after = page.next
        if after is None:
            return


def _copy_the_rest(original: Store, copy: Store) -> tuple[int, int, int, int]:
    cursors = original.cursors()
    for key, cursor in cursors.items():
        copy.save_cursor(key, cursor)
    runs = original.runs.recent(limit=_ALL)
    # Those that are over first: of two of a kind only one may be under way in the copy.
    for run in sorted(runs, key=lambda run: not run.state.is_over):
        copy.runs.adopt(run)
    notes = _copy_notes(original, copy)
    quarantined = 0
    for batch in _batches(original):
        copy.quarantine(batch)
        quarantined += len(batch)
    _check_counts(original, copy)
    return len(cursors), len(runs), notes, quarantined


def _copy_notes(original: Store, copy: Store) -> int:
    count = 0
    for key, note in _notes(original):
        present = copy.notes.read(key)
        if present is None or present.value != note.value:
            copy.notes.write(key, note.value, None if present is None else present.version)
        count += 1
    return count


def _notes(store: Store) -> Iterator[tuple[str, Note]]:
    for key, note in store.notes.under("", limit=_ALL).items():
        if key != _NOTE:
            yield key, note


def _batches(store: Store) -> Iterator[list[Quarantined]]:
    entries = store.quarantined()
    while batch := list(itertools.islice(entries, _BATCH)):
        yield batch


def _check_counts(original: Store, copy: Store) -> None:
    """Raise `StoreError` where the copy holds less; it may hold what was forgotten here since."""
    for what, count in _COUNTS.items():
        here, there = count(original), count(copy)
        if here > there:
            raise StoreError(what, f"{here:,} in the original, but {there:,} in the copy")


_COUNTS: Final[dict[str, Callable[[Store], int]]] = {
    "mentions": lambda store: store.search(Everything(), limit=0).total,
    "cursors": lambda store: len(store.cursors()),
    "runs": lambda store: len(store.runs.recent(limit=_ALL)),
    "notes": lambda store: sum(1 for _ in _notes(store)),
    "quarantine": lambda store: store.quarantine_size(),
}


def _compare(original: Store, copy: Store) -> tuple[str, list[str]]:
    """Return the checksum of the original, and the ids of what is different in the copy."""
    checksum = 0
    differing = []
    for page in _pages(original):
        copied = copy.fetch([each.id for each in page.mentions])
        for each in page.mentions:
            digest = _digest(each)
            checksum ^= int.from_bytes(digest)
            if each.id not in copied or _digest(copied[each.id]) != digest:
                differing.append(each.id)
    return f"{checksum:032x}", differing


def _digest(stored: StoredMention) -> bytes:
    said = (stored.id, content_hash(stored.mention).hex(), state_to_json(stored.state))
    return hashlib.blake2b(repr(said).encode(), digest_size=16).digest()
