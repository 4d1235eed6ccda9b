"""What our own stages find out about a mention; each tag names what decided."""

import dataclasses
from typing import Annotated

from search.vocabulary import Confidence, Disclosed, Effect, Feeling, Place, Purpose, Signal

Kept = Annotated[str, "kept"]
"""Kept and shown, never searched or counted."""

PERSON = "person"
"""The method of a tag that a person has set: it stays whatever is found out later."""

Identifier = Annotated[str, "identifier"]
"""Searched by exact value, but with too many values to be worth counting."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LanguageEvidence:
    """Why a mention is said to be in its language."""

    confidence: float
    """How likely it is, from 0 to 1; among the configured ones where two detectors decided."""

    method: str
    """What decided: detectors with version, ``declared`` by the source, ``author``: a habit."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Sentiment:
    """How the author feels; a mention without one is *not known*, which is not neutral."""

    label: Feeling | None = None
    """What `value` comes to after its method's thresholds; ``None``: the method is unsure."""

    value: float
    """From -1 (negative) to 1 (positive)."""

    method: str
    """What decided, with its version: ``person``, ``stars``, words, emoji, a model…"""

    text_value: float | None = None
    """What the text alone says, from -1 to 1; ``None`` when that is not known."""

    text_method: str | None = None
    """Which transformer read the text where stars decided; ``None``: the words did."""

    conflict: bool = False
    """Whether text and stars clearly contradict each other: irony, a slip, a mixed review."""

    earlier: Annotated[tuple[str, ...], "kept"] = ()
    """What it was said to be before, the latest last: label, value and method of each."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """What a transformer makes of a text, beside a sentiment that something else decided."""

    label: Feeling
    """Compared with the sentiment's: ``sentiment:positive second_opinion:negative``."""

    value: float
    """From -1 (negative) to 1 (positive)."""

    method: str
    """``transformer-``, the name of its directory, and a digest of all that decides."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Towards:
    """How a mention speaks of each of its brands, which may differ from how it feels."""

    positive: tuple[str, ...] = ()
    """Names of the brands that it speaks well of, or ranks above another."""

    neutral: tuple[str, ...] = ()
    """Those of which it says neither."""

    negative: tuple[str, ...] = ()
    """Those that it speaks ill of, or clearly ranks below another."""

    method: str
    """What decided: ``stars``, or the clauses of a language with the version of the rules."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Disclosure:
    """Whether the author says that somebody paid for it: a signal, never a verdict."""

    level: Disclosed
    """How clearly, by the rules of `jurisdiction`."""

    term: Kept | None = None
    """The words that say so; ``None`` when there are none."""

    place: Place | None = None
    """Where in the text they stand."""

    language: str | None = None
    """ISO 639-1 code of the language whose terms were looked for; ``None``: hashtags of all."""

    jurisdiction: str | None = None
    """ISO 3166-1 code of the country whose terms they are; ``US`` for English."""

    method: str
    """What decided: the list of terms and its version, or ``platform``."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """What the author writes for; a mention without one is *not known*."""

    label: Purpose
    """The one that counts most."""

    term: Kept | None = None
    """The terms that decided; ``None`` when the source or the stars did."""

    method: str
    """What decided: ``person``, terms, ``stars``, ``form``, ``kind``, ``disclosure``, a model."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Authenticity:
    """One thing about a mention that is worth a look, and may be harmless: never a verdict."""

    signal: Signal
    """What it is."""

    evidence: Kept
    """What it rests on, in words."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Licence:
    """A licence stated by a source: a suggestion with its evidence, never a permission."""

    id: str | None
    """SPDX identifier such as ``CC-BY-4.0``; ``None`` when the statement is not recognised."""

    raw: Kept
    """The statement as found: a URL, a code, a sentence."""

    found_in: Kept
    """Where it stood, such as ``link rel=license`` or ``JSON-LD license``."""

    url: Identifier | None = None
    """The licence text; ``None`` when the statement names none."""

    version: str | None = None
    """Such as ``4.0``; ``None`` when the statement leaves it open, or the licence has none."""

    confidence: Confidence = Confidence.SCRAPED
    """``authoritative`` only from a field of an official interface."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """How its maker asks to be named by whoever reuses it, as far as the source says."""

    name: Kept | None = None
    """Whom to name: ccREL's ``attributionName``, the creator of a picture."""

    url: Kept | None = None
    """Where the name is to link to: ccREL's ``attributionURL``."""

    text: Kept | None = None
    """The credit line as the source wants it, such as schema.org's ``creditText``."""

    notice: Kept | None = None
    """The copyright notice, which a copy must keep."""

    holder: Kept | None = None
    """Who holds the rights, where the source says so."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RightsSignal:
    """One thing a source says about rights in a form made for programs (rights.md §2)."""

    name: str
    """What says it: ``robots``, ``content-usage``, ``licence``, ``acquirelicensepage``…"""

    raw: Kept
    """What it says, as found; at most 300 characters."""

    found_in: Kept
    """Where: ``header X-Robots-Tag``, ``meta robots``, ``robots.txt``, ``link rel=license``…"""

    effects: tuple[Effect, ...] = ()
    """What it asks of us; empty for evidence, contact routes and what is not understood."""
