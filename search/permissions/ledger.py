"""
The ledger: everything that happened to permissions, in one chain that holds what it was made of.

Each entry holds the hash of the one before it, over a canonical form (SHA-256 of JSON with sorted
keys). Of the event only its hash is in the chain: so a person's words can be erased later, which
leaves a tombstone, and the chain is as whole as before. An entry is written under its number, and
only if there is none yet: of two who write at once one is first, and the other looks again at what
then holds. That is why the ledger needs nothing of a store but notes.

Who can write to the store can make a chain anew, and a chain made anew is whole: only a number and
a hash that stand somewhere else (`Noted`) show that. What a tombstone says is in no hash.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pydantic
import pydantic_core

from search.errors import SaysoError
from search.notes import Notes, all_under
from search.permissions.events import Event

GENESIS: Final = "0" * 64
_PREFIX: Final = "ledger/"
_PAGE: Final = 1_000
_EVENTS: Final = pydantic.TypeAdapter(Event)


_FEWEST_DIGITS: Final = 16
"""Of a hash that was written down: 64 bits."""

_NOTED: Final = re.compile(r"([0-9]{1,12})(?::([0-9a-f]{16,64}))?", re.ASCII)


class BadNote(SaysoError):
    """What was written down of a ledger, and cannot be read; the message says what can."""


@dataclasses.dataclass(frozen=True, slots=True)
class Noted:
    """What somebody has written down of a ledger, outside of it: how far it reached."""

    number: int
    """How many entries there were; ``0``: nothing was written down."""

    hash: str = ""
    """How the hash of that entry begins; empty where only its number was written down."""

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}" if self.hash else f"{self.number}"


NOTHING_NOTED: Final = Noted(0)


def read_noted(text: str) -> Noted:
    """Read ``49`` or ``49:3afa5f7f30275cc4``, as `sayso permissions verify` writes it."""
    found = _NOTED.fullmatch(text.strip().lower().replace(",", ""))
    if found is None or (found[2] and int(found[1]) == 0):
        raise BadNote(
            f"--expect {text[:100]!r}: allowed: NUMBER, or NUMBER:HASH with {_FEWEST_DIGITS} or "
            "more digits, such as 49:3afa5f7f30275cc4"
        )
    return Noted(int(found[1]), found[2] or "")


class LedgerDamaged(SaysoError):
    """An entry that cannot be read; `sayso permissions verify` says all that is wrong."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One link of the chain."""

    number: int
    """From 1, without gaps."""

    before: str
    """The hash of the entry before; `GENESIS` before the first."""

    mention: str
    written_at: str
    """When it was written, ISO 8601, UTC."""

    event_hash: str
    """Of the event."""

    event: Mapping[str, Any] | None
    """``None`` once it was erased."""

    erased: Mapping[str, Any] | None = None
    """Why and when the event was erased, and which step it was, so that a no stays a no."""

    @property
    def hash(self) -> str:
        """What the next entry names."""
        chained = {
            "number": self.number,
            "before": self.before,
            "mention": self.mention,
            "written_at": self.written_at,
            "event_hash": self.event_hash,
        }
        return digest(chained)

    @property
    def is_genuine(self) -> bool:
        """Whether the event is the one that the chain was made of, or was erased."""
        return self.event is None or digest(self.event) == self.event_hash

    @property
    def step(self) -> str | None:
        """Which step it is, also of what was erased; ``None`` when that is not known."""
        said = (self.event if self.event is not None else self.erased) or {}
        return str(said["step"]) if "step" in said else None

    @property
    def author(self) -> list[str]:
        """The keyed hashes of whose content was asked for, also of what was erased."""
        said = (self.event if self.event is not None else self.erased) or {}
        return list(said.get("author") or ())

    def read(self) -> Event | None:
        """Return the event, ``None`` once it was erased; `LedgerDamaged` when it is none."""
        if self.event is None:
            return None
        try:
            return _EVENTS.validate_python(self.event)
        except pydantic.ValidationError as error:
            problem = f"entry {self.number} of the ledger is no event: {error}"
            raise LedgerDamaged(problem) from None


class Ledger:
    """The chain in the notes of one store."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def append(self, event: Event, *, behind: Entry | None, now: dt.datetime) -> Entry | None:
        """
        Write an event behind what the caller has seen last.

        ``None`` when somebody else has written meanwhile: read on, and judge again.
        """
        plain = to_plain(event)
        entry = Entry(
            number=behind.number + 1 if behind else 1,
            before=behind.hash if behind else GENESIS,
            mention=event.mention,
            written_at=now.astimezone(dt.UTC).isoformat(),
            event_hash=digest(plain),
            event=plain,
        )
        written = self._notes.write(_key(entry.number), _to_note(entry), None)
        return None if written is None else entry

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Hand out what stands behind a number, in order, up to the very last one."""
        number = after
        while found := self._notes.under(_PREFIX, after=_key(number), limit=_PAGE):
            for key, note in found.items():
                # A cluster lists the latest a little later than it holds them.
                yield from self._before(key, number)
                entry = _from_note(key, note.value)
                yield entry
                number = entry.number
        while latest := self._notes.read(_key(number + 1)):
            number += 1
            yield _from_note(_key(number), latest.value)

    def _before(self, key: str, number: int) -> Iterator[Entry]:
        """Hand out what stands between a number and a key; `LedgerDamaged` when it is gone."""
        while (due := _key(number + 1)) < key:
            note = self._notes.read(due)
            if note is None:
                raise LedgerDamaged(
                    f"entry {number + 1} of the ledger is missing; `sayso permissions verify` "
                    "says what else is wrong"
                )
            number += 1
            yield _from_note(due, note.value)

    def erase(
        self, number: int, reason: str, now: dt.datetime, *, keep_author: bool = False
    ) -> bool:
        """
        Take the event of an entry away, for good; the chain stays whole.

        ``keep_author``: leave the keyed hashes of whose content it was, so that caps still hold.
        ``False`` when there is no such entry, or it was erased before.
        """
        while note := self._notes.read(_key(number)):
            entry = _from_note(_key(number), note.value)
            if entry.event is None:
                return False
            at = now.astimezone(dt.UTC).isoformat()
            erased: dict[str, Any] = {"reason": reason, "at": at, "step": entry.step}
            if keep_author and entry.author:
                erased["author"] = entry.author
            stone = dataclasses.replace(entry, event=None, erased=erased)
            if self._notes.write(_key(number), _to_note(stone), note.version) is not None:
                return True
        return False

    def head(self, number: int) -> Noted:
        """Return what to write down of a ledger that reaches up to a number; `NOTHING_NOTED`."""
        note = self._notes.read(_key(number))
        if note is None:
            return NOTHING_NOTED
        return Noted(number, _from_note(_key(number), note.value).hash[:_FEWEST_DIGITS])

    def verify(self, expected: Noted = NOTHING_NOTED) -> Iterator[str]:
        """
        Say each thing that is wrong, in a sentence; nothing: the chain is whole.

        ``expected`` is what somebody has written down. Without its number nothing tells of
        entries cut off the end; without its hash, of a last entry changed together with its own
        hash, or of all from one on made anew.
        """
        last: Entry | None = None
        seen = 0
        for key, note in all_under(self._notes, _PREFIX):
            try:
                entry = _from_note(key, note.value)
            except LedgerDamaged as error:
                yield str(error)
                continue
            yield from _faults(entry, last)
            if entry.number == expected.number and not entry.hash.startswith(expected.hash):
                yield (
                    f"entry {entry.number} has the hash {entry.hash[:_FEWEST_DIGITS]}, and "
                    f"{expected.hash} was written down: it or one before it was changed"
                )
            last, seen = entry, max(seen, entry.number)
        if (due := expected.number) > seen:
            yield f"{due - seen:,} entries are missing at the end: {seen:,} of {due:,}"


def _faults(entry: Entry, last: Entry | None) -> Iterator[str]:
    due = last.number + 1 if last else 1
    if entry.number > due:
        missing = f"{due}" if entry.number == due + 1 else f"{due} to {entry.number - 1}"
        yield f"entry {missing} is missing"
    elif entry.before != (last.hash if last else GENESIS):
        earlier = f"entry {last.number}" if last else "the beginning"
        yield f"entry {entry.number} does not follow on {earlier}: one of them was changed"
    if not entry.is_genuine:
        yield f"entry {entry.number}: what happened was changed"
    if entry.event is None and entry.erased is None:
        yield f"entry {entry.number}: what happened is gone, and nobody says why"


def to_plain(event: Event) -> dict[str, Any]:
    """Write an event as JSON can hold it, without what is not said."""
    plain: dict[str, Any] = pydantic_core.from_json(
        _EVENTS.dump_json(event, exclude_defaults=True)
    )
    return plain


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a value, in hexadecimal."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _key(number: int) -> str:
    return f"{_PREFIX}{number:012d}"


def _to_note(entry: Entry) -> dict[str, Any]:
    return {**{each.name: getattr(entry, each.name) for each in dataclasses.fields(entry)}}


def _from_note(key: str, value: Mapping[str, Any]) -> Entry:
    try:
        entry = Entry(**value)
        whole = isinstance(entry.number, int) and _key(entry.number) == key
    except TypeError as error:
        raise LedgerDamaged(f"the entry under {key} cannot be read: {error}") from None
    if not whole:
        raise LedgerDamaged(f"the entry under {key} says that it is number {entry.number!r}")
    return entry
