"""Rights metadata of image files: every kind of file, every form of XMP."""

import struct
import zlib

import pytest

from search.mention import Credit
from search.rights.images import ImageRights, Licensor, read_image_rights
from search.rights.xmp import read_xmp
from search.vocabulary import Effect
from tests.rights.files import (
    PREFIX,
    chunk,
    exif,
    iim,
    jpeg_with,
    packet,
    png_with,
    png_xmp,
    save,
    segment,
)

BY = "https://creativecommons.org/licenses/by/4.0/"
LICENSED = packet(f'<cc:license rdf:resource="{BY}"/>')
XMP = b"http://ns.adobe.com/xap/1.0/\x00"


def of_xmp(inside: str = "", attributes: str = "") -> ImageRights:
    return read_image_rights(save("JPEG", xmp=packet(inside, attributes)))


def effects(rights: ImageRights) -> set[Effect]:
    return {effect for signal in rights.signals for effect in signal.effects}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("JPEG", save("JPEG", xmp=LICENSED)),
        ("WebP", save("WEBP", xmp=LICENSED)),
        ("TIFF", save("TIFF", tiffinfo={700: LICENSED})),
        ("PNG", png_with(png_xmp(LICENSED))),
        ("PNG", png_with(png_xmp(LICENSED, packed=True))),
        ("PNG", png_with(png_xmp(LICENSED), behind_pixels=True)),
        ("JPEG", save("JPEG", xmp=LICENSED)[:2000]),
        ("PNG", png_with(png_xmp(LICENSED))[:-20]),
        ("JPEG", jpeg_with(b"\xff", segment(0xE1, XMP + LICENSED))),
    ],
    ids=["jpeg", "webp", "tiff", "png", "png packed", "png behind", "cut", "png cut", "fill"],
)
def test_a_licence_is_read_from_every_kind_of_file(kind: str, data: bytes) -> None:
    rights = read_image_rights(data)

    assert kind == rights.kind
    assert rights.licence is not None
    assert ("CC-BY-4.0", "4.0", BY, "XMP cc:license") == (
        rights.licence.id,
        rights.licence.version,
        rights.licence.url,
        rights.licence.found_in,
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_names_artist_and_copyright(kind: str) -> None:
    rights = read_image_rights(save(kind, exif=exif(artist="Ida", copyright="(c) 2026 Ida")))

    assert Credit(name="Ida", notice="(c) 2026 Ida") == rights.credit


def test_a_png_s_own_texts_are_read() -> None:
    data = png_with(
        chunk(b"tEXt", b"Author\x00Eva \xc5"),
        chunk(b"zTXt", b"Copyright\x00\x00" + zlib.compress(b"(c) Eva")),
    )

    assert Credit(name="Eva Å", notice="(c) Eva") == read_image_rights(data).credit


@pytest.mark.parametrize(
    ("values", "utf8", "expected"),
    [
        ([(80, b"Ida"), (110, b"Quay"), (116, b"(c) Ida")], False, ("Ida", "Quay", "(c) Ida")),
        ([(80, "Åsa".encode()), (80, b"Bo")], True, ("Åsa, Bo", None, None)),
        ([(80, "Åsa".encode("latin-1"))], False, ("Åsa", None, None)),
        ([(5, b"title"), (80, b"Ida")], False, ("Ida", None, None)),
    ],
)
def test_iptc_iim_names_the_maker(
    values: list[tuple[int, bytes]], *, utf8: bool, expected: tuple[str | None, ...]
) -> None:
    credit = read_image_rights(jpeg_with(iim(*values, utf8=utf8))).credit

    assert credit is not None
    assert expected == (credit.name, credit.text, credit.notice)


@pytest.mark.parametrize(
    "inside",
    [
        f'<plus:DataMining rdf:resource="{PREFIX}DMI-PROHIBITED"/>',
        f"<plus:DataMining>{PREFIX}DMI-PROHIBITED</plus:DataMining>",
        "<plus:DataMining>DMI-PROHIBITED</plus:DataMining>",
        "<plus:DataMining><rdf:Bag><rdf:li>DMI-PROHIBITED</rdf:li></rdf:Bag></plus:DataMining>",
        '<p:DataMining xmlns:p="http://ns.useplus.org/ldf/xmp/1.0/">dmi-prohibited</p:DataMining>',
    ],
)
def test_data_mining_is_read_in_every_form(inside: str) -> None:
    rights = of_xmp(inside)

    assert {Effect.NO_MINING, Effect.NO_GENERATIVE_AI, Effect.NO_TRAINING} == effects(rights)
    assert [("datamining", "XMP plus:DataMining")] == [
        (signal.name, signal.found_in) for signal in rights.signals
    ]


def test_data_mining_is_read_from_an_attribute() -> None:
    assert Effect.NO_MINING in effects(of_xmp(attributes='plus:DataMining="DMI-PROHIBITED"'))


ALL = {Effect.NO_MINING, Effect.NO_GENERATIVE_AI, Effect.NO_TRAINING}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("DMI-UNSPECIFIED", set()),
        ("DMI-ALLOWED", set()),
        ("DMI-PROHIBITED-AIMLTRAINING", {Effect.NO_GENERATIVE_AI, Effect.NO_TRAINING}),
        ("DMI-PROHIBITED-GENAIMLTRAINING", {Effect.NO_GENERATIVE_AI, Effect.NO_TRAINING}),
        ("DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING", ALL),
        ("DMI-PROHIBITED-SEECONSTRAINT", ALL),
        ("DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", ALL),
        ("DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", ALL),
        ("DMI-PROHIBITED-SOMETHINGNEW", ALL),
    ],
)
def test_every_value_of_data_mining_has_its_effects(value: str, expected: set[Effect]) -> None:
    assert expected == effects(of_xmp(f"<plus:DataMining>{PREFIX}{value}</plus:DataMining>"))


def test_people_releases_and_origin_are_read() -> None:
    rights = of_xmp(
        "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Ida</rdf:li><rdf:li>Bo</rdf:li></rdf:Bag>"
        "</Iptc4xmpExt:PersonInImage>"
        f'<plus:ModelReleaseStatus rdf:resource="{PREFIX}MR-NON"/>'
        f"<plus:PropertyReleaseStatus>{PREFIX}PR-NAP</plus:PropertyReleaseStatus>",
        'plus:MinorModelAgeDisclosure="AG-U15" Iptc4xmpExt:DigitalSourceType='
        '"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"',
    )

    assert ("Ida", "Bo") == rights.people
    assert ("MR-NON", "PR-NAP", "AG-U15") == (
        rights.model_release,
        rights.property_release,
        rights.minor_age,
    )
    assert rights.source_type == "trainedAlgorithmicMedia"


@pytest.mark.parametrize(
    "licensor",
    [
        (
            '<rdf:li rdf:parseType="Resource"><plus:LicensorName>Quay</plus:LicensorName>'
            "<plus:LicensorURL>https://q.example/</plus:LicensorURL></rdf:li>"
        ),
        (
            "<rdf:li><rdf:Description><plus:LicensorName>Quay</plus:LicensorName>"
            '<plus:LicensorURL rdf:resource="https://q.example/"/></rdf:Description></rdf:li>'
        ),
        '<rdf:li plus:LicensorName="Quay" plus:LicensorURL="https://q.example/"/>',
    ],
)
def test_licensors_are_read_in_every_form(licensor: str) -> None:
    rights = of_xmp(f"<plus:Licensor><rdf:Seq>{licensor}</rdf:Seq></plus:Licensor>")

    assert (Licensor(name="Quay", url="https://q.example/"),) == rights.licensors


def test_the_credit_comes_from_the_most_telling_place() -> None:
    xmp = packet(
        "<dc:creator><rdf:Seq><rdf:li>Ida</rdf:li><rdf:li>Bo</rdf:li></rdf:Seq></dc:creator>"
        '<dc:rights><rdf:Alt><rdf:li xml:lang="nl">© Kade</rdf:li>'
        '<rdf:li xml:lang="x-default">© Quay</rdf:li></rdf:Alt></dc:rights>'
        "<xmpRights:Owner><rdf:Bag><rdf:li>Quay AB</rdf:li></rdf:Bag></xmpRights:Owner>"
        "<cc:attributionURL>https://q.example/</cc:attributionURL>",
        'photoshop:Credit="Ida/Quay"',
    )
    rights = read_image_rights(save("JPEG", xmp=xmp, exif=exif(artist="Camera owner")))

    assert (
        Credit(
            name="Ida, Bo",
            url="https://q.example/",
            text="Ida/Quay",
            notice="© Quay",
            holder="Quay AB",
        )
        == rights.credit
    )


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (
            "<xmpRights:UsageTerms>Licensed under CC BY-SA 4.0</xmpRights:UsageTerms>",
            "CC-BY-SA-4.0",
        ),
        ("<xmpRights:UsageTerms>Ask first</xmpRights:UsageTerms>", "none"),
        (f"<xmpRights:WebStatement>{BY}</xmpRights:WebStatement>", "CC-BY-4.0"),
        ("<xmpRights:WebStatement>https://q.example/p</xmpRights:WebStatement>", None),
        (
            (
                f'<cc:license rdf:resource="{BY}"/>'
                "<xmpRights:WebStatement>https://q.example/p</xmpRights:WebStatement>"
            ),
            "CC-BY-4.0",
        ),
        (
            (
                f'<cc:license rdf:resource="{BY}"/>'
                "<dc:rights><rdf:Alt><rdf:li>All rights reserved</rdf:li></rdf:Alt></dc:rights>"
            ),
            "LicenseRef-ARR",
        ),
        ("<dc:rights>© Quay</dc:rights>", "none"),
    ],
)
def test_the_strictest_licence_of_a_file_counts(inside: str, expected: str | None) -> None:
    licence = of_xmp(inside).licence

    assert expected == ("none" if licence is None else licence.id)


def test_extended_xmp_is_put_together_in_order() -> None:
    whole = packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>" + " " * 70_000)
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    head = b"http://ns.adobe.com/xmp/extension/\x00" + guid
    parts = [(at, whole[at : at + 40_000]) for at in range(0, len(whole), 40_000)]
    segments = [
        segment(0xE1, head + struct.pack(">II", len(whole), at) + part)
        for at, part in reversed(parts)
    ]

    assert len(segments) > 1
    assert effects(read_image_rights(jpeg_with(*segments))) == ALL


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-8-sig"])
def test_packets_in_wide_encodings_are_read(encoding: str) -> None:
    text = LICENSED.decode().partition("?>")[2].encode(encoding)

    assert ["cc:license"] == [one.name for one in read_xmp(text)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<html>",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"II*\x00\xff\xff\xff\xff",
    ],
)
def test_a_file_without_rights_says_nothing(data: bytes) -> None:
    rights = read_image_rights(data)

    assert (None, None, ()) == (rights.licence, rights.credit, rights.signals)
