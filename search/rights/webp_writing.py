"""
XMP put into WebP files, as the last chunk; a simple file becomes an extended one.

WebP Container Specification (RFC 9649 §2).
"""

import struct
from typing import Final

from search.rights.notice import CannotEmbed

_XMP_FLAG: Final = 0x04
_ALPHA_FLAG: Final = 0x10
_HEAD: Final = 12
_MANY: Final = 1_000_000

_Chunk = tuple[bytes, bytes]
"""Its kind, and the whole of it with its padding."""


def put_into_webp(data: bytes, packet: bytes, *, had: bool) -> bytes:
    """Put a packet in the place of the one that the file ``had``, or behind everything."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) or end % 2:
        raise CannotEmbed("the WebP is damaged or cut short")
    chunks = _read(data, end)
    if sum(kind == b"XMP " for kind, _ in chunks) != had:
        raise CannotEmbed("its XMP cannot be told apart")
    ours = _chunk(b"XMP ", packet)
    written = [ours if kind == b"XMP " else whole for kind, whole in chunks]
    first, whole = chunks[0]
    if first == b"VP8X":
        written[0] = whole[:8] + bytes([whole[8] | _XMP_FLAG]) + whole[9:]
    else:
        written.insert(0, _extended(first, whole[8:]))
    inside = b"WEBP" + b"".join([*written, *([] if had else [ours])])
    return b"RIFF" + struct.pack("<I", len(inside)) + inside + data[end:]


def _read(data: bytes, end: int) -> list[_Chunk]:
    found: list[_Chunk] = []
    at = _HEAD
    while at < end and len(found) < _MANY:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        behind = at + 8 + size + size % 2
        if behind > end:
            raise CannotEmbed("the WebP is damaged or cut short")
        found.append((data[at : at + 4], data[at:behind]))
        at = behind
    kinds = {kind for kind, _ in found}
    if at != end or kinds.isdisjoint({b"VP8 ", b"VP8L", b"ANMF"}):
        raise CannotEmbed("the WebP holds no pixels or is damaged")
    if found[0][0] == b"VP8X" and len(found[0][1]) != 18:
        raise CannotEmbed("the WebP is damaged")
    return found


def _extended(kind: bytes, pixels: bytes) -> bytes:
    """Write the chunk that a simple file lacks, by what its pixels say of their size."""
    flags = _XMP_FLAG
    if kind == b"VP8 " and pixels[3:6] == b"\x9d\x01\x2a" and len(pixels) >= 10:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", pixels, 6))
    elif kind == b"VP8L" and pixels[:1] == b"\x2f" and len(pixels) >= 5:
        bits = int.from_bytes(pixels[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags |= _ALPHA_FLAG if bits >> 28 & 1 else 0
    else:
        raise CannotEmbed("the WebP begins with what is no picture")
    if not width or not height:
        raise CannotEmbed("the WebP has no size")
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _chunk(b"VP8X", bytes([flags, 0, 0, 0]) + sides)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
