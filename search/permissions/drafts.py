"""
Requests that were composed and not said to be sent yet: what is kept of them.

A draft holds the word that means yes to this request and to no other, and the whole message but
for the secret of its link.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from search.notes import Note
from search.permissions.events import Evidence
from search.permissions.links import HIDDEN
from search.stores.base import Store

_PREFIX: Final = "drafts/"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """One composed request that nobody has said to have sent yet."""

    token: str
    """The word that means yes."""

    text: str
    terms_version: str
    respond_by: dt.date
    content: str
    """The fingerprint of the content that is asked for."""

    sha256: str | None = None
    """Of the whole text, where what is kept of it leaves the secret of its link out."""

    link: str | None = None
    """The SHA-256 of that secret; ``None``: there is no page."""

    terms_sha256: str | None = None
    """Of the terms in the language of the request; ``None``: they are not kept here."""

    template: str | None = None
    """What it was made from."""

    language: str | None = None
    channel: str | None = None
    """How it is to be sent."""

    def as_sent(self, url: str | None, text: str | None = None) -> Evidence:
        """Say what was sent, where; ``text``: what it was, where that is not the draft."""
        return Evidence(
            text=text or self.text,
            url=url,
            sha256=None if text else self.sha256,
            terms_version=self.terms_version,
            terms_sha256=self.terms_sha256,
            template=self.template,
            language=self.language,
            channel=self.channel,
        )

    def without(self, secret: str | None) -> "Draft":
        """Leave out what opens the page; the hash stays that of the whole text."""
        if secret is None:
            return self
        return dataclasses.replace(self, text=self.text.replace(secret, HIDDEN))


def note_of_draft(store: Store, mention: str) -> Note | None:
    """Return what is kept under a mention's whole id, with its version."""
    return store.notes.read(_PREFIX + mention)


def kept_draft(store: Store, mention: str) -> Draft | None:
    """Return the draft of a mention, by its whole id; ``None`` when none waits to be sent."""
    note = note_of_draft(store, mention)
    return None if note is None else read_draft(note.value)


def keep_draft(store: Store, mention: str, made: Draft, before: Note | None) -> bool:
    """Keep a draft in place of the one before; ``False`` when somebody else was faster."""
    plain = {**dataclasses.asdict(made), "respond_by": made.respond_by.isoformat()}
    if before is not None and before.value == plain:
        return True
    version = before.version if before else None
    return store.notes.write(_PREFIX + mention, plain, version) is not None


def drop_draft(store: Store, mention: str, note: Note) -> None:
    """Delete a draft that was sent."""
    store.notes.delete(_PREFIX + mention, note.version)


def read_draft(value: Mapping[str, Any]) -> Draft:
    """Read a draft as it is kept."""
    return Draft(**{**value, "respond_by": dt.date.fromisoformat(value["respond_by"])})
