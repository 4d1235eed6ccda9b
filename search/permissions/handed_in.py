"""A reply that somebody has read where we do not crawl, judged as a crawled one."""

import dataclasses
import datetime as dt

from search.config_tables import Asking
from search.mention import Author, Mention, State, StoredMention
from search.permissions.answers import ANSWERABLE, Answer, answer_of, open_request
from search.permissions.keeping import Permissions
from search.permissions.naming import find_mention
from search.permissions.standing import IllegalTransition
from search.stores.base import Store


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
        if standing.permission in ANSWERABLE and standing.sent
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
    kept = StoredMention(mention=reply, state=State())
    answer = answer_of(permissions, stored, request, kept)
    if answer is None:
        raise IllegalTransition(
            f"it is {standing.permission.replace('_', ' ')}: this reply changes nothing of that"
        )
    return answer
