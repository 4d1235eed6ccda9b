"""
XMP put into PNG files, as an ``iTXt`` chunk before the pixels.

PNG (W3C Recommendation) §5 and §11.3.3; XMP Specification Part 3 §1.1.5.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from search.rights.notice import CannotEmbed

_KEYWORD: Final = b"XML:com.adobe.xmp\x00"
_SIGNATURE: Final = 8
_MANY: Final = 1_000_000


def put_into_png(data: bytes, packet: bytes, *, had: bool) -> bytes:
    """Put a packet in the place of the one that the file ``had``, or before its pixels."""
    ours = _chunk(b"iTXt", _KEYWORD + b"\x00\x00\x00\x00" + packet)
    parts, replaced, placed, end = [data[:_SIGNATURE]], 0, had, _SIGNATURE
    for kind, whole in _chunks(data):
        if kind == b"iTXt" and whole[8:].startswith(_KEYWORD):
            parts.append(ours)
            replaced += 1
        else:
            if kind == b"IDAT" and not placed:
                parts.append(ours)
                placed = True
            parts.append(whole)
        end += len(whole)
    if replaced != had:
        raise CannotEmbed("its XMP cannot be told apart")
    if not placed:
        raise CannotEmbed("the PNG holds no pixels")
    return b"".join([*parts, data[end:]])


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield every chunk up to the last, each with its kind; their sums must be right."""
    at = _SIGNATURE
    for index in range(_MANY):
        kind = data[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data) or (index == 0) != (kind == b"IHDR"):
            raise CannotEmbed("the PNG is damaged or cut short")
        checked = zlib.crc32(memoryview(data)[at + 4 : end - 4])
        if checked != int.from_bytes(data[end - 4 : end], "big"):
            raise CannotEmbed("the PNG is damaged: a checksum is wrong")
        yield kind, data[at:end]
        if kind == b"IEND":
            return
        at = end
    raise CannotEmbed("the PNG has too many chunks")


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checked)
