"""
What there is to do about permissions, and until when: nothing here changes anything.

Places to take content down from (rights.md R1.15, R1.16, R1.23), replies to read before no answer
means no (T5), holds to look at within five working days (T16), permissions that end soon.
"""

import dataclasses
import datetime as dt
import enum
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from search.permissions.events import Step
from search.permissions.keeping import end_of
from search.permissions.ledger import Entry
from search.permissions.scope import DAYS_TO_TAKE_DOWN
from search.permissions.standing import Standing
from search.permissions.usable import is_original_enough
from search.vocabulary import Basis, Hold, Permission, SourceState

WARN_DAYS: Final = (7, 30)
"""How long before the end of permissions somebody is told (rights.md R1.15)."""

WORKING_DAYS: Final = 5
"""Within how many somebody looks at a hold (T16); Monday to Friday, holidays are not known."""

MINORS: Final = dt.timedelta(hours=72)
"""How soon what may show a child is taken down (R1.16)."""

_TO_REVIEW: Final = frozenset(
    {
        Hold.CONTENT_CHANGED,
        Hold.GRANT_EDITED,
        Hold.IDENTITY_MISMATCH,
        Hold.LICENCE_CHANGED,
        Hold.DISPUTED,
    }
)
"""Holds that wait for somebody; all others are what somebody has decided."""

_GONE: Final = frozenset(SourceState) - {
    SourceState.LIVE, SourceState.UNKNOWN, SourceState.EDITED, SourceState.UNREACHABLE,
}  # fmt: skip
_ENDED: Final = {Permission.EXPIRED: Step.EXPIRE, Permission.REVOKED: Step.REVOKE}
_WHY_ENDED: Final = {
    Permission.EXPIRED: "the permission has ended",
    Permission.REVOKED: "the author has withdrawn the permission",
}


class Kind(enum.StrEnum):
    """What is to be done."""

    TAKE_DOWN = "take_down"
    READ_REPLY = "read_reply"
    REVIEW = "review"
    ORIGINAL = "original"
    END = "end"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """One thing to do about one mention."""

    kind: Kind
    mention: str
    """The whole id."""

    about: str
    """The place, the hold, what became of the original, or the number of days."""

    why: str
    deadline: dt.datetime | None
    """UTC; ``None``: at once."""

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether it should be done by now."""
        return self.deadline is None or self.deadline < now

    def key(self, now: dt.datetime) -> str:
        """Tell it from every other thing to do; another one once it is overdue."""
        late = "/overdue" if self.is_overdue(now) else ""
        return f"{self.kind}/{self.mention}/{self.about}{late}"

    def sentence(self, now: dt.datetime) -> str:
        """Say it in words."""
        until = "at once" if self.deadline is None else f"until {self.deadline:%Y-%m-%d %H:%M} UTC"
        late = "OVERDUE, " if self.kind is Kind.TAKE_DOWN and self.is_overdue(now) else ""
        return f"{late}{_TO_DO[self.kind].format(self.about)}, {until}: {self.why}"


_TO_DO: Final = {
    Kind.TAKE_DOWN: "take it down from {}",
    Kind.READ_REPLY: "read the reply ({})",
    Kind.REVIEW: "look at the hold {}",
    Kind.ORIGINAL: "look at the original ({})",
    Kind.END: "ends within {}",
}


def duties(
    standings: Mapping[str, Standing],
    histories: Mapping[str, Sequence[Entry]],
    unread: Collection[str],
    now: dt.datetime,
) -> list[Duty]:
    """
    List everything there is to do: overdue places first, then by deadline.

    ``unread``: the mentions whose request got a reply that nobody has read.
    """
    found = [
        duty
        for mention, standing in standings.items()
        for duty in _duties(mention, standing, histories.get(mention, ()), now)
    ]
    found += [_reading(mention, standings[mention]) for mention in unread]
    return sorted(found, key=lambda duty: _urgency(duty, now))


def _urgency(duty: Duty, now: dt.datetime) -> tuple[bool, dt.datetime, str]:
    is_late_place = duty.kind is Kind.TAKE_DOWN and duty.is_overdue(now)
    begin = dt.datetime.min.replace(tzinfo=dt.UTC)
    return not is_late_place, duty.deadline or begin, duty.mention


def _duties(
    mention: str, standing: Standing, history: Sequence[Entry], now: dt.datetime
) -> Iterator[Duty]:
    if standing.placements:
        yield from _placed(mention, standing, history, now)
    for hold in sorted(standing.holds & _TO_REVIEW):
        at = _since(history, Step.HOLD, "hold", hold)
        yield Duty(
            kind=Kind.REVIEW, mention=mention, about=hold, why="no use is allowed meanwhile",
            deadline=at and working_days_after(at, WORKING_DAYS),
        )  # fmt: skip
    if _needs_original(standing):
        at = _since(history, Step.SOURCE, "source_state", standing.source_state)
        yield Duty(
            kind=Kind.ORIGINAL, mention=mention, about=standing.source_state,
            why="deleted or hidden, so no new use is begun",
            deadline=at and working_days_after(at, WORKING_DAYS),
        )  # fmt: skip
    yield from _ending(mention, standing, now)


def _needs_original(standing: Standing) -> bool:
    if standing.source_state not in _GONE:
        return False
    is_granted = standing.basis is not Basis.NONE and not is_original_enough(standing)
    return is_granted or standing.permission is Permission.REQUESTED


def _reading(mention: str, standing: Standing) -> Duty:
    return Duty(
        kind=Kind.READ_REPLY, mention=mention, about="sayso permissions replies",
        why="the time for an answer is over, and there is one", deadline=standing.due_at,
    )  # fmt: skip


def _placed(
    mention: str, standing: Standing, history: Sequence[Entry], now: dt.datetime
) -> Iterator[Duty]:
    causes = list(_causes(standing, history, now))
    if not causes:
        return
    begin = dt.datetime.min.replace(tzinfo=dt.UTC)
    deadline, why = min(causes, key=lambda cause: cause[0] or begin)
    for place in standing.placements:
        yield Duty(kind=Kind.TAKE_DOWN, mention=mention, about=place, why=why, deadline=deadline)


def _causes(
    standing: Standing, history: Sequence[Entry], now: dt.datetime
) -> Iterator[tuple[dt.datetime | None, str]]:
    """Find why it may be nowhere any more, and until when it must be gone."""
    granted = standing.grants[-1].scope if standing.grants else None
    scope = standing.scope or standing.contract or granted
    days = dt.timedelta(days=scope.takedown_days if scope else DAYS_TO_TAKE_DOWN)
    if Hold.MINOR_SUSPECTED in standing.holds:
        at = _since(history, Step.HOLD, "hold", Hold.MINOR_SUSPECTED)
        yield at and at + MINORS, "it may show a child"
    if standing.basis is Basis.NONE and standing.permission in _ENDED:
        at = _since(history, _ENDED[standing.permission])
        if standing.permission is Permission.EXPIRED and granted is not None:
            at = end_of(granted)  # whenever the clock came to see it
        yield at and at + days, _WHY_ENDED[standing.permission]
    elif standing.basis is Basis.NONE:
        yield None, "nothing allows it"
    elif standing.scope is not None and end_of(standing.scope) < now.replace(microsecond=0):
        yield end_of(standing.scope) + days, f"the {standing.basis} has ended"
    if standing.source_state in _GONE and not is_original_enough(standing):
        at = _since(history, Step.SOURCE, "source_state", standing.source_state)
        gone = standing.source_state.replace("_", " ")
        yield at and at + days, f"the original is {gone}"


def _ending(mention: str, standing: Standing, now: dt.datetime) -> Iterator[Duty]:
    scope = standing.scope
    days = scope and days_left_to_warn(scope.valid_until, now)
    if scope is not None and days is not None:
        yield Duty(
            kind=Kind.END, mention=mention, about=f"{days} days", deadline=end_of(scope),
            why=f"the {standing.basis} lasts until {scope.valid_until}, the day included",
        )  # fmt: skip


def days_left_to_warn(last: dt.date, now: dt.datetime) -> int | None:
    """Return the smallest of `WARN_DAYS` that a last day lies within; ``None``: in none."""
    left = (last - now.astimezone(dt.UTC).date()).days
    return next((days for days in WARN_DAYS if 0 <= left <= days), None)


def working_days_after(at: dt.datetime, days: int) -> dt.datetime:
    """Return the same time so many working days later."""
    while days:
        at += dt.timedelta(days=1)
        days -= at.weekday() < 5
    return at


def _since(
    history: Sequence[Entry], step: Step, name: str | None = None, value: str | None = None
) -> dt.datetime | None:
    """
    Return when what holds now began: the first such step with no other value behind it.

    A step of the same kind with another value, or a release, ends what was before. ``None``: the
    ledger does not say, as of an entry that was erased or changed.
    """
    since: dt.datetime | None = None
    ends = {Step.HOLD: Step.RELEASE, Step.SOURCE: Step.SOURCE}.get(step)
    for entry in history:
        event = entry.event or {}
        is_same = name is None or event.get(name) == value
        if event.get("step") == step and is_same:
            since = since if since and name else dt.datetime.fromisoformat(event["at"])
        elif ends is not None and event.get("step") == ends and (is_same or ends is step):
            since = None
    return since
