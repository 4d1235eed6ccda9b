"""
Mentions from a file into a store, tagged like crawled ones; a bad line never stops the rest.

What cannot become a mention is written, with line and reason, to ``<file>.rejected.ndjson``
beside the file, so that nothing is lost.
"""

import collections
import contextlib
import dataclasses
import datetime as dt
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO, TypeVar

from pipelines.context import Context, DropMention
from pipelines.finishing import keep, set_aside
from pipelines.import_records import Bad, Good, ImportedFile
from pipelines.stages import StageFailed, enrich
from pipelines.suppressing import SUPPRESSED, is_name_suppressed
from search.codec import from_plain, to_plain
from search.errors import StoreBusy
from search.fields import fields
from search.mention import Mention
from search.stores.base import Outcome, Quarantined, Store

BATCH = 1_000
"""Mentions in one transaction at most."""

BATCH_CHARACTERS = 5_000_000
"""Characters of text in one transaction at most, so that long articles fit into memory too."""

EXAMPLES = 20
"""How many rejected lines a report shows; the file beside the imported one has them all."""

SOURCE = "import"
"""The source of a mention that names none."""

BUSY_TRIES, BUSY_SECONDS = 60, 1.0

_T = TypeVar("_T")
_OWN = {"id", *(path for path, field in fields().items() if field.own)}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ImportReport:
    """What became of the lines of a file, so far or in the end."""

    outcomes: Mapping[Outcome, int]
    """How many mentions were new, changed and unchanged."""

    dropped: Mapping[str, int]
    """How many mentions were not wanted, by reason."""

    rejected: int
    """How many lines cannot become a mention."""

    quarantined: int
    """How many mentions a stage broke on or the store refused; it keeps them with the error."""

    examples: tuple[Bad, ...]
    """The first rejected lines."""

    rejects: Path | None
    """The file with all rejected lines; ``None`` without any, or when it cannot be written."""

    notes: tuple[str, ...]
    """What a person should know about how the file was read, in sentences."""

    @property
    def bad(self) -> int:
        """How many lines are neither in the store nor unwanted."""
        return self.rejected + self.quarantined


Progress = Callable[[ImportReport, float], None]
"""Called after each batch with the report so far and the share of the file read, 0 to 1."""


def import_file(
    path: Path,
    store: Store,
    context: Context,
    *,
    on_progress: Progress = lambda _, __: None,
) -> ImportReport:
    """
    Take in an ndjson or csv file, plain or gzip, and report what became of its lines.

    Each batch is safe in the store before the next is read, and the same file can be imported
    again without harm. A file that is no table of mentions raises `ImportFileError`. An import
    usually wants a context that keeps mentions of no brand.
    """
    with ImportedFile(path) as file, _Rejects(path) as rejects:
        run = _Run(store, context, rejects)
        for batch in _batches(file.records()):
            run.take_in(batch)
            on_progress(run.report(file.notes), file.share)
        return run.report(file.notes)


class _Run:
    """One import under way: the counts."""

    def __init__(self, store: Store, context: Context, rejects: "_Rejects") -> None:
        self._store = store
        self._context = context
        self._rejects = rejects
        self._outcomes = dict.fromkeys((Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED), 0)
        self._dropped: collections.Counter[str] = collections.Counter()
        self._quarantined = 0

    def take_in(self, records: list[Good | Bad]) -> None:
        """Tag and store a batch."""
        mentions = [mention for record in records if (mention := self._read(record)) is not None]
        for outcome in _patiently(lambda: self._put(mentions)) if mentions else ():
            if outcome is None:
                self._dropped[SUPPRESSED] += 1
            elif outcome is Outcome.QUARANTINED:
                self._quarantined += 1
            else:
                self._outcomes[outcome] += 1

    def _put(self, mentions: list[Mention]) -> list[Outcome | None]:
        return keep(mentions, self._store, self._context)

    def report(self, notes: tuple[str, ...]) -> ImportReport:
        """Say how it stands."""
        return ImportReport(
            outcomes=dict(self._outcomes),
            dropped=dict(self._dropped),
            rejected=self._rejects.count,
            quarantined=self._quarantined,
            examples=tuple(self._rejects.examples),
            rejects=self._rejects.path,
            notes=(*notes, *self._rejects.notes, *self._context.notes),
        )

    def _read(self, record: Good | Bad) -> Mention | None:
        if isinstance(record, Bad):
            self._rejects.add(record)
            return None
        try:
            mention = read_document(record.values)
        except ValueError as error:
            # First: a line about somebody who wants nothing kept is not written down either.
            if is_name_suppressed({"source": SOURCE, **record.values}, self._context):
                self._dropped[SUPPRESSED] += 1
                return None
            self._rejects.add(Bad(record.line, str(error), record.raw))
            return None
        try:
            return enrich(mention, self._context)
        except DropMention as unwanted:
            self._dropped[unwanted.reason] += 1
        except StageFailed as failure:
            self._quarantine(mention, failure)
        return None

    def _quarantine(self, mention: Mention, failure: StageFailed) -> None:
        self._quarantined += 1
        entry = Quarantined(
            id=mention.id,
            source=mention.source,
            stage=failure.stage,
            error=str(failure),
            mention=to_plain(mention),
            at=dt.datetime.now(dt.UTC),
        )
        _patiently(lambda: set_aside(mention, entry, self._store, self._context))


def read_document(values: Mapping[str, Any]) -> Mention:
    """
    Read one document as exported; our own state in it is left aside.

    ``source`` may be missing, and one of ``url`` and ``source_id``. `ValueError` says what is
    wrong with it.
    """
    document = {name: value for name, value in values.items() if name not in _OWN}
    document.setdefault("source", SOURCE)
    if "source_id" not in document and document.get("url"):
        document["source_id"] = document["url"]
    if "url" not in document and document.get("source_id"):
        document["url"] = _address(document["source"], document["source_id"])
    mention = from_plain(document)
    if not mention.source.strip() or not mention.source_id.strip():
        raise ValueError("source and source_id: a mention without them cannot be told from others")
    if mention.harvested_at is None:
        return dataclasses.replace(mention, harvested_at=dt.datetime.now(dt.UTC))
    return mention


def _address(source: object, source_id: object) -> object:
    """Take the identifier for the address if it is one, else make one that nobody can open."""
    is_address = isinstance(source_id, str) and source_id.startswith(("http://", "https://"))
    return source_id if is_address else f"import:{source}/{source_id}"


def _batches(records: Iterator[Good | Bad]) -> Iterator[list[Good | Bad]]:
    batch: list[Good | Bad] = []
    characters = 0
    for record in records:
        batch.append(record)
        characters += len(record.raw)
        if len(batch) == BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _patiently(call: Callable[[], _T]) -> _T:
    """Ask a busy store again: another crawl or import is writing."""
    for _ in range(BUSY_TRIES):
        with contextlib.suppress(StoreBusy):
            return call()
        time.sleep(BUSY_SECONDS)
    return call()


class _Rejects:
    """The file of rejected lines, which exists only if there are any."""

    def __init__(self, imported: Path) -> None:
        self._wanted = imported.with_name(f"{imported.name}.rejected.ndjson")
        self._file: TextIO | None = None
        self.path: Path | None = None
        self.count = 0
        self.examples: list[Bad] = []
        self.notes: tuple[str, ...] = ()

    def add(self, bad: Bad) -> None:
        """Count a line and write it down."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(bad)
        if self._file is None and not self.notes:
            self._open()
        if self._file is not None:
            self._file.write(json.dumps(dataclasses.asdict(bad)) + "\n")

    def _open(self) -> None:
        try:
            self._file = self._wanted.open("w", encoding="utf-8")
            self.path = self._wanted
        except OSError as error:
            self.notes = (f"{self._wanted}: {error.strerror}; rejected lines are only counted",)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
