"""
What a filled-in row means for a mention: the events to record, all of them or none.

A row says what was, the ledger what is. Where they contradict each other, because somebody else
has recorded something meanwhile or cells were mixed up, nothing is recorded.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Final

from search.errors import SaysoError
from search.export_formats import restore
from search.export_xlsx import fit
from search.mention import StoredMention
from search.permissions.asking import due_after
from search.permissions.drafts import Draft
from search.permissions.events import Event, Evidence, Step
from search.permissions.links import HIDDEN
from search.permissions.lists.filled import BadCell, Filled
from search.permissions.lists.outcomes import Outcome
from search.permissions.reading import write_scope
from search.permissions.standing import BEFORE_MEANS_NO, IllegalTransition, Standing
from search.permissions.transitions import after
from search.permissions.wording.platforms import rules_of
from search.vocabulary import Hold, Permission

_OPEN: Final = (Permission.REQUESTED, Permission.NO_RESPONSE)
_WAS_SENT: Final = frozenset(Permission) - {Permission.NOT_REQUESTED, Permission.QUEUED}
_AFTER_SENDING: Final[Mapping[tuple[Outcome, Permission], tuple[Step, ...]]] = {
    **{(Outcome.SENT, permission): () for permission in _WAS_SENT},
    **{(Outcome.NO_ANSWER, permission): () for permission in _OPEN},
    **{(Outcome.YES, permission): (Step.GRANT,) for permission in _OPEN},
    **{(Outcome.NO, permission): (Step.DECLINE,) for permission in _OPEN},
    (Outcome.YES, Permission.GRANTED): (),
    (Outcome.NO, Permission.DECLINED): (),
    (Outcome.REVOKED, Permission.GRANTED): (Step.REVOKE,),
    (Outcome.REVOKED, Permission.REVOKED): (),
}
"""What an outcome means where a request stands; what is not here contradicts the ledger."""

_NEVER_HELD_UP: Final = frozenset({Outcome.NO, Outcome.NEVER, Outcome.REVOKED})
"""What an author said counts, whatever else stands in the row."""

_A_DAY: Final = dt.timedelta(days=1)


class Conflict(SaysoError):
    """A row that contradicts the ledger or its own list; the message says what holds."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """All that a row is judged by."""

    filled: Filled
    """Without any secret of a link: what it says may be recorded."""

    stored: StoredMention
    standing: Standing
    draft: Draft | None
    """The request that waits to be sent; ``None`` when none does."""

    terms_url: str
    by: str
    """Who imports the list."""

    now: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What to record."""

    events: tuple[Event, ...] = ()
    """Empty: it holds already."""

    text: str | None = None
    """What was sent, where that is not the draft."""

    is_unlinked: bool = False
    """Whether the row has a link of a request that was recorded without one, which stays so."""


def plan(case: Case) -> Plan:
    """Decide what to record; raises `BadCell` or `Conflict`, and then that is nothing."""
    _check_identity(case)
    is_unlinked = _is_unlinked(case)
    steps = _steps(case)
    if not steps:
        return Plan(is_unlinked=is_unlinked)
    text = _sent_text(case) if Step.SEND in steps else None
    at = _at(case)
    events = tuple(
        _sending(case, at, text, is_open=len(steps) == 1)
        if step is Step.SEND
        else _event(case, step, at)
        for step in steps
    )
    try:
        after(events, case.standing)
    except IllegalTransition as problem:
        raise Conflict(str(problem)) from None
    return Plan(events=events, text=text, is_unlinked=is_unlinked)


def _check_identity(case: Case) -> None:
    """See that the row is about the request that the ledger knows, and nothing in it was mixed."""
    filled, standing = case.filled, case.standing
    made = case.draft if standing.permission is Permission.QUEUED else None
    token = made.token if made else standing.sent[0].token if standing.sent else None
    if filled.token != token:
        raise Conflict(f"the token is not that of the request, which is {token or 'none'}")
    scope = standing.asked.scope if standing.asked else None
    if filled.scope and scope and filled.scope != write_scope(scope):
        raise Conflict(f"the scope is not what was asked for: {write_scope(scope)}")
    known = {each.evidence.url for each in standing.sent if each.evidence.url}
    if filled.message_link and known and filled.message_link not in known:
        raise Conflict(f"the request was sent as {', '.join(sorted(known))}")


def _is_unlinked(case: Case) -> bool:
    """Whether a link comes too late to be recorded; a `Conflict` unless the author said no."""
    sent = case.standing.sent
    if not (case.filled.message_link and sent) or any(each.evidence.url for each in sent):
        return False
    if case.filled.outcome in _NEVER_HELD_UP:
        return True
    raise Conflict(
        "the request was recorded as sent without a link, and none can be added: clear "
        "message_link, read the replies there yourself, and fill in what they say, with reply_link"
    )


def _steps(case: Case) -> tuple[Step, ...]:
    filled, permission = case.filled, case.standing.permission
    never_sent = filled.outcome is Outcome.NEVER and not filled.message_link
    if permission is not Permission.QUEUED or never_sent:
        return _answered(case, permission)
    return (Step.SEND, *_answered(case, Permission.REQUESTED))


def _answered(case: Case, permission: Permission) -> tuple[Step, ...]:
    """Return the steps after sending; none where it holds already."""
    outcome = case.filled.outcome
    if outcome is Outcome.NEVER:
        return _never(case, permission)
    if (outcome, permission) not in _AFTER_SENDING:
        raise Conflict(f"it is {permission.replace('_', ' ')}, which {outcome} contradicts")
    if (outcome, permission) == (Outcome.YES, Permission.GRANTED):
        _check_same_grant(case)
    return _AFTER_SENDING[outcome, permission]


def _never(case: Case, permission: Permission) -> tuple[Step, ...]:
    """Any wording ends everything: what was asked, what was granted, and any further contact."""
    ends = {Permission.GRANTED: (Step.REVOKE,)} | dict.fromkeys(_OPEN, (Step.DECLINE,))
    held = Hold.DO_NOT_CONTACT in case.standing.holds
    return (*ends.get(permission, ()), *(() if held else (Step.HOLD,)))


def _check_same_grant(case: Case) -> None:
    evidence = case.standing.grants[-1].event.evidence
    filled = case.filled
    pairs = [
        (_flat(recorded), _flat(said))
        for recorded, said in (
            (evidence.text, filled.reply_text),
            (evidence.url, filled.reply_link),
        )
        if recorded and said
    ]
    if not pairs or any(recorded != said for recorded, said in pairs):
        raise Conflict("it is granted already, and shown by something else")


def _sent_text(case: Case) -> str | None:
    """
    Return what was sent where that is not the draft; ``None`` where it is.

    A changed text counts if it still has what the answer depends on: the word for yes and the
    address of the terms, as far as the draft has them.
    """
    if case.draft is None:
        raise Conflict("no request was composed for it")
    _check_terms(case.filled, case.draft)
    rules = rules_of(case.stored.mention.source)
    if case.filled.message_link is None and rules.public_reply is not None:
        raise BadCell("message_link", None, "where was it posted? An address is needed")
    said, made = case.filled.message, case.draft
    if said is None or _flat(made.text) in {_flat(said), _flat(restore(said))}:
        return None
    for needed, name in (
        (made.token, made.token),
        (f"/{HIDDEN}", "the author's own link"),
        (case.terms_url, case.terms_url),
    ):
        if needed in made.text and needed not in said:
            raise BadCell("message", said, f"what was sent must hold {name}")
    return said


def _check_terms(filled: Filled, made: Draft) -> None:
    """See that the message is not from a list under other terms than the draft that waits."""
    if filled.terms_version not in {None, made.terms_version}:
        raise Conflict(
            f"the row says terms {filled.terms_version}, the request that waits quotes "
            f"{made.terms_version}: it was composed anew. If the row's message was sent, put that "
            "terms_version back into [asking], export the batch again, and import then"
        )


def _flat(text: str) -> str:
    """Leave aside what files change of a text: line ends, spaces, signs that XML forbids."""
    return " ".join(fit(text).split())


def _at(case: Case) -> dt.datetime:
    """Return when it was; never before what it follows on, but for a day that zones may cost."""
    standing = case.standing
    at = case.filled.at or case.now
    grants = (grant.event.at for grant in standing.grants[-1:])
    before = [*grants, *(each.at for each in standing.sent)]
    if standing.asked:
        before.append(standing.asked.at)
    earliest = max(before, default=at)
    if at + _A_DAY < earliest:
        raise BadCell(
            "date", f"{at:%Y-%m-%d}", f"what it follows on was on {earliest:%Y-%m-%d %H:%M} UTC"
        )
    return max(at, earliest)


def _sending(case: Case, at: dt.datetime, text: str | None, *, is_open: bool) -> Event:
    """Say that it was sent; with ``is_open`` it waits for an answer, so there must be time."""
    made, filled = case.draft, case.filled
    if made is None:
        raise Conflict("no request was composed for it")
    said = text or made.text
    try:
        due_at = due_after(made, said, at)
    except IllegalTransition as late:
        if is_open:
            raise Conflict(f"{late}. If it was sent before, say when in date") from None
        due_at = at + BEFORE_MEANS_NO  # the answer is there already
    evidence = Evidence(
        text=said,
        url=filled.message_link,
        terms_version=made.terms_version,
        terms_sha256=made.terms_sha256,
    )
    return Event(
        step=Step.SEND, mention=case.stored.id, at=at, by=case.by, evidence=evidence,
        token=made.token, due_at=due_at,
    )  # fmt: skip


def _event(case: Case, step: Step, at: dt.datetime) -> Event:
    filled = case.filled
    if step is Step.GRANT:
        evidence = _grant(case)
    else:
        evidence = Evidence(
            text=filled.reply_text, url=filled.reply_link, confirmed_by=filled.checked_by
        )
    hold = Hold.DO_NOT_CONTACT if step is Step.HOLD else None
    reason = "the author wants to hear nothing of us again" if hold else None
    return Event(
        step=step, mention=case.stored.id, at=at, by=case.by, evidence=evidence, hold=hold,
        reason=reason,
    )  # fmt: skip


def _grant(case: Case) -> Evidence:
    filled = case.filled
    if not (filled.reply_text or filled.reply_link):
        raise BadCell("reply_text", None, "a yes needs the reply, word for word, or reply_link")
    if not filled.checked_by:
        raise BadCell("checked_by", None, "a yes needs the name of who has read the reply")
    quoted = _quoted_terms(case)
    if not quoted:
        raise BadCell("terms_version", None, "the request quotes no terms, and neither does this")
    if filled.terms_version not in {None, quoted}:
        raise BadCell("terms_version", filled.terms_version, f"the request quotes {quoted}")
    return Evidence(
        text=filled.reply_text,
        url=filled.reply_link,
        terms_version=quoted,
        confirmed_by=filled.checked_by,
    )


def _quoted_terms(case: Case) -> str | None:
    """Return the terms that the request quotes, or those the row names where it quotes none."""
    sent = case.standing.sent
    quoted = sent[0].evidence.terms_version if sent else case.draft and case.draft.terms_version
    return quoted or case.filled.terms_version
