"""
A template: text with named places, what it says of itself, and what it promises.

It is filled by plain replacement, once: no code, no attributes, no formats, and what is inserted
is not looked through for places again. So a template that a stranger wrote can at worst say
something wrong, and what it may say is checked as it is read.
"""

import enum
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

import pydantic

from search.errors import SaysoError
from search.languages import LANGUAGES
from search.permissions.scope import Attribution, Modification, Remuneration, Scope
from search.permissions.wording.phrases import Phrases
from search.strict import Strict

LONGEST_TEXT: Final = 10_000
"""Characters of a template's text."""

PLACES: Final = frozenset({
    "handle", "brand", "person", "post_url", "channels", "months", "date", "token",
    "brand_handle", "terms_version", "url", "privacy_url",
})  # fmt: skip
"""What a template may name in braces."""

REQUIRED: Final = ("brand", "url")
"""Who asks, and the page that holds all that has no room (rights.md §6.1)."""

_ALONE: Final = frozenset({"post_url", "url", "privacy_url", "token"})
"""What must touch nothing, or the address is another and the token is none."""

_BRACES: Final = re.compile(r"\{([^{}\n]*)\}|[{}]")


class BadTemplate(SaysoError):
    """A template that cannot be used; the message names file and line where there is one."""


class Size(enum.StrEnum):
    """How much a template says; each next one says less."""

    L = "L"
    M = "M"
    S = "S"


class Purpose(enum.StrEnum):
    """What a message is for."""

    REQUEST = "request"
    REMINDER = "reminder"
    THANKS = "thanks"
    TAKEDOWN = "takedown"
    """What was withdrawn is no longer shown."""


class States(Strict):
    """What a text promises: a request for more is not made with it. ``None``: it says nothing."""

    paid_ads: Literal[False] | None = None
    modification: Modification | None = None
    """The most that may be changed."""

    remuneration: Remuneration | None = None
    attribution: Attribution | None = None
    takedown_days: pydantic.NonNegativeInt | None = None

    def broken_by(self, scope: Scope) -> str | None:
        """Say what a scope wants beyond the promise; ``None``: nothing."""
        order = list(Modification)
        if self.paid_ads is False and scope.paid_ads:
            return "it says that there are no paid ads"
        if self.modification and order.index(scope.modification) > order.index(self.modification):
            return f"it allows modification up to {self.modification}, not {scope.modification}"
        if self.takedown_days is not None and scope.takedown_days > self.takedown_days:
            return f"it promises removal in {self.takedown_days} days, not {scope.takedown_days}"
        for name in ("remuneration", "attribution"):
            stated, wanted = getattr(self, name), getattr(scope, name)
            if stated is not None and stated is not wanted:
                return f"it says {name} {stated}, not {wanted}"
        return None


class Template(Strict):
    """One text in one language and size; whoever changes a word gives it a new version."""

    id: str = pydantic.Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    version: Annotated[pydantic.StrictInt, pydantic.Field(ge=1, le=1_000_000)]
    language: str
    size: Size
    purpose: Purpose
    allow_reminder: pydantic.StrictBool = False
    """Whether one reminder may follow: never where the text says that we ask once."""

    text: str = pydantic.Field(min_length=1, max_length=LONGEST_TEXT)
    states: States = States()

    @pydantic.field_validator("language")
    @classmethod
    def _must_be_known(cls, language: str) -> str:
        if language not in LANGUAGES:
            raise ValueError(f"{language!r} is no language; allowed: codes such as en, sv, nl")
        return language

    @property
    def name(self) -> str:
        """How messages about it call it: ``permission 1 (en, M)``."""
        return f"{self.id} {self.version} ({self.language}, {self.size})"

    @property
    def places(self) -> frozenset[str]:
        """What has to be known to fill it."""
        return frozenset(found[1] for found in _BRACES.finditer(self.text) if found[1])

    def fill(self, values: Mapping[str, str | None], text: str | None = None) -> str:
        """
        Replace each place by its value, as it is; ``text`` instead of the template's own.

        Raises `BadTemplate` when a value is missing, absent or ``None``.
        """
        missing = sorted(place for place in self.places if values.get(place) is None)
        if missing:
            named = ", ".join(f"{{{place}}}" for place in missing)
            raise BadTemplate(f"template {self.name}: nothing is given for {named}")
        return _BRACES.sub(lambda found: values[found[1]] or "", text or self.text)


def mistakes(template: Template, phrases: Phrases | None) -> Iterator[tuple[int | str, str]]:
    """
    Find what a template must not say, each with its line of the text, from 0, or its key.

    ``phrases`` are those of its language, ``None`` without any.
    """
    text = template.text
    for found in _BRACES.finditer(text):
        if problem := _problem_of(found, text):
            yield text.count("\n", 0, found.start()), problem
    for found in re.finditer(r"[^\S\n ]|[^\s]", text):
        if found[0] != "\n" and unicodedata.category(found[0])[0] in "CZ":
            code = f"U+{ord(found[0]):04X}"
            yield text.count("\n", 0, found.start()), f"invisible character {code} is not allowed"
    for place in REQUIRED:
        if place not in template.places:
            yield "text", f"{{{place}}} is missing; every template needs {_listed(REQUIRED)}"
    yield from _mistakes_of_reminding(template, phrases)


def _problem_of(found: "re.Match[str]", text: str) -> str | None:
    name = found[1]
    if name is None:
        return f"a lone {found[0]}; braces stand only around names"
    if name not in PLACES:
        return f"unknown placeholder {{{name[:40]}}}; allowed: {_listed(sorted(PLACES))}"
    around = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
    if name in _ALONE and around.strip():
        return f"{{{name}}} must stand alone, between spaces or line ends"
    return None


def _mistakes_of_reminding(
    template: Template, phrases: Phrases | None
) -> Iterator[tuple[int | str, str]]:
    if not template.allow_reminder:
        return
    if template.purpose is not Purpose.REQUEST:
        yield "allow_reminder", f"allow_reminder: no reminder follows a {template.purpose}"
    if phrases is None:
        unknown = f"is not known in {template.language} without phrases/{template.language}.toml"
        yield "allow_reminder", f"allow_reminder: whether it says that you ask once {unknown}"
    elif (said := phrases.find_asking_once(template.text)) is not None:
        line, words = said
        yield line, f'it says "{words}", so allow_reminder must be false'


def _listed(names: "tuple[str, ...] | list[str]") -> str:
    return ", ".join(f"{{{name}}}" for name in names)
