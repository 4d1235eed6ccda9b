"""Image files made to break or to delay their reader."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.rights.containers import LARGEST_BLOCK
from search.rights.images import read_image_rights
from search.rights.xmp import read_xmp
from tests.rights.files import (
    exif,
    iim,
    jpeg_with,
    packet,
    png_with,
    png_xmp,
    save,
    segment,
)

LICENSED = packet('<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>')
XMP = b"http://ns.adobe.com/xap/1.0/\x00"

BOMB = b"".join(
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">',
        *(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)),
        b"]>",
    ]
)


@pytest.mark.parametrize(
    "xmp",
    [
        BOMB + packet("<dc:rights>&j;</dc:rights>"),
        (BOMB + packet("<dc:rights>&j;</dc:rights>")).decode().encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        + packet("<dc:rights>&e;</dc:rights>"),
        b'<!DOCTYPE x [<!ENTITY e "Ida">]>' + packet(attributes='photoshop:Credit="&e;"'),
        packet("<dc:rights>" * 5_000),
        packet("x" * (LARGEST_BLOCK + 1)),
    ],
    ids=["laughs", "laughs in UTF-16", "file", "attribute", "depth", "size"],
)
def test_hostile_packets_are_refused_at_once(xmp: bytes) -> None:
    started = time.perf_counter()

    assert [] == [value for one in read_xmp(xmp) for value in one.values if value]
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "data",
    [
        png_with(*[png_xmp(b" " * 20_000_000, packed=True)] * 2_000),
        jpeg_with(*[segment(0xE1, XMP + LICENSED)] * 9_000),
        jpeg_with(
            segment(0xED, b"Photoshop 3.0\x00" + b"8BIM\x04\x04\x00\x00\x00\x00\x00\x00" * 5_000)
        ),
        b"II*\x00\x08\x00\x00\x00\xff\xff"
        + b"\xbc\x02\x01\x00\x00\x00\x40\x00\x08\x00\x00\x00" * 65_000,
        b"RIFF\x00\x00\x00\x00WEBP" + b"XMP \x00\x00\x00\x00" * 200_000,
    ],
    ids=["bombs", "packets", "resources", "one tag for ever", "empty chunks"],
)
def test_endless_blocks_cost_no_more_than_reading_them(data: bytes) -> None:
    started = time.perf_counter()
    read_image_rights(data)

    assert time.perf_counter() - started < 10


HEADS = st.sampled_from(
    [
        b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xed", b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"II*\x00\x08\x00\x00\x00", b"MM\x00*\x00\x00\x00\x08", b"",
    ]
)  # fmt: skip
MIDDLES = st.sampled_from(
    [
        segment(0xE1, XMP + LICENSED)[2:], iim((80, b"Ida")), png_xmp(LICENSED, packed=True),
        b"XMP \x10\x00\x00\x00", b"EXIF\x10\x00\x00\x00II*\x00", b"8BIM\x04\x04", b"\x1c\x02\x50",
        exif(artist="x"), b"iTXt", b"\xff\xff\xff\xff",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(HEADS, st.lists(MIDDLES | st.binary(max_size=40), max_size=6).map(b"".join))
@example(b"\xff\xd8\xff", b"\xe1\x00\x00")
def test_no_bytes_break_the_reader(head: bytes, rest: bytes) -> None:
    read_image_rights(head + rest)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_no_damage_breaks_the_reader(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from(
        [save("JPEG", xmp=LICENSED, exif=exif(artist="Ida")), png_with(png_xmp(LICENSED)),
         save("TIFF", tiffinfo={700: LICENSED}), jpeg_with(iim((80, b"Ida")))]
    )))  # fmt: skip
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    read_image_rights(bytes(whole))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(
    ["<rdf:li>", "</rdf:li>", "<rdf:Bag>", "<plus:Licensor>", "</plus:Licensor>", "&lt;", "<",
     "<cc:license rdf:resource='x'/>", "<dc:rights", ">", "<![CDATA[", "]]>", "<!--", "\x00",
     "&x;", "å", "<?x?>"]
), max_size=15).map("".join))  # fmt: skip
def test_no_packet_breaks_the_reader(inside: str) -> None:
    assert isinstance(read_xmp(packet(inside)), list)
