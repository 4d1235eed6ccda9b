"""
Answers to our requests among what was crawled: judged, proposed, and recorded if a person says so.

Only a reply that is nothing but yes is ever proposed as a grant (`replying`); what is unclear goes
to a person, who records what it means. A no is recorded as a no for good where it says so.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from search.answering import names_of
from search.config_tables import Asking
from search.evaluation import Reading, holds
from search.mention import StoredMention
from search.parsing_leaves import any_of
from search.permissions.keeping import Permissions
from search.permissions.replying.asked import OpenRequest, fingerprint
from search.permissions.replying.judgement import Judgement
from search.permissions.replying.judging import judge
from search.permissions.settling import settle
from search.permissions.standing import Standing
from search.query import Phrase, Query, Term
from search.stores.base import Sort, Store
from search.vocabulary import Permission
from search.words import fold_value, folded_words

_AT_ONCE: Final = 100
"""So many requests are looked for in one search."""

ANSWERABLE: Final = frozenset(Permission) - {Permission.NOT_REQUESTED, Permission.QUEUED}
"""When a reply may still say something; what is over can be ended for good."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """One reply to one of our requests, and what it was found to be."""

    mention: StoredMention
    """What was asked for."""

    reply: StoredMention
    judgement: Judgement
    terms_version: str
    """Of the terms that the request quoted: those that a yes accepts."""

    permission: Permission
    """Where the request stood when the reply was judged."""

    message_sha256: str | None = None
    """Of the message that it answers."""


def find_answers(
    store: Store, asking: Asking, permissions: Permissions | None = None
) -> Iterator[Answer]:
    """
    Hand out the replies to requests that were sent and can still be answered.

    Those to one request come oldest first. One that was recorded already is passed over, and so is
    what has nothing to do with us.
    """
    permissions = permissions or Permissions(store)
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
        if standing.permission in ANSWERABLE and standing.sent
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
    if reply.mention.url in _recorded(permissions, stored.id):
        return None
    return answer_of(permissions, stored, request, reply)


def as_things_stand(permissions: Permissions, asking: Asking, answer: Answer) -> Answer | None:
    """Judge an answer once more: another to the same request may have been recorded since."""
    standing = permissions.standing(answer.mention.id)
    request = open_request(answer.mention, standing, asking) if standing.sent else None
    if request is None:
        return None
    return answer_of(permissions, answer.mention, request, answer.reply)


def answer_of(
    permissions: Permissions, stored: StoredMention, request: OpenRequest, reply: StoredMention
) -> Answer | None:
    """Judge a reply; ``None`` when it changes nothing as things stand."""
    standing, history = permissions.standing(stored.id), permissions.history(stored.id)
    judgement = settle(judge(reply.mention, request), reply.mention, standing, history)
    if judgement is None:
        return None
    return Answer(
        stored,
        reply,
        judgement,
        request.terms_quoted,
        standing.permission,
        standing.sent[0].evidence.sha256 if standing.sent else None,
    )


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


def _recorded(permissions: Permissions, mention: str) -> set[str]:
    events = (entry.read() for entry in permissions.history(mention))
    return {each.evidence.url for each in events if each and each.evidence.url}


def _replies(messages: Sequence[str], token: str | None) -> Query | None:
    """Find direct replies, and whatever else holds the request's own word, by whomever."""
    replies: list[Query] = [Term("reply_to", fold_value(message)) for message in messages]
    if words := tuple(folded_words(token)) if token else ():
        replies.append(Phrase("text", words))
    return any_of(replies) if replies else None
