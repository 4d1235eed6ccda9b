"""
An imported file as records: what each line holds, or why it could not be read.

Any bytes can be handed in. Only a file that cannot be opened, or that is not a table of mentions
at all, is an error; everything else is a record, good or bad, with the number of its line.
"""

import csv
import dataclasses
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipelines.import_columns import Columns, shown
from pipelines.import_lines import LONGEST_LINE, Line, Lines
from search.errors import ImportFileError

LONGEST_RECORD = 2_000
"""Lines that one cell in quotes may run over; beyond it a quote was never closed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Good:
    """A record that could be read: the fields of one document, not yet checked."""

    line: int
    values: Mapping[str, Any]
    raw: str


@dataclasses.dataclass(frozen=True, slots=True)
class Bad:
    """A record that cannot become a mention."""

    line: int
    reason: str
    raw: str


class ImportedFile:
    """A file of mentions, opened: plain or gzip, ndjson or csv, in whatever encoding."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise ImportFileError(f"{path}: {error.strerror or error}") from error
        self._size = os.fstat(self._file.fileno()).st_size or 1
        self._lines = Lines(self._file)
        self._notes: list[str] = []

    @property
    def share(self) -> float:
        """How much of it has been read, from 0 to 1."""
        return min(self._file.tell() / self._size, 1)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about how it was read, in sentences."""
        return (*self._notes, *self._lines.notes())

    def records(self) -> Iterator[Good | Bad]:
        """Read one record after the other; a file that holds no table is an `ImportFileError`."""
        if self._lines.refusal:
            raise ImportFileError(f"{self._path}: {self._lines.refusal}")
        first = self._lines.peek().lstrip("\ufeff \t\r\n")
        if first.startswith("["):
            raise ImportFileError(
                f"{self._path}: a JSON array; one document a line is needed, which "
                "`jq -c '.[]'` makes of it"
            )
        if first.startswith("{") or self._is_named("ndjson", "jsonl", "json"):
            return _read_ndjson(self._lines)
        return self._read_csv()

    def _read_csv(self) -> Iterator[Good | Bad]:
        csv.field_size_limit(LONGEST_LINE)  # its default, 131,072, is shorter than many articles
        record = _Record(self._lines)
        try:
            delimiter, headings = _read_headings(record)
        except (csv.Error, _TooLong) as error:
            raise ImportFileError(f"{self._path}: {error}") from error
        return _read_rows(self._choose_columns(headings), record, delimiter)

    def _choose_columns(self, headings: list[str]) -> Columns:
        columns = Columns(headings)
        if problem := columns.problem():
            raise ImportFileError(f"{self._path}: {problem}")
        if columns.unread:
            self._notes.append(f"columns not read: {shown(columns.unread)}")
        return columns

    def _is_named(self, *endings: str) -> bool:
        return (
            self._path.name.removesuffix(".gz").lower().endswith(tuple(f".{e}" for e in endings))
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._lines.close()
        self._file.close()


def _read_ndjson(lines: Lines) -> Iterator[Good | Bad]:
    for line in lines:
        raw = line.text.strip()
        if line.fault:
            yield Bad(line.number, line.fault, raw)
        elif raw:
            yield _read_json(line.number, raw)


def _read_json(number: int, raw: str) -> Good | Bad:
    try:
        values = json.loads(raw)
    except RecursionError:
        return Bad(number, "nested too deeply", raw)
    except ValueError as error:
        return Bad(number, f"not JSON: {error}", raw)
    if not isinstance(values, dict):
        return Bad(number, "not a JSON object", raw)
    return Good(number, values, raw)


def _read_rows(columns: Columns, record: "_Record", delimiter: str) -> Iterator[Good | Bad]:
    while True:
        record.begin()
        try:
            cells = next(csv.reader(record, delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            yield record.give_up(str(error))
            continue
        if any(cell.strip() for cell in cells):
            yield _read_row(columns, cells, record)


def _read_row(columns: Columns, cells: list[str], record: "_Record") -> Good | Bad:
    try:
        return Good(record.line, columns.read(cells), record.raw)
    except ValueError as error:
        return Bad(record.line, str(error), record.raw)


def _read_headings(record: "_Record") -> tuple[str, list[str]]:
    """Take the separator under which most headings are known, or that Excel's ``sep=`` names."""
    record.begin()
    first = next((text for text in record if text.strip()), "").rstrip("\r\n")
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        return first[-1], next(csv.reader(record, delimiter=first[-1]), [])
    candidates = {mark: next(csv.reader([first], delimiter=mark), []) for mark in ",;\t|"}
    best = max(candidates, key=lambda mark: len(Columns(candidates[mark]).known))
    return best, candidates[best]


class _TooLong(Exception):
    """A record that does not end."""


class _Record:
    """The lines of one csv record, fed to the reader one by one and kept until it is read."""

    def __init__(self, lines: Lines) -> None:
        self._source = lines
        self._lines: list[Line] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._lines) == LONGEST_RECORD:
            raise _TooLong(f"a quotation mark is not closed within {LONGEST_RECORD:,} lines")
        line = next(self._source)
        self._lines.append(line)
        if line.fault:
            raise _TooLong(line.fault)
        return line.text

    @property
    def line(self) -> int:
        """Where the record begins."""
        return self._lines[0].number

    @property
    def raw(self) -> str:
        """The record as it stands in the file."""
        return "".join(line.text for line in self._lines)

    def begin(self) -> None:
        """Forget the record that was read."""
        self._lines = []

    def give_up(self, reason: str) -> Bad:
        """Give up the first line only, so that one stray quotation mark does not cost the rest."""
        first, *others = self._lines
        self._source.push_back(others)
        return Bad(first.number, reason, first.text)
