"""What is known when somebody opens a link, and what they may say there."""

import dataclasses
import enum
from typing import Final

from search.mention import StoredMention
from search.permissions.form_answers import FormAnswer
from search.permissions.links import Link
from search.permissions.scope import Scope
from search.permissions.standing import Standing
from search.permissions.terms import Terms
from search.vocabulary import Hold, Permission


class Said(enum.StrEnum):
    """What a form may answer."""

    YES = "yes"
    NO = "no"
    NEVER = "never"


class Situation(enum.StrEnum):
    """What a link leads to."""

    ASKED = "asked"
    WAITING = "waiting"
    """A yes was said, and a person has yet to look."""

    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


_SITUATIONS: Final = {
    Permission.GRANTED: Situation.GRANTED,
    Permission.DECLINED: Situation.DECLINED,
    Permission.REVOKED: Situation.WITHDRAWN,
    Permission.EXPIRED: Situation.ENDED,
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """What is known when somebody opens a link."""

    link: Link
    standing: Standing
    stored: StoredMention | None
    """``None`` once the mention was erased."""

    waiting: FormAnswer | None
    terms: Terms | None
    """What a yes accepts, word for word; ``None``: Sayso does not have them."""

    problems: tuple[str, ...]
    """Why a yes cannot be taken now; empty: it can."""

    @property
    def situation(self) -> Situation:
        """Where the request stands, as its author has to know it."""
        if self.waiting is not None and self.standing.permission is not Permission.GRANTED:
            return Situation.WAITING
        return _SITUATIONS.get(self.standing.permission, Situation.ASKED)

    @property
    def scope(self) -> Scope:
        """What was granted, else what is asked for."""
        grants = self.standing.grants
        if self.situation in {Situation.GRANTED, Situation.WITHDRAWN, Situation.ENDED} and grants:
            return grants[-1].scope
        return self.waiting.scope if self.waiting else self.link.scope

    @property
    def is_silenced(self) -> bool:
        """Whether the author is never to be contacted again."""
        return Hold.DO_NOT_CONTACT in self.standing.holds


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A filled-in form, and the page it stood on."""

    said: Said
    text: str
    """The page as it was shown, and what was filled in."""

    language: str
    statements: tuple[str, ...] = ()
    credit: str | None = None
    files: tuple[str, ...] = ()
    """SHA-256 of each original handed over."""
