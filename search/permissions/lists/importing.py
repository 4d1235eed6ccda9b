"""
`sayso permissions import`: what people filled into a list, recorded row by row.

Each row is recorded as a whole or not at all, and says afterwards what became of it: all that can
be wrong with it is looked at before anything of it is recorded. A row that holds already changes
nothing, so the same file can be imported again.
"""

import dataclasses
import datetime as dt
import enum
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from search.config import Config
from search.errors import SaysoError, StoreError
from search.mention import Mention
from search.people.names import names_of
from search.people.suppression import Reach, Suppressions
from search.permissions.asking import asking_of, link_secret, sent
from search.permissions.batches import NoBatch, read_batch
from search.permissions.drafts import kept_draft
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.leaving_alone import leave_alone
from search.permissions.ledger import LedgerDamaged
from search.permissions.lists.exporting import check_ledger
from search.permissions.lists.filled import BadCell, Filled, hide_links, read_filled
from search.permissions.lists.outcomes import Outcome
from search.permissions.lists.planning import Case, Conflict, Plan, plan
from search.permissions.lists.tables import Line, read_lines
from search.permissions.standing import IllegalTransition
from search.permissions.terms_in_use import archived, check_used, keep_used, resolve_terms
from search.stores.base import Store

_NO_LINK: Final = "message_link is not kept: the request was recorded as sent without one"
_ONLY_SUPPRESSED: Final = "the suppression list alone did not have its author"


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
    """A cell cannot be used, or something that the row needs, such as its terms."""


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
    """All rows but the empty ones, in their order; the last one says if the import ended early."""

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

    Raises `BadList` for what is no list, `LedgerDamaged`, and `SuppressionError`; then nothing was
    recorded. A store or ledger that fails on the way ends the import with an error at that row.
    """
    run = _Run(store, config, by, now, dry_run=dry_run)
    lines = list(read_lines(path))  # all of it first: a file that turns bad records nothing
    changes = list(run.take_all(lines))
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
        self._suppressions = Suppressions.open(store, config)
        self._by = by
        self._now = now
        self._dry_run = dry_run
        self._batches: dict[int, frozenset[str]] = {}
        self._rows: dict[str, int] = {}

    def take_all(self, lines: Sequence[Line]) -> Iterator[Change]:
        """Judge each row, and record what it says, until the store or the ledger fails."""
        for done, line in enumerate(lines):
            try:
                yield self._take(line)
            except (StoreError, LedgerDamaged) as problem:
                left = len(lines) - done - 1
                yield _failed(line, Fate.ERROR, problem, (
                    f"the import ended here, {left:,} rows behind this one were not looked at; "
                    "import the file again when that is mended"
                ))  # fmt: skip
                return

    def _take(self, line: Line) -> Change:
        if line.fault is not None:
            return Change(row=line.row, fate=Fate.ERROR, problem=line.fault)
        try:
            filled = read_filled(line.cells, self._now, self._asking.page_url)
            if filled is None:
                return Change(row=line.row, fate=Fate.EMPTY)
            return self._record(line.row, filled)
        except BadCell as bad:
            return Change(
                row=line.row, fate=Fate.ERROR, mention=_shown(line),
                column=bad.column, value=bad.value, problem=str(bad),
            )  # fmt: skip
        except (Conflict, IllegalTransition) as problem:
            return _failed(line, Fate.CONFLICT, problem)
        except (StoreError, LedgerDamaged):
            raise
        except SaysoError as problem:
            return _failed(line, Fate.ERROR, problem)

    def _record(self, row: int, filled: Filled) -> Change:
        case = self._case(row, filled)
        planned = self._on_terms(case, plan(case))
        is_news = filled.outcome is Outcome.NEVER and not self._is_left_alone(case.stored.mention)
        if not self._dry_run:
            self._apply_all(case, planned)
        holds = ", ".join(sorted(case.standing.holds))
        return Change(
            row=row,
            fate=Fate.APPLIED if planned.events or is_news else Fate.UNCHANGED,
            mention=filled.mention,
            steps=tuple(str(event.step) for event in planned.events),
            note=_notes(planned, holds, is_news=is_news),
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
        secret = link_secret(self._store, self._config, filled.mention, filled.token or "")
        return Case(
            filled=hide_links(filled, secret, self._asking.page_url),
            stored=stored,
            standing=self._permissions.standing(filled.mention),
            draft=kept_draft(self._store, filled.mention),
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

    def _on_terms(self, case: Case, planned: Plan) -> Plan:
        """Name the very terms that a yes accepts; `BadTerms` where they are not what they were."""
        notes, sent, events = self._store.notes, case.standing.sent, []
        for event in planned.events:
            if event.step is Step.SEND:
                sent = (event,)
                if event.evidence.terms_sha256 is not None:
                    check_used(notes, event.evidence.terms_sha256)
            evidence = event.evidence
            if event.step is Step.GRANT:
                language = case.stored.mention.language
                evidence = resolve_terms(evidence, notes, self._config, sent, language)
            events.append(dataclasses.replace(event, evidence=evidence))
        return dataclasses.replace(planned, events=tuple(events))

    def _is_left_alone(self, mention: Mention) -> bool:
        """Whether an author is on the suppression list; nobody named can be on none."""
        return not names_of(mention) or self._suppressions.covers(mention, Reach.CONTACT)

    def _apply_all(self, case: Case, planned: Plan) -> None:
        done: list[str] = []
        try:
            self._keep_terms(planned)
            if case.filled.outcome is Outcome.NEVER:  # first: the ledger says when it is all done
                self._leave_alone(case.stored.mention)
                done.append("the author is left alone")
            for event in planned.events:
                self._apply(event, planned)
                done.append(event.step)
        except SaysoError as problem:  # such as of somebody who was faster
            problem.add_note(f"of this row was recorded: {', '.join(done) or 'nothing'}")
            raise

    def _keep_terms(self, planned: Plan) -> None:
        for event in planned.events:
            sha256 = event.evidence.terms_sha256
            if sha256 is not None and archived(self._store.notes, sha256):
                keep_used(self._store.notes, sha256, self._now)

    def _leave_alone(self, mention: Mention) -> None:
        leave_alone(
            self._store, self._config, mention, self._now,
            reason="said so", opened=self._suppressions,
        )  # fmt: skip

    def _apply(self, event: Event, planned: Plan) -> None:
        if event.step is Step.SEND:
            sent(
                self._store, event.mention, event.evidence.url, event.by, event.at, event.due_at,
                text=planned.text, permissions=self._permissions,
            )  # fmt: skip
        else:
            self._permissions.record(event)


def _notes(planned: Plan, holds: str, *, is_news: bool) -> str | None:
    said: Iterator[str] = filter(None, (
        "not the composed text was sent; kept as it stands" if planned.text else "",
        f"it is on hold: {holds}" if holds else "",
        _NO_LINK if planned.is_unlinked else "",
        _ONLY_SUPPRESSED if is_news and not planned.events else "",
    ))  # fmt: skip
    return "; ".join(said) or None


def _failed(line: Line, fate: Fate, problem: SaysoError, more: str | None = None) -> Change:
    said = [str(problem), *getattr(problem, "__notes__", ()), *filter(None, [more])]
    return Change(row=line.row, fate=fate, mention=_shown(line), problem="; ".join(said))


def _shown(line: Line) -> str | None:
    value = line.cells.get("mention")
    return None if value is None else str(value)[:80]
