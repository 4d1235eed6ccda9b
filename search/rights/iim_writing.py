"""
IPTC-IIM written: the byline, the credit and the notice, for programs that read no XMP.

IPTC-NAA Information Interchange Model 4.2, inside Photoshop's image resources (Photoshop File
Formats, "Image Resources Section"). What stands there stays byte for byte. A value that is longer
than the model allows is left to XMP rather than cut.
"""

import dataclasses
import hashlib
import struct
from collections.abc import Iterator, Mapping
from typing import Final

from search.rights.notice import RightsNotice

_IIM: Final = 0x0404
_IIM_DIGEST: Final = 0x0425
"""The MD5 of the former; a reader that finds another believes XMP to be out of date."""

_CREATOR, _CREDIT, _NOTICE = 80, 110, 116
_LONGEST: Final = {_CREATOR: 32, _CREDIT: 32, _NOTICE: 128}
"""Bytes, by data set of record 2."""

_UTF8: Final = b"\x1c\x01\x5a\x00\x03\x1b%G"
_VERSION: Final = b"\x1c\x02\x00\x00\x02\x00\x04"


@dataclasses.dataclass(slots=True)
class _Resource:
    head: bytes
    number: int
    content: bytes


def iim_values(notice: RightsNotice) -> dict[int, str]:
    """Return what a notice says in data sets of record 2, as far as it fits."""
    wanted = {_CREATOR: notice.creator, _CREDIT: notice.credit, _NOTICE: notice.notice}
    return {
        number: value
        for number, value in wanted.items()
        if value and len(_encode(value)) <= _LONGEST[number]
    }


def extend_resources(resources: bytes, values: Mapping[int, str]) -> bytes | None:
    """
    Add data sets to Photoshop's resources, ``b""`` for a file without; ``None``: leave them alone.

    That is where nothing is to be added, or where they do not keep to their form.
    """
    read = _read(resources)
    records = [one for one in read or () if one.number == _IIM]
    if not values or read is None or len(records) > 1:
        return None
    if not records:
        read.append(_Resource(b"8BIM\x04\x04\x00\x00", _IIM, b""))
        records = read[-1:]
    old = records[0].content
    new = _extend(old, values)
    if new is None or new == old:
        return None
    records[0].content = new
    for one in read:
        if one.number == _IIM_DIGEST and one.content == _md5(old):
            one.content = _md5(new)
    return b"".join(map(_write, read))


def _read(resources: bytes) -> list[_Resource] | None:
    found, at = [], 0
    while at < len(resources):
        if resources[at : at + 4] != b"8BIM" or at + 12 > len(resources):
            return None
        name = resources[at + 6]
        start = at + 6 + name + 1 + (name + 1) % 2
        size = int.from_bytes(resources[start : start + 4], "big")
        end = start + 4 + size
        if start + 4 > len(resources) or end > len(resources):
            return None
        number = int.from_bytes(resources[at + 4 : at + 6], "big")
        found.append(_Resource(resources[at:start], number, resources[start + 4 : end]))
        at = end + size % 2
    return found


def _write(one: _Resource) -> bytes:
    return (
        one.head
        + struct.pack(">I", len(one.content))
        + one.content
        + b"\0" * (len(one.content) % 2)
    )


def _extend(records: bytes, values: Mapping[int, str]) -> bytes | None:
    sets = list(_sets(records))
    if sum(size for *_, size in sets) != len(records):
        return None
    is_utf8 = records.startswith(_UTF8) or not records
    there = {number for record, number, _ in sets if record == 2}
    added = b"".join(
        struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
        for number, text in sorted(values.items())
        if number not in there and (is_utf8 or text.isascii()) and (value := _encode(text))
    )
    if not records:
        return _UTF8 + _VERSION + added
    behind = sum(size for record, _, size in sets if record <= 2)
    return records[:behind] + added + records[behind:]


def _sets(records: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield record, data set and size in bytes, head included."""
    at = 0
    while records[at : at + 1] == b"\x1c" and at + 5 <= len(records):
        size = int.from_bytes(records[at + 3 : at + 5], "big")
        if size & 0x8000 or at + 5 + size > len(records):
            return
        yield records[at + 1], records[at + 2], 5 + size
        at += 5 + size


def _encode(text: str) -> bytes:
    return text.encode()


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()
