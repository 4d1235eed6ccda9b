"""
Who is left alone: authors of whom nothing is kept, or who are not asked for anything.

The list holds keyed hashes of names and no name (rights.md R4.12). It is in the store, where all
machines see it, and in a file beside the configuration, which no restored store takes back.
Opening it unites both.
"""

import contextlib
import datetime as dt
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Self

from search.config import Config
from search.errors import StoreReadOnly
from search.mention import Mention
from search.notes import all_under
from search.people.entries import Entry, Reach, Said, read_said
from search.people.keys import (
    LIST_HEAD,
    VARIABLE,
    Key,
    SuppressionError,
    find_key,
    find_or_make_key,
)
from search.people.list_file import ListFile
from search.people.names import Name, names_of
from search.stores.base import Store

__all__ = ["Reach", "SuppressionError", "Suppressions"]

PREFIX: Final = "suppressed/"
HEAD: Final = LIST_HEAD
"""The note that changes with every change to the list: reading it tells whether to read more."""

log = logging.getLogger(__name__)


class Suppressions:
    """The list, as far as this process has read it; see `refresh`."""

    def __init__(self, store: Store, config: Config) -> None:
        self._notes = store.notes
        self._config = config
        self._file = ListFile(config)
        self._key: Key | None = None
        self._version: int | None = None
        self._reaches: dict[bytes, Reach] = {}
        self.not_in_file: str | None = None
        """Why the file lacks what the store has; ``None``: as far as known it lacks nothing."""
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

        Makes the key if there is none. When it returns, the list is in the store, and whoever
        refreshes sees it. It is so, too, where the file cannot be written: see `not_in_file`.
        """
        with self._changing:
            self.refresh()
            self._key = key = find_or_make_key(self._config, self._notes)
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
        kept = (Entry.from_plain(note.value, key) for key, note in all_under(self._notes, PREFIX))
        return (entry for entry in kept if entry.reach is not None)

    def __len__(self) -> int:
        """Return how many names are on it."""
        return len(self._reaches)

    def _load(self) -> None:
        head = self._notes.read(HEAD)  # first: what changes from now on is read again
        self._version = head.version if head else None
        made_with: set[str] = set()
        noted: dict[bytes, Said] = {}
        for where, note in all_under(self._notes, PREFIX):
            plain = note.value
            name, key, said = read_said(plain, where)
            noted[name] = said
            made_with.add(key)
        filed, ahead = self._read_file(noted, made_with)
        self._check_key(made_with, max(len(noted), len(filed)))
        self._put_back(noted, filed, ahead)
        united = noted | {name: filed[name] for name in ahead}
        self._reaches = {n: said.reach for n, said in united.items() if said.reach is not None}

    def _read_file(
        self, noted: Mapping[bytes, Said], made_with: set[str]
    ) -> tuple[dict[bytes, Said], dict[bytes, Entry]]:
        """Return what the file says, and those entries that the notes do not have so."""
        filed: dict[bytes, Said] = {}
        ahead: dict[bytes, Entry] = {}
        for plain, where in self._file.lines():
            name, key, said = read_said(plain, where)
            made_with.add(key)
            if not said.overrules(filed.get(name)):
                continue
            there = noted.get(name)
            filed[name] = said if there != said else there
            ahead.pop(name, None)
            if said.overrules(there):
                ahead[name] = Entry.from_plain(plain, where)
        return filed, ahead

    def _check_key(self, made_with: set[str], count: int) -> None:
        if not made_with:
            return
        key = find_key(self._config)
        if key is None:
            raise SuppressionError(
                f"there is a suppression list of {count:,} entries, but not the key that it was "
                f"made with: set {VARIABLE}, or bring sayso.people.key back beside the "
                "configuration; until then nothing is collected"
            )
        if made_with != {key.fingerprint}:
            raise SuppressionError(
                f"the suppression list was made with another key than that of {VARIABLE} or "
                "sayso.people.key: every machine needs the same; until then nothing is collected"
            )
        self._key = key

    def _put_back(
        self,
        noted: Mapping[bytes, Said],
        filed: Mapping[bytes, Said],
        ahead: Mapping[bytes, Entry],
    ) -> None:
        """Put back what one of the two has lost."""
        behind = [PREFIX + n.hex() for n, said in noted.items() if said.overrules(filed.get(n))]
        found = ((key, self._notes.read(key)) for key in behind)
        if missing := [Entry.from_plain(note.value, key) for key, note in found if note]:
            self._mirror(missing)
        with contextlib.suppress(StoreReadOnly):  # whoever writes to it does so
            self._note(list(ahead.values()))

    def _write(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        self._note(entries)  # first, for it is what takes effect: reading puts the file right
        changed = dict(self._reaches)
        for entry in entries:
            name = bytes.fromhex(entry.hmac)
            changed.pop(name, None)
            if entry.reach is not None:
                changed[name] = entry.reach
        self._reaches = changed
        self._mirror(entries)

    def _mirror(self, entries: Sequence[Entry]) -> None:
        """Add to the file what the notes hold; that it cannot be written stops nobody."""
        try:
            self._file.append(entries)
            self.not_in_file = None
        except SuppressionError as error:
            self.not_in_file = str(error)
            log.warning("suppression list not in its file", extra={"problem": str(error)})

    def _note(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            key, version = PREFIX + entry.hmac, None
            while self._notes.write(key, entry.to_plain(), version) is None:
                found = self._notes.read(key)
                version = found.version if found else None
                if found and not entry.said.overrules(read_said(found.value, key)[2]):
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
