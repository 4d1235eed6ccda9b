"""
The suppression list as a file beside the configuration: one entry a line, only ever added to.

It is there so that a store that is restored, rebuilt or lost takes nobody off the list.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from search.config import Config
from search.people.entries import Entry
from search.people.keys import SuppressionError, people_folder, people_lock, sync_folder

FILE_NAME: Final = "sayso.suppressed.ndjson"
_OWN_MODE: Final = 0o600


class ListFile:
    """Reads and lengthens the file; `SuppressionError` says what is wrong with it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.path: Path = people_folder(config) / FILE_NAME

    def lines(self) -> Iterator[tuple[Mapping[str, Any], str]]:
        """
        Hand out every decision in order, with its place, as the file has it.

        A last line that a crash cut off is left out.
        """
        try:
            with self.path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    if line.endswith(b"\n") and line.strip():
                        yield self._read(line, number), f"{self.path}, line {number}"
        except FileNotFoundError:
            return
        except OSError as error:
            raise SuppressionError(f"{self.path}: cannot be read ({error.strerror})") from error

    def exists(self) -> bool:
        """Whether there is such a file."""
        return self.path.exists()

    def append(self, entries: Sequence[Entry]) -> None:
        """Add decisions; when this returns they are on the disk."""
        lines = b"".join(json.dumps(each.to_plain()).encode() + b"\n" for each in entries)
        try:
            with people_lock(self._config):
                is_new = not self.path.exists()
                opened = os.open(self.path, os.O_RDWR | os.O_CREAT, _OWN_MODE)
                with os.fdopen(opened, "r+b") as file:
                    file.truncate(_whole_lines(self.path))
                    file.seek(0, os.SEEK_END)
                    file.write(lines)
                    file.flush()
                    os.fsync(file.fileno())
                if is_new:
                    sync_folder(self.path.parent)
        except OSError as error:
            raise SuppressionError(f"{self.path}: cannot be written ({error.strerror})") from error

    def _read(self, line: bytes, number: int) -> Mapping[str, Any]:
        try:
            plain = json.loads(line)
        except (ValueError, RecursionError):
            plain = None
        if not isinstance(plain, dict):
            raise SuppressionError(f"{self.path}, line {number}: this is no JSON object")
        return plain


def _whole_lines(path: Path) -> int:
    """Return how long a file is without what a crash left of its last line."""
    content = path.read_bytes()
    return content.rfind(b"\n") + 1
