"""
What an answer still does, as things stand: a yes does not overrule a later no, nor the reverse.

Crawls find replies out of order, and people record answers by hand in between. What counts is when
each was written; where that is not known a person decides.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final

from search.mention import Mention
from search.permissions.events import Event, Step
from search.permissions.ledger import Entry
from search.permissions.replying.judgement import Judgement, Lean, Reason, Verdict
from search.permissions.standing import Standing
from search.vocabulary import Hold, Permission

_AFTER_NO: Final = Reason("after_no", "its author said no before: a person decides")
_CLOSED: Final = Reason("closed", "the permission is over: its author may be asked again")
_ORDER: Final = Reason("order", "whether it was written before or after the yes is not known")


def settle(
    judgement: Judgement, reply: Mention, standing: Standing, history: Sequence[Entry]
) -> Judgement | None:
    """Return what a judged reply does now; ``None``: nothing that is not on record."""
    if judgement.verdict is Verdict.UNRELATED:
        return None
    if judgement.verdict is Verdict.NEVER_CONTACT:
        return _never(judgement, standing)
    match standing.permission:
        case Permission.GRANTED:
            return _behind_yes(judgement, reply, standing)
        case Permission.DECLINED:
            return _behind_no(judgement, reply, _last(history, Step.DECLINE))
        case Permission.REVOKED | Permission.EXPIRED:
            return _for_a_person(judgement, _CLOSED) if _is_yes(judgement) else None
        case _:
            return judgement


def _never(judgement: Judgement, standing: Standing) -> Judgement | None:
    open_ones = {Permission.REQUESTED, Permission.NO_RESPONSE, Permission.GRANTED}
    is_known = Hold.DO_NOT_CONTACT in standing.holds and standing.permission not in open_ones
    return None if is_known else judgement


def _behind_yes(judgement: Judgement, reply: Mention, standing: Standing) -> Judgement | None:
    """Judge what is there beside a yes: any later wording ends it (rights.md T10)."""
    if judgement.verdict is Verdict.GRANT:
        return None
    yes = standing.grants[-1].event
    if judgement.verdict is Verdict.REVIEW:
        return None if _is_known_before(reply, yes) else judgement
    if reply.published_at is not None and reply.published_at > _said(yes):
        return judgement
    if _is_known_before(reply, yes):
        return None
    return _for_a_person(judgement, _ORDER)


def _is_known_before(reply: Mention, event: Event) -> bool:
    """Whether a reply was written no later than what is on record, both times being known."""
    said_at, published_at = event.evidence.said_at, reply.published_at
    return said_at is not None and published_at is not None and published_at <= said_at


def _behind_no(judgement: Judgement, reply: Mention, no: Event | None) -> Judgement | None:
    """Judge what is there beside a no: a later yes is for a person (rights.md T7)."""
    if judgement.verdict in {Verdict.DECLINE, Verdict.WITHDRAW}:
        return None
    if no is not None and reply.published_at is not None and reply.published_at <= _said(no):
        return None
    return _for_a_person(judgement, _AFTER_NO) if _is_yes(judgement) else judgement


def _said(event: Event) -> dt.datetime:
    return event.evidence.said_at or event.at


def _last(history: Sequence[Entry], step: Step) -> Event | None:
    events = (entry.read() for entry in reversed(history))
    return next((event for event in events if event and event.step is step), None)


def _is_yes(judgement: Judgement) -> bool:
    return judgement.verdict is Verdict.GRANT


def _for_a_person(judgement: Judgement, reason: Reason) -> Judgement:
    lean = Lean.YES if _is_yes(judgement) else Lean.NO
    return dataclasses.replace(
        judgement,
        verdict=Verdict.REVIEW,
        reasons=(reason, *judgement.reasons),
        leans=lean,
    )
