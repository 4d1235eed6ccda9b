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
