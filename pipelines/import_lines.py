"""
The lines of an imported file, whatever bytes it holds.

A file is plain or gzip, and UTF-16 if it begins with that mark, else UTF-8; a line that is not
UTF-8 is read as Windows-1252 and said aloud. What cannot be unpacked is a last line with a fault.
"""

import collections
import dataclasses
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import Any

from pipelines.import_signatures import HEAD, refusal

LONGEST_LINE = 16_000_000
"""Characters of a line; a longer one is no mention."""

BLANK_LINES = 1_000
"""How far the first line that is not blank is looked for."""

_KEPT_OF_LONG = 1_000
_UNREADABLE = (OSError, EOFError, zlib.error)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line, or what is left of one that cannot be read."""

    number: int
    """Counted from 1."""

    text: str
    """With its end."""

    fault: str = ""
    """Why it cannot be used; ``""`` if it can."""


class Lines:
    """The decoded lines of a file, with their ends."""

    def __init__(self, file: Any) -> None:
        self._fault = ""
        if file.peek(2)[:2] == b"\x1f\x8b":
            file = gzip.GzipFile(fileobj=file)
        head = self._head(file)
        self.refusal = refusal(head)
        """Why this is no text at all; ``None`` if it may be."""
        encoding = "utf-16" if head[:2] in _UTF_16 else "utf-8"
        errors = "replace" if encoding == "utf-16" else "surrogateescape"
        self._text = io.TextIOWrapper(file, encoding, errors, newline="")
        self._number = 0
        self._ahead: collections.deque[Line] = collections.deque()
        self._over = False
        self._first_odd: int | None = None
        self._odd = 0

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        if self._ahead:
            return self._ahead.popleft()
        text = self._read()
        if not text:
            return self._end()
        self._number += 1
        if self._number == 1:
            text = text.removeprefix("\ufeff")
        if len(text) == LONGEST_LINE and not text.endswith(("\n", "\r")):
            while (rest := self._read()) and not rest.endswith(("\n", "\r")):
                pass
            return Line(self._number, text[:_KEPT_OF_LONG], "the line is too long to be a mention")
        return Line(self._number, text if text.isascii() else self._repair(text))

    def peek(self) -> str:
        """Return the first line that is not blank, without using it up."""
        passed = []
        for line in self:
            passed.append(line)
            if line.text.strip("\ufeff \t\r\n") or len(passed) == BLANK_LINES:
                break
        self.push_back(passed)
        return passed[-1].text if passed else ""

    def push_back(self, lines: list[Line]) -> None:
        """Let these lines be the next ones again."""
        self._ahead.extendleft(reversed(lines))

    def notes(self) -> tuple[str, ...]:
        """Say what had to be guessed."""
        if not self._odd:
            return ()
        return (f"{self._odd:,} lines, the first is {self._first_odd}, were read as Windows-1252",)

    def close(self) -> None:
        """Let go of the wrapped file."""
        self._text.detach()

    def _head(self, file: Any) -> bytes:
        try:
            head: bytes = file.peek(HEAD)[:HEAD]
        except _UNREADABLE as error:
            self._fault = _explain(error)
            return b""
        return head

    def _read(self) -> str:
        try:
            return "" if self._fault else self._text.readline(LONGEST_LINE)
        except _UNREADABLE as error:
            self._fault = _explain(error)
            return ""

    def _end(self) -> Line:
        if not self._fault or self._over:
            raise StopIteration
        self._over = True
        return Line(self._number + 1, "", self._fault)

    def _repair(self, text: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError:
            self._odd += 1
            self._first_odd = self._first_odd or self._number
            return text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        return text


def _explain(error: Exception) -> str:
    return f"the rest of the file cannot be read: {str(error) or 'it ends too early'}"
