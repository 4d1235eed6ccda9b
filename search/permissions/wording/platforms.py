"""
What each platform allows: how its authors may be asked, how long a message may be, what may leave.

The rules stand in `platforms.toml`. None of them lets a program send anything: Sayso composes, a
person sends.
"""

import datetime as dt
import enum
import functools
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pydantic

from search.errors import SaysoError
from search.permissions.wording.lengths import Unit
from search.strict import Strict

BY_HAND: Final = "by hand"
"""How every message is sent: the only mode there is."""

LONGEST_UNCHECKED: Final = dt.timedelta(days=365)
"""After this a rule has to be looked up again."""

UNKNOWN_PLATFORM: Final = "unknown"
"""Whose rules hold for all that `platforms.toml` does not name."""

_RULES: Final = Path(__file__).with_name("platforms.toml")


class Way(enum.StrEnum):
    """How a message reaches an author; the first that is allowed is taken."""

    PUBLIC_REPLY = "public_reply"
    DIRECT_MESSAGE = "direct_message"
    FORM = "form"
    """E-mail, a contact page, or the form of a shop."""


class When(enum.StrEnum):
    """What has to have happened before."""

    ALWAYS = "always"
    THEY_MENTIONED = "they_mentioned"
    THEY_WROTE = "they_wrote"


class ContactRefused(SaysoError):
    """A message that must not be sent; the message names the platform and the reason."""


class Checked(Strict):
    """A rule somebody looked up."""

    source: str = pydantic.Field(pattern=r"^https://\S+$|^a rule of Sayso's own$")
    checked_at: dt.date
    """The day somebody last compared the rule with its source."""


class WayRule(Checked):
    """One way to reach an author."""

    when: When
    limit: pydantic.PositiveInt | None = None
    """The longest message, in ``unit``; ``None``: no limit is known."""

    unit: Unit = Unit.CODE_POINTS


class Platform(Checked):
    """The rules of one platform."""

    title: str
    handle_prefix: str = ""
    """What people write before a handle there."""

    note: str = ""
    """What the person who sends has to know."""

    refusal: str | None = None
    """Why nobody may be asked there at all; ``None``: somebody may."""

    delete_by_days: pydantic.PositiveInt | None = None
    """How long its content may be kept without a new look; ``None``: no fixed time."""

    export_per_user_and_day: pydantic.PositiveInt | None = None
    """Posts that may be handed to one user in a day; ``None``: no such cap."""

    public_reply: WayRule | None = None
    direct_message: WayRule | None = None
    form: WayRule | None = None

    def rule(self, way: Way) -> WayRule | None:
        """Look up the rule of a way; ``None``: it is not there, or forbidden."""
        found: WayRule | None = getattr(self, way)
        return found

    def choose_way(
        self, wanted: Way | None = None, *, they_mentioned: bool = False, they_wrote: bool = False
    ) -> tuple[Way, WayRule]:
        """
        Choose the wanted way, or the first that is allowed.

        ``they_mentioned``: the author addressed the brand in the post; ``they_wrote``: in a
        message to it. Raises `ContactRefused` where nothing is left.
        """
        if self.refusal is not None:
            raise ContactRefused(f"{self.title}: nobody may be asked: {self.refusal}")
        happened = {When.ALWAYS: True, When.THEY_MENTIONED: they_mentioned or they_wrote}
        happened[When.THEY_WROTE] = they_wrote
        for way in Way if wanted is None else (wanted,):
            rule = self.rule(way)
            if rule is not None and happened[rule.when]:
                return way, rule
        raise ContactRefused(f"{self.title}: {self._why_not(wanted)}")

    def _why_not(self, wanted: Way | None) -> str:
        named = [(way, rule.when) for way in Way if (rule := self.rule(way))]
        ways = ", ".join(f"{_say(way)} ({_say(when)})" for way, when in named)
        asked = "an author" if wanted is None else f"by {_say(wanted)} an author"
        return f"{asked} may not be asked now; allowed: {ways or 'nothing'}"


@functools.cache
def known_platforms() -> Mapping[str, Platform]:
    """Read the rules that come with Sayso, by the platform's name."""
    tables = tomllib.loads(_RULES.read_text("utf-8"))
    return {name: Platform.model_validate(table) for name, table in tables.items()}


def rules_of(name: str) -> Platform:
    """
    Look up the rules of a platform, or those for one that Sayso does not know.

    There a public reply of 500 UTF-16 units, which fits nearly everywhere, by a person who has
    read the terms: what is unknown is neither free of limits nor forbidden.
    """
    platforms = known_platforms()
    if name in platforms:
        return platforms[name]
    return platforms[UNKNOWN_PLATFORM].model_copy(update={"title": name})


def unchecked(platforms: Mapping[str, Platform], today: dt.date) -> list[str]:
    """Name the rules that nobody looked up for more than a year."""
    return [
        f"{name}: {checked.source} was checked on {checked.checked_at}"
        for name, platform in platforms.items()
        for checked in _checked(platform)
        if today - checked.checked_at > LONGEST_UNCHECKED
    ]


def _checked(platform: Platform) -> Iterator[Checked]:
    yield platform
    yield from (rule for way in Way if (rule := platform.rule(way)) is not None)


def _say(value: enum.StrEnum) -> str:
    return value.replace("_", " ")
