"""What our own stages find out about a mention; each tag names what decided."""

import dataclasses
from typing import Annotated

from search.vocabulary import Confidence, Disclosed, Feeling, Place, Purpose

Kept = Annotated[str, "kept"]
"""Kept and shown, never searched or counted."""

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

    label: Feeling
    """The sign of `value` after its method's thresholds."""

    value: float
    """From -1 (negative) to 1 (positive)."""

    method: str
    """What decided: ``stars``, or a language's words or ``emoji`` with the lists' version."""

    text_value: float | None = None
    """What the words alone say, from -1 to 1; ``None`` when that is not known."""

    conflict: bool = False
    """Whether words and stars clearly contradict each other: irony, a slip, a mixed review."""


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
    """What decided: a list of terms, ``stars``, ``form``, ``kind`` or ``disclosure``."""


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

    confidence: Confidence = Confidence.SCRAPED
    """``authoritative`` only from a field of an official interface."""
