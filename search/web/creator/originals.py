"""
Originals that authors hand over: pictures, films and sounds, written to disk as they arrive.

What a file is, is told by its first bytes and never by its name. It is called by its SHA-256, in a
folder of the mention's own, and only the owner of that may read it. Until an answer is recorded it
is a part, which goes with whatever goes wrong. As long as a process works on a file it has it
locked, so that another one that starts removes what a killed process left, and nothing else.

Files lie on one machine, while a store may have many: so the store notes which lie where.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import socket
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, Final

from search.assets.kinds import LOOKED_AT, kind_of
from search.config import Config
from search.errors import SaysoError
from search.notes import Note, Notes
from search.stores.elastic.address import is_address, parse_address

NOTES: Final = "uploads/"
"""The mention's id follows: on which machine, in which folder which of its originals lie."""

_PART: Final = ".part-"


class BadOriginal(SaysoError):
    """A file that is not taken; ``code`` names the text that says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code.replace("_", " "))


class Part:
    """One file while it arrives."""

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(prefix=_PART, dir=folder)  # mode 0600
        _lock(handle)
        self._path = Path(name)
        self._file: IO[bytes] = os.fdopen(handle, "wb")
        self._hash = hashlib.sha256()
        self._head = b""
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append; `BadOriginal` at the first bytes of what is no picture, film or sound."""
        if len(self._head) < LOOKED_AT:
            self._head += data[: LOOKED_AT - len(self._head)]
            if len(self._head) == LOOKED_AT and kind_of(self._head) is None:
                raise BadOriginal("wrong_type")
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def finish(self) -> str:
        """Write it out for good, under its name in a moment; return its SHA-256."""
        if kind_of(self._head) is None:
            raise BadOriginal("wrong_type")
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._hash.hexdigest()

    def keep(self, folder: Path) -> Path | None:
        """
        Give a finished part its name; ``None``: that very file was there before.

        It stays locked until it is dropped, which leaves the named file.
        """
        folder.mkdir(mode=0o700, exist_ok=True)
        whole = folder / self._hash.hexdigest()
        was_there = whole.exists()
        self._path.replace(whole)
        return None if was_there else whole

    def drop(self) -> None:
        """Let go of it, and leave nothing that has no name yet."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


class Originals:
    """The files that belong to one mention, each called by its SHA-256."""

    def __init__(self, notes: Notes, uploads: Path, mention: str) -> None:
        self.folder = uploads / mention
        self._notes = notes
        self._uploads = uploads
        self._mention = mention

    @property
    def used(self) -> int:
        """Bytes of all of them."""
        return sum(path.stat().st_size for path in self._all())

    def expect(self, files: Iterable[str]) -> None:
        """Note which will be there: of a process that is killed now, nothing else tells."""
        self._note(self._noted() & self._names() | set(files))

    def forget(self, paths: Sequence[Path] | None = None) -> None:
        """Delete some, or all of them."""
        for path in self._all() if paths is None else paths:
            path.unlink(missing_ok=True)
        if not self._all():
            with contextlib.suppress(OSError):
                self.folder.rmdir()
        self._note(self._noted() & self._names())

    def forget_unnamed(self, named: set[str]) -> None:
        """Delete what was expected here and no answer names, unless somebody is at work on it."""
        coming = self._noted() - named
        left = [path for path in self._all() if path.name in coming and _is_left(path)]
        if left:
            self.forget(left)

    def _noted(self) -> set[str]:
        places = _places(self._notes.read(NOTES + self._mention))
        ours = [each["files"] for each in places if _is_here(each, self._uploads)]
        return set().union(*ours)

    def _names(self) -> set[str]:
        return {path.name for path in self._all()}

    def _note(self, files: set[str]) -> None:
        """Let the store say which lie here, beside what lies elsewhere."""
        key, done = NOTES + self._mention, False
        while not done:
            note = self._notes.read(key)
            places = [each for each in _places(note) if not _is_here(each, self._uploads)]
            if files:
                places.append({**_here(self._uploads), "files": sorted(files)})
            if places:
                version = note.version if note else None
                done = self._notes.write(key, {"places": places}, version) is not None
            else:
                done = note is None or self._notes.delete(key, note.version)

    def _all(self) -> list[Path]:
        return list(self.folder.iterdir()) if self.folder.is_dir() else []


def uploads_folder(config: Config) -> Path:
    """Return where originals are kept: as ``[asking] uploads`` says, or beside the store."""
    if config.asking is not None and config.asking.uploads is not None:
        return config.folder / Path(config.asking.uploads).expanduser()
    name = _name_of(config.store) if is_address(config.store) else config.store
    return config.folder / f"{name}.uploads"


def _name_of(location: str) -> str:
    """Name a store on a cluster so that no other one has that folder."""
    address = parse_address(location)
    said = f"{address.prefix}@{address.host}-{address.port}{address.path}"
    return re.sub(r"[^\w.@-]", "-", said)


def originals_elsewhere(notes: Notes, mention: str, folder: Path) -> list[str]:
    """
    Say where originals of a mention lie that cannot be deleted in this folder of this machine.

    Each is a line such as ``web1:/srv/sayso.db.uploads/3c1e… (2 files)``. ``folder`` is that of
    `uploads_folder`. Ask before anything is deleted: where all files of a note lie in the folder
    as well, as where a volume moved to another host, they are not elsewhere.
    """
    here = {path.name for path in (folder / mention).glob("*")}
    return [
        f"{each['host']}:{each['folder']}/{mention} ({len(each['files'])} files)"
        for each in _places(notes.read(NOTES + mention))
        if not _is_here(each, folder) and not here.issuperset(each["files"])
    ]


def prepare(folder: Path) -> None:
    """Make the folder, for its owner alone, and remove parts that a killed process left in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in folder.glob(f"{_PART}*"):
        if _is_left(part):
            part.unlink(missing_ok=True)


def _lock(handle: int) -> bool:
    """Lock a file as long as it is open; ``False``: somebody else has, or it cannot be locked."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_left(path: Path) -> bool:
    """Whether nobody is at work on a file; locks go with the process that has them."""
    try:
        with path.open("rb") as file:
            return _lock(file.fileno())
    except OSError:
        return False


def _here(uploads: Path) -> dict[str, str]:
    return {"host": socket.gethostname(), "folder": str(uploads.resolve())}


def _is_here(place: dict[str, Any], uploads: Path) -> bool:
    return {**place, **_here(uploads)} == place


def _places(note: Note | None) -> list[dict[str, Any]]:
    return [dict(each) for each in note.value["places"]] if note else []
