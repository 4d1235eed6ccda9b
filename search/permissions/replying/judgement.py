"""What a reply was found to be, and why."""

import dataclasses
import enum


class Verdict(enum.StrEnum):
    """What a reply does to the request; only *review* and *unrelated* bind nobody."""

    GRANT = "grant"
    DECLINE = "decline"
    NEVER_CONTACT = "never_contact"
    """A no for good, which takes back a former yes, too: never ask again (rights.md R6.3)."""

    WITHDRAW = "withdraw"
    """A former yes is taken back, if there was one."""

    REVIEW = "review"
    """A person has to read it."""

    UNRELATED = "unrelated"


class Lean(enum.StrEnum):
    """What a reply that needs review seems to say: a proposal for the person who reads it."""

    YES = "yes"
    NO = "no"


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """One thing that decided."""

    code: str
    sentence: str


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One condition of rights.md §1.5, looked at by itself."""

    letter: str
    """``a`` to ``h``, as there."""

    met: bool | None
    """``None``: cannot be known, which is as good as not met."""

    failures: tuple[Reason, ...]
    """What is missing; empty when it is met."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The verdict on one reply to one request."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    """What led to it, most important first; never empty."""

    checks: tuple[Check, ...]
    """All eight conditions, whatever the verdict. (e) is a *should* and holds nothing up."""

    words: tuple[str, ...] = ()
    """The terms found in it, accents and case removed, each once."""

    leans: Lean | None = None
    """For *review* only; ``None`` when it says neither."""

    method: str = ""
    """The version of the term lists."""
