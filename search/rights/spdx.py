"""
Licence statements as SPDX identifiers (rights.md §2.8).

Read are addresses of creativecommons.org, with or without deed and language; codes such as
``cc-by-sa`` and ``CC BY 4.0``; names in full such as ``Attribution-ShareAlike 3.0 Unported``; and
the words interfaces use for everything else. A Creative Commons licence without version has no
SPDX identifier and becomes ``LicenseRef-CC-BY-…``, since the version decides what it asks for.
Ports are written like the ones SPDX lists: ``CC-BY-3.0-NL``.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Recognised(NamedTuple):
    """A licence that a statement names."""

    id: str
    """SPDX identifier, or ``LicenseRef-…`` where SPDX has none."""

    url: str | None
    """Its text; ``None`` when the statement leaves the version open."""


ZERO = Recognised("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/")
MARK = Recognised("LicenseRef-PDM-1.0", "https://creativecommons.org/publicdomain/mark/1.0/")
RESERVED = Recognised("LicenseRef-ARR", None)

_NAMED = {
    "cc0": ZERO,
    "cc zero": ZERO,
    "creative commons zero": ZERO,
    "public domain mark": MARK,
    "pdm": MARK,
    "cc pdm": MARK,
    "all rights reserved": RESERVED,
    "arr": RESERVED,
    "youtube": Recognised("LicenseRef-YouTube-Standard", None),
    "creativecommon": Recognised("LicenseRef-CC-BY", None),
    "no known copyright restrictions": Recognised("LicenseRef-Flickr-NoKnown", None),
    "united states government work": Recognised("LicenseRef-USGov", None),
    "us government work": Recognised("LicenseRef-USGov", None),
}
"""Words of the interfaces of Openverse, Vimeo, SoundCloud, YouTube and Flickr, and common ones."""

_CODES = {"by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"}
_VERSIONS = {"1.0", "2.0", "2.1", "2.5", "3.0", "4.0"}

_ADDRESS = re.compile(
    r"(?<![\w-])creativecommons\.org/(?:licenses|publicdomain)/(?P<code>[a-z+-]+)/(?P<version>\d\.\d)"
    r"(?:/(?!deed|legalcode)(?P<port>[a-z]{2,8})\b)?",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:cc[\s-]*)?(?P<code>by(?:[\s-]+(?:nc|nd|sa)){0,2})"
    r"(?:[\s-]*v?(?P<version>\d\.\d)(?:[\s-]+(?P<port>[a-z]{2,8}))?)?",
)
_WRITTEN_CODE = re.compile(
    r"(?<![\w-])CC[ -](?P<code>BY(?:-(?:NC|ND|SA)){0,2})[ -](?P<version>\d\.\d)(?!\.?\d)"
    r"(?:[ -](?P<port>(?-i:[A-Z]{2,3}))\b)?",
    re.IGNORECASE,
)
_ANY_CODE = re.compile(
    r"(?<![\w-])CC[ -](?P<code>BY(?:-(?:NC|ND|SA)){0,2})(?!-?[a-z])"
    r"(?:[ -]v?(?P<version>\d\.\d)(?!\.?\d)(?:[ -](?P<port>(?-i:[A-Z]{2,3}))\b)?)?",
    re.IGNORECASE,
)
_VERSION = re.compile(r"-(\d\.\d)(?=-|$)")
_ALL_RESERVED = re.compile(
    r"\ball rights reserved\b|\balle rechten voorbehouden\b|\balle rechte vorbehalten\b|"
    r"\btous droits r[ée]serv[ée]s\b|\btodos los derechos reservados\b|"
    r"\btutti i diritti riservati\b|\balla rättigheter förbehållna\b|"
    r"\balle rettigheter forbeholdt\b|\balle rettigheder forbeholdes\b|"
    r"\bkaikki oikeudet pidätetään\b|\btodos os direitos reservados\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?P<maker>Creative\s+Commons[\s:,-]+)?(?P<code>Attribution(?P<elements>(?:[\s-]+"
    r"(?:Non-?\s?Commercial|No\s?-?Deriv(?:ative)?s?(?:\s+Works)?|Share\s?-?Alike))*))"
    r"(?:\s+Licen[cs]e)?[\s,]*(?:v?(?P<version>\d\.\d))?(?P<port>)",
    re.IGNORECASE,
)
_ELEMENTS = (("noncommercial", "nc"), ("noderiv", "nd"), ("sharealike", "sa"))
_TRAILING_VERSION = re.compile(r"\s*(?:\(?v?1\.0\)?)?(?:\s+(?:universal|deed|dedication))*$")
_LONGEST = 1_000
"""Characters of a statement that are read; what is longer is not the name of a licence."""


def recognise(statement: str) -> Recognised | None:
    """Name the licence of a statement from a licence field; ``None`` when none is certain."""
    statement = " ".join(statement[:_LONGEST].split())
    found = set(find_creative_commons(statement))
    if reserves_all(statement):
        return None if found else RESERVED
    if found or "creativecommons.org/" in statement:
        return found.pop() if len(found) == 1 else None
    plain = statement.lower().replace("_", "-").strip(" ©.")
    if named := _NAMED.get(_TRAILING_VERSION.sub("", plain.replace("-", " "))):
        return named
    if match := _CODE.fullmatch(plain):
        return _read(match)
    match = _NAME.match(statement)
    if match and (match["maker"] or match["elements"] or match["version"]):
        return _read(match)
    return None


def find_creative_commons(sentence: str) -> Iterator[Recognised]:
    """Find addresses and codes with a version (``CC BY 4.0``) anywhere in running text."""
    for pattern in (_ADDRESS, _WRITTEN_CODE):
        for match in pattern.finditer(sentence):
            if found := _read(match):
                yield found


def find_codes(text: str) -> Iterator[tuple[str, Recognised]]:
    """Find codes in running text as they are written; with a version or without."""
    for match in _ANY_CODE.finditer(text):
        if found := _read(match):
            yield match[0], found


def version_of(identifier: str) -> str | None:
    """Return the version in an identifier: ``3.0`` of ``CC-BY-3.0-NL``; ``None`` without one."""
    found = _VERSION.search(identifier)
    return found[1] if found else None


def reserves_all(text: str) -> bool:
    """Whether a copyright notice says that all rights are reserved."""
    return _ALL_RESERVED.search(text[:_LONGEST].replace("-", " ")) is not None


def _read(match: re.Match[str]) -> Recognised | None:
    code, version = match["code"].lower(), match["version"]
    port = (match["port"] or "").upper()
    if code in {"zero", "mark"}:
        return ZERO if code == "zero" else MARK
    code = _order(code)
    if code not in _CODES or version not in {None, *_VERSIONS}:
        return None
    name = f"CC-{code.upper()}"
    if version is None:
        return Recognised(f"LicenseRef-{name}", None)
    url = f"https://creativecommons.org/licenses/{code}/{version}/"
    if not port or version == "4.0":  # which has no ports
        return Recognised(f"{name}-{version}", url)
    return Recognised(f"{name}-{version}-{port}", f"{url}{port.lower()}/")


def _order(code: str) -> str:
    """Bring the elements of a code or a name into the order by, nc, nd, sa."""
    joined = "".join(character for character in code if character.isalpha())
    if joined.startswith("attribution"):
        return "-".join(["by", *(short for name, short in _ELEMENTS if name in joined)])
    elements = code.replace(" ", "-").split("-")
    return "-".join(element for element in ("by", "nc", "nd", "sa") if element in elements)
