"""
`sayso permissions import`: what people filled into a list, recorded row by row.

Each row is recorded as a whole or not at all, and says afterwards what became of it. A row that
holds already changes nothing, so the same file can be imported again.
"""

import dataclasses
import datetime as dt
import enum
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from search.config import Config
from search.permissions.asking import asking_of, link_secret, sent
from search.permissions.batches import NoBatch, read_batch
from search.permissions.drafts import kept_draft
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.leaving_alone import leave_alone
from search.permissions.lists.exporting import check_ledger
from search.permissions.lists.filled import BadCell, Filled, read_filled
from search.permissions.lists.planning import Case, Conflict, Plan, plan
from search.permissions.lists.tables import Line, read_lines
from search.permissions.standing import IllegalTransition
from search.permissions.terms_in_use import with_terms
from search.stores.base import Store


class Fate(enum.StrEnum):
    """What became of a row."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    """It holds already."""

    EMPTY = "empty"
    """Nobody has filled it in."""

    CONFLICT = "conflict"
    """The ledger, or the list, says something else."""

    ERROR = "error"
    """A cell cannot be used."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One row that somebody has filled in, and what became of it."""

    row: int
    """As the spreadsheet numbers it."""

    fate: Fate
    mention: str | None = None
    steps: tuple[str, ...] = ()
    """What was recorded, or would be."""

    column: str | None = None
    """Which cell is wrong; ``None`` when it is no single one."""

    value: str | None = None
    """What stands in it."""

    problem: str | None = None
    """What is wrong, and what is allowed; ``None`` when nothing is."""

    note: str | None = None
    """What a person should know about it."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What became of a list."""

    changes: tuple[Change, ...]
    """All rows but the empty ones, in their order."""

    counts: Mapping[str, int]
    """By `Fate`."""

    @property
    def is_whole(self) -> bool:
        """Whether everything that was filled in holds now."""
        return not (self.counts[Fate.CONFLICT] or self.counts[Fate.ERROR])


def import_outcomes(  # noqa: PLR0913 - what, into what, by whom and when
    store: Store,
    config: Config,
    path: Path,
    *,
    by: str,
    now: dt.datetime,
    dry_run: bool = False,
) -> Report:
    """
    Record what a list says; with ``dry_run`` only say what would be recorded.

    Raises `BadList` for what is no list, and `LedgerDamaged`; then nothing was recorded.
    """
    run = _Run(store, config, by, now, dry_run=dry_run)
    lines = list(read_lines(path))  # all of it first: a file that turns bad records nothing
    changes = [run.take(line) for line in lines]
    counts = Counter(str(change.fate) for change in changes)
    return Report(
        changes=tuple(change for change in changes if change.fate is not Fate.EMPTY),
        counts={str(fate): counts[fate] for fate in Fate},
    )


class _Run:
    """One import under way."""

    def __init__(
        self, store: Store, config: Config, by: str, now: dt.datetime, *, dry_run: bool
    ) -> None:
        check_ledger(store)
        self._store = store
        self._config = config
        self._asking = asking_of(config)
        self._permissions = Permissions(store)
        self._by = by
        self._now = now
        self._dry_run = dry_run
        self._batches: dict[int, frozenset[str]] = {}
        self._rows: dict[str, int] = {}

    def take(self, line: Line) -> Change:
        """Judge one row, and record what it says."""
        if line.fault is not None:
            return Change(row=line.row, fate=Fate.ERROR, problem=line.fault)
        try:
            filled = read_filled(line.cells, self._now)
            if filled is None:
                return Change(row=line.row, fate=Fate.EMPTY)
            return self._record(line.row, filled)
        except BadCell as bad:
            return Change(
                row=line.row, fate=Fate.ERROR, mention=_shown(line),
                column=bad.column, value=bad.value, problem=str(bad),
            )  # fmt: skip
        except Conflict as problem:
            return Change(
                row=line.row, fate=Fate.CONFLICT, mention=_shown(line), problem=str(problem)
            )

    def _record(self, row: int, filled: Filled) -> Change:
        case = self._case(row, filled)
        planned = plan(case)
        if not self._dry_run:
            self._apply_all(case, planned)
        holds = ", ".join(sorted(case.standing.holds))
        return Change(
            row=row,
            fate=Fate.APPLIED if planned.events else Fate.UNCHANGED,
            mention=filled.mention,
            steps=tuple(str(event.step) for event in planned.events),
            note=_notes(planned, holds),
        )

    def _case(self, row: int, filled: Filled) -> Case:
        if filled.mention not in self._mentions_of(filled.batch):
            raise Conflict(f"the mention is not in batch {filled.batch}")
        first = self._rows.setdefault(filled.mention, row)
        if first != row:
            raise Conflict(f"row {first} is about the same mention")
        stored = self._store.fetch([filled.mention]).get(filled.mention)
        if stored is None:
            raise Conflict("the mention is not stored any more")
        return Case(
            filled=filled,
            stored=stored,
            standing=self._permissions.standing(filled.mention),
            draft=kept_draft(self._store, filled.mention),
            secret=link_secret(self._store, self._config, filled.mention, filled.token or ""),
            terms_url=self._asking.terms_url,
            by=self._by,
            now=self._now,
        )

    def _mentions_of(self, number: int) -> frozenset[str]:
        if number not in self._batches:
            try:
                self._batches[number] = frozenset(read_batch(self._store, number).mentions)
            except NoBatch as problem:
                raise BadCell("batch", str(number), str(problem)) from None
        return self._batches[number]

    def _apply_all(self, case: Case, planned: Plan) -> None:
        for done, event in enumerate(planned.events):
            try:
                self._apply(case, event, planned)
            except IllegalTransition as problem:  # somebody else was faster
                steps = ", ".join(each.step for each in planned.events[:done]) or "nothing"
                raise Conflict(f"{problem}; of this row was recorded: {steps}") from None

    def _apply(self, case: Case, event: Event, planned: Plan) -> None:
        if event.step is Step.SEND:
            sent(
                self._store, event.mention, event.evidence.url, event.by, event.at,
                text=planned.text, permissions=self._permissions,
            )  # fmt: skip
            return
        if event.step is Step.GRANT:
            event = self._on_terms(case, event)
        self._permissions.record(event)
        if event.step is Step.HOLD:
            leave_alone(
                self._store, self._config, case.stored.mention, self._now, reason="said so"
            )

    def _on_terms(self, case: Case, event: Event) -> Event:
        sent = self._permissions.standing(event.mention).sent
        evidence = with_terms(
            event.evidence, self._store.notes, self._config, sent,
            case.stored.mention.language, self._now,
        )  # fmt: skip
        return dataclasses.replace(event, evidence=evidence)


def _notes(planned: Plan, holds: str) -> str | None:
    said: Iterator[str] = filter(None, (
        "not the composed text was sent; kept as it stands" if planned.text else "",
        f"it is on hold: {holds}" if holds else "",
    ))  # fmt: skip
    return "; ".join(said) or None


def _shown(line: Line) -> str | None:
    value = line.cells.get("mention")
    return None if value is None else str(value)[:80]
