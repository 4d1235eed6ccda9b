"""What can happen to our right to use a mention: one event, as the ledger keeps it."""

import dataclasses
import datetime as dt
import enum
from typing import Final

from search.permissions.scope import Scope
from search.vocabulary import Basis, Hold, SourceState


class Step(enum.StrEnum):
    """What happened."""

    QUEUE = "queue"
    CANCEL = "cancel"
    SEND = "send"
    GRANT = "grant"
    DECLINE = "decline"
    NO_RESPONSE = "no_response"
    REMIND = "remind"
    EXPIRE = "expire"
    REVOKE = "revoke"
    BASIS = "basis"
    HOLD = "hold"
    RELEASE = "release"
    SOURCE = "source"
    PLACE = "place"
    TAKE_DOWN = "take_down"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What shows that an event happened (rights.md §1.4); of a file only its hash."""

    text: str | None = None
    """What was said, word for word."""

    url: str | None = None
    """Where it can be seen."""

    sha256: str | None = None
    """Of the file, screenshot or rendered request, in hexadecimal."""

    terms_version: str | None = None
    """The version of the terms that were accepted or quoted."""

    terms_sha256: str | None = None
    author_id: str | None = None
    """The immutable identifier of who said it; never the handle alone."""

    confirmed_by: str | None = None
    """Who of us checked it; ``None``: nobody has."""

    statements: tuple[str, ...] = ()
    """What the author confirmed: ``made_it``, ``adult``, ``people_agree``, ``music_mine``."""

    handle: str | None = None
    """The author's name at that time."""

    display_name: str | None = None
    account_url: str | None = None
    privacy_version: str | None = None
    """The privacy notice that was shown: its version, or its address where it has none."""

    said_at: dt.datetime | None = None
    """When it was said, as the source says."""

    message: str | None = None
    """What it answers, as the source names that."""

    template: str | None = None
    """Of a request: the template that it was made from, such as ``permission 1 (en, M)``."""

    channel: str | None = None
    """Of a request: how it was sent, such as ``public_reply``."""

    sender: str | None = None
    """Of a request: the account that sent it."""

    message_sha256: str | None = None
    """Of the message that asked, with the link in it, in hexadecimal."""

    received_at: dt.datetime | None = None
    """When we saw it."""

    method: str | None = None
    """How it was confirmed: ``auto``, ``manual``, ``form`` or ``contract``."""

    language: str | None = None
    """In which language it was asked."""

    content: str | None = None
    """The fingerprint of the content that it was said to."""

    files: tuple[str, ...] = ()
    """SHA-256 of each file that the author handed over."""

    @property
    def shows_a_grant(self) -> bool:
        """Whether it has what a grant needs: words or a file, terms, and who checked it."""
        shown = self.text or self.sha256 or self.url
        return bool(shown and self.terms_version and self.confirmed_by)


NOTHING: Final = Evidence()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing that happened to one mention."""

    step: Step
    mention: str
    """The mention's id."""

    at: dt.datetime
    """When it happened, in UTC."""

    by: str
    """Who did or recorded it: a person's name, ``author``, or a program such as ``clock``."""

    scope: Scope | None = None
    """What is asked for or granted."""

    evidence: Evidence = NOTHING
    basis: Basis | None = None
    """For `Step.BASIS`."""

    licence: str | None = None
    """SPDX identifier, for an open licence."""

    hold: Hold | None = None
    """For `Step.HOLD` and `Step.RELEASE`."""

    source_state: SourceState | None = None
    """For `Step.SOURCE`."""

    due_at: dt.datetime | None = None
    """Until when an answer is waited for."""

    token: str | None = None
    """The word that says yes to this request, for `Step.SEND`."""

    content: str | None = None
    """The fingerprint of the content at that time, for `Step.SEND`."""

    place: str | None = None
    """Where content was put, for `Step.PLACE` and `Step.TAKE_DOWN`."""

    author: tuple[str, ...] = ()
    """Keyed hashes of the names of the content's author, for `Step.QUEUE`."""

    inbound: str | None = None
    """The message with which the author came to us, by which a closed request may open again."""

    reason: str | None = None
    """Why, in words."""
