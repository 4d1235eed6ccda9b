"""
Answers to our requests among what was crawled: judged, proposed, and recorded if a person says so.

Only a reply that is nothing but yes is ever proposed as a grant (`replying`); what is unclear goes
to a person, who records what it means. A no is recorded as a no for good where it says so.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from search.answering import names_of
from search.config import Config
from search.config_tables import Asking
from search.evaluation import Reading, holds
from search.mention import Author, Mention, State, StoredMention
from search.parsing_leaves import any_of
from search.permissions.events import Event, Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.leaving_alone import leave_alone
from search.permissions.naming import find_mention
from search.permissions.replying.asked import OpenRequest, fingerprint
from search.permissions.replying.judgement import Judgement, Verdict
from search.permissions.replying.judging import judge
from search.permissions.standing import IllegalTransition, Standing
from search.permissions.terms_in_use import with_terms
from search.query import Phrase, Query, Term
from search.stores.base import Sort, Store
from search.vocabulary import Hold, Permission
from search.words import fold_value, folded_words


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HeardReply:
    """A reply to our request as a person hands it in."""

    text: str
    """Word for word."""

    at: dt.datetime
    """When it was written."""

    url: str | None = None
    author_id: str | None = None
    """Who wrote it; ``None``: not known, so that it can be no clear yes."""

    same_author: bool = False
    """Whether somebody has seen that the account is the one of the content."""

    language: str | None = None


_AT_ONCE: Final = 100
"""So many requests are looked for in one search."""

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
    Hand out the replies to requests that were sent and can still be answered.

    Those to one request come oldest first. One that was recorded already is passed over, and so is
    what has nothing to do with us.
    """
    permissions = Permissions(store)
    waiting = iter(_answerable(store, permissions, asking))
    while chunk := list(itertools.islice(waiting, _AT_ONCE)):
        yield from _answers(store, permissions, chunk)


def is_unread(store: Store, permissions: Permissions, asking: Asking | None, name: str) -> bool:
    """
    Whether a request got a reply that nobody has recorded: the last look before no means no (T5).

    Where too little is known to judge replies, each direct one counts.
    """
    standing, stored = permissions.standing(name), store.fetch([name]).get(name)
    if not standing.sent:
        return False
    request = asking and stored and open_request(stored, standing, asking)
    if stored and request:
        return any(_answers(store, permissions, [(stored, request)]))
    messages = names_of(*(each.evidence.url for each in standing.sent if each.evidence.url))
    query = _replies(messages, standing.sent[0].token)
    known = _recorded(permissions, name)
    return query is not None and any(
        each.mention.url not in known for each in store.iterate(query)
    )


def _answerable(
    store: Store, permissions: Permissions, asking: Asking
) -> Iterator[tuple[StoredMention, OpenRequest]]:
    """Hand out what was asked for, with the request."""
    sent = {
        name: standing
        for name, standing in permissions.standings().items()
        if standing.permission in _ANSWERABLE and standing.sent
    }
    names = list(sent)
    for start in range(0, len(names), _AT_ONCE):
        for name, stored in store.fetch(names[start : start + _AT_ONCE]).items():
            request = open_request(stored, sent[name], asking)
            if request is not None:
                yield stored, request


def _answers(
    store: Store,
    permissions: Permissions,
    requests: Sequence[tuple[StoredMention, OpenRequest]],
) -> Iterator[Answer]:
    """Find the replies to several requests in one search, each with its own."""
    wanted = [
        (stored, request, query)
        for stored, request in requests
        if (query := _replies(request.messages, request.token))
    ]
    if not wanted:
        return
    for reply in store.iterate(any_of(query for _, _, query in wanted), sort=Sort.OLDEST):
        reading = Reading(reply.mention, reply.state)
        for stored, request, query in wanted:
            if holds(query, reading) and (answer := _judged(permissions, stored, request, reply)):
                yield answer


def _judged(
    permissions: Permissions, stored: StoredMention, request: OpenRequest, reply: StoredMention
) -> Answer | None:
    judgement = judge(reply.mention, request)
    is_known = reply.mention.url in _recorded(permissions, stored.id)
    if is_known or judgement.verdict is Verdict.UNRELATED:
        return None
    return Answer(stored, reply, judgement, request.terms_quoted)


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


def hear_reply(store: Store, asking: Asking, said: str, heard: HeardReply) -> Answer:
    """
    Judge a reply that somebody has read where we do not crawl, and vouches for.

    ``said`` names the mention, as `find_mention` reads it. `IllegalTransition` when nothing was
    asked that could be answered.
    """
    stored = find_mention(store, said)
    permissions = Permissions(store)
    standing = permissions.standing(stored.id)
    request = (
        open_request(stored, standing, asking)
        if standing.permission in _ANSWERABLE and standing.sent
        else None
    )
    if request is None:
        raise IllegalTransition(
            f"it is {standing.permission.replace('_', ' ')}: nothing was sent that this could "
            "answer, or the identifier of its author is not known"
        )
    author_id = request.author_id if heard.same_author else heard.author_id
    url = heard.url or f"said:{stored.id}"
    reply = Mention(
        source=request.platform,
        source_id=url,
        url=url,
        text=heard.text,
        author=Author(name=request.author_handle, id=author_id),
        published_at=heard.at,
        reply_to=next(iter(request.messages)),
        language=heard.language,
    )
    judgement = judge(reply, request)
    return Answer(
        stored, StoredMention(mention=reply, state=State()), judgement, request.terms_quoted
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
    if config is not None and answer.judgement.verdict is Verdict.NEVER_CONTACT:
        leave_alone(store, config, answer.mention.mention, now, reason="said so in a reply")
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


def _replies(messages: Sequence[str], token: str | None) -> Query | None:
    """Find direct replies, and whatever else holds the request's own word, by whomever."""
    replies: list[Query] = [Term("reply_to", fold_value(message)) for message in messages]
    if words := tuple(folded_words(token)) if token else ():
        replies.append(Phrase("text", words))
    return any_of(replies) if replies else None
