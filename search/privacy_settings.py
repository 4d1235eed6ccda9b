"""
The ``[privacy]`` tables of `sayso.toml`: who answers for what is kept, why, and for how long.

What is not said is left blank in the drafts of `sayso governance`, and listed there. Nothing is
ever deleted that was not asked for: each rule of ``[privacy.retention]`` holds only once it stands
there.
"""

from collections.abc import Mapping
from typing import Annotated

import pydantic

from search.strict import Strict

MOST_DAYS = 36_500
"""A hundred years; more is a slip of the keyboard."""

Words = Annotated[str, pydantic.Field(min_length=1, max_length=4_000)]
Days = Annotated[int, pydantic.Field(ge=1, le=MOST_DAYS)]


class Retention(Strict):
    """The ``[privacy.retention]`` table: after how many days what is kept is deleted."""

    mentions_days: Days | None = None
    """What nobody was asked about: so long after it was first seen. ``None``: kept for ever."""

    queued_days: Days | None = None
    """What was chosen to be asked for, and was not asked for since; ``None``: for ever."""

    requested_days: Days | None = None
    """What was asked for and never closed: so long after the time for an answer was over."""

    declined_days: Days | None = None
    """After a no, a withdrawal, or no answer in time; that it was a no is never forgotten."""

    granted_extra_days: Days | None = None
    """After the end of a grant or contract. ``None``: for ever, and so is the evidence."""

    sources: Mapping[str, Days] = {}
    """By source, instead of ``mentions_days``; a source's own limit counts where it is shorter."""


class Privacy(Strict):
    """The ``[privacy]`` table: what the law wants to be said of whoever keeps personal data."""

    controller: Words | None = None
    """Who decides what is kept and why: the full name of the company (GDPR Article 4 (7))."""

    address: Words | None = None
    """The controller's postal address."""

    email: str | None = pydantic.Field(default=None, pattern=r"^[^\s@<>]+@[^\s@<>]+$")
    """Where people write to have their data shown, corrected or erased, or to object."""

    country: str | None = pydantic.Field(default=None, pattern="^[A-Z]{2}$")
    """Where the controller is established, two capitals such as ``SE``: names the authority."""

    dpo: Words | None = None
    """The data protection officer and how to reach them; ``"none"`` where there is none."""

    representative: Words | None = None
    """Of a controller outside the EU (Article 27); ``"none"`` where none is needed."""

    authority: Words | None = None
    """Who supervises; ``None``: the authority of ``country``."""

    purposes: tuple[Words, ...] = ()
    """What it is for, one sentence each."""

    interest: Words | None = None
    """The legitimate interest that is pursued, in words (Article 6 (1) (f))."""

    recipients: tuple[Words, ...] = ()
    """Who else gets to see it: hosts, agencies; alert channels are added by themselves."""

    store_country: str | None = pydantic.Field(default=None, pattern="^[A-Z]{2}$")
    """Where the machine with the store stands, two capitals such as ``NL``."""

    transfers: Words | None = None
    """To which countries outside the EEA and on which ground; ``"none"``: to none."""

    security: Words | None = None
    """How it is protected: who may log in, encryption, copies."""

    evidence_years: int = pydantic.Field(default=3, ge=1, le=30)
    """How long evidence of a grant is kept after the grant's end (see ``granted_extra_days``)."""

    retention: Retention | None = None
    """After how many days what is kept is deleted; ``None``: nothing is."""
