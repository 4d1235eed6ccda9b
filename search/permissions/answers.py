"""
Answers to our requests among what was crawled: judged, proposed, and recorded if a person says so.

Only a reply that is nothing but yes is ever proposed as a grant (`replying`); what is unclear goes
to a person, who records what it means. A no is recorded as a no for good where it says so.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Final

from search.answering import names_of
from search.config import Config
from search.config_tables import Asking
from search.mention import StoredMention
from search.permissions.events import Event, Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.replying.asked import OpenRequest, fingerprint
from search.permissions.replying.judgement import Judgement, Verdict
from search.permissions.replying.judging import judge
from search.permissions.standing import Standing
from search.permissions.terms_in_use import with_terms
from search.query import Or, Phrase, Query, Term
from search.stores.base import Sort, Store
from search.vocabulary import Hold, Permission
from search.words import fold_value, folded_words

_ANSWERABLE: Final = frozenset(
    {Permission.REQUESTED, Permission.NO_RESPONSE, Permission.GRANTED, Permission.DECLINED}
)


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """One reply to one of our requests, and what it was found to be."""

    mention: StoredMention
    """What was asked for."""

    reply: StoredMention
    judgement: Judgement
    terms_version: str
    """Of the terms that the request quoted: those that a yes accepts."""


def find_answers(store: Store, asking: Asking) -> Iterator[Answer]:
    """
    Hand out the replies to requests that were sent and can still be answered, oldest first.

    One that was recorded already is passed over, and so is what has nothing to do with us.
    """
    permissions = Permissions(store)
    for name, standing in permissions.standings().items():
        if standing.permission not in _ANSWERABLE or not standing.sent:
            continue
        stored = store.fetch([name]).get(name)
        request = stored and open_request(stored, standing, asking)
        if stored is None or not request:
            continue
        known = _recorded(permissions, name)
        for reply in store.iterate(_answers_to(request), sort=Sort.OLDEST):
            judgement = judge(reply.mention, request)
            if reply.mention.url not in known and judgement.verdict is not Verdict.UNRELATED:
                yield Answer(stored, reply, judgement, request.terms_quoted)


def open_request(stored: StoredMention, standing: Standing, asking: Asking) -> OpenRequest | None:
    """Return what is needed to judge answers; ``None`` where too little is known of the author."""
    first, author = standing.sent[0], stored.mention.author
    if author is None or author.id is None or first.token is None:
        return None
    return OpenRequest(
        platform=stored.mention.source,
        author_id=author.id,
        author_handle=author.name,
        messages=names_of(*(each.evidence.url for each in standing.sent if each.evidence.url)),
        texts=tuple(each.evidence.text for each in standing.sent if each.evidence.text),
        requested_at=first.at,
        token=first.token,
        brand_handle=asking.brand_handle,
        content_then=first.content,
        content_now=fingerprint(stored.mention),
        terms_quoted=first.evidence.terms_version or "",
        terms_current=asking.terms_version,
    )


def apply_answer(
    store: Store, answer: Answer, by: str, now: dt.datetime, config: Config | None = None
) -> Standing | None:
    """
    Record what a clear answer says; ``None`` when a person has to read it.

    With a ``config`` that names a folder of terms, those that a yes accepts must be unchanged.
    """
    permissions = Permissions(store)
    name = answer.mention.id
    standing = permissions.standing(name)
    for step, hold in _steps(answer.judgement.verdict, standing.permission):
        evidence = _evidence(answer, by)
        if step is Step.GRANT:
            evidence = with_terms(
                evidence, store.notes, config, standing.sent, answer.mention.mention.language, now
            )
        event = Event(step=step, mention=name, at=now, by=by, evidence=evidence, hold=hold)
        standing = permissions.record(event)
    return None if answer.judgement.verdict is Verdict.REVIEW else standing


def _steps(verdict: Verdict, permission: Permission) -> Iterator[tuple[Step, Hold | None]]:
    is_granted = permission is Permission.GRANTED
    match verdict:
        case Verdict.GRANT if not is_granted:
            yield Step.GRANT, None
        case Verdict.WITHDRAW | Verdict.NEVER_CONTACT if is_granted:
            yield Step.REVOKE, None
        case Verdict.DECLINE | Verdict.NEVER_CONTACT | Verdict.WITHDRAW:
            if permission in {Permission.REQUESTED, Permission.NO_RESPONSE}:
                yield Step.DECLINE, None
    if verdict is Verdict.NEVER_CONTACT:
        yield Step.HOLD, Hold.DO_NOT_CONTACT


def _evidence(answer: Answer, by: str) -> Evidence:
    reply = answer.reply.mention
    return Evidence(
        text=reply.text,
        url=reply.url,
        author_id=reply.author.id if reply.author else None,
        terms_version=answer.terms_version,
        confirmed_by=by,
    )


def _recorded(permissions: Permissions, mention: str) -> set[str]:
    events = (entry.read() for entry in permissions.history(mention))
    return {each.evidence.url for each in events if each and each.evidence.url}


def _answers_to(request: OpenRequest) -> Query:
    """Find direct replies, and whatever else holds the request's own word, by whomever."""
    replies = (Term("reply_to", fold_value(message)) for message in request.messages)
    return Or((*replies, Phrase("text", tuple(folded_words(request.token)))))
