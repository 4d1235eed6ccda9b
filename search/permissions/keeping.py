"""
Recording what happens to permissions, and how we stand to each mention: the ledger, added up.

The ledger decides; what a store's documents say of permission, holds and dates follows it, so that
one query can ask for them. Whoever records something is first brought up to what others have
recorded: of two who grant and revoke at once one is first, and the other is told what then holds.
"""

import contextlib
import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from search.mention import State, StoredMention
from search.permissions.events import Event, Step
from search.permissions.ledger import GENESIS, Entry, Ledger, LedgerDamaged
from search.permissions.scope import Scope, Use
from search.permissions.standing import NEW, IllegalTransition, Request, Standing
from search.permissions.transitions import apply
from search.permissions.usable import Decision, usable
from search.stores.base import Store
from search.vocabulary import Basis, Hold, Permission

_END_OF_DAY: Final = dt.time(23, 59, 59, tzinfo=dt.UTC)
_LEFT_BY: Final[Mapping[str, Permission]] = {
    Step.QUEUE: Permission.QUEUED,
    Step.SEND: Permission.REQUESTED,
    Step.REMIND: Permission.REQUESTED,
    Step.DECLINE: Permission.DECLINED,
    Step.NO_RESPONSE: Permission.NO_RESPONSE,
    Step.EXPIRE: Permission.EXPIRED,
    Step.REVOKE: Permission.REVOKED,
}
"""How a request stands behind an erased step: that it was a no is known, a yes no more."""

_CLOSING: Final = frozenset({Step.DECLINE, Step.NO_RESPONSE, Step.EXPIRE, Step.REVOKE})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Permissions:
    """The permissions of one store, as far as its ledger was read."""

    def __init__(self, store: Store, clock: Callable[[], dt.datetime] = _now) -> None:
        self._store = store
        self._clock = clock
        self.ledger = Ledger(store.notes)
        self._last: Entry | None = None
        self._standings: dict[str, Standing] = defaultdict(lambda: NEW)
        self._history: dict[str, list[Entry]] = defaultdict(list)

    def record(
        self, event: Event, only_if: Callable[[Standing], bool] = lambda _: True
    ) -> Standing:
        """
        Write down what happened; return how we stand now.

        `IllegalTransition` when it cannot happen, as others may have seen to meanwhile: nothing
        was written then. Neither where ``only_if`` says no to how we stand at that very moment.
        """
        while True:
            self.catch_up()
            if not only_if(self._standings.get(event.mention, NEW)):
                raise IllegalTransition("somebody has recorded something else meanwhile")
            after = apply(self._standings[event.mention], event)
            entry = self.ledger.append(event, behind=self._last, now=self._clock())
            if entry is not None:
                self._take(entry, after)
                self._show(event.mention)
                return after

    def standing(self, mention: str) -> Standing:
        """Return how we stand to a mention, by its whole id."""
        self.catch_up()
        return self._standings[mention]

    def history(self, mention: str) -> tuple[Entry, ...]:
        """Return what happened to a mention, in order."""
        self.catch_up()
        return tuple(self._history[mention])

    def standings(self) -> Mapping[str, Standing]:
        """Return how we stand to every mention that anything happened to."""
        self.catch_up()
        return dict(self._standings)

    def histories(self) -> Mapping[str, Sequence[Entry]]:
        """Return what happened to every mention that anything happened to, in order."""
        self.catch_up()
        return dict(self._history)

    def decide(self, stored: StoredMention, use: Use) -> Decision:
        """Say whether a mention may be used so now, by the ledger and nothing else."""
        return self.decide_all([stored], use)[0]

    def decide_all(self, stored: Sequence[StoredMention], use: Use) -> list[Decision]:
        """Do so for many at the same instant, in their order."""
        self.catch_up()
        now = self._clock()
        return [
            usable(each.mention, self._standings.get(each.id, NEW), use, now) for each in stored
        ]

    def ground(self, mention: str) -> tuple[Standing, Entry | None]:
        """
        Return how we stand to a mention, and the entry that its basis rests on.

        As far as the ledger was read: so it is what `decide_all` has just decided by.
        """
        standing = self._standings.get(mention, NEW)
        for entry in reversed(self._history.get(mention, ())):
            event = entry.read() if entry.is_genuine else None
            if event is not None and _gave(event, standing):
                return standing, entry
        return standing, None

    @property
    def last_number(self) -> int:
        """How many entries were read so far."""
        return self._last.number if self._last else 0

    def catch_up(self) -> None:
        """Read what others have written since; `LedgerDamaged` when that cannot be."""
        for entry in self.ledger.entries(self.last_number):
            if entry.before != (self._last.hash if self._last else GENESIS):
                raise LedgerDamaged(
                    f"entry {entry.number} of the ledger does not follow on the one before; "
                    "`sayso permissions verify` says what else is wrong"
                )
            self._take(entry, self._added(entry))

    def repair(self) -> int:
        """Let every document say what the ledger says; return how many did not."""
        self.catch_up()
        return sum(self._show(mention) for mention in list(self._standings))

    def _added(self, entry: Entry) -> Standing:
        """Add an entry up; where that cannot be, nothing may be used until somebody looks."""
        standing = self._standings[entry.mention]
        event = entry.read()
        if event is None:
            step, earlier = str(entry.step), standing.earlier
            if step == Step.QUEUE:
                earlier = Request.of(standing)
            left = earlier.permission if step == Step.CANCEL else standing.permission
            return dataclasses.replace(
                standing,
                earlier=earlier,
                permission=_LEFT_BY.get(step, left),
                basis=Basis.NONE,
                holds=standing.holds | {Hold.NOT_REUSABLE},
            )
        with contextlib.suppress(IllegalTransition):
            if entry.is_genuine:
                return apply(standing, event)
        if entry.is_genuine and self._closes_what_was_erased(entry):
            return dataclasses.replace(standing, permission=_LEFT_BY[event.step])
        return dataclasses.replace(standing, holds=standing.holds | {Hold.DISPUTED})

    def _closes_what_was_erased(self, entry: Entry) -> bool:
        """Whether an end follows on steps that were erased, and so cannot be judged by them."""
        erased = any(before.event is None for before in self._history[entry.mention])
        return erased and entry.step in _CLOSING

    def _take(self, entry: Entry, after: Standing) -> None:
        self._last = entry
        self._standings[entry.mention] = after
        self._history[entry.mention].append(entry)

    def _show(self, mention: str) -> bool:
        """Let the document of a mention say how we stand; return whether it did not."""
        while stored := self._store.fetch([mention]).get(mention):
            wanted = shown(self._standings[mention], stored.state)
            if wanted == stored.state:
                return False
            if self._store.change_state(mention, stored.state, wanted):
                return True
            self.catch_up()  # somebody else was faster, and has perhaps recorded more
        return False


def shown(standing: Standing, state: State) -> State:
    """Return what a document says of how we stand."""
    return dataclasses.replace(
        state,
        permission=standing.permission,
        basis=standing.basis,
        holds=tuple(sorted(standing.holds)),
        due_at=standing.due_at,
        granted_until_at=None if standing.scope is None else end_of(standing.scope),
    )


def end_of(scope: Scope) -> dt.datetime:
    """Return the last second of the last day, UTC."""
    return dt.datetime.combine(scope.valid_until, _END_OF_DAY)


def _gave(event: Event, standing: Standing) -> bool:
    """Whether an event is what the present basis rests on."""
    if standing.basis is Basis.GRANT:
        return bool(standing.grants) and event == standing.grants[-1].event
    return event.step is Step.BASIS and event.basis is standing.basis


def ending(standings: Mapping[str, Standing], day: dt.date) -> Iterator[tuple[str, dt.date]]:
    """Hand out what ends on a day or before, with the day: grants and contracts in force."""
    for mention, standing in standings.items():
        scope = standing.scope
        if scope is not None and scope.valid_until <= day:
            yield mention, scope.valid_until


def advance(
    permissions: Permissions, now: dt.datetime, is_unread: Callable[[str], bool] = lambda _: False
) -> Iterator[tuple[str, Standing]]:
    """
    Record what time has done: grants that ended, answers that did not come (T5, T9).

    Where ``is_unread`` says that a request got a reply, a person reads it first.
    """
    for mention, standing in permissions.standings().items():
        step = due_step(standing, now)
        if step is None or (step is Step.NO_RESPONSE and is_unread(mention)):
            continue
        with contextlib.suppress(IllegalTransition):  # somebody was faster
            event = Event(step=step, mention=mention, at=now, by="clock")
            yield mention, permissions.record(event)


def due_step(standing: Standing, now: dt.datetime) -> Step | None:
    """Return what time has done and nobody has recorded yet: a permission's last day is UTC."""
    today = now.astimezone(dt.UTC).date()
    match standing.permission:
        case Permission.GRANTED if standing.grants[-1].scope.valid_until < today:
            return Step.EXPIRE
        case Permission.REQUESTED if standing.due_at is not None and standing.due_at < now:
            return Step.NO_RESPONSE
        case _:
            return None
