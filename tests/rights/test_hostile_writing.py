"""Files made to break, delay or trick the writer: it refuses, or writes what reads back."""

import contextlib
import io
import time
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from search.rights.containers import read_blocks
from search.rights.iim_writing import extend_resources
from search.rights.images import read_image_rights
from search.rights.writing import CannotEmbed, RightsNotice, embed
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
from tests.rights.test_hostile_images import BOMB, HEADS, MIDDLES
from tests.rights.test_writing import MAKERS, NOTICE

WHOLE = [
    save("JPEG", xmp=MAKERS, exif=exif(artist="Ida")),
    jpeg_with(iim((80, b"Ida"), (120, b"x"))),
    png_with(png_xmp(MAKERS), chunk(b"tEXt", b"Author\x00Ida")),
    save("WEBP", xmp=MAKERS),
    save("WEBP"),
    save("TIFF", tiffinfo={700: MAKERS}),
    save("MPO", save_all=True, append_images=[Image.new("RGB", (8, 8), "red")]),
]


@settings(deadline=None, max_examples=200)
@given(HEADS, st.lists(MIDDLES | st.binary(max_size=40), max_size=6).map(b"".join))
def test_no_bytes_break_the_writer(head: bytes, rest: bytes) -> None:
    with contextlib.suppress(CannotEmbed):
        written = embed(head + rest, NOTICE)
        assert b"12 3f0a55aa" in (read_blocks(written) or pytest.fail("no blocks")).xmp[0]


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_damage_is_refused_or_leaves_the_picture_as_it_looked(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(
        whole[: data.draw(st.integers(0, len(whole)))] if data.draw(st.booleans()) else whole
    )
    try:
        written = embed(cut, NOTICE)
    except CannotEmbed:
        return

    assert look(cut) == look(written)


def look(data: bytes) -> bytes | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Image.open(io.BytesIO(data)).tobytes()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, TypeError):
            return None


@settings(deadline=None, max_examples=80)
@given(
    st.builds(
        RightsNotice,
        evidence=st.text(min_size=1),
        usage=st.text(min_size=1),
        creator=st.none() | st.text(),
        notice=st.none() | st.text(),
        credit=st.none() | st.text(),
        source=st.none() | st.text(),
        licence=st.none() | st.text(),
        licensor_name=st.none() | st.text(),
    ),
    st.sampled_from(WHOLE),
)
def test_no_words_break_the_writer_and_what_it_writes_stays_itself(
    notice: RightsNotice, whole: bytes
) -> None:
    written = embed(whole, notice)
    again = embed(written, notice)

    assert look(whole) == look(written)
    assert read_image_rights(written) == read_image_rights(again)
    assert len(again) == len(written) or whole[:2] == b"II"


RESOURCES = st.sampled_from(
    [b"8BIM", b"\x04\x04", b"\x00\x00", b"\x00\x00\x00\x08", b"\x1c\x02",
     b"\x1c\x01\x5a\x00\x03\x1b%G", b"\x50\x00\x01a"]
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.lists(RESOURCES | st.binary(max_size=9), max_size=9).map(b"".join))
def test_no_resources_break_the_extension_or_lose_a_byte(resources: bytes) -> None:
    extended = extend_resources(resources, {80: "Ann"})
    if extended is not None:
        left = iter(extended)

        assert all(byte in left for byte in resources if byte not in {0, 8})


@pytest.mark.parametrize(
    "data",
    [
        png_with(*[png_xmp(b" " * 20_000_000, packed=True)] * 20),
        png_with(*[chunk(b"tEXt", b"")] * 300_000),
        jpeg_with(*[segment(0xE2, b"x")] * 9_000),
        save("WEBP", xmp=BOMB + packet("<dc:rights>&j;</dc:rights>")),
        save("WEBP", xmp=packet("<dc:title/>" * 100_000)),
        save("WEBP", xmp=packet("<dc:rights> </dc:rights>" * 100_000)),
        b"RIFF\xf8\xff\x1f\x00WEBP" + b"XMPP\x00\x00\x00\x00" * 262_143,
        b"II*\x00\x08\x00\x00\x00\xff\xfe"
        + b"\x01\x00\x01\x00\x00\x00\x40\x00\x08\x00\x00\x00" * 65_300,
    ],
    ids=["bombs", "chunks", "segments", "laughs", "titles", "empty rights", "RIFF", "tags"],
)
def test_endless_blocks_cost_no_more_than_reading_them(data: bytes) -> None:
    started = time.perf_counter()
    with contextlib.suppress(CannotEmbed):
        embed(data, NOTICE)

    assert time.perf_counter() - started < 5
