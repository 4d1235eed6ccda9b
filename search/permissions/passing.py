"""
Time passing: one round over all permissions, by the scheduler and by `sayso permissions update`.

What ended is expired, what was not answered is no, content that is not what was asked for is put
on hold, and what ends soon is said once. Any number of processes may do so at once.
"""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from search.config import Config
from search.notes import Notes
from search.permissions.answers import Answer, as_things_stand, find_answers, is_unread
from search.permissions.duties import Duty, Kind, days_left_to_warn, duties
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions, advance, due_step
from search.permissions.recording_answers import BY_ITSELF, apply_answer
from search.permissions.replying.asked import fingerprint
from search.permissions.replying.judgement import Verdict
from search.permissions.standing import IllegalTransition, Standing
from search.permissions.terms import BadTerms
from search.stores.base import Store
from search.vocabulary import Basis, Hold, Permission

MOST_KEPT: Final = 1_000
"""So many of the things to do are kept for alerts, the most urgent."""

_BATCH: Final = 500
_WARNED: Final = "warned/"
_TO_DO: Final = "permissions/to_do"
_WATCHED: Final = frozenset({Permission.REQUESTED, Permission.GRANTED})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EndsSoon:
    """A permission that ends soon."""

    mention: str
    days: int
    """Within so many."""

    last_day: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What one round came to."""

    held: tuple[str, ...]
    """Ids of mentions whose content has changed."""

    answered: tuple[tuple[str, Standing], ...]
    """Requests with a clear answer, where those are to be recorded by themselves."""

    ended: tuple[tuple[str, Standing], ...]
    warnings: tuple[EndsSoon, ...]
    """Those that nobody was told before."""

    to_do: tuple[Duty, ...]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Passing:
    """Lets time pass for one store; the ledger is read once, and from then on what is new."""

    def __init__(self, store: Store, clock: Callable[[], dt.datetime] = _now) -> None:
        self._store = store
        self._clock = clock
        self._warned: set[str] = set()
        self.permissions = Permissions(store, clock)

    def pass_by(self, config: Config) -> Round:
        """Do one round, and keep what there is to do for alerts."""
        now = self._clock()
        held = tuple(hold_changed(self._store, self.permissions, now))
        answered = tuple(self._hear(config, now))
        ended = tuple(advance(self.permissions, now, lambda name: self._is_unread(config, name)))
        to_do = self.to_do(config, now)
        keep_to_do(self._store.notes, to_do, now)
        warnings = tuple(self._warn(now))
        return Round(
            held=held, answered=answered, ended=ended, warnings=warnings, to_do=tuple(to_do)
        )

    def _hear(self, config: Config, now: dt.datetime) -> Iterator[tuple[str, Standing]]:
        """Record what clear answers say, if that is switched on."""
        asking = config.asking
        if asking is None or asking.confirm_replies != "auto":
            return
        for found in list(find_answers(self._store, asking, self.permissions)):
            answer = as_things_stand(self.permissions, asking, found)
            if answer is None or not self._may_record(answer):
                continue
            # Somebody was faster, or its terms are not what they were: a person looks.
            with contextlib.suppress(IllegalTransition, BadTerms):
                standing = apply_answer(
                    self._store, answer, BY_ITSELF, now, config, self.permissions
                )
                if standing is not None:
                    yield answer.mention.id, standing

    def _may_record(self, answer: Answer) -> bool:
        """Whether no person is needed; one confirms what brings in money (rights.md T3)."""
        asked = self.permissions.standing(answer.mention.id).asked
        is_paid = asked is not None and asked.scope is not None and asked.scope.paid_ads
        verdict = answer.judgement.verdict
        return verdict is not Verdict.REVIEW and not (is_paid and verdict is Verdict.GRANT)

    def to_do(self, config: Config, now: dt.datetime) -> list[Duty]:
        """List what there is to do, and change nothing."""
        standings = self.permissions.standings()
        unread = [
            mention
            for mention, standing in standings.items()
            if due_step(standing, now) is Step.NO_RESPONSE and self._is_unread(config, mention)
        ]
        return duties(standings, self.permissions.histories(), unread, now)

    def _is_unread(self, config: Config, mention: str) -> bool:
        return is_unread(self._store, self.permissions, config.asking, mention)

    def _warn(self, now: dt.datetime) -> Iterator[EndsSoon]:
        """Say what ends soon, each version of a grant once in all processes."""
        for mention, standing in self.permissions.standings().items():
            if standing.scope is None:
                continue
            last_day = standing.scope.valid_until
            days = days_left_to_warn(last_day, now)
            if days is None:
                continue
            is_grant = standing.basis is Basis.GRANT
            version = str(standing.grants[-1].version) if is_grant else f"contract-{last_day}"
            key = f"{_WARNED}{mention}/{version}/{days}"
            if key not in self._warned and self._is_first(key, now):
                yield EndsSoon(mention=mention, days=days, last_day=last_day)

    def _is_first(self, key: str, now: dt.datetime) -> bool:
        notes = self._store.notes
        said = {"at": now.isoformat()}
        is_first = notes.read(key) is None and notes.write(key, said, None) is not None
        self._warned.add(key)
        return is_first


def hold_changed(store: Store, permissions: Permissions, now: dt.datetime) -> Iterator[str]:
    """Put what is not the content that was asked for on hold, and hand out its id."""
    watched = {
        mention: standing
        for mention, standing in permissions.standings().items()
        if standing.content.accepted is not None
        and (standing.permission in _WATCHED or standing.placements)
    }
    names = list(watched)
    for start in range(0, len(names), _BATCH):
        for name, stored in store.fetch(names[start : start + _BATCH]).items():
            content = fingerprint(stored.mention)
            if content != _known(watched[name]):
                with contextlib.suppress(IllegalTransition):
                    permissions.record(_changed(name, content, now))
                    yield name


def _known(standing: Standing) -> str | None:
    """Return the content that needs no new hold: what was accepted, or what a hold names."""
    content = standing.content
    is_held = Hold.CONTENT_CHANGED in standing.holds
    return (content.changed or content.accepted) if is_held else content.accepted


def _changed(mention: str, content: str, now: dt.datetime) -> Event:
    return Event(
        step=Step.HOLD,
        mention=mention,
        at=now,
        by="clock",
        hold=Hold.CONTENT_CHANGED,
        content=content,
        reason="the content is not what was asked for",
    )


def keep_to_do(notes: Notes, to_do: Sequence[Duty], now: dt.datetime) -> None:
    """Keep the most urgent for whoever tells people; who was faster has kept the same."""
    kept = {duty.key(now): f"{duty.mention}: {duty.sentence(now)}" for duty in to_do[:MOST_KEPT]}
    note = notes.read(_TO_DO)
    if note is None or note.value != {"open": kept}:
        notes.write(_TO_DO, {"open": kept}, note.version if note else None)


def kept_to_do(notes: Notes) -> Mapping[str, str]:
    """Return what there was to do at the last round, in words, by what tells it apart."""
    note = notes.read(_TO_DO)
    found: Mapping[str, Any] = note.value if note else {}
    return {str(key): str(said) for key, said in found.get("open", {}).items()}


def count_kinds(to_do: Sequence[Duty]) -> dict[str, int]:
    """Count what there is to do, by kind; kinds with nothing are left out."""
    kinds = [duty.kind for duty in to_do]
    return {str(kind): kinds.count(kind) for kind in Kind if kind in kinds}
