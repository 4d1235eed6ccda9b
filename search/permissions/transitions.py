"""
Which step may follow on what happened before, and how we stand after it.

The transitions are those of rights.md §1.3 and no others, but that a *no* is heard as well after
the time for an answer, and what is queued can be taken off the queue. All else raises
`IllegalTransition` with what is allowed instead. Time is only ever that of the events.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from search.permissions.contents import content_after
from search.permissions.events import Event, Step
from search.permissions.standing import (
    BEFORE_MEANS_NO,
    FORBID_CONTACT,
    MOST_REMINDERS,
    NEW,
    REMINDER_AFTER,
    RENEWAL,
    Grant,
    IllegalTransition,
    Request,
    Standing,
)
from search.rights.canonical import problem_with
from search.vocabulary import Basis, Hold, Permission, SourceState


def after(events: Iterable[Event], standing: Standing = NEW) -> Standing:
    """Add events up, in their order."""
    for event in events:
        standing = apply(standing, event)
    return standing


def apply(standing: Standing, event: Event) -> Standing:
    """Return how we stand after an event; `IllegalTransition` when it cannot happen now."""
    after = _STEPS[event.step](standing, event)
    return dataclasses.replace(after, content=content_after(standing.content, event))


def _queue(standing: Standing, event: Event) -> Standing:
    if event.scope is None:
        raise IllegalTransition("a request needs a scope: channels, territories, dates")
    _check_contact(standing)
    if event.inbound is not None and not event.inbound.strip():
        raise IllegalTransition("the message with which its author came to us is needed")
    match standing.permission:
        case Permission.NOT_REQUESTED:
            pass
        case Permission.EXPIRED:
            _check_renewal(standing, event)
        case Permission.DECLINED | Permission.REVOKED if event.inbound:
            pass  # the author has come back: that message is the evidence
        case _:
            raise _illegal(standing, event)
    return dataclasses.replace(
        standing,
        permission=Permission.QUEUED,
        earlier=Request.of(standing),
        asked=event,
        sent=(),
        sent_at=None,
        due_at=None,
        reminders=0,
    )


def _check_contact(standing: Standing) -> None:
    if blocking := standing.holds & FORBID_CONTACT:
        raise IllegalTransition(f"it is on hold ({', '.join(sorted(blocking))}): do not ask")


def _cancel(standing: Standing, event: Event) -> Standing:
    """Take it off the queue: nobody was asked, so it is as it was before."""
    _require(standing, event, Permission.QUEUED)
    before = standing.earlier
    restored = {each.name: getattr(before, each.name) for each in dataclasses.fields(before)}
    return dataclasses.replace(standing, **restored)


def _check_renewal(standing: Standing, event: Event) -> None:
    end = standing.grants[-1].scope.valid_until if standing.grants else None
    if end is not None and abs(event.at.astimezone(dt.UTC).date() - end) < RENEWAL:
        return
    if end is not None and event.at.astimezone(dt.UTC).date() > end:
        return
    raise IllegalTransition("an expired permission is asked for again around its end, not before")


def _send(standing: Standing, event: Event) -> Standing:
    _require(standing, event, Permission.QUEUED)
    if not (event.evidence.url or event.evidence.text):
        raise IllegalTransition("what was sent is needed: its text, or the address of the message")
    due_at = event.due_at or event.at + BEFORE_MEANS_NO
    return dataclasses.replace(
        standing, permission=Permission.REQUESTED, sent=(event,), sent_at=event.at, due_at=due_at
    )


def _grant(standing: Standing, event: Event) -> Standing:
    _require(
        standing, event, Permission.REQUESTED, Permission.NO_RESPONSE, Permission.DECLINED,
        Permission.GRANTED,
    )  # fmt: skip
    if standing.permission is Permission.GRANTED and event.evidence.method in _BY_PAGE:
        raise IllegalTransition("it is granted already: a page is answered once")
    scope = event.scope or (standing.asked.scope if standing.asked else None)
    if scope is None:
        raise IllegalTransition("a grant needs a scope: what was allowed")
    if not event.evidence.shows_a_grant:
        raise IllegalTransition(
            "a grant needs evidence: the reply, its address or a file, the version of the terms "
            "that it accepts, and who checked it"
        )
    grant = Grant(version=len(standing.grants) + 1, scope=scope, event=event)
    return dataclasses.replace(
        standing,
        permission=Permission.GRANTED,
        basis=Basis.GRANT,
        grants=(*standing.grants, grant),
        due_at=None,
    )


def _decline(standing: Standing, event: Event) -> Standing:
    _require(standing, event, Permission.REQUESTED, Permission.NO_RESPONSE)
    return dataclasses.replace(standing, permission=Permission.DECLINED, due_at=None)


def _no_response(standing: Standing, event: Event) -> Standing:
    _require(standing, event, Permission.REQUESTED)
    if standing.due_at is not None and event.at <= standing.due_at:
        raise IllegalTransition(f"an answer may come until {standing.due_at:%Y-%m-%d %H:%M} UTC")
    return dataclasses.replace(standing, permission=Permission.NO_RESPONSE, due_at=None)


def _remind(standing: Standing, event: Event) -> Standing:
    _require(standing, event, Permission.NO_RESPONSE)
    _check_contact(standing)
    if standing.reminders >= MOST_REMINDERS:
        raise IllegalTransition("one reminder is enough, and was sent")
    if standing.sent_at is not None and event.at < standing.sent_at + REMINDER_AFTER:
        days = REMINDER_AFTER.days
        raise IllegalTransition(f"a reminder comes {days} days after the request at the soonest")
    return dataclasses.replace(
        standing,
        permission=Permission.REQUESTED,
        sent=(*standing.sent, event),
        due_at=event.due_at or event.at + BEFORE_MEANS_NO,
        reminders=standing.reminders + 1,
    )


def _expire(standing: Standing, event: Event) -> Standing:
    _require(standing, event, Permission.GRANTED)
    until = standing.grants[-1].scope.valid_until
    if event.at.astimezone(dt.UTC).date() <= until:
        raise IllegalTransition(f"it is allowed until {until}, the day included")
    return _without_grant(standing, Permission.EXPIRED)


def _revoke(standing: Standing, event: Event) -> Standing:
    """Any wording will do, whatever was asked for: who withdraws is not to prove anything."""
    _require(standing, event, Permission.GRANTED)
    return _without_grant(standing, Permission.REVOKED)


def _without_grant(standing: Standing, permission: Permission) -> Standing:
    basis = Basis.NONE if standing.basis is Basis.GRANT else standing.basis
    return dataclasses.replace(standing, permission=permission, basis=basis)


def _basis(standing: Standing, event: Event) -> Standing:
    shown = event.evidence.url or event.evidence.text or event.evidence.sha256
    if event.basis is None or event.basis is Basis.GRANT:
        raise IllegalTransition("a basis is named, and a grant is no basis by itself: use grant")
    if event.basis is not Basis.NONE and not (shown and event.evidence.confirmed_by):
        raise IllegalTransition("a basis needs evidence, and who checked it")
    if event.basis is Basis.OPEN_LICENCE and (problem := problem_with(event.licence)):
        raise IllegalTransition(problem)
    if event.basis is Basis.CONTRACT and event.scope is None:
        raise IllegalTransition("a contract needs a scope: what it covers, and until when")
    return dataclasses.replace(
        standing, basis=event.basis, licence=event.licence, contract=event.scope
    )


def _hold(standing: Standing, event: Event) -> Standing:
    if event.hold is None:
        raise IllegalTransition(f"a hold needs its reason: {', '.join(Hold)}")
    is_music = event.hold is Hold.MUSIC_THIRD_PARTY
    return dataclasses.replace(
        standing,
        holds=standing.holds | {event.hold},
        music_cleared=standing.music_cleared and not is_music,
    )


def _release(standing: Standing, event: Event) -> Standing:
    is_music = event.hold is Hold.MUSIC_THIRD_PARTY  # every film is held for it, unsaid
    if event.hold not in standing.holds and not is_music:
        held = ", ".join(sorted(standing.holds)) or "nothing"
        raise IllegalTransition(f"{event.hold} does not hold it; what does: {held}")
    if not event.reason:
        raise IllegalTransition("a hold is released with a reason")
    is_other_content = event.hold is Hold.CONTENT_CHANGED
    return dataclasses.replace(
        standing,
        holds=standing.holds - {event.hold},
        music_cleared=is_music or (standing.music_cleared and not is_other_content),
        music_content=event.content if is_music else standing.music_content,
    )


def _source(standing: Standing, event: Event) -> Standing:
    if event.source_state is None:
        raise IllegalTransition(f"what became of it is needed: {', '.join(SourceState)}")
    return dataclasses.replace(standing, source_state=event.source_state)


def _place(standing: Standing, event: Event) -> Standing:
    if not event.place:
        raise IllegalTransition("where it was put is needed")
    places = (*standing.placements, event.place)
    return dataclasses.replace(standing, placements=tuple(dict.fromkeys(places)))


def _take_down(standing: Standing, event: Event) -> Standing:
    if event.place not in standing.placements:
        known = ", ".join(standing.placements) or "nowhere"
        raise IllegalTransition(f"it is not at {event.place!r}; it is at: {known}")
    places = tuple(place for place in standing.placements if place != event.place)
    return dataclasses.replace(standing, placements=places)


def _require(standing: Standing, event: Event, *allowed: Permission) -> None:
    if standing.permission not in allowed:
        raise _illegal(standing, event)


def _illegal(standing: Standing, event: Event) -> IllegalTransition:
    next_ones = ", ".join(sorted(_NEXT[standing.permission]))
    return IllegalTransition(
        f"{event.step} cannot follow on {standing.permission}; allowed now: {next_ones}"
    )


_BY_PAGE: Final = frozenset({"auto", "form"})
_ALWAYS: Final = ("basis", "hold", "release", "source", "place", "take_down")
_NEXT: Final[Mapping[Permission, tuple[str, ...]]] = {
    Permission.NOT_REQUESTED: ("queue", *_ALWAYS),
    Permission.QUEUED: ("send", "cancel", *_ALWAYS),
    Permission.REQUESTED: ("grant", "decline", "no_response", *_ALWAYS),
    Permission.GRANTED: ("grant (another version)", "expire", "revoke", *_ALWAYS),
    Permission.DECLINED: ("grant", "queue (if the author came to us)", *_ALWAYS),
    Permission.NO_RESPONSE: ("remind", "grant", "decline", *_ALWAYS),
    Permission.EXPIRED: ("queue (renewal)", *_ALWAYS),
    Permission.REVOKED: ("queue (if the author came to us)", *_ALWAYS),
}
_STEPS: Final[Mapping[Step, Callable[[Standing, Event], Standing]]] = {
    Step.QUEUE: _queue, Step.CANCEL: _cancel, Step.SEND: _send,
    Step.GRANT: _grant, Step.DECLINE: _decline,
    Step.NO_RESPONSE: _no_response, Step.REMIND: _remind, Step.EXPIRE: _expire,
    Step.REVOKE: _revoke, Step.BASIS: _basis, Step.HOLD: _hold, Step.RELEASE: _release,
    Step.SOURCE: _source, Step.PLACE: _place, Step.TAKE_DOWN: _take_down,
}  # fmt: skip
