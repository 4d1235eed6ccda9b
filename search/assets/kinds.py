"""
What a file is, by how it begins: pictures, films and sounds, and nothing else.

A list of its own, since it is a list of what is let in: SVG, which may hold scripts, documents and
archives are not on it, whatever a server calls them.
"""

import dataclasses
import re
from typing import Final

LOOKED_AT: Final = 4096
"""Bytes at the beginning that tell what a file is."""


@dataclasses.dataclass(frozen=True, slots=True)
class FileKind:
    """One sort of file."""

    content_type: str
    ending: str
    """Without the dot."""


def _begins(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


_BEGINNINGS: Final = (
    (_begins(rb"\xff\xd8\xff"), FileKind("image/jpeg", "jpg")),
    (_begins(rb"\x89PNG\r\n\x1a\n"), FileKind("image/png", "png")),
    (_begins(rb"GIF8[79]a"), FileKind("image/gif", "gif")),
    (_begins(rb"RIFF....WEBP"), FileKind("image/webp", "webp")),
    (_begins(rb"II\*\x00|MM\x00\*"), FileKind("image/tiff", "tif")),
    (_begins(rb"....ftyp(?:avif|avis)"), FileKind("image/avif", "avif")),
    (_begins(rb"....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)"), FileKind("image/heic", "heic")),
    (_begins(rb"....ftypM4[AB] "), FileKind("audio/mp4", "m4a")),
    (_begins(rb"....ftypqt  "), FileKind("video/quicktime", "mov")),
    (
        _begins(rb"....ftyp(?:iso|mp4|avc|dash|MSNV|3g|M4V|mmp4|XAVC)"),
        FileKind("video/mp4", "mp4"),
    ),
    (_begins(rb"\x1aE\xdf\xa3.{0,64}webm"), FileKind("video/webm", "webm")),
    (_begins(rb"\x1aE\xdf\xa3.{0,64}matroska"), FileKind("video/x-matroska", "mkv")),
    (_begins(rb"RIFF....AVI "), FileKind("video/x-msvideo", "avi")),
    (_begins(rb"\x00\x00\x01\xba"), FileKind("video/mpeg", "mpg")),
    (_begins(rb"RIFF....WAVE"), FileKind("audio/wav", "wav")),
    (_begins(rb"FORM....AIF[FC]"), FileKind("audio/aiff", "aiff")),
    (_begins(rb"OggS.{0,100}\x80theora"), FileKind("video/ogg", "ogv")),
    (_begins(rb"OggS"), FileKind("audio/ogg", "ogg")),
    (_begins(rb"fLaC"), FileKind("audio/flac", "flac")),
    (_begins(rb"\xff[\xf1\xf9]"), FileKind("audio/aac", "aac")),
    (_begins(rb"ID3|\xff[\xfa\xfb\xf2\xf3\xe2\xe3]"), FileKind("audio/mpeg", "mp3")),
)
_DECLARED: Final = re.compile(
    r"(?:image|video|audio)/|(?:application|binary)/(?:octet-stream|ogg|mp4)\b|$"
)


def kind_of(data: bytes) -> FileKind | None:
    """Tell what a file is; ``None`` for everything that is no picture, film or sound."""
    beginning = data[:LOOKED_AT]
    return next((kind for pattern, kind in _BEGINNINGS if pattern.match(beginning)), None)


def may_be_media(content_type: str) -> bool:
    """Whether a server may mean media by a content type; by ``""``, which is none, it may."""
    return _DECLARED.match(content_type.strip().lower()) is not None
