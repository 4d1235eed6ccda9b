"""Rights written into pictures: what is said, what stays, and that no pixel moves."""

import dataclasses
import datetime as dt
import hashlib
import io

import pytest
from PIL import Image

from search.rights.containers import read_blocks
from search.rights.images import read_image_rights
from search.rights.writing import CannotEmbed, RightsNotice, embed, sidecar
from search.rights.xmp import read_xmp
from tests.rights.files import (
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

NOTICE = RightsNotice(
    evidence="12 3f0a55aa",
    usage="By its author's permission: website; until 2027-11-28.",
    creator="Ann Ö <ann>",
    notice="© Ann Ö",
    credit="Photo: Ann Ö & co",
    source="https://s.example/@ann/1",
    licensor_name="Ann Ö",
    licensor_url="https://s.example/@ann",
    data_mining="DMI-PROHIBITED-AIMLTRAINING",
    starts=dt.date(2026, 11, 28),
    expires=dt.date(2027, 11, 28),
    terms_version="2026-01",
)
PLAIN = {
    "JPEG": save("JPEG"),
    "progressive": save("JPEG", progressive=True),
    "with EXIF": save("JPEG", exif=exif(copyright="(c)")),
    "PNG": save("PNG"),
    "WebP": save("WEBP"),
    "lossless": save("WEBP", lossless=True),
    "extended": save("WEBP", exif=exif(copyright="(c)")),
    "TIFF": save("TIFF"),
    "packed": save("TIFF", compression="tiff_lzw"),
}


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).tobytes()


def said(data: bytes) -> dict[str, tuple[str, ...]]:
    blocks = read_blocks(data)
    assert blocks is not None
    return {one.name: one.values for xmp in blocks.xmp for one in read_xmp(xmp)}


def coded(data: bytes, size: int) -> bytes:
    """The bytes in which the pixels are coded; in a TIFF all of its ``size`` before ours."""
    if data[:2] == b"\xff\xd8":
        return data[data.index(b"\xff\xda") :]
    if data[:4] == b"RIFF":
        at = max(data.find(b"VP8 "), data.find(b"VP8L"))
        return data[at : at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")]
    if data[:4] == b"II*\x00":
        return data[8:size]
    return data[data.index(b"IDAT") :]


@pytest.mark.parametrize("plain", PLAIN.values(), ids=PLAIN)
def test_pixels_stay_byte_for_byte(plain: bytes) -> None:
    written = embed(plain, NOTICE)

    assert pixels(plain) == pixels(written)
    assert coded(plain, len(plain)) == coded(written, len(plain))


@pytest.mark.parametrize("plain", PLAIN.values(), ids=PLAIN)
def test_what_is_written_is_what_our_reader_reads(plain: bytes) -> None:
    rights = read_image_rights(embed(plain, NOTICE))
    credit = rights.credit
    assert credit is not None
    (licensor,) = rights.licensors

    assert ("Ann Ö <ann>", "Photo: Ann Ö & co") == (credit.name, credit.text)
    assert ("Ann Ö", "https://s.example/@ann") == (licensor.name, licensor.url)
    assert {"DMI-PROHIBITED-AIMLTRAINING", "True", NOTICE.usage} == {
        one.raw.rpartition("/ldf/vocab/")[2] for one in rights.signals
    }


@pytest.mark.parametrize("plain", PLAIN.values(), ids=PLAIN)
def test_writing_twice_writes_once(plain: bytes) -> None:
    once = embed(plain, NOTICE)
    twice = embed(once, NOTICE)

    assert said(once) == said(twice)
    assert once == twice or once[:2] == b"II"


def test_a_later_notice_replaces_an_earlier_one_of_ours() -> None:
    renewed = dataclasses.replace(NOTICE, usage="Until 2028.", expires=dt.date(2028, 11, 28))
    written = embed(embed(PLAIN["PNG"], NOTICE), renewed)

    assert embed(PLAIN["PNG"], renewed) == written
    assert b"2027-11-28" not in written


def test_what_another_program_changed_of_ours_is_not_ours_any_more() -> None:
    changed = embed(PLAIN["WebP"], NOTICE).replace(b"Photo: Ann", b"Photo: Ida")
    written = embed(changed, dataclasses.replace(NOTICE, evidence="13 aa"))

    assert ("Photo: Ida Ö & co",) == said(written)["photoshop:Credit"]
    assert b"12 3f0a55aa" not in written
    assert written.count(b"13 aa") == 1


MAKERS = packet(
    "<dc:creator><rdf:Seq><rdf:li>Ida</rdf:li></rdf:Seq></dc:creator>"
    "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Quay</rdf:li></rdf:Alt></dc:title>"
    "<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang='x-default'>Ask Ida</rdf:li></rdf:Alt>"
    "</xmpRights:UsageTerms><my:own xmlns:my='urn:my'>kept<!-- so --></my:own>",
    'photoshop:Credit="" xmpRights:Marked="False"',
)


@pytest.mark.parametrize(
    "whole",
    [
        save("JPEG", xmp=MAKERS),
        png_with(png_xmp(MAKERS)),
        png_with(png_xmp(MAKERS, packed=True), behind_pixels=True),
        save("WEBP", xmp=MAKERS),
        save("TIFF", tiffinfo={700: MAKERS}),
    ],
    ids=["JPEG", "PNG", "packed, behind the pixels", "WebP", "TIFF"],
)
def test_the_makers_words_stand_and_ours_come_beside_them(whole: bytes) -> None:
    written = embed(whole, NOTICE)
    told = said(written)

    assert [("Ida",), ("Quay",), ("Ask Ida",), ("False",)] == [
        told[name]
        for name in ("dc:creator", "dc:title", "xmpRights:UsageTerms", "xmpRights:Marked")
    ]
    assert ("Photo: Ann Ö & co",) == told["photoshop:Credit"]
    assert pixels(whole) == pixels(written)
    for part in (b"<!-- so -->", b"12 3f0a55aa", b"urn:my", b"website; until"):
        assert part in (read_blocks(written) or pytest.fail("no blocks")).xmp[0]


@pytest.mark.parametrize(
    ("whole", "name"),
    [
        (save("JPEG", exif=exif(artist="Ida")), "Ida"),
        (jpeg_with(iim((80, b"Ida"))), "Ida"),
        (png_with(chunk(b"tEXt", b"Author\x00Ida")), "Ida"),
        (save("TIFF", tiffinfo={315: "Ida"}), "Ida"),
    ],
    ids=["EXIF", "IPTC", "PNG", "TIFF"],
)
def test_whoever_a_file_names_as_its_maker_is_not_contradicted(whole: bytes, name: str) -> None:
    written = embed(whole, NOTICE)
    rights = read_image_rights(written)

    assert name == (rights.credit and rights.credit.name)
    assert () == rights.licensors
    assert "dc:rights" not in said(written)
    assert b"12 3f0a55aa" in written


def iptc(data: bytes) -> list[tuple[int, bytes]]:
    found, (records,) = [], (read_blocks(data) or pytest.fail("no blocks")).iim
    while records:
        size = int.from_bytes(records[3:5], "big")
        found.append((records[1] * 1000 + records[2], records[5 : 5 + size]))
        records = records[5 + size :]
    return found


def test_iptc_is_written_where_there_is_none() -> None:
    assert [
        (1090, b"\x1b%G"), (2000, b"\x00\x04"), (2080, "Ann Ö <ann>".encode()),
        (2110, "Photo: Ann Ö & co".encode()), (2116, "© Ann Ö".encode()),
    ] == iptc(embed(PLAIN["JPEG"], NOTICE))  # fmt: skip


def test_iptc_that_is_there_is_kept_and_extended_only_in_its_own_characters() -> None:
    plain = dataclasses.replace(NOTICE, credit="Photo: Ann", notice="(c) Ann Ö")

    assert [(2120, b"A quay"), (2110, b"Photo: Ann")] == iptc(
        embed(jpeg_with(iim((120, b"A quay"))), plain)
    )
    assert [1090, 2120, 2080, 2110, 2116] == [
        number for number, _ in iptc(embed(jpeg_with(iim((120, b"A quay"), utf8=True)), plain))
    ]


def test_other_blocks_of_photoshop_stay_and_its_digest_follows() -> None:
    records = b"\x1c\x02\x78\x00\x03abc"
    resource = b"8BIM\x04\x04\x00\x00" + len(records).to_bytes(4, "big") + records
    digest = hashlib.md5(records, usedforsecurity=False).digest()
    other = b"8BIM\x03\xed\x03abc\x00\x00\x00\x03xyz\x00"
    whole = segment(
        0xED,
        b"Photoshop 3.0\x00" + resource + b"8BIM\x04\x25\x00\x00\x00\x00\x00\x10" + digest + other,
    )
    written = embed(jpeg_with(whole), dataclasses.replace(NOTICE, creator="Ann"))
    (extended,) = (read_blocks(written) or pytest.fail("no blocks")).iim

    assert extended.startswith(records + b"\x1c\x02\x50\x00\x03Ann")
    assert hashlib.md5(extended, usedforsecurity=False).digest() in written
    assert digest not in written
    assert other in written


def test_values_too_long_for_iptc_are_left_to_xmp() -> None:
    written = embed(PLAIN["JPEG"], dataclasses.replace(NOTICE, credit="x" * 33))

    assert 2110 not in dict(iptc(written))
    assert ("x" * 33,) == said(written)["photoshop:Credit"]


XMP = b"http://ns.adobe.com/xap/1.0/\x00"
MPF = (
    b"MPF\x00II*\x00\x08\x00\x00\x00\x01\x00\x02\xb0\x07\x00\x10\x00\x00\x00\x16\x00\x00\x00"
    + bytes(8)
)
EXTENSION = b"http://ns.adobe.com/xmp/extension/\x00" + b"A" * 32 + bytes(8)
HALF = len(PLAIN["JPEG"]) - 60


@pytest.mark.parametrize(
    ("whole", "reason"),
    [
        (b"GIF89a", "only into JPEG, PNG, WebP and TIFF"),
        (PLAIN["JPEG"][:HALF], "damaged or cut short"),
        (PLAIN["JPEG"][:-2], "cut short"),
        (b"\xff\xd8\xff\xe1\xff\xff" + b"x" * 9, "damaged or cut short"),
        (jpeg_with(segment(0xE1, EXTENSION)), "its XMP"),
        (jpeg_with(segment(0xE1, XMP + MAKERS), segment(0xE1, EXTENSION)), "several XMP"),
        (jpeg_with(*[segment(0xE1, XMP + MAKERS)] * 2), "several XMP packets"),
        (jpeg_with(segment(0xE2, b"MPF\x00II*\x00")), "its several pictures is damaged"),
        (jpeg_with(segment(0xE2, MPF), segment(0xE1, XMP + MAKERS)), "behind their index"),
        (jpeg_with(segment(0xE2, MPF[:-1])), "its several pictures is damaged"),
        (jpeg_with(segment(0xE2, MPF.replace(b"\x10", b"\x08"))), "several pictures is damaged"),
        (save("JPEG", xmp=packet(f"<dc:title>{'x' * 63_500}</dc:title>")), "64 KB"),
        (save("JPEG", xmp=b"<x><broken"), "cannot be read"),
        (save("JPEG", xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"), "holds no RDF"),
        (save("JPEG", xmp=packet().decode().encode("utf-16")), "cannot be read"),
        (save("JPEG", xmp=b'<!DOCTYPE x [<!ENTITY e "i">]>' + packet()), "entities"),
        (save("WEBP", xmp=packet("<dc:title>" * 5_000)), "cannot be read"),
        (png_with()[:-20], "damaged or cut short"),
        (PLAIN["PNG"].replace(b"IDAT", b"IDAT", 1)[:-16] + b"\x00" * 16, "damaged"),
        (png_with(b"\x00\x00\x00\x01tEXtaBAD!"), "a checksum is wrong"),
        (png_with(chunk(b"tEXt", b"x"))[:40] + b"\xff" * 40, "damaged"),
        (PLAIN["WebP"][:-4], "damaged or cut short"),
        (b"RIFF\x04\x00\x00\x00WEBP", "no pixels"),
        (PLAIN["TIFF"][:20], "damaged or cut short"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "raw file"),
        (b"MM\x00*\xff\xff\xff\xff", "damaged or cut short"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_without_risk_is_refused(whole: bytes, reason: str) -> None:
    with pytest.raises(CannotEmbed, match=reason):
        embed(whole, NOTICE)


def test_a_sidecar_says_the_same() -> None:
    told = {one.name: one.values for one in read_xmp(sidecar(NOTICE))}

    assert ("Ann Ö <ann>",) == told["dc:creator"]
    assert (NOTICE.usage,) == told["xmpRights:UsageTerms"]


def test_what_xml_cannot_hold_is_replaced() -> None:
    odd = dataclasses.replace(NOTICE, creator="A\x00n\ud800n\x02", credit="\x1f")

    assert ("A\ufffdn\ufffdn\ufffd",) == said(embed(PLAIN["PNG"], odd))["dc:creator"]


def test_what_is_free_is_not_marked_at_all() -> None:
    assert "xmpRights:Marked" not in said(
        embed(PLAIN["JPEG"], dataclasses.replace(NOTICE, marked=False))
    )


def test_several_pictures_in_a_file_stay_where_their_index_says() -> None:
    file = io.BytesIO()
    second = Image.new("RGB", (8, 8), "red")
    Image.new("RGB", (8, 8), "teal").save(file, "MPO", save_all=True, append_images=[second])
    whole = file.getvalue()
    written = embed(whole, NOTICE)
    index = written.index(b"MPF\x00") + 4
    before, after = Image.open(file), Image.open(io.BytesIO(written))

    assert 2 == after.n_frames  # type: ignore[attr-defined]  # of files with several pictures
    for frame in range(2):
        before.seek(frame)
        after.seek(frame)
        assert before.tobytes() == after.tobytes()
    size, offset = (int.from_bytes(part, "little") for part in first_sizes(written, index))
    assert (len(written) - len(whole)) == size - int.from_bytes(
        first_sizes(whole, whole.index(b"MPF\x00") + 4)[0], "little"
    )
    assert b"\xff\xd8\xff" == written[index + offset : index + offset + 3]


def first_sizes(data: bytes, index: int) -> tuple[bytes, bytes]:
    """The size of the first picture and the place of the second, as the index has them."""
    tag = data.index(b"\x02\xb0\x07\x00", index)
    at = index + int.from_bytes(data[tag + 8 : tag + 12], "little")
    return data[at + 4 : at + 8], data[at + 24 : at + 28]


def test_what_one_form_says_of_credit_and_notice_no_other_contradicts() -> None:
    in_iptc = said(embed(jpeg_with(iim((110, b"Quay"), (116, b"(c) Quay"))), NOTICE))
    in_xmp = packet("<dc:rights>(c) Quay</dc:rights>", 'photoshop:Credit="Quay"')

    assert [] == [name for name in ("dc:rights", "photoshop:Credit") if name in in_iptc]
    assert [1090, 2000, 2080] == [
        number for number, _ in iptc(embed(save("JPEG", xmp=in_xmp), NOTICE))
    ]


def test_pages_and_flags_stay() -> None:
    file = io.BytesIO()
    second = Image.new("RGB", (8, 8), "red")
    Image.new("RGB", (8, 8), "teal").save(file, "TIFF", save_all=True, append_images=[second])
    pages = Image.open(io.BytesIO(embed(file.getvalue(), NOTICE)))
    flags = [embed(PLAIN[name], NOTICE)[20] for name in ("WebP", "lossless", "extended")]

    assert 2 == pages.n_frames  # type: ignore[attr-defined]  # of files with several pages
    pages.seek(1)
    assert second.tobytes() == pages.tobytes()
    assert [0x04, 0x04, 0x0C] == flags
