"""How a known open licence is called, and where its text stands."""

import re
from typing import Final, NamedTuple

from search.rights.spdx import MARK, recognise

_PARTS: Final = re.compile(r"CC-(?P<code>BY(?:-[A-Z]+)*)-(?P<version>\d\.\d)(?:-(?P<port>\w+))?")


class Canonical(NamedTuple):
    """A licence as a credit line names it."""

    name: str
    """``CC BY-SA 3.0 NL``: as its maker abbreviates it."""

    url: str
    """Its deed, which links the legal code."""


def canonical(identifier: str | None) -> Canonical | None:
    """
    Name a Creative Commons licence, CC0 or the Public Domain Mark by its SPDX identifier.

    ``None`` for anything else, and for a licence without version: nobody can say what it asks.
    """
    found = recognise((identifier or "").removeprefix("LicenseRef-"))
    if found is None or found.id != identifier or found.url is None:
        return None
    if found.id == MARK.id:
        return Canonical("Public Domain Mark 1.0", found.url)
    if parts := _PARTS.fullmatch(found.id):
        said = ("CC", parts["code"], parts["version"], parts["port"])
        return Canonical(" ".join(filter(None, said)), found.url)
    return Canonical(found.id.replace("-", " "), found.url)


def problem_with(identifier: str | None) -> str | None:
    """
    Say why an identifier names no licence that something can rest on; ``None``: it names one.

    SPDX compares identifiers in any case, Sayso does not: what is recorded has to be read by all.
    """
    if not identifier:
        return "an open licence needs its SPDX identifier, such as CC-BY-4.0"
    if canonical(identifier) is not None:
        return None
    meant = MARK.id if identifier.casefold() == MARK.id.casefold() else identifier.upper()
    guess = f", did you mean {meant}?" if canonical(meant) is not None else ""
    allowed = "those of Creative Commons, such as CC-BY-4.0, CC0-1.0 and LicenseRef-PDM-1.0"
    return f"licence {identifier[:100]!r} is not known{guess}; allowed: {allowed}"
