"""The folder of the index: its generations, the pointer to the current one, the lock."""

import contextlib
import dataclasses
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final, Self

import filelock
import tantivy

_POINTER: Final = "current.json"
_LOCK: Final = "lock"


@dataclasses.dataclass(frozen=True, slots=True)
class Pointer:
    """Which generation is the current one, and how far it follows the record."""

    generation: str
    fingerprint: str
    """Of its schema; see `search.stores.index_schema.fingerprint`."""
    store_id: str
    """Of the record it was made from: a file that was swapped is noticed."""
    change: int
    """The latest change it holds."""
    clean: int = 0
    """Of what was removed up to this change its files hold nothing, not even what is not found."""

    def at(self, change: int) -> Self:
        """Return the pointer after more changes."""
        return dataclasses.replace(self, change=change)


class IndexFolder:
    """
    Where the index is kept, beside the record.

    What cannot be kept there, because the folder is read-only, is kept in a temporary folder
    until `close`.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        self.writable = writable
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def pointer(self) -> Pointer | None:
        """Read the pointer; ``None`` when there is none or it is damaged."""
        try:
            written = json.loads((self.path / _POINTER).read_bytes())
            return Pointer(
                generation=str(written["generation"]),
                fingerprint=str(written["fingerprint"]),
                store_id=str(written["store_id"]),
                change=int(written["change"]),
                clean=int(written.get("clean", 0)),
            )
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def point_to(self, pointer: Pointer) -> None:
        """Replace the pointer at once: after a crash it is the old one or the new one."""
        fresh = self.path / f"{_POINTER}.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(dataclasses.asdict(pointer), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / _POINTER)

    def generation(self, name: str) -> Path:
        """Return the folder of one generation."""
        return self.path / name

    def next_generation(self) -> str:
        """Name a generation that was never used."""
        used = [int(name) for name in self._generations()]
        return f"{max(used, default=0) + 1:06}"

    def remove_all_but(self, name: str | None) -> None:
        """Delete the other generations; who is searching one keeps its open files."""
        for other in self._generations():
            if other != name:
                shutil.rmtree(self.path / other, ignore_errors=True)

    def open(self, pointer: Pointer) -> tantivy.Index:
        """Open a generation to search it."""
        path = self.generation(pointer.generation)
        try:
            index = tantivy.Index.open(str(path))
            index.config_reader("manual")
        except ValueError as error:
            if self.writable or "Lockfile" not in str(error):
                raise
            index = tantivy.Index.open(str(self._mirror(path)))
            index.config_reader("manual")
        return index

    def lock(self) -> filelock.BaseFileLock:
        """Return the lock that whoever writes must hold; it ends with its process."""
        self.path.mkdir(parents=True, exist_ok=True)
        return filelock.FileLock(self.path / _LOCK, thread_local=False)

    def discard(self) -> None:
        """Remove the pointer, so that the next to look builds a new generation."""
        if self.writable:
            with contextlib.suppress(OSError):
                (self.path / _POINTER).unlink()
        else:
            self.make_private()

    def make_private(self) -> None:
        """Move to an empty temporary folder, which can be written."""
        self.path = Path(self._temporary_folder()) / "private"
        self.path.mkdir(exist_ok=True)
        self.writable = True

    def size(self) -> int:
        """Sum up the sizes of all its files, in bytes."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())

    def close(self) -> None:
        """Delete what was temporary."""
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    def _generations(self) -> list[str]:
        try:
            return [each.name for each in self.path.iterdir() if each.name.isdecimal()]
        except OSError:
            return []

    def _mirror(self, path: Path) -> Path:
        """Link to every file from a folder where tantivy can put its lock, which reading needs."""
        mirror = Path(tempfile.mkdtemp(dir=self._temporary_folder()))
        for file in path.iterdir():
            if file.suffix != ".lock":
                (mirror / file.name).symlink_to(file.resolve())
        return mirror

    def _temporary_folder(self) -> str:
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="sayso-index-")
        return self._temporary.name
