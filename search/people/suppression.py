"""
Who is left alone: authors of whom nothing is kept, or who are not asked for anything.

The list holds keyed hashes of names and no name (rights.md R4.12). It is in the store, where all
machines see it, and in a file beside the configuration, which no restored store takes back.
Opening it unites both.
"""

import datetime as dt
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Self

from search.config import Config
from search.errors import StoreReadOnly
from search.mention import Mention
from search.notes import Notes
from search.people.entries import Entry, Reach
from search.people.keys import VARIABLE, Key, SuppressionError, find_key, find_or_make_key
from search.people.list_file import ListFile
from search.people.names import Name, names_of
from search.stores.base import Store

__all__ = ["Reach", "SuppressionError", "Suppressions"]

PREFIX: Final = "suppressed/"
HEAD: Final = "suppression"
"""The note that changes with every change to the list: reading it tells whether to read more."""

_PAGE: Final = 10_000
_Held = dict[bytes, Entry]


class Suppressions:
    """The list, as far as this process has read it; see `refresh`."""

    def __init__(self, store: Store, config: Config) -> None:
        self._notes = store.notes
        self._config = config
        self._file = ListFile(config)
        self._key: Key | None = None
        self._version: int | None = None
        self._reaches: dict[bytes, Reach] = {}
        self._changing = threading.RLock()
        """Several threads may refresh: what one has read must not undo what another has."""

    @classmethod
    def open(cls, store: Store, config: Config) -> Self:
        """
        Read the list of a store and of the file beside the configuration, and unite them.

        `SuppressionError` when there is a list but not the key it was made with: nothing may be
        collected then.
        """
        opened = cls(store, config)
        opened._load()
        return opened

    def covers(self, mention: Mention, reach: Reach) -> bool:
        """Whether a mention's author is left out of contact, or of collection."""
        return bool(self._reaches) and self.reach_of(names_of(mention), reach)

    def reach_of(self, names: Iterable[Name], reach: Reach) -> bool:
        """Whether one of these names is left out so far."""
        key, reaches = self._key, self._reaches
        if key is None:
            return False
        found = (reaches.get(key.digest(name)) for name in names)
        return any(each is not None and each.includes(reach) for each in found)

    def refresh(self) -> bool:
        """
        Read what others have changed since; return whether anybody is left alone only since.

        Costs one note where nothing has changed.
        """
        with self._changing:
            head = self._notes.read(HEAD)
            if (head.version if head else None) == self._version:
                return False
            before = self._reaches
            self._load()
        return any(before.get(name) is not reach for name, reach in self._reaches.items())

    def add(
        self, mention_or_names: Mention | Iterable[Name], reach: Reach, *, reason: str,
        now: dt.datetime,
    ) -> int:  # fmt: skip
        """
        Leave an author alone from now on; return how many entries are new or reach further.

        Makes the key if there is none. When it returns, the list is on the disk, and whoever
        refreshes sees it.
        """
        with self._changing:
            self.refresh()
            self._key = key = self._key or find_or_make_key(self._config)
            made = []
            for name in _names(mention_or_names):
                before = self._reaches.get(key.digest(name))
                wanted = reach if before is None else before.widened(reach)
                if wanted is not before:
                    made.append(_entry(key, name, wanted, reason, now))
            self._write(made)
            return len(made)

    def remove(
        self, mention_or_names: Mention | Iterable[Name], *, reason: str, now: dt.datetime
    ) -> int:
        """Withdraw what was decided about an author, who has come back; count the entries."""
        with self._changing:
            self.refresh()
            key = self._key
            if key is None:
                return 0
            names = [n for n in _names(mention_or_names) if key.digest(n) in self._reaches]
            self._write([_entry(key, name, None, reason, now) for name in names])
            return len(names)

    def entries(self) -> Iterator[Entry]:
        """Hand out what the list holds now, without what was withdrawn, in the order of hashes."""
        return (entry for _, entry in _noted(self._notes) if entry.reach is not None)

    def __len__(self) -> int:
        """Return how many names are on it."""
        return len(self._reaches)

    def _load(self) -> None:
        head = self._notes.read(HEAD)  # first: what changes from now on is read again
        self._version = head.version if head else None
        noted = {bytes.fromhex(entry.hmac): entry for _, entry in _noted(self._notes)}
        filed = _latest(self._file.entries())
        united = dict(noted)
        for name, entry in filed.items():
            if name not in united or entry.overrules(united[name]):
                united[name] = entry
        self._check_key(united)
        self._unite(united, noted, filed)
        self._reaches = {
            name: entry.reach for name, entry in united.items() if entry.reach is not None
        }

    def _check_key(self, united: _Held) -> None:
        if not united:
            return
        key = find_key(self._config)
        if key is None:
            raise SuppressionError(
                f"there is a suppression list of {len(united):,} entries, but not the key that it "
                f"was made with: set {VARIABLE}, or bring sayso.people.key back beside the "
                "configuration; until then nothing is collected"
            )
        if any(entry.key != key.fingerprint for entry in united.values()):
            raise SuppressionError(
                f"the suppression list was made with another key than that of {VARIABLE} or "
                "sayso.people.key: every machine needs the same; until then nothing is collected"
            )
        self._key = key

    def _unite(self, united: _Held, noted: _Held, filed: _Held) -> None:
        """Put back what one of the two has lost."""
        if missing := [e for name, e in united.items() if filed.get(name) != e]:
            self._file.append(missing)
        missing = [entry for name, entry in united.items() if noted.get(name) != entry]
        try:
            self._note(missing)
        except StoreReadOnly:  # whoever writes to it does so
            return

    def _write(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        self._file.append(entries)  # first: a crash from here on loses nothing
        self._note(entries)
        changed = dict(self._reaches)
        for entry in entries:
            name = bytes.fromhex(entry.hmac)
            changed.pop(name, None)
            if entry.reach is not None:
                changed[name] = entry.reach
        self._reaches = changed

    def _note(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            key, version = PREFIX + entry.hmac, None
            while self._notes.write(key, entry.to_plain(), version) is None:
                found = self._notes.read(key)
                version = found.version if found else None
                if found and not entry.overrules(Entry.from_plain(found.value, key)):
                    break
        if entries:
            self._say_so(entries[-1].key)

    def _say_so(self, fingerprint: str) -> None:
        """Let everybody who refreshes see that the list has changed."""
        while True:
            head = self._notes.read(HEAD)
            version = head.version if head else None
            written = self._notes.write(HEAD, {"key": fingerprint}, version)
            if written is not None:
                if version == self._version:  # nobody else came between: nothing to read again
                    self._version = written
                return


def _noted(notes: Notes) -> Iterator[tuple[str, Entry]]:
    last = ""
    while found := notes.under(PREFIX, after=last, limit=_PAGE):
        yield from ((key, Entry.from_plain(note.value, key)) for key, note in found.items())
        last = list(found)[-1]


def _latest(entries: Iterable[Entry]) -> _Held:
    held: _Held = {}
    for entry in entries:
        name = bytes.fromhex(entry.hmac)
        if name not in held or entry.overrules(held[name]):
            held[name] = entry
    return held


def _names(mention_or_names: Mention | Iterable[Name]) -> tuple[Name, ...]:
    if isinstance(mention_or_names, Mention):
        return names_of(mention_or_names)
    return tuple(dict.fromkeys(mention_or_names))


def _entry(key: Key, name: Name, reach: Reach | None, reason: str, now: dt.datetime) -> Entry:
    return Entry(
        hmac=key.digest(name).hex(),
        key=key.fingerprint,
        reach=reach,
        source=name.source,
        at=now.astimezone(dt.UTC),
        reason=reason,
    )
