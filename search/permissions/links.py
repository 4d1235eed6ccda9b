"""
One-time links: the address under which one author answers one request, and may withdraw later.

The secret in it is 128 bits that only our key can make, and the only credential there is; the
store holds its SHA-256.
That somebody opened a link is kept nowhere: to open is to read, and programs that look at links
in mail and chat open every one. A link that ever was, is over or never was are the same to whoever
tries it: `NoSuchLink`.
"""

import base64
import dataclasses
import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, Final

import pydantic
import pydantic_core

from search.config import Config
from search.errors import SaysoError
from search.people.keys import find_or_make_key
from search.permissions.form_answers import waiting
from search.permissions.keeping import Permissions
from search.permissions.scope import Scope
from search.permissions.standing import Standing
from search.permissions.wording.tokens import LINK_BYTES, digest_of, is_link_token
from search.stores.base import Store
from search.vocabulary import Permission

HIDDEN: Final = "…"
"""What stands for the secret wherever a message with a link is kept."""

AFTER_THE_END: Final = dt.timedelta(days=30)
"""How long after the end of a grant its link still says what became of it."""

_PREFIX: Final = "links/"
_PURPOSE: Final = "the link of a request"
"""What keeps these hashes apart from all others made with the key."""

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_OVER: Final = frozenset({Permission.GRANTED, Permission.EXPIRED, Permission.REVOKED})


class NoSuchLink(SaysoError):
    """No page is under this link; whether there ever was one is not said."""

    def __init__(self) -> None:
        super().__init__("there is no such link")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """What is kept of a link: everything but its secret."""

    mention: str
    """The whole id of what is asked for."""

    token: str
    """The word of the request, by which a link belongs to it and to no later one."""

    scope: Scope
    """What is asked for, as it stood in the message."""

    terms_version: str
    language: str
    """That of the message."""

    way: str
    """How the message was to be sent; under ``public_reply`` everybody can read the link."""

    made_at: dt.datetime
    expires_at: dt.datetime
    """Until when it may be answered, unless the request as sent says longer."""

    terms_sha256: str | None = None
    """Of the terms in that language; ``None``: Sayso does not have them."""


_LINKS: Final = pydantic.TypeAdapter(Link)


def secret_of(store: Store, config: Config, mention: str, token: str) -> str:
    """
    Derive the secret of the link of one request: 128 bits of an HMAC with the key of `keys.py`.

    So a message that is composed again has the same link, which may be posted already, and the
    store holds nothing from which it could be made. The key is made if there is none.
    """
    key = find_or_make_key(config, store.notes)
    said = f"{_PURPOSE}\x1f{mention}\x1f{token}".encode("utf-8", "surrogatepass")
    derived = hmac.digest(key.secret, said, hashlib.sha256)[:LINK_BYTES]
    return base64.urlsafe_b64encode(derived).decode().rstrip("=")


def keep_link(store: Store, secret: str, link: Link) -> None:
    """Keep a link whose secret stands in a message, in place of what was kept of it before."""
    plain: Any = pydantic_core.from_json(_LINKS.dump_json(link))
    key = _PREFIX + digest_of(secret)
    while True:
        note = store.notes.read(key)
        if store.notes.write(key, plain, note.version if note else None) is not None:
            return


def forget_link(store: Store, digest: str) -> None:
    """Delete the link with a secret of this SHA-256, as of a message that is composed anew."""
    if (note := store.notes.read(_PREFIX + digest)) is not None:
        store.notes.delete(_PREFIX + digest, note.version)


def open_link(
    store: Store, secret: str, now: dt.datetime, permissions: Permissions | None = None
) -> Link:
    """
    Return the link of a secret, or raise `NoSuchLink`; nothing changes by it.

    A link opens while the request is the one it was made for, until the time to answer is over;
    while a yes waits for a person; and after a grant until `AFTER_THE_END` of it.
    """
    # It is looked up by its hash, so how long that takes says nothing about other secrets.
    digest = digest_of(secret)
    note = store.notes.read(_PREFIX + digest) if _SECRET.fullmatch(secret) else None
    if note is None or not is_link_token(secret, digest):
        raise NoSuchLink
    link = _read(note.value)
    permissions = permissions or Permissions(store)
    standing = permissions.standing(link.mention)
    if not is_for(store, link, standing):
        raise NoSuchLink
    if (
        not _is_in_time(link, standing, now)
        and waiting(store, permissions, link.mention, link.token) is None
    ):
        raise NoSuchLink
    return link


def is_for(store: Store, link: Link, standing: Standing) -> bool:
    """Whether the present request is the one that a link was made for."""
    if standing.sent:
        return standing.sent[0].token == link.token
    draft = store.notes.read(f"drafts/{link.mention}")
    return (
        standing.permission is Permission.QUEUED
        and draft is not None
        and draft.value["token"] == link.token
    )


def answer_until(link: Link, standing: Standing) -> dt.datetime:
    """Return the last moment for an answer, as the request or its reminder says."""
    due = [each.due_at for each in standing.sent if each.due_at is not None]
    return max([link.expires_at, *due])


def _is_in_time(link: Link, standing: Standing, now: dt.datetime) -> bool:
    if standing.permission in _OVER and standing.grants:
        end = standing.grants[-1].scope.valid_until
        return now.date() - end <= AFTER_THE_END  # an end may be the last day there is
    return now <= answer_until(link, standing)


def _read(value: Mapping[str, Any]) -> Link:
    return _LINKS.validate_python(value)
