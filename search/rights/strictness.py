"""
Which of several licence statements counts: the most restrictive (rights.md R2.2).

The order, for a brand that wants to reuse something: all rights reserved; a statement that nobody
here understands; non-commercial without derivatives; non-commercial; without derivatives; share
alike; attribution; no conditions. *Non-commercial* comes before *no derivatives* because it rules
a brand's use out altogether, which no derivatives does not (rights.md R1.18). An unknown statement
is stricter than any that is known to be open: unknown never means free.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Final

from search.rights.spdx import recognise, version_of
from search.tags import Licence, RightsSignal

NAME: Final = "licence"
"""What a statement is called among a mention's signals."""

LONGEST_RAW: Final = 300
"""Characters of a statement that are kept as evidence."""

_RESERVED: Final = frozenset({"LicenseRef-ARR", "LicenseRef-YouTube-Standard"})
_FREE: Final = frozenset(
    {"CC0-1.0", "LicenseRef-PDM-1.0", "LicenseRef-Flickr-NoKnown", "LicenseRef-USGov"}
)
_ELEMENTS: Final = ({"NC", "ND"}, {"NC", "SA"}, {"NC"}, {"ND"}, {"SA"}, set[str]())
"""Elements of Creative Commons licences beside BY, the strictest first."""


def strictness(identifier: str | None) -> int:
    """Say how restrictive an SPDX identifier is: 8 reserves everything, 0 nothing."""
    if identifier in _RESERVED:
        return 8
    if identifier in _FREE:
        return 0
    elements = (identifier or "").removeprefix("LicenseRef-").split("-")
    if elements[:2] != ["CC", "BY"]:
        return 7
    return 6 - _ELEMENTS.index({"NC", "ND", "SA"} & set(elements))


def normalise(licence: Licence | None) -> Licence | None:
    """Fill in identifier, address and version from the statement as found; what is there stays."""
    if licence is None:
        return licence
    if licence.id is None:
        known = recognise(licence.raw) or recognise(licence.url or "")
        if known is None:
            return licence
        licence = dataclasses.replace(licence, id=known.id, url=licence.url or known.url)
    version = licence.version or version_of(licence.id or "")
    return licence if version == licence.version else dataclasses.replace(licence, version=version)


def name_of(licence: Licence) -> str | None:
    """Return a licence's SPDX identifier, found out from its statement where it has none yet."""
    if licence.id is not None:
        return licence.id
    known = recognise(licence.raw) or recognise(licence.url or "")
    return known.id if known else None


def strictest(stated: Iterable[Licence]) -> tuple[Licence | None, tuple[RightsSignal, ...]]:
    """
    Return the statement that counts, and those that say something else as evidence.

    Of equally strict ones the first counts that names a version.
    """
    named = [(licence, name_of(licence)) for licence in stated]
    if not named:
        return None, ()
    licence, name = max(named, key=lambda one: (strictness(one[1]), _is_versioned(one[1])))
    return licence, as_evidence(
        [one for one, its in named if not says_no_more(one, its, licence, name)]
    )


def says_no_more(one: Licence, its: str | None, than: Licence, name: str | None) -> bool:
    """Whether a statement names the same licence as another, or leaves only its version open."""
    if its is None or name is None:
        return one.raw == than.raw
    bare = its.removeprefix("LicenseRef-")
    return its == name or (
        _is_versioned(name) and name.startswith(f"{bare}-") and name[len(bare) + 1].isdigit()
    )


def as_evidence(statements: Sequence[Licence]) -> tuple[RightsSignal, ...]:
    """Keep statements that do not count, each once, for whoever doubts the one that does."""
    signals = (
        RightsSignal(name=NAME, raw=one.raw[:LONGEST_RAW], found_in=one.found_in)
        for one in statements
    )
    return tuple(dict.fromkeys(signals))


def _is_versioned(identifier: str | None) -> bool:
    return identifier is not None and version_of(identifier) is not None
