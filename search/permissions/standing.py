"""
How we stand to one mention: the sum of its events.

Which event may come next, and what it changes, is in `search.permissions.transitions`.
"""

import dataclasses
import datetime as dt
from typing import Final

from search.errors import SaysoError
from search.permissions.contents import UNKNOWN, Content
from search.permissions.events import Event
from search.permissions.scope import Scope
from search.vocabulary import Basis, Hold, Permission, SourceState

RENEWAL: Final = dt.timedelta(days=30)
"""How near to its end a grant may be asked for again, before or after."""

FORBID_CONTACT: Final = frozenset({Hold.DO_NOT_CONTACT, Hold.NOT_REUSABLE, Hold.MINOR_SUSPECTED})
MOST_REMINDERS: Final = 1
REMINDER_AFTER: Final = dt.timedelta(days=7)
BEFORE_MEANS_NO: Final = dt.timedelta(days=14)
"""How long an answer is waited for, if the request does not say."""


class IllegalTransition(SaysoError):
    """An event that cannot follow on what happened before; the message says what can."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """One version of what was allowed; another scope is another version, never a change."""

    version: int
    scope: Scope
    event: Event
    """The one that granted it, with its evidence."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Where a request stood, so that it can stand so again."""

    permission: Permission = Permission.NOT_REQUESTED
    asked: Event | None = None
    sent: tuple[Event, ...] = ()
    sent_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    reminders: int = 0

    @classmethod
    def of(cls, standing: "Standing") -> "Request":
        """Take it from how we stand."""
        return cls(**{each.name: getattr(standing, each.name) for each in dataclasses.fields(cls)})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Four axes that say nothing about each other, and what they rest on."""

    permission: Permission = Permission.NOT_REQUESTED
    basis: Basis = Basis.NONE
    source_state: SourceState = SourceState.UNKNOWN
    holds: frozenset[Hold] = frozenset()
    music_cleared: bool = False
    """Whether somebody has heard whose music is in it, and ended or foregone that hold."""

    music_content: str | None = None
    """The fingerprint of the content that was heard; ``None``: not known."""

    grants: tuple[Grant, ...] = ()
    """Every version ever granted, the latest last."""

    asked: Event | None = None
    """What is or was asked for."""

    earlier: Request = Request()
    """What there was before it was chosen to be asked for."""

    sent: tuple[Event, ...] = ()
    """The request as it was sent, and its reminder."""

    sent_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    reminders: int = 0
    licence: str | None = None
    """SPDX identifier of an open licence."""

    contract: Scope | None = None
    """What a contract covers."""

    placements: tuple[str, ...] = ()
    """Where it is in use."""

    content: Content = UNKNOWN
    """What was asked for, and whether it has changed."""

    @property
    def scope(self) -> Scope | None:
        """What is allowed at present by grant or contract; ``None`` when neither is the basis."""
        if self.basis is Basis.CONTRACT:
            return self.contract
        return self.grants[-1].scope if self.basis is Basis.GRANT and self.grants else None


NEW: Final = Standing()
