"""
Rights written into a picture without touching it (rights.md §2.5, R2.10).

`embed` puts XMP into JPEG, PNG, WebP and TIFF files, and IPTC-IIM into JPEG. Nothing is decoded:
every byte that is not ours stays what and in the order it was. A file that breaks its own format,
or in which something would have to be guessed, is refused with `CannotEmbed`; `sidecar` then says
the same in a file of its own, as it does for everything else, films and GIF included.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from search.rights.containers import Blocks, read_blocks
from search.rights.iim_writing import iim_values
from search.rights.images import read_statements
from search.rights.jpeg_writing import put_into_jpeg
from search.rights.notice import CannotEmbed, RightsNotice
from search.rights.packets import Packet, Said, sidecar
from search.rights.png_writing import put_into_png
from search.rights.tiff_writing import put_into_tiff
from search.rights.webp_writing import put_into_webp

__all__ = ["CannotEmbed", "RightsNotice", "embed", "sidecar"]

_IIM_NAMES: Final = {
    80: ("IPTC By-line", "dc:creator", "EXIF Artist", "PNG Author", "cc:attributionName"),
    110: ("IPTC Credit", "photoshop:Credit"),
    116: ("IPTC Copyright Notice", "dc:rights", "EXIF Copyright"),
}
"""Where else a data set's matter is said: what stands there must not be contradicted."""


def embed(data: bytes, notice: RightsNotice) -> bytes:
    """Return the file with the notice in it; `CannotEmbed` says why that is not possible."""
    blocks = read_blocks(data)
    if blocks is None:
        raise CannotEmbed("metadata is written only into JPEG, PNG, WebP and TIFF")
    if len(blocks.xmp) > 1:
        raise CannotEmbed("it holds several XMP packets")
    had = bool(blocks.xmp)
    packet = Packet(blocks.xmp[0] if had else None)
    blocks.xmp = [packet.to_bytes()] if had else []  # without what we wrote earlier
    said = _said(blocks)
    if _others(said, _IIM_NAMES[80]) - {notice.creator}:
        notice = _without_maker(notice)
    packet.add(notice, said)
    written = packet.to_bytes()
    whole = _put(blocks.kind, data, written, _uncontradicted(notice, said), had=had)
    again = read_blocks(whole)
    if again is None or again.xmp != [written]:
        raise CannotEmbed("what was written into it could not be read back")
    return whole


def _put(kind: str, data: bytes, packet: bytes, values: Mapping[int, str], *, had: bool) -> bytes:
    match kind:
        case "JPEG":
            return put_into_jpeg(data, packet, values, had=had)
        case "PNG":
            return put_into_png(data, packet, had=had)
        case "WebP":
            return put_into_webp(data, packet, had=had)
        case _:
            return put_into_tiff(data, packet, had=had)


def _said(blocks: Blocks) -> Said:
    found: dict[str, tuple[str, ...]] = {}
    for one in read_statements(blocks):
        found[one.name] = (*found.get(one.name, ()), *filter(None, one.values))
    return found


def _without_maker(notice: RightsNotice) -> RightsNotice:
    """Leave out whose it is: the file names another, who may hold the rights in it."""
    return dataclasses.replace(
        notice, creator=None, notice=None, licensor_name=None, licensor_url=None
    )


def _uncontradicted(notice: RightsNotice, said: Said) -> dict[int, str]:
    return {
        number: value
        for number, value in iim_values(notice).items()
        if not _others(said, _IIM_NAMES[number]) - {value}
    }


def _others(said: Said, names: Sequence[str]) -> set[str]:
    return {text for name in names for text in said.get(name, ())}
