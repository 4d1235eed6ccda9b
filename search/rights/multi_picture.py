"""
JPEG files that hold several pictures behind one another, as telephones write them.

Their index counts from where it stands itself, so that whatever is put before it moves nothing;
only the size of the first picture, which grows, has to follow. CIPA DC-007 (Multi-Picture Format)
§5.2.
"""

import struct
from typing import Final

from search.rights.notice import CannotEmbed

NAME: Final = b"MPF\x00"
_ENTRIES_TAG: Final = 0xB002
_ENTRY: Final = 16
_SIZE_IN_ENTRY: Final = 4


def grown(content: bytes, by: int) -> bytes:
    """Return the content of the segment with the index, for a first picture longer by so much."""
    base = len(NAME)
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(content[base : base + 4])
    try:
        at = base + _first_entry(content[base:], order or "")
        (size,) = struct.unpack_from(f"{order}I", content, at + _SIZE_IN_ENTRY)
        new = struct.pack(f"{order}I", size + by)
    except struct.error as error:
        raise CannotEmbed("the index of its several pictures is damaged") from error
    return content[: at + _SIZE_IN_ENTRY] + new + content[at + _SIZE_IN_ENTRY + len(new) :]


def _first_entry(index: bytes, order: str) -> int:
    """Return where the entry of the first picture stands."""
    (start,) = struct.unpack_from(f"{order}I", index, 4)
    (count,) = struct.unpack_from(f"{order}H", index, start)
    for number in range(count):
        tag, _, size, at = struct.unpack_from(f"{order}HHII", index, start + 2 + 12 * number)
        if tag == _ENTRIES_TAG and size >= _ENTRY:
            return int(at)
    raise CannotEmbed("the index of its several pictures is damaged")
