"""Small pictures, drawn rather than stored: a cup seen from above, in a colour of its own."""

import functools
import hashlib
import struct
import zlib

from crawlers.demo.answers import Answer

SIDE = 96


@functools.lru_cache(maxsize=256)
def picture(name: str) -> Answer:
    """Draw the PNG whose colours follow from its name."""
    red, green, blue = (128 + byte // 2 for byte in hashlib.blake2b(name.encode()).digest()[:3])
    table, cup, coffee = bytes((red, green, blue)), b"\xff\xff\xff", b"\x5a\x3a\x22"
    rows = b"".join(
        b"\0" + b"".join(_colour(x, y, table, cup, coffee) for x in range(SIDE))
        for y in range(SIDE)
    )
    size = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return Answer(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks), "image/png")


def _colour(x: int, y: int, table: bytes, cup: bytes, coffee: bytes) -> bytes:
    distance = ((x - SIDE / 2) ** 2 + (y - SIDE / 2) ** 2) ** 0.5
    return coffee if distance < SIDE * 0.3 else cup if distance < SIDE * 0.4 else table


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
