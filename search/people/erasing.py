"""
Erasure: everything of an author out of a store, for good, and whom to tell of it.

What is about to be erased is first written down, by ids alone: whoever repeats a command that was
interrupted ends what it began. Of the ledger the chain stays and the content goes
(rights.md R1.3, R4.13).
"""

import dataclasses
import datetime as dt
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from search.notes import all_under
from search.people.leftovers import drop_leftovers, exports_naming
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.standing import Standing
from search.stores.base import Store
from search.vocabulary import Hold, Permission
from search.web.creator.originals import originals_elsewhere

REASON: Final = "the author asked for erasure"
COUNTED: Final[Mapping[str, str]] = {
    "mentions": "mentions", "quarantined": "entries of quarantine", "drafts": "drafts",
    "links": "links for creators", "answers": "answers from their pages",
    "originals": "files they handed over", "messages": "messages of alerts",
    "revoked": "permissions revoked", "declined": "requests ended as declined",
    "held": "queued requests held back", "ledger_entries": "entries of the ledger emptied",
    "copies_mended": "copies by others told anew", "suppressed": "names on the suppression list",
}  # fmt: skip
"""What a receipt counts, and how it says so."""

WORK: Final = "erasures/"
EVIDENCE: Final = "evidence/"
_OURS: Final = frozenset({Step.PLACE, Step.TAKE_DOWN})
"""Steps about places of our own: without them nobody would know what to take down."""

_KEEPING: Final = frozenset({Hold.LEGAL_HOLD, Hold.DISPUTED})
"""Holds that need what is on hold: a claim is pursued or defended with it (GDPR Art. 17(3)(e))."""

_AT_ONCE: Final = 500
_CLOSING: Final[Mapping[Permission, tuple[Step, Hold | None]]] = {
    Permission.GRANTED: (Step.REVOKE, None),
    Permission.REQUESTED: (Step.DECLINE, None),
    Permission.NO_RESPONSE: (Step.DECLINE, None),
    Permission.QUEUED: (Step.HOLD, Hold.DO_NOT_CONTACT),
}


@dataclasses.dataclass(slots=True)
class Receipt:
    """What an erasure did, or would do."""

    counts: Counter[str] = dataclasses.field(default_factory=Counter)
    take_down: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    """By mention, where it is in use."""

    left: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    """By mention, files of its author on other machines, which only they can delete."""

    tell: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    """By key of an export, which erased mentions went out with it (GDPR Art. 19)."""

    kept_until: dict[str, str] = dataclasses.field(default_factory=dict)
    """By mention that was in use, until when its evidence stays (GDPR Art. 17(3)(e))."""

    on_hold: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    """By mention that was left as it is, the holds that it is left for."""

    unsure: list[str] = dataclasses.field(default_factory=list)
    """Mentions left as they are: they have no more than a name that somebody else has, too."""

    def to_plain(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        names = ("take_down", "left", "tell", "kept_until", "on_hold", "unsure")
        counts = {name: self.counts[name] for name in COUNTED}
        return {**counts, **{name: getattr(self, name) for name in names}}


class Erasure:
    """Erases mentions by their ids."""

    def __init__(  # noqa: PLR0913 - keyword-only, and each is one thing to know
        self,
        store: Store,
        *,
        by: str,
        now: dt.datetime,
        mend: Callable[[Sequence[str], Store], int],
        evidence_until: dt.date | None = None,
        uploads: Path | None = None,
        despite_hold: bool = False,
    ) -> None:
        self._store = store
        self._by = by
        self._now = now
        self._mend = mend
        self._evidence_until = evidence_until
        self._uploads = uploads
        self._despite_hold = despite_hold
        self._permissions = Permissions(store)
        self.receipt = Receipt()

    def survey(self, ids: Sequence[str]) -> None:
        """Fill the receipt with what is there, and change nothing."""
        ids = self._without_held(ids, despite_hold=self._despite_hold)
        self._find_recipients(ids)
        counts, held = self.receipt.counts, self._store.fetch(ids)
        counts["mentions"] += len(held)
        counts["quarantined"] += sum(e.id in set(ids) for e in self._store.quarantined())
        for name in self._in_ledger(ids):
            counts["ledger_entries"] += sum(1 for _ in self._erasable(name))

    def erase(self, ids: Sequence[str]) -> None:
        """
        Erase mentions and whatever is kept beside them; after a crash, `go_on` ends it.

        Those on a legal hold or in dispute stay, unless they are to go ``despite_hold``; the
        receipt names them.
        """
        ids = self._without_held(ids, despite_hold=self._despite_hold)
        for start in range(0, len(ids), _AT_ONCE):
            work = self._begin(ids[start : start + _AT_ONCE])
            self._carry_out(work)
        self._store.remove([])  # the ledger's pages are in the write-ahead log still

    def go_on(self) -> None:
        """End what was begun and interrupted, and what was kept for a time that is over."""
        for key, note in list(all_under(self._store.notes, WORK)):
            self.receipt.take_down |= note.value["take_down"]
            self.receipt.tell |= note.value["tell"]
            self._carry_out(key)
        self._drop_old_evidence()
        self._store.remove([])  # no byte in a log or an index, also of what was interrupted

    def _begin(self, ids: Sequence[str]) -> str:
        self._find_recipients(ids)
        key = WORK + secrets.token_hex(8)
        until = self._evidence_until
        value = {
            "mentions": list(ids),
            "despite_hold": self._despite_hold,
            "evidence_until": None if until is None else until.isoformat(),
            "take_down": {n: p for n, p in self.receipt.take_down.items() if n in set(ids)},
            "tell": self.receipt.tell,
        }
        self._store.notes.write(key, value, None)
        return key

    def _carry_out(self, key: str) -> None:
        note = self._store.notes.read(key)
        if note is None:
            return
        despite_hold = bool(note.value.get("despite_hold"))
        ids = self._without_held(note.value["mentions"], despite_hold=despite_hold)
        counts = self.receipt.counts
        for name in self._in_ledger(ids):
            self._close(name)
        if self._uploads is not None:
            self._find_left(ids, self._uploads)
        counts.update(drop_leftovers(self._store, ids, self._uploads))
        in_quarantine = self._store.quarantine_size()
        counts["mentions"] += self._store.remove(ids)
        counts["quarantined"] += in_quarantine - self._store.quarantine_size()
        counts["copies_mended"] += self._mend(ids, self._store)
        for name in self._in_ledger(ids):
            self._bury(name, note.value["evidence_until"])
        self._store.notes.delete(key, note.version)

    def _without_held(self, ids: Sequence[str], *, despite_hold: bool) -> list[str]:
        """Leave out what is needed for a claim, and put that into the receipt."""
        for name in () if despite_hold else self._in_ledger(ids):
            if holds := sorted(_KEEPING & set(self._permissions.standing(name).holds)):
                self.receipt.on_hold[name] = [str(each) for each in holds]
        return [name for name in ids if despite_hold or name not in self.receipt.on_hold]

    def _find_left(self, ids: Sequence[str], uploads: Path) -> None:
        for name in ids:
            if found := originals_elsewhere(self._store.notes, name, uploads):
                self.receipt.left[name] = found

    def _close(self, name: str) -> None:
        """Withdraw what is allowed, and end what is asked."""
        standing = self._permissions.standing(name)
        closing = _CLOSING.get(standing.permission)
        if closing is None or closing[1] in standing.holds:
            return
        step, hold = closing
        self._permissions.record(
            Event(step=step, hold=hold, mention=name, at=self._now, by=self._by, reason=REASON)
        )
        self.receipt.counts[
            {Step.REVOKE: "revoked", Step.DECLINE: "declined"}.get(step, "held")
        ] += 1

    def _bury(self, name: str, until: str | None) -> None:
        """Take the content of a mention's events away, but evidence of use that is to stay."""
        if until is not None and _was_used(self._permissions.standing(name), self._events(name)):
            found = self._store.notes.read(EVIDENCE + name)
            self._store.notes.write(
                EVIDENCE + name, {"until": until}, found.version if found else None
            )
            self.receipt.kept_until[name] = until
            return
        for number in self._erasable(name):
            erased = self._permissions.ledger.erase(number, REASON, self._now)
            self.receipt.counts["ledger_entries"] += erased

    def _erasable(self, name: str) -> Iterator[int]:
        """Name the entries with anybody's words; where it was, and that it was erased, is ours."""
        for number, event in self._events(name):
            if event.reason != REASON and event.step not in _OURS:
                yield number

    def _events(self, name: str) -> list[tuple[int, Event]]:
        history = self._permissions.history(name)
        read = ((entry.number, entry.read()) for entry in history)
        return [(number, event) for number, event in read if event is not None]

    def _in_ledger(self, ids: Sequence[str]) -> list[str]:
        """Return those that anything happened to: a look at each would ask the store."""
        known = self._permissions.standings()
        return [name for name in ids if name in known]

    def _find_recipients(self, ids: Sequence[str]) -> None:
        for name in self._in_ledger(ids):
            if places := self._permissions.standing(name).placements:
                self.receipt.take_down[name] = list(places)
        for key, names in exports_naming(self._store.notes, ids).items():
            known = self.receipt.tell.get(key, [])
            self.receipt.tell[key] = list(dict.fromkeys([*known, *names]))

    def _drop_old_evidence(self) -> None:
        today = self._now.date().isoformat()
        for key, note in list(all_under(self._store.notes, EVIDENCE)):
            if note.value["until"] < today:
                self._bury(key.removeprefix(EVIDENCE), None)
                self._store.notes.delete(key, note.version)


def _was_used(standing: Standing, events: Sequence[tuple[int, Event]]) -> bool:
    return bool(standing.placements) or any(event.step is Step.PLACE for _, event in events)
