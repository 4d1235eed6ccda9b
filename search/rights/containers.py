"""
Where image files keep what is said about their rights: XMP, IPTC-IIM, EXIF, and PNG's own texts.

Only the blocks that hold it are looked at, in one pass, and no picture is decoded: a picture that
is broken or cut short, or claims to be gigantic, still says whose it is. Pillow opens some such
files only if they are whole, and misses what a PNG says behind its pixels and what a JPEG spreads
over several segments.

JPEG: XMP Specification Part 3 §1.1.3; PNG: §1.1.5; WebP: its container specification; TIFF 6.0.
"""

import dataclasses
import zlib
from collections.abc import Iterator
from typing import Final

LARGEST_BLOCK: Final = 4 * 1024 * 1024
"""Bytes of one block that are read; a packet that is larger is no statement about rights."""

MANY_BLOCKS: Final = 10_000
MANY_TEXTS: Final = 20
"""Texts of one PNG that are unpacked: each may claim to be much longer than the file."""

_XMP: Final = b"http://ns.adobe.com/xap/1.0/\x00"
_XMP_EXTENSION: Final = b"http://ns.adobe.com/xmp/extension/\x00"
_PHOTOSHOP: Final = b"Photoshop 3.0\x00"
_EXIF: Final = b"Exif\x00\x00"
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_IIM_RESOURCE: Final = 0x0404
_ARTIST, _XMP_TAG, _COPYRIGHT, _IIM_TAG, _PHOTOSHOP_TAG = 315, 700, 33432, 33723, 34377
_WANTED: Final = frozenset({_ARTIST, _XMP_TAG, _COPYRIGHT, _IIM_TAG, _PHOTOSHOP_TAG})
_TYPE_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1}


@dataclasses.dataclass(slots=True)
class Blocks:
    """What one file holds."""

    kind: str
    """``JPEG``, ``PNG``, ``WebP`` or ``TIFF``."""

    xmp: list[bytes] = dataclasses.field(default_factory=list)
    iim: list[bytes] = dataclasses.field(default_factory=list)
    texts: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    """Where a text stands and what it says: ``EXIF Copyright``, ``PNG Author``."""


def read_blocks(data: bytes) -> Blocks | None:
    """Read the blocks of an image file; ``None`` when it is none of the four kinds."""
    if data[:3] == b"\xff\xd8\xff":
        return _read_jpeg(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _read_png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _read_webp(data)
    if data[:4] in {b"II*\x00", b"MM\x00*"}:
        blocks = Blocks("TIFF")
        _read_tiff(data, blocks)
        return blocks
    return None


def decode(text: bytes) -> str:
    """Decode what should be ASCII: as UTF-8, which it mostly is today, else as Latin-1."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _read_jpeg(data: bytes) -> Blocks:
    blocks, photoshop = Blocks("JPEG"), bytearray()
    extensions: dict[bytes, dict[int, bytes]] = {}
    for marker, content in _segments(data):
        if marker == 0xE1 and content.startswith(_XMP):
            blocks.xmp.append(content[len(_XMP) :])
        elif marker == 0xE1 and content.startswith(_XMP_EXTENSION):
            head = content[len(_XMP_EXTENSION) :]
            offset = int.from_bytes(head[36:40], "big")
            extensions.setdefault(head[:32], {})[offset] = head[40:]
        elif marker == 0xE1 and content.startswith(_EXIF):
            _read_tiff(content[len(_EXIF) :], blocks)
        elif marker == 0xED and content.startswith(_PHOTOSHOP):
            photoshop += content[len(_PHOTOSHOP) :]
    for parts in extensions.values():
        whole = b"".join(parts[offset] for offset in sorted(parts))
        blocks.xmp.append(whole[: LARGEST_BLOCK + 1])
    blocks.iim += _iim_resources(bytes(photoshop[:LARGEST_BLOCK]))
    return blocks


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the segments before the pixels."""
    at = 2
    for _ in range(MANY_BLOCKS):
        while data[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if data[at : at + 1] != b"\xff" or at + 1 >= len(data):
            return
        marker = data[at + 1]
        if marker in {0xDA, 0xD9}:
            return
        if marker in _WITHOUT_LENGTH:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)


def _iim_resources(photoshop: bytes) -> Iterator[bytes]:
    """Yield the IPTC-IIM records among Photoshop's image resources."""
    at = 0
    while photoshop[at : at + 4] == b"8BIM":
        number = int.from_bytes(photoshop[at + 4 : at + 6], "big")
        name = photoshop[at + 6] if at + 6 < len(photoshop) else 0
        at += 6 + name + 1 + (name + 1) % 2
        size = int.from_bytes(photoshop[at : at + 4], "big")
        if number == _IIM_RESOURCE:
            yield photoshop[at + 4 : at + 4 + size]
        at += 4 + size + size % 2


def _read_png(data: bytes) -> Blocks:
    blocks, at = Blocks("PNG"), 8
    for _ in range(MANY_BLOCKS):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if len(kind) < 4 or kind == b"IEND":
            break
        content = data[at + 8 : at + 8 + min(size, LARGEST_BLOCK)]
        if kind in {b"iTXt", b"tEXt", b"zTXt"}:
            _read_png_text(kind, content, blocks)
        elif kind == b"eXIf":
            _read_tiff(content, blocks)
        at += 12 + size
    return blocks


def _read_png_text(kind: bytes, content: bytes, blocks: Blocks) -> None:
    keyword, _, rest = content.partition(b"\x00")
    if len(blocks.xmp) + len(blocks.texts) >= MANY_TEXTS:
        return
    if keyword not in {b"XML:com.adobe.xmp", b"Copyright", b"Author"}:
        return
    packed, encoding = kind == b"zTXt", "latin-1"
    if kind == b"iTXt":
        packed, encoding = rest[:1] == b"\x01", "utf-8"
        rest = rest[2:].partition(b"\x00")[2].partition(b"\x00")[2]
    elif packed:
        rest = rest[1:]
    value = _unpack(rest) if packed else rest
    if keyword == b"XML:com.adobe.xmp":
        blocks.xmp.append(value)
    else:
        blocks.texts.append((f"PNG {keyword.decode()}", value.decode(encoding, "replace")))


def _unpack(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, LARGEST_BLOCK)
    except zlib.error:
        return b""


def _read_webp(data: bytes) -> Blocks:
    blocks, at = Blocks("WebP"), 12
    for _ in range(MANY_BLOCKS):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if len(kind) < 4:
            break
        if kind in {b"XMP ", b"EXIF"}:
            content = data[at + 8 : at + 8 + min(size, LARGEST_BLOCK + 1)]
            if kind == b"XMP ":
                blocks.xmp.append(content)
            else:
                _read_tiff(content.removeprefix(_EXIF), blocks)
        at += 8 + size + size % 2
    return blocks


def _read_tiff(data: bytes, blocks: Blocks) -> None:
    """Read the first directory of a TIFF file, which is also what EXIF is."""
    for tag, value in _tiff_values(data):
        if tag in {_ARTIST, _COPYRIGHT}:
            name = "EXIF Artist" if tag == _ARTIST else "EXIF Copyright"
            blocks.texts.append((name, decode(value.replace(b"\x00", b" "))))
        elif tag == _XMP_TAG:
            blocks.xmp.append(value)
        elif tag == _IIM_TAG:
            blocks.iim.append(value)
        elif tag == _PHOTOSHOP_TAG:
            blocks.iim += _iim_resources(value)


def _tiff_values(data: bytes) -> Iterator[tuple[int, bytes]]:
    order: Final = "little" if data[:2] == b"II" else "big"
    if data[:4] not in {b"II*\x00", b"MM\x00*"}:
        return

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], order)

    start, wanted = number(4, 4), set(_WANTED)
    for index in range(min(number(start, 2), MANY_BLOCKS)):
        entry = start + 2 + 12 * index
        if entry + 12 > len(data):
            return
        tag, size = number(entry, 2), _TYPE_SIZES.get(number(entry + 2, 2), 0)
        size *= number(entry + 4, 4)
        if tag in wanted and 0 < size <= LARGEST_BLOCK:
            wanted.remove(tag)
            at = entry + 8 if size <= 4 else number(entry + 8, 4)
            yield tag, data[at : at + size]
