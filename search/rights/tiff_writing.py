"""
XMP put into TIFF files: its packet and a new first directory stand behind everything else.

No byte of the file moves, so whatever refers to another place in it still does; only the header
points to the new directory. TIFF 6.0 §2; XMP Specification Part 3 §3.3.
"""

import dataclasses
import struct
from typing import Final

from search.rights.notice import CannotEmbed

_XMP_TAG: Final = 700
_BYTES: Final = 1
_LARGEST: Final = 2**32 - 1
_RAW: Final = b"CR"
"""What marks Canon's raw files, whose programs count on where things stand."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Directory:
    entries: list[tuple[int, bytes]]
    """Each with its tag, in their order."""

    next: bytes
    """Where the next directory stands, as four bytes."""


def put_into_tiff(data: bytes, packet: bytes, *, had: bool) -> bytes:
    """Put a packet into the first directory, in the place of the one that the file ``had``."""
    order = "<" if data[:2] == b"II" else ">"
    directory = _read(data, order)
    others = [entry for tag, entry in directory.entries if tag < _XMP_TAG]
    behind = [entry for tag, entry in directory.entries if tag > _XMP_TAG]
    if len(directory.entries) - len(others) - len(behind) != had:
        raise CannotEmbed("its XMP cannot be told apart")
    padded = data + b"\0" * (len(data) % 2)
    if len(padded) + len(packet) + 12 * len(directory.entries) + 32 > _LARGEST:
        raise CannotEmbed("the TIFF would be larger than a TIFF can be")
    ours = struct.pack(f"{order}HHII", _XMP_TAG, _BYTES, len(packet), len(padded))
    entries = [*others, ours, *behind]
    packet += b"\0" * (len(packet) % 2)
    start = struct.pack(f"{order}I", len(padded) + len(packet))
    count = struct.pack(f"{order}H", len(entries))
    head = padded[:4] + start
    return b"".join([head, padded[8:], packet, count, *entries, directory.next])


def _read(data: bytes, order: str) -> _Directory:
    if len(data) < 8 or data[8:10] == _RAW:
        raise CannotEmbed("the TIFF is cut short, or the raw file of a camera")
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    if start < 8 or start + 2 > len(data):
        raise CannotEmbed("the TIFF is damaged or cut short")
    (count,) = struct.unpack_from(f"{order}H", data, start)
    end = start + 2 + 12 * count
    if not 0 < count < 0xFFFF or end + 4 > len(data):
        raise CannotEmbed("the TIFF is damaged or cut short")
    places = range(start + 2, end, 12)
    entries = [(struct.unpack_from(f"{order}H", data, at)[0], data[at : at + 12]) for at in places]
    if [tag for tag, _ in entries] != sorted(tag for tag, _ in entries):
        raise CannotEmbed("the tags of the TIFF are out of order")
    return _Directory(entries, data[end : end + 4])
