"""
Metadata put into JPEG files: the segments before the pixels, and nothing behind them.

ISO/IEC 10918-1 Annex B; XMP Specification Part 3 §1.1.3.
"""

import dataclasses
import struct
from collections.abc import Mapping
from typing import Final

from search.rights import multi_picture
from search.rights.iim_writing import extend_resources
from search.rights.notice import CannotEmbed

_XMP: Final = b"http://ns.adobe.com/xap/1.0/\x00"
_XMP_EXTENSION: Final = b"http://ns.adobe.com/xmp/extension/\x00"
_PHOTOSHOP: Final = b"Photoshop 3.0\x00"
_EXIF: Final = b"Exif\x00\x00"
_LARGEST: Final = 0xFFFF - 2
"""Bytes that a segment holds."""

_MANY: Final = 10_000
_START_OF_SCAN, _END, _APP0, _APP1, _APP2, _APP13 = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xED
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclasses.dataclass(slots=True)
class _Segment:
    marker: int
    whole: bytes
    """With its marker, and the fill bytes before it."""

    content: bytes

    def holds(self, marker: int, name: bytes) -> bool:
        return self.marker == marker and self.content.startswith(name)


def put_into_jpeg(data: bytes, packet: bytes, values: Mapping[int, str], *, had: bool) -> bytes:
    """Put a packet, and data sets of IPTC-IIM, into a file that ``had`` XMP or not."""
    segments, pixels = _read(data)
    _check(segments, had=had)
    xmp = _segment(_APP1, _XMP + packet)
    if xmp is None:
        raise CannotEmbed("its XMP would be larger than the 64 KB of a segment")
    found = next((one for one in segments if one.holds(_APP1, _XMP)), None)
    if found is not None:
        found.whole = xmp
    at = _behind_exif(segments)
    added = [] if found is not None else [_Segment(_APP1, xmp, b"")]
    segments[at:at] = [*added, *_put_iim(segments, values)]
    _grow_index(segments, sum(len(one.whole) for one in segments) - (pixels - 2))
    return b"".join([data[:2], *(one.whole for one in segments), data[pixels:]])


def _read(data: bytes) -> tuple[list[_Segment], int]:
    """Read the segments before the pixels, and say where these begin."""
    found: list[_Segment] = []
    at = 2
    while len(found) < _MANY:
        start = at
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if data[at : at + 1] != b"\xff" or at + 4 > len(data):
            raise CannotEmbed("the JPEG is damaged or cut short")
        marker = data[at + 1]
        if marker == _START_OF_SCAN:
            if data.rfind(b"\xff\xd9", at) < 0:
                raise CannotEmbed("the JPEG is cut short")
            return found, start
        alone = marker in _WITHOUT_LENGTH
        size = 0 if alone else int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + size
        if marker == _END or end > len(data) or (size < 2 and not alone):
            raise CannotEmbed("the JPEG is damaged or cut short")
        found.append(_Segment(marker, data[start:end], data[at + 4 : end]))
        at = end
    raise CannotEmbed("the JPEG has too many segments")


def _check(segments: list[_Segment], *, had: bool) -> None:
    if any(one.holds(_APP1, _XMP_EXTENSION) for one in segments):
        raise CannotEmbed("its XMP continues in a second packet")
    if sum(one.holds(_APP1, _XMP) for one in segments) != had:
        raise CannotEmbed("its XMP cannot be told apart")


def _behind_exif(segments: list[_Segment]) -> int:
    """Return where XMP is expected: behind JFIF and EXIF, which want to be first."""
    for at, one in enumerate(segments):
        if one.marker != _APP0 and not one.holds(_APP1, _EXIF):
            return at
    return len(segments)


def _put_iim(segments: list[_Segment], values: Mapping[int, str]) -> list[_Segment]:
    """Extend the one block of Photoshop's that is there; return the one to add if none is."""
    blocks = [one for one in segments if one.holds(_APP13, _PHOTOSHOP)]
    if len(blocks) > 1:  # one block in pieces: XMP says it all
        return []
    resources = blocks[0].content[len(_PHOTOSHOP) :] if blocks else b""
    extended = extend_resources(resources, values)
    whole = None if extended is None else _segment(_APP13, _PHOTOSHOP + extended)
    if whole is None:
        return []
    if blocks:
        blocks[0].whole = whole
        return []
    return [_Segment(_APP13, whole, b"")]


def _grow_index(segments: list[_Segment], by: int) -> None:
    """Let the index of a file with several pictures follow; what was put in must stand before."""
    at = [n for n, one in enumerate(segments) if one.holds(_APP2, multi_picture.NAME)]
    if not at:
        return
    behind = segments[at[0] :]
    if len(at) > 1 or any(one.holds(_APP1, _XMP) or one.marker == _APP13 for one in behind):
        raise CannotEmbed("it holds several pictures, and metadata behind their index")
    index = behind[0]
    head = len(index.whole) - len(index.content)
    index.whole = index.whole[:head] + multi_picture.grown(index.content, by)


def _segment(marker: int, content: bytes) -> bytes | None:
    if len(content) > _LARGEST:
        return None
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
