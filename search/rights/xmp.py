"""
XMP packets as plain values: what a property says, whichever of RDF's forms says it.

A value may stand in an attribute, in a text, behind ``rdf:resource``, or in a list of any of
these; prefixes mean nothing, since names are compared by namespace. Only the first level below the
list is read: no property about rights lies deeper. Entities and everything beyond limits are
refused.
"""

import codecs
import dataclasses
from collections.abc import Iterator
from typing import Final

from lxml import etree

LARGEST_PACKET: Final = 4 * 1024 * 1024
MANY_VALUES: Final = 2_000
LONGEST_VALUE: Final = 2_000
"""Characters of a value that are kept."""

RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
NAMESPACES: Final = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://creativecommons.org/ns#": "cc",
    "http://web.resource.org/cc/": "cc",  # as it was called until 2008
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
}
"""What is read, by the prefix that its documents use."""

_LISTS: Final = frozenset({f"{RDF}{name}" for name in ("Alt", "Bag", "Seq")})
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_WIDTHS: Final[dict[tuple[bool, ...], str]] = {
    (True, True, True, False): "utf-32-be",
    (False, True, True, True): "utf-32-le",
    (True, False): "utf-16-be",
    (False, True): "utf-16-le",
}
"""Which of the first bytes of a packet, which is ASCII there, are zero in an encoding."""

Struct = dict[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Property:
    """One property with its values."""

    name: str
    """Such as ``xmpRights:UsageTerms``, whatever prefix the packet uses."""

    values: tuple[str, ...]
    structs: tuple[Struct, ...] = ()
    """Values that have parts of their own, such as ``plus:Licensor``."""


def read_xmp(packet: bytes) -> list[Property]:
    """Read the properties of a packet; ``[]`` for what is none."""
    text = _as_utf8(packet)
    if len(text) > LARGEST_PACKET or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        return []
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(text, parser)
    except (etree.LxmlError, ValueError):
        return []
    found = [] if root is None else [*_properties(root)]
    return found[:MANY_VALUES]


def _as_utf8(packet: bytes) -> bytes:
    """Turn UTF-16 and UTF-32, which the specification allows, into UTF-8; drop the padding."""
    packet = packet[: LARGEST_PACKET + 1]
    encoding = next((name for mark, name in _MARKS if packet.startswith(mark)), None)
    if encoding is None:
        zeros = tuple(byte == 0 for byte in packet[:4])
        encoding = _WIDTHS.get(zeros) or _WIDTHS.get(zeros[:2])
    if encoding is not None:
        packet = packet.decode(encoding, "replace").removeprefix("\ufeff").encode()
    return packet.strip(b"\x00 \t\r\n")


def _properties(root: etree._Element) -> Iterator[Property]:
    for rdf in root.iter(f"{RDF}RDF"):
        for thing in rdf:
            for name, value in thing.attrib.items():
                if known := _known(str(name)):
                    yield Property(known, (_cut(str(value)),))
            for child in thing:
                if known := _known(child.tag):
                    yield _read(known, child)


def _read(name: str, element: etree._Element) -> Property:
    if struct := _struct(element):
        return Property(name, (), (struct,))
    items = [item for inner in element if inner.tag in _LISTS for item in inner]
    items.sort(key=lambda item: item.get(_LANGUAGE) != "x-default")
    values: list[str] = []
    structs: list[Struct] = []
    for item in items[:MANY_VALUES] or [element]:
        if struct := _struct(item):
            structs.append(struct)
        elif value := _value(item):
            values.append(value)
    return Property(name, tuple(dict.fromkeys(values)), tuple(structs))


def _struct(element: etree._Element) -> Struct:
    """Read the parts of a value: below it, in a description below it, or in its attributes."""
    holders = [element, *(inner for inner in element if inner.tag == f"{RDF}Description")]
    parts: Struct = {}
    for holder in holders:
        for name, value in holder.attrib.items():
            if known := _known(str(name)):
                parts.setdefault(known, _cut(str(value)))
        for child in holder:
            if (known := _known(child.tag)) and (value := _value(child)):
                parts.setdefault(known, value)
    return parts


def _value(element: etree._Element) -> str:
    said = element.get(f"{RDF}resource") or element.text or ""
    if not said.strip():
        item = next((item for inner in element if inner.tag in _LISTS for item in inner), None)
        said = "" if item is None else item.get(f"{RDF}resource") or item.text or ""
    return _cut(said)


def _cut(text: str) -> str:
    return " ".join(text[: 2 * LONGEST_VALUE].split())[:LONGEST_VALUE]


def _known(tag: object) -> str | None:
    namespace, _, local = str(tag).removeprefix("{").partition("}")
    prefix = NAMESPACES.get(namespace)
    return f"{prefix}:{local}" if prefix and local else None
