"""
Originals that authors hand over: pictures, films and sounds, written to disk as they arrive.

What a file is, is told by its first bytes and never by its name. It is called by its SHA-256, in a
folder of the mention's own, and only the owner of that may read it. Until an answer is recorded it
is a part, which goes with whatever goes wrong; parts that a killed process left are removed at the
next start.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from search.config import Config
from search.errors import SaysoError
from search.stores.elastic.address import is_address

HEAD: Final = 16
"""Bytes that tell what a file is."""

_PART: Final = ".part-"
_MAGIC: Final = (
    (0, b"\xff\xd8\xff"),  # JPEG
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"GIF87a"),
    (0, b"GIF89a"),
    (0, b"II*\x00"),  # TIFF, raw photographs
    (0, b"MM\x00*"),
    (0, b"\x1a\x45\xdf\xa3"),  # Matroska, WebM
    (0, b"\x00\x00\x01\xba"),  # MPEG
    (0, b"ID3"),  # MP3
    (0, b"\xff\xfb"),
    (0, b"\xff\xf1"),  # AAC
    (0, b"\xff\xf9"),
    (0, b"fLaC"),
    (0, b"OggS"),
)
"""Where which bytes stand; of containers with many kinds `_CONTAINERS` says which."""

_CONTAINERS: Final = {
    (b"RIFF", b"WEBP"), (b"RIFF", b"WAVE"), (b"RIFF", b"AVI "), (b"FORM", b"AIFF"),
    (b"FORM", b"AIFC"),
}  # fmt: skip


class BadOriginal(SaysoError):
    """A file that is not taken; ``code`` names the text that says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code.replace("_", " "))


class Part:
    """One file while it arrives."""

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(prefix=_PART, dir=folder)  # mode 0600
        self._path = Path(name)
        self._file: IO[bytes] = os.fdopen(handle, "wb")
        self._hash = hashlib.sha256()
        self._head = b""
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append; `BadOriginal` at the first bytes of what is no picture, film or sound."""
        if len(self._head) < HEAD:
            self._head += data[: HEAD - len(self._head)]
            if len(self._head) == HEAD and not is_media(self._head):
                raise BadOriginal("wrong_type")
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def finish(self) -> str:
        """Write it out for good, under its name in a moment; return its SHA-256."""
        if not is_media(self._head):
            raise BadOriginal("wrong_type")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._hash.hexdigest()

    def keep(self, folder: Path) -> Path | None:
        """Give a finished part its name; ``None``: that very file was there before."""
        folder.mkdir(mode=0o700, exist_ok=True)
        whole = folder / self._hash.hexdigest()
        was_there = whole.exists()
        self._path.replace(whole)
        return None if was_there else whole

    def drop(self) -> None:
        """Leave nothing of it."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


class Originals:
    """The files that belong to one mention, each called by its SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def used(self) -> int:
        """Bytes of all of them."""
        return sum(path.stat().st_size for path in self._all())

    def forget(self, paths: Sequence[Path] | None = None) -> None:
        """Delete some, or all of them."""
        for path in self._all() if paths is None else paths:
            path.unlink(missing_ok=True)
        if not self._all():
            with contextlib.suppress(OSError):
                self.folder.rmdir()

    def _all(self) -> list[Path]:
        return list(self.folder.iterdir()) if self.folder.is_dir() else []


def is_media(head: bytes) -> bool:
    """Whether a file that begins so is a picture, film or sound."""
    if head[4:8] == b"ftyp" or (head[:4], head[8:12]) in _CONTAINERS:  # MP4, MOV, HEIC, AVIF, M4A
        return True
    return any(head[at : at + len(magic)] == magic for at, magic in _MAGIC)


def uploads_folder(config: Config) -> Path:
    """Return where originals are kept: as ``[asking] uploads`` says, or beside the store."""
    if config.asking is not None and config.asking.uploads is not None:
        return config.folder / Path(config.asking.uploads).expanduser()
    name = "sayso" if is_address(config.store) else config.store
    return config.folder / f"{name}.uploads"


def prepare(folder: Path) -> None:
    """Make the folder, for its owner alone, and remove parts that were left in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in folder.glob(f"{_PART}*"):
        part.unlink(missing_ok=True)
