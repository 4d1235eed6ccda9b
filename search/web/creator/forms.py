"""Forms as they arrive: a few short fields, and files that go to disk piece by piece."""

import asyncio
import contextlib
import dataclasses
import errno
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

import anyio.to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from search.errors import SaysoError
from search.web.creator.originals import BadOriginal, Part

MOST_FIELDS: Final = 20
LONGEST_FIELD: Final = 2_000
"""Bytes."""

MOST_FILES: Final = 10
STALLED: Final = 30
"""Seconds without a byte after which a form is given up."""

LONGEST: Final = 3_600
"""Seconds that one upload may take in all."""

LONGEST_SMALL: Final = 30
"""Seconds that any other form may take in all."""

GRACE: Final = 30
"""Seconds after which a form has to arrive at a rate."""

SLOWEST: Final = 1_000
"""Bytes a second, of all that come behind the grace."""

SMALL: Final = 64 * 1024
"""Bytes of a form beside its files; no longer than that, it is read at once."""

_READ_ON: Final = 50_000_000
"""Bytes that are read of files that are not taken."""

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class BadForm(SaysoError):
    """A body that is no form of ours; nothing of it is kept."""


@dataclasses.dataclass(slots=True)
class Form:
    """What arrived; `drop` what is not `keep`-t."""

    fields: dict[str, str] = dataclasses.field(default_factory=dict)
    files: list[tuple[Part, str]] = dataclasses.field(default_factory=list)
    """Each with its SHA-256."""

    problem: str | None = None
    """Why its files were not taken: the code of a text."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(part.size for part, _ in self.files)

    def keep(self, folder: Path, kept: list[Path]) -> None:
        """Keep the files in a folder; name those in ``kept`` that were not there, one by one."""
        for part, _ in self.files:
            if (path := part.keep(folder)) is not None:
                kept.append(path)

    def refuse(self, code: str) -> None:
        """Take none of the files, for a reason."""
        self.problem = code
        self.drop()

    def drop(self) -> None:
        """Let go of the files; what was not kept is gone."""
        for part, _ in self.files:
            part.drop()
        self.files = []


def is_small(content_length: str | None) -> bool:
    """Whether a form says that it has no room for originals; servers read no more than it says."""
    length = content_length or ""
    return length.isascii() and length.isdecimal() and len(length) < 9 and int(length) <= SMALL


async def read_form(
    content_type: str | None,
    body: AsyncIterator[bytes],
    folder: Path,
    room: int,
    *,
    seconds: float = LONGEST,
) -> Form:
    """
    Read a form; of its files at most ``room`` bytes together are taken.

    All of it has to arrive within some seconds, or `TimeoutError` is raised.
    Files that are not taken are read on for a while, since browsers show an error of their own
    when somebody answers before they are done. Raises `BadForm`; whatever is raised, nothing is
    left on disk.
    """
    kind, options = parse_options_header(content_type)
    if kind == b"application/x-www-form-urlencoded":
        async with asyncio.timeout(seconds):
            return Form(fields=_fields(await _whole(body)))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise BadForm("the body is no form")
    reader = _Reader(options[b"boundary"], folder, room)
    with contextlib.ExitStack() as failing:
        failing.callback(reader.drop_current)
        failing.callback(reader.form.drop)
        async with asyncio.timeout(seconds):
            async for chunk in _lively(body):
                await anyio.to_thread.run_sync(reader.take, chunk)
                if reader.has_enough:
                    break
            else:
                reader.end()
        failing.pop_all()
    return reader.form


async def _lively(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Hand on what arrives, unless nothing does for too long, or too little in all."""
    begun, seen = time.monotonic(), 0
    while True:
        try:
            async with asyncio.timeout(STALLED):
                chunk = await anext(body)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise BadForm("nothing more arrived") from None
        seen += len(chunk)
        if seen < (time.monotonic() - begun - GRACE) * SLOWEST:
            raise BadForm("it arrives too slowly")
        yield chunk


async def _whole(body: AsyncIterator[bytes]) -> bytes:
    whole = bytearray()
    async for chunk in _lively(body):
        whole += chunk
        if len(whole) > SMALL:
            raise BadForm("the form is too long")
    return bytes(whole)


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadForm("the form has too many fields, or is no UTF-8") from error
    if any(len(value) > LONGEST_FIELD for _, value in pairs):
        raise BadForm("a field is too long")
    return dict(pairs)


class _Reader:
    """Feeds a multipart body to a form."""

    def __init__(self, boundary: bytes, folder: Path, room: int) -> None:
        self.form = Form()
        self._folder, self._room = folder, room
        self._seen = 0
        self._names = 0
        self._ended = False
        self._header = bytearray()
        self._disposition = b""
        self._name = ""
        self._is_file = False
        self._value = bytearray()
        self._part: Part | None = None
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_begin": self._header.clear,
                    "on_header_field": self._on_name,
                    "on_header_value": self._on_value,
                    "on_headers_finished": self._open,
                    "on_part_data": self._data,
                    "on_part_end": self._close,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise BadForm(str(error)) from error

    def take(self, chunk: bytes) -> None:
        """Take the next piece of the body."""
        self._seen += len(chunk)
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise BadForm(str(error)) from error

    @property
    def has_enough(self) -> bool:
        """Whether so much of refused files was read that nobody waits for the rest."""
        return self._seen > self._room + _READ_ON + SMALL

    def end(self) -> None:
        """Check that the form came to its end."""
        if not self._ended:
            raise BadForm("the form is cut off")

    def drop_current(self) -> None:
        """Leave nothing of the file that was arriving."""
        if self._part is not None:
            self._part.drop()
            self._part = None

    def _begin(self) -> None:
        self._disposition = b""
        self._name, self._is_file = "", False
        self._value.clear()

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition += data[start:end]

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = b"filename" in options
        self._names += 1
        if self._names > MOST_FIELDS + MOST_FILES:
            raise BadForm("the form has too many fields")

    def _data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if not self._is_file:
            if len(self._value) + len(piece) > LONGEST_FIELD:
                raise BadForm(f"{self._name[:40]!r} is too long")
            self._value += piece
        elif self.form.problem is None:
            self._write(piece)

    def _write(self, piece: bytes) -> None:
        used = self.form.size + (self._part.size if self._part else 0)
        if used + len(piece) > self._room:
            self._refuse("too_large")
        elif self._part is None and len(self.form.files) == MOST_FILES:
            self._refuse("too_many")
        else:
            self._safely(lambda: self._append(piece))

    def _append(self, piece: bytes) -> None:
        if self._part is None:
            self._part = Part(self._folder)
        self._part.write(piece)

    def _finish(self) -> None:
        if self._part is not None:
            self.form.files.append((self._part, self._part.finish()))
            self._part = None

    def _safely(self, step: Callable[[], None]) -> None:
        """Do something with a file; where it cannot be, none of them is taken."""
        try:
            step()
        except BadOriginal as error:
            self._refuse(error.code)
        except OSError as error:
            self._refuse("disk_full" if error.errno in _FULL else "not_kept")

    def _refuse(self, code: str) -> None:
        self.form.refuse(code)
        self.drop_current()

    def _close(self) -> None:
        if self._is_file:
            self._safely(self._finish)
        else:
            self.form.fields[self._name] = self._value.decode("utf-8", "replace")

    def _on_end(self) -> None:
        self._ended = True
