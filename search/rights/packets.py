"""
XMP packets written: a notice put beside what a packet already says, of which nothing is lost.

The maker's own words stand. A property that the file already has keeps its value; the creator, the
copyright notice and the credit are not said in XMP either where the file says something else of
them in IPTC or EXIF. What Sayso itself has to say (until when, for what, by what evidence) always
stands in properties of its own, and in PLUS's dates.

Everything of ours is in one ``rdf:Description`` with a digest of it. A later notice replaces it
only if nobody has changed it since.

XMP Specification Part 1 (ISO 16684-1) §6 and §7; Part 3 for the packet's frame.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from search.rights.notice import DATA_MINING, CannotEmbed, RightsNotice
from search.rights.xmp import LARGEST_PACKET, NAMESPACES, RDF

OURS: Final = "urn:x-sayso:rights#"
_PREFIXES: Final = {
    "rdf": RDF.strip("{}"),
    **{prefix: namespace for namespace, prefix in reversed(NAMESPACES.items())},
    "sayso": OURS,
}
_META: Final = "{adobe:ns:meta/}xmpmeta"
_DIGEST: Final = f"{{{OURS}}}digest"
_ABOUT: Final = f"{RDF}about"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_EXTENDED: Final = "{http://ns.adobe.com/xmp/note/}HasExtendedXMP"
_ELSEWHERE: Final = {
    "dc:creator": ("IPTC By-line", "EXIF Artist", "PNG Author", "cc:attributionName"),
    "dc:rights": ("IPTC Copyright Notice", "EXIF Copyright", "PNG Copyright"),
    "photoshop:Credit": ("IPTC Credit",),
}
"""Where else the same is said: what stands there must not be contradicted."""

Said = Mapping[str, tuple[str, ...]]
"""What a file says already, by the names of `search.rights.images.read_statements`."""


class Packet:
    """One packet, read strictly: what cannot be understood cannot be kept either."""

    def __init__(self, written: bytes | None = None) -> None:
        self._root = _new() if written is None else _parse(written)
        bags = list(self._root.iter(f"{RDF}RDF"))
        if len(bags) != 1:
            raise CannotEmbed("its XMP holds no RDF" if not bags else "its XMP holds RDF twice")
        self._rdf = bags[0]
        if _has(self._rdf, _EXTENDED):
            raise CannotEmbed("its XMP continues in a second packet")
        for thing in [one for one in self._rdf if _is_ours(one)]:
            self._rdf.remove(thing)

    def add(self, notice: RightsNotice, said: Said) -> None:
        """Put a notice into the packet, beside what the file says."""
        about = next((one.get(_ABOUT) for one in self._rdf if one.get(_ABOUT)), "")
        ours = etree.SubElement(self._rdf, f"{RDF}Description", nsmap=_PREFIXES)
        ours.set(_ABOUT, about or "")
        _drop_own(self._rdf)
        for name, value in _properties(notice):
            _drop_empty(self._rdf, _tag(name))
            if not self._has_said(name, value, said):
                _write(ours, name, value)
        ours.set(_DIGEST, _digest(ours))

    def to_bytes(self) -> bytes:
        """Serialise it in its frame, UTF-8; nothing is left free behind it for other programs."""
        begin = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
        body = etree.tostring(self._root, encoding="utf-8", xml_declaration=False, with_tail=False)
        whole: bytes = begin + body + b'\n<?xpacket end="w"?>'
        if len(whole) > LARGEST_PACKET:
            raise CannotEmbed("its XMP is too large")
        return whole

    def _has_said(self, name: str, value: str, said: Said) -> bool:
        if name.startswith("sayso:"):
            return False
        others = {text for place in _ELSEWHERE.get(name, ()) for text in said.get(place, ())}
        return _has(self._rdf, _tag(name)) or bool(others - {value})


def sidecar(notice: RightsNotice) -> bytes:
    """Write a file of its own that says what could not be said in the file beside it."""
    packet = Packet()
    packet.add(notice, {})
    return packet.to_bytes()


def _new() -> etree._Element:
    root = etree.Element(_META, nsmap={"x": "adobe:ns:meta/"})
    etree.SubElement(root, f"{RDF}RDF", nsmap={"rdf": _PREFIXES["rdf"]})
    return root


def _parse(packet: bytes) -> etree._Element:
    text = packet.strip(b"\x00 \t\r\n").removeprefix(b"\xef\xbb\xbf")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise CannotEmbed("its XMP declares entities")
    if len(text) > LARGEST_PACKET:
        raise CannotEmbed("its XMP is too large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        strip_cdata=False, encoding="utf-8",
    )  # fmt: skip
    try:
        return etree.fromstring(text, parser)
    except (etree.LxmlError, ValueError) as error:
        raise CannotEmbed("its XMP cannot be read") from error


def _has(rdf: etree._Element, tag: str) -> bool:
    """Whether a property stands in the packet, as element or attribute, even an empty one."""
    return any(one.get(tag) is not None or one.find(tag) is not None for one in rdf)


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_PREFIXES[prefix]}}}{local}"


def _is_ours(thing: etree._Element) -> bool:
    return isinstance(thing.tag, str) and thing.get(_DIGEST) == _digest(thing)


def _digest(thing: etree._Element) -> str:
    """Hash what a description says, whatever prefixes and blanks it uses."""
    told = [
        (str(one.tag), (one.text or "").strip(), sorted(map(str, one.items())))
        for one in thing.iter()
        if one is not thing
    ]
    return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:32]


def _drop_empty(rdf: etree._Element, tag: str) -> None:
    """Remove a property without a value, which forms that nobody filled in leave behind."""
    for thing in rdf:
        if thing.get(tag) == "":
            del thing.attrib[tag]
        for child in thing.findall(tag):
            says = [one for one in child.iter() if (one.text or "").strip() or _has_values(one)]
            if not says:
                thing.remove(child)


def _has_values(element: etree._Element) -> bool:
    return any(name not in {_LANGUAGE, f"{RDF}parseType"} for name in element.attrib)


def _drop_own(rdf: etree._Element) -> None:
    """Remove properties of our name that another program has moved among its own."""
    for thing in rdf:
        for name in [name for name in thing.attrib if str(name).startswith(f"{{{OURS}}}")]:
            del thing.attrib[name]
        for child in thing.findall(f"{{{OURS}}}*"):
            thing.remove(child)


def _properties(notice: RightsNotice) -> Iterator[tuple[str, str]]:
    mining = f"{DATA_MINING}{notice.data_mining}" if notice.data_mining else None
    licensor = notice.licensor_name or notice.licensor_url
    for name, value in (
        ("dc:creator", notice.creator),
        ("dc:rights", notice.notice),
        ("dc:source", notice.source),
        ("photoshop:Credit", notice.credit),
        ("xmpRights:Marked", "True" if notice.marked else None),
        ("xmpRights:UsageTerms", notice.usage),
        ("xmpRights:WebStatement", notice.web_statement),
        ("cc:license", notice.licence),
        ("plus:Licensor", _pair(notice) if licensor else None),
        ("plus:DataMining", mining),
        ("plus:LicenseStartDate", notice.starts and notice.starts.isoformat()),
        ("plus:LicenseEndDate", notice.expires and notice.expires.isoformat()),
        ("sayso:evidence", notice.evidence),
        ("sayso:usage", notice.usage),
        ("sayso:credit", notice.credit),
        ("sayso:source", notice.source),
        ("sayso:expires", notice.expires and notice.expires.isoformat()),
        ("sayso:termsVersion", notice.terms_version),
    ):
        if value:
            yield name, value


def _pair(notice: RightsNotice) -> str:
    return f"{notice.licensor_name or ''}\n{notice.licensor_url or ''}"


def _write(ours: etree._Element, name: str, value: str) -> None:
    element = etree.SubElement(ours, _tag(name))
    match name:
        case "dc:creator":
            _item(element, "Seq").text = value
        case "dc:rights" | "xmpRights:UsageTerms":
            item = _item(element, "Alt")
            item.text = value
            item.set(_LANGUAGE, "x-default")
        case "cc:license":
            element.set(f"{RDF}resource", value)
        case "plus:Licensor":
            _write_licensor(_item(element, "Seq"), value)
        case _:
            element.text = value


def _write_licensor(item: etree._Element, pair: str) -> None:
    item.set(f"{RDF}parseType", "Resource")
    for local, value in zip(("LicensorName", "LicensorURL"), pair.split("\n", 1), strict=True):
        if value:
            etree.SubElement(item, _tag(f"plus:{local}")).text = value


def _item(element: etree._Element, kind: str) -> etree._Element:
    return etree.SubElement(etree.SubElement(element, f"{RDF}{kind}"), f"{RDF}li")
