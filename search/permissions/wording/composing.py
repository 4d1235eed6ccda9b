"""
Compose one message for one platform: the largest text that fits, whole, or none.

Nothing is sent: a person copies the text, and says afterwards what was done with it.
"""

import dataclasses
import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from search.errors import SaysoError
from search.permissions.wording.lengths import Unit, length
from search.permissions.wording.particulars import BadParticulars, Particulars, values_of
from search.permissions.wording.platforms import (
    BY_HAND,
    ContactRefused,
    Platform,
    Way,
    WayRule,
    rules_of,
)
from search.permissions.wording.shelf import Shelf, shipped
from search.permissions.wording.templates import BadTemplate, Purpose, Template

TEMPLATES: Final[Mapping[Purpose, str]] = MappingProxyType(
    {
        Purpose.REQUEST: "permission",
        Purpose.REMINDER: "reminder",
        Purpose.THANKS: "thanks",
        Purpose.TAKEDOWN: "takedown",
    }
)
"""The id of the template for each purpose, unless another is named."""

_ASKING: Final = frozenset({Purpose.REQUEST, Purpose.REMINDER})


class TooLong(SaysoError):
    """A message of which no size fits; the count is that of the smallest."""

    def __init__(self, platform: str, way: Way, *, count: int, limit: int, unit: Unit) -> None:
        self.platform = platform
        self.count = count
        self.limit = limit
        super().__init__(
            f"{platform}: the smallest message has {count}, {limit} are allowed in a "
            f"{way.replace('_', ' ')} (counted as {unit.replace('_', ' ')})"
        )


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """Whom a message is for, and what happened before."""

    platform: str
    """The mention's source or platform, such as ``mastodon``."""

    language: str | None = None
    """The mention's, as code; ``None`` when it is not known."""

    way: Way | None = None
    """How to reach the author; ``None``: the first that is allowed."""

    they_mentioned: bool = False
    """Whether the author addressed the brand in the post itself."""

    they_wrote: bool = False
    """Whether the author wrote to the brand first."""

    limit: int | None = None
    """What the very server allows, where it said so; ``None``: what is usual."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """A message as somebody may send it, and all that tells later what it said."""

    text: str
    sha256: str
    """Of the text in UTF-8, in hexadecimal."""

    purpose: Purpose
    template_id: str
    template_version: int
    language: str
    """That of the text."""

    language_wanted: str | None
    """That of the mention; when it differs, there was no template in it."""

    size: str
    count: int
    """The length as the platform counts it."""

    unit: Unit
    limit: int | None
    """The most the platform allows; ``None``: no limit is known."""

    platform: str
    way: Way
    mode: str
    """Always `BY_HAND`."""

    note: str
    """What the person who sends it has to know."""

    allow_reminder: bool


def compose(  # noqa: PLR0913 - all but the first two are seldom given
    given: Particulars,
    situation: Situation,
    *,
    purpose: Purpose = Purpose.REQUEST,
    template_id: str | None = None,
    shelf: Shelf | None = None,
    after: Composed | None = None,
) -> Composed:
    """
    Compose a message in the mention's language, or English, as large as the platform allows.

    ``after`` is the request that a reminder follows, in the same way. Raises `ContactRefused`,
    `TooLong`, `BadTemplate` or `BadParticulars`, each of which says what was wrong.
    """
    shelf = shelf or shipped()
    _check_purpose(given, purpose, situation, after)
    platform = rules_of(situation.platform)
    way, rule = platform.choose_way(
        after.way if after else situation.way,
        they_mentioned=situation.they_mentioned,
        they_wrote=situation.they_wrote,
    )
    limit = situation.limit or rule.limit
    fits = [
        each
        for each in shelf.choose(template_id or TEMPLATES[purpose], situation.language)
        if each.purpose is purpose and _may_go(each, way)
    ]
    count = 0
    for template in fits:
        text = _fill(template, given, shelf, platform)
        count = length(text, rule.unit)
        if limit is None or count <= limit:
            return _composed(template, text, situation, platform, (way, rule, limit, count))
    if limit is None or not fits:
        raise BadTemplate(_nothing_for(template_id or TEMPLATES[purpose], purpose, way))
    raise TooLong(platform.title, way, count=count, limit=limit, unit=rule.unit)


def _check_purpose(
    given: Particulars, purpose: Purpose, situation: Situation, after: Composed | None
) -> None:
    if purpose in _ASKING and given.scope is None:
        raise BadParticulars("scope: what is asked for must be known")
    if situation.limit is not None and situation.limit < 1:
        raise BadParticulars(f"limit {situation.limit}: allowed: 1 or more")
    if purpose is not Purpose.REMINDER:
        return
    if after is None or after.purpose is not Purpose.REQUEST:
        raise ContactRefused("a reminder follows a request, which must be given")
    if after.platform != situation.platform:
        raise ContactRefused(f"a reminder goes where the request went: {after.platform}")
    if not after.allow_reminder:
        name = f"{after.template_id} {after.template_version} ({after.language}, {after.size})"
        raise ContactRefused(f"the request was made from {name}, which allows no reminder")


def _may_go(template: Template, way: Way) -> bool:
    """Whether it says enough: away from the post, who writes and which post is meant."""
    if way is Way.PUBLIC_REPLY or template.purpose not in _ASKING:
        return True
    return {"post_url", "person"} <= template.places


def _fill(template: Template, given: Particulars, shelf: Shelf, platform: Platform) -> str:
    phrases = shelf.phrases.get(template.language)
    if phrases is None:
        raise BadTemplate(
            f"template {template.name}: no words for this language; they belong into "
            f"phrases/{template.language}.toml"
        )
    broken = given.scope and template.states.broken_by(given.scope)
    if broken:
        raise BadTemplate(f"template {template.name} is not for this scope: {broken}")
    values = values_of(given, phrases, platform)
    months = int(values.get("months") or 0)
    return template.fill(values, phrases.for_months(template.text, months))


def _composed(
    template: Template,
    text: str,
    situation: Situation,
    platform: Platform,
    measured: tuple[Way, WayRule, int | None, int],
) -> Composed:
    way, rule, limit, count = measured
    return Composed(
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        purpose=template.purpose,
        template_id=template.id,
        template_version=template.version,
        language=template.language,
        language_wanted=situation.language,
        size=template.size.value,
        count=count,
        unit=rule.unit,
        limit=limit,
        platform=situation.platform,
        way=way,
        mode=BY_HAND,
        note=platform.note,
        allow_reminder=template.allow_reminder,
    )


def _nothing_for(template_id: str, purpose: Purpose, way: Way) -> str:
    said = way.replace("_", " ")
    needed = "" if way is Way.PUBLIC_REPLY else ", with {post_url} and {person} in it"
    return f"no template {template_id!r} is a {purpose} for a {said}{needed}"
