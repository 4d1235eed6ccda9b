"""
What an image file says about its rights: XMP with IPTC and PLUS, IPTC-IIM, EXIF (rights.md §2.5).

`read_image_rights` takes bytes and never fails. That a file says nothing proves nothing: social
networks take all of it off.
"""

import dataclasses
from collections.abc import Iterator, Sequence

from search.rights.containers import Blocks, decode, read_blocks
from search.rights.effects import LONGEST_RAW, mining_effects, signal
from search.rights.spdx import find_creative_commons, recognise, reserves_all
from search.rights.strictness import normalise, strictest
from search.rights.xmp import Property, read_xmp
from search.tags import Credit, Licence, RightsSignal

_IIM = {80: "By-line", 110: "Credit", 116: "Copyright Notice"}

_SIGNALS = {
    "cc:license": "licence",
    "cc:morePermissions": "morepermissions",
    "xmpRights:UsageTerms": "usageterms",
    "xmpRights:WebStatement": "webstatement",
    "xmpRights:Marked": "marked",
    "plus:DataMining": "datamining",
    "plus:OtherConstraints": "otherconstraints",
    "plus:ModelReleaseStatus": "modelrelease",
    "plus:PropertyReleaseStatus": "propertyrelease",
    "plus:MinorModelAgeDisclosure": "minormodelage",
    "Iptc4xmpExt:PersonInImage": "personinimage",
    "Iptc4xmpExt:DigitalSourceType": "digitalsourcetype",
}  # fmt: skip
"""Properties that become signals, and the names of these."""

_CREDITS = {
    "name": ("cc:attributionName", "dc:creator", "IPTC By-line", "EXIF Artist", "PNG Author"),
    "url": ("cc:attributionURL",),
    "text": ("photoshop:Credit", "IPTC Credit"),
    "notice": ("dc:rights", "IPTC Copyright Notice", "EXIF Copyright", "PNG Copyright"),
    "holder": ("xmpRights:Owner", "plus:CopyrightOwner"),
}
"""Where the parts of a credit stand, the most telling place first."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Licensor:
    """Where a licence for an image may be had: the contact route of PLUS."""

    name: str | None = None
    url: str | None = None
    email: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ImageRights:
    """Everything one file says; ``None`` and ``()`` where it says nothing."""

    kind: str | None = None
    """``JPEG``, ``PNG``, ``WebP`` or ``TIFF``; ``None`` for what is no image that is read here."""

    licence: Licence | None = None
    """The most restrictive licence that it states."""

    credit: Credit | None = None
    """Whom it names, and how it wants to be credited."""

    signals: tuple[RightsSignal, ...] = ()
    """Every statement as found, with its effects."""

    licensors: tuple[Licensor, ...] = ()

    people: tuple[str, ...] = ()
    """Names of the people shown: each must agree to marketing (rights.md R1.26)."""

    model_release: str | None = None
    """``MR-NON``, ``MR-NAP``, ``MR-UMR`` or ``MR-LMR``; anything else as found."""

    property_release: str | None = None
    """``PR-NON``, ``PR-NAP``, ``PR-UPR`` or ``PR-LPR``; anything else as found."""

    minor_age: str | None = None
    """The youngest person's age as PLUS says it, such as ``AG-U15``."""

    source_type: str | None = None
    """IPTC's digital source type, such as ``trainedAlgorithmicMedia``."""


def read_image_rights(data: bytes) -> ImageRights:
    """Read a file of any kind."""
    blocks = read_blocks(data)
    if blocks is None:
        return ImageRights()
    found = list(read_statements(blocks))
    licence, evidence = strictest(_licences(found))
    return ImageRights(
        kind=blocks.kind,
        licence=normalise(licence),
        credit=_credit(found),
        signals=tuple(dict.fromkeys([*evidence, *_signals(found)])),
        licensors=tuple(dict.fromkeys(_licensors(found))),
        people=tuple(dict.fromkeys(_values(found, "Iptc4xmpExt:PersonInImage"))),
        model_release=_key(found, "plus:ModelReleaseStatus"),
        property_release=_key(found, "plus:PropertyReleaseStatus"),
        minor_age=_key(found, "plus:MinorModelAgeDisclosure"),
        source_type=_key(found, "Iptc4xmpExt:DigitalSourceType"),
    )


def read_statements(blocks: Blocks) -> Iterator[Property]:
    """Yield what every block says, as XMP's properties, ``IPTC By-line``, ``EXIF Artist``."""
    for packet in blocks.xmp:
        yield from read_xmp(packet)
    for records in blocks.iim:
        yield from _read_iim(records)
    for name, text in blocks.texts:
        if plain := " ".join(text.split()):
            yield Property(name, (plain,))


def _read_iim(records: bytes) -> Iterator[Property]:
    """Read IPTC-IIM 4.2 data sets; few of them declare their character set."""
    at = 0
    while records[at : at + 1] == b"\x1c" and at + 5 <= len(records):
        record, dataset = records[at + 1], records[at + 2]
        size = int.from_bytes(records[at + 3 : at + 5], "big")
        if size & 0x8000:  # an extended data set: none of ours
            return
        value = records[at + 5 : at + 5 + size]
        if record == 2 and dataset in _IIM and value.strip():
            yield Property(f"IPTC {_IIM[dataset]}", (" ".join(decode(value).split()),))
        at += 5 + size


def _values(found: Sequence[Property], *names: str) -> Iterator[str]:
    for name in names:
        yield from (value for one in found if one.name == name for value in one.values)


def _key(found: Sequence[Property], name: str) -> str | None:
    """Return the key of a controlled vocabulary, bare or at the end of an address."""
    value = next(_values(found, name), None)
    return value.rstrip("/").rpartition("/")[2] if value else None


def _licences(found: Sequence[Property]) -> Iterator[Licence]:
    """
    Yield what states a licence.

    Creative Commons asks for a ``WebStatement`` that is a page about the work beside the
    ``cc:license``: so an address that is not known contradicts nothing there, but stands alone for
    an unknown licence.
    """
    stated = list(_values(found, "cc:license"))
    for value in stated:
        yield _licence(value, "XMP cc:license")
    for value in _values(found, "xmpRights:WebStatement"):
        if not stated or recognise(value):
            yield _licence(value, "XMP xmpRights:WebStatement")
    for name in ("xmpRights:UsageTerms", *_CREDITS["notice"]):
        for value in _values(found, name):
            if recognise(value) or reserves_all(value) or any(find_creative_commons(value)):
                yield _licence(value, _place(name))


def _licence(value: str, found_in: str) -> Licence:
    is_address = value.startswith(("http://", "https://"))
    url = value if is_address else None
    return Licence(id=None, raw=value[:LONGEST_RAW], url=url, found_in=found_in)


def _place(name: str) -> str:
    return f"XMP {name}" if ":" in name else name


def _credit(found: Sequence[Property]) -> Credit | None:
    fields: dict[str, str] = {}
    for field, names in _CREDITS.items():
        for name in names:
            if said := list(_values(found, name)):
                several = field == "name" and name != "cc:attributionName"
                fields[field] = (", ".join(said) if several else said[0])[:LONGEST_RAW]
                break
    if "holder" not in fields and (owner := _part(found, "plus:CopyrightOwner", "Name")):
        fields["holder"] = owner[:LONGEST_RAW]
    return Credit(**fields) if fields else None


def _part(found: Sequence[Property], name: str, ending: str) -> str | None:
    parts = (struct for one in found if one.name == name for struct in one.structs)
    return next((v for struct in parts for k, v in struct.items() if k.endswith(ending)), None)


def _signals(found: Sequence[Property]) -> Iterator[RightsSignal]:
    for one in found:
        name = _SIGNALS.get(one.name)
        for value in one.values if name else ():
            effects = mining_effects(value) if name == "datamining" else ()
            yield signal(str(name), value, f"XMP {one.name}", effects)


def _licensors(found: Sequence[Property]) -> Iterator[Licensor]:
    for one in found:
        for struct in one.structs if one.name == "plus:Licensor" else ():
            yield Licensor(
                name=struct.get("plus:LicensorName"),
                url=struct.get("plus:LicensorURL"),
                email=struct.get("plus:LicensorEmail"),
            )
