"""
What a permission covers: a `Scope`, and one intended `Use` that must lie within it.

A subset of ODRL (rights.md §1.6). Whatever a scope does not name is not allowed: no channel means
none, no territory none. Nothing lasts for ever: a scope ends on a day.
"""

import dataclasses
import datetime as dt
import enum
import re
from typing import Final

from search.errors import SaysoError

WORLD: Final = "WORLD"
DAYS_TO_TAKE_DOWN: Final = 7
"""How long a brand may take to remove what was revoked, if a scope does not say."""


class Channel(enum.StrEnum):
    """Where content is shown; each is asked for by itself, and *repost* implies no other."""

    WEBSITE = "website"
    PRODUCT_PAGE = "product_page"
    ORGANIC_SOCIAL = "organic_social"
    EMAIL = "email"
    IN_STORE = "in_store"
    PRINT = "print"
    TV = "tv"
    OUT_OF_HOME = "ooh"
    MARKETPLACE = "marketplace"
    INTERNAL = "internal"


class Modification(enum.StrEnum):
    """How far content may be changed; each allows those before it."""

    NONE = "none"
    RESIZE_CROP = "resize_crop"
    CAPTION_OVERLAY = "caption_overlay"
    EDIT_TRANSLATE = "edit_translate"
    FULL = "full"


class AiUse(enum.StrEnum):
    """What programs that learn may do with it; each allows those before it."""

    NONE = "none"
    ANALYSIS = "analysis"
    TRAINING = "training"
    GENERATIVE = "generative"


class Attribution(enum.StrEnum):
    """How the author is named."""

    REQUIRED = "required"
    WAIVED = "waived"
    ANONYMOUS = "anonymous"


class Sublicence(enum.StrEnum):
    """Who else may use it."""

    NONE = "none"
    AGENCIES = "agencies"
    RETAILERS = "retailers"


class Remuneration(enum.StrEnum):
    """What the author gets; anything but nothing has to be disclosed where it is shown."""

    NONE = "none"
    PRODUCT = "product"
    MONEY = "money"
    DISCOUNT = "discount"


class BadScope(SaysoError):
    """A scope or use that cannot be; the message names the key, the value and what is allowed."""


_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_PLATFORM: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What is allowed with one piece of content, from a day up to and with another."""

    channels: tuple[str, ...]
    """`Channel` names; ``organic_social:instagram`` on that platform only."""

    territories: tuple[str, ...]
    """ISO 3166-1 codes of countries, or `WORLD` alone."""

    valid_from: dt.date
    valid_until: dt.date
    """The last day, in UTC."""

    paid_ads: bool = False
    """Whether it may be shown for money, boosting included: never implied by a channel."""

    modification: Modification = Modification.NONE
    ai_use: AiUse = AiUse.NONE
    sublicence: Sublicence = Sublicence.NONE
    exclusivity: bool = False
    attribution: Attribution = Attribution.REQUIRED
    credit_line: str | None = None
    """How the author asked to be named; ``None``: by the handle at the time."""

    remuneration: Remuneration = Remuneration.NONE
    excluded_contexts: tuple[str, ...] = ()
    """Subjects beside which it may not be shown, such as ``alcohol``."""

    takedown_days: int = DAYS_TO_TAKE_DOWN

    def __post_init__(self) -> None:
        if not self.channels:
            raise BadScope(f"channels: at least one is needed; allowed: {_channels()}")
        for channel in self.channels:
            check_channel(channel)
        _check_territories(self.territories)
        if self.valid_until < self.valid_from:
            raise BadScope(
                f"valid_until {self.valid_until} is before valid_from {self.valid_from}"
            )
        if not 0 <= self.takedown_days <= 90:
            raise BadScope(f"takedown_days {self.takedown_days}: allowed: 0 to 90")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """One thing that somebody wants to do with content."""

    channel: str
    territory: str = WORLD
    """ISO 3166-1 code, or `WORLD`, which only a scope for the world covers."""

    paid_ads: bool = False
    modification: Modification = Modification.NONE
    ai_use: AiUse = AiUse.NONE
    by: Sublicence = Sublicence.NONE
    """Who uses it: the brand itself, or another."""

    context: str | None = None
    """What it is shown beside, if that matters."""

    def __post_init__(self) -> None:
        check_channel(self.channel)
        _check_territories((self.territory,))


def exceeds(use: Use, scope: Scope, at: dt.datetime) -> list[tuple[str, str]]:
    """Say in what a use goes beyond a scope, as code and sentence each; ``[]``: in nothing."""
    day = at.astimezone(dt.UTC).date()
    found: list[tuple[str, str]] = []
    if day < scope.valid_from:
        found.append(("not_yet", f"it is allowed from {scope.valid_from} on"))
    if day > scope.valid_until:
        found.append(("expired", f"it was allowed until {scope.valid_until}"))
    if not _covers(scope.channels, use.channel):
        found.append(("channel", f"{use.channel} is not among {', '.join(scope.channels)}"))
    if WORLD not in scope.territories and use.territory not in scope.territories:
        found.append(("territory", f"{use.territory} is not among {', '.join(scope.territories)}"))
    if use.paid_ads and not scope.paid_ads:
        found.append(("paid_ads", "paid advertising was not allowed"))
    for name in ("modification", "ai_use"):
        wanted, allowed = getattr(use, name), getattr(scope, name)
        if _rank(wanted) > _rank(allowed):
            found.append((name, f"{name.replace('_', ' ')} up to {allowed}, not {wanted}"))
    if use.by is not Sublicence.NONE and use.by is not scope.sublicence:
        found.append(("sublicence", f"{use.by} were not allowed to use it"))
    excluded = {fold_context(each) for each in scope.excluded_contexts}
    if use.context is not None and fold_context(use.context) in excluded:
        found.append(("context", f"not beside {use.context}"))
    return found


def fold_context(context: str) -> str:
    """Return a context as it is compared: ``Alcohol`` is ``alcohol``."""
    return " ".join(context.casefold().split())


def check_channel(channel: str) -> None:
    """Raise `BadScope` unless it is a channel, with a platform where that makes sense."""
    name, colon, platform = channel.partition(":")
    if name not in set(Channel):
        raise BadScope(f"channel {channel!r}: allowed: {_channels()}")
    if colon and (name != Channel.ORGANIC_SOCIAL or not _PLATFORM.fullmatch(platform)):
        raise BadScope(f"channel {channel!r}: only organic_social:PLATFORM names a platform")


def _check_territories(territories: tuple[str, ...]) -> None:
    if not territories:
        raise BadScope(f"territories: at least one is needed: SE, NL… or {WORLD}")
    for territory in territories:
        if territory != WORLD and not _COUNTRY.fullmatch(territory):
            raise BadScope(
                f"territory {territory!r}: allowed: two capitals such as SE, or {WORLD}"
            )
    if WORLD in territories and len(territories) > 1:
        raise BadScope(f"territories: {WORLD} stands alone")


def _covers(channels: tuple[str, ...], wanted: str) -> bool:
    """Whether a channel is allowed; one without a platform covers them all."""
    return wanted in channels or wanted.partition(":")[0] in channels


def _rank(value: enum.StrEnum) -> int:
    return list(type(value)).index(value)


def _channels() -> str:
    return ", ".join(Channel)
