"""
Finding what is to go, and deleting it, in steps that may be interrupted and repeated.

Each step first catches up with the ledger and judges anew: what was granted or put on hold since
it was found stays. Between that look and the deletion a moment remains that no store can close.
"""

import dataclasses
import datetime as dt
import itertools
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from search.mention import StoredMention
from search.notes import all_under
from search.people.leftovers import drop_leftovers, drop_messages
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import Entry
from search.query import And, Not, Or, Query, Range, Term
from search.retention.rules import UNASKED, Case, Due, Rules, case_of, due, evidence_due
from search.stores.base import Sort, Store
from search.words import fold_value

BATCH: Final = 2_000
"""Mentions that are deleted in one step."""

EXAMPLES: Final = 3
EVIDENCE: Final = "evidence"
QUARANTINE: Final = "quarantine"
_REASON: Final = "retention"
_ANSWERS: Final = "answers/"
"""Yes, said on an author's page: under id, ``/`` and how long the ledger's history then was."""

_SETTLES: Final = frozenset({Step.QUEUE, Step.GRANT, Step.DECLINE, Step.REVOKE})
"""What comes behind a yes and leaves nothing of it to be looked at."""


@dataclasses.dataclass(slots=True)
class Tally:
    """What one rule finds."""

    count: int = 0
    oldest: dt.datetime | None = None
    """When the oldest of them was first seen."""

    examples: list[str] = dataclasses.field(default_factory=list)
    """A few ids."""

    def add(self, name: str, at: dt.datetime | None) -> None:
        """Count one more."""
        self.count += 1
        if at is not None and (self.oldest is None or at < self.oldest):
            self.oldest = at
        if len(self.examples) < EXAMPLES:
            self.examples.append(name)


Tallies = dict[str, Tally]
"""By rule; without those that find nothing."""


def look(store: Store, rules: Rules, now: dt.datetime) -> Tallies:
    """Say what is to go, and delete nothing."""
    tallies: Tallies = defaultdict(Tally)
    permissions = Permissions(store)
    for stored, found in _found(store, permissions, rules, now):
        tallies[found.rule].add(stored.id, stored.state.first_seen_at)
    for mention, numbers in _evidence(store, permissions, rules, now):
        for _ in numbers:
            tallies[EVIDENCE].add(mention, None)
    for name, at in _quarantined(store, permissions, rules, now):
        tallies[QUARANTINE].add(name, at)
    return dict(tallies)


def sweep(
    store: Store,
    rules: Rules,
    now: dt.datetime,
    *,
    on_step: Callable[[int], None] = lambda _: None,
    uploads: Path | None = None,
) -> Tallies:
    """
    Delete what is to go; return what was deleted. ``on_step`` hears of each step's number.

    ``uploads`` is the folder with what authors handed over, which goes with their content.
    """
    tallies: Tallies = defaultdict(Tally)
    permissions = Permissions(store)
    # Found first: what is deleted behind an iteration's back is nobody's contract.
    names = [stored.id for stored, _ in _found(store, permissions, rules, now)]
    for start in range(0, len(names), BATCH):
        step = names[start : start + BATCH]
        on_step(_remove(store, permissions, rules, now, step, tallies, uploads))
    for mention, numbers in list(_evidence(store, permissions, rules, now)):
        for number in numbers:
            if permissions.ledger.erase(number, _REASON, now, keep_author=True):
                tallies[EVIDENCE].add(mention, None)
    for name, at in list(_quarantined(store, permissions, rules, now)):
        if store.release([name], until=at):
            tallies[QUARANTINE].add(name, at)
    # Also where nothing is due: whoever was interrupted before left words in the index.
    store.remove([])
    return dict(tallies)


def _remove(  # noqa: PLR0913, PLR0917 - one step of `sweep`
    store: Store,
    permissions: Permissions,
    rules: Rules,
    now: dt.datetime,
    names: Sequence[str],
    tallies: Tallies,
    uploads: Path | None,
) -> int:
    cases = _cases(store, permissions)
    there = store.fetch(names)
    going = {
        stored.id: (stored, found)
        for stored in map(there.get, names)
        if stored is not None and (found := _due_now(stored, cases, rules, now)) is not None
    }
    # First, so that who is interrupted finds the mention again; of others only alerts have told.
    if known := [name for name in going if name in cases]:
        drop_leftovers(store, known, uploads)
    drop_messages(store, list(going))
    removed = store.remove(list(going))
    for name, (stored, found) in going.items():
        tallies[found.rule].add(name, stored.state.first_seen_at)
    return removed


def _found(
    store: Store, permissions: Permissions, rules: Rules, now: dt.datetime
) -> Iterator[tuple[StoredMention, Due]]:
    cases = _cases(store, permissions)
    unasked = (each for each in _unasked(store, rules, now) if each.id not in cases)
    for stored in itertools.chain(unasked, _known(store, list(cases))):
        found = _due_now(stored, cases, rules, now)
        if found is not None:
            yield stored, found


def _unasked(store: Store, rules: Rules, now: dt.datetime) -> Iterator[StoredMention]:
    """Hand out what is old enough among those that nothing ever happened to."""
    query = _old(rules, now)
    if query is not None:
        unasked = And((query, Term("permission", "not_requested")))
        yield from store.iterate(unasked, sort=Sort.OLDEST)


def _known(store: Store, names: Sequence[str]) -> Iterator[StoredMention]:
    for start in range(0, len(names), BATCH):
        yield from store.fetch(names[start : start + BATCH]).values()


def _due_now(
    stored: StoredMention, cases: Mapping[str, Case], rules: Rules, now: dt.datetime
) -> Due | None:
    found = due(stored, cases.get(stored.id, UNASKED), rules, now)
    return found if found is not None and found.at <= now else None


def _cases(store: Store, permissions: Permissions) -> dict[str, Case]:
    histories = permissions.histories()
    standings = permissions.standings()
    answers = _answers(store)
    return {
        name: dataclasses.replace(
            case_of(standings[name], history),
            is_answered=answers.get(name, -1) >= _settled(history),
        )
        for name, history in histories.items()
    }


def _answers(store: Store) -> dict[str, int]:
    """Return for each mention with a yes from its page how long its history was at the latest."""
    latest: dict[str, int] = {}
    for key, _ in all_under(store.notes, _ANSWERS):
        name, _, number = key.removeprefix(_ANSWERS).partition("/")
        # What cannot be read is no reason to delete.
        at = int(number) if number.isdecimal() else sys.maxsize
        latest[name] = max(latest.get(name, 0), at)
    return latest


def _settled(history: Sequence[Entry]) -> int:
    return max((n for n, entry in enumerate(history, 1) if entry.step in _SETTLES), default=0)


def _evidence(
    store: Store, permissions: Permissions, rules: Rules, now: dt.datetime
) -> Iterator[tuple[str, list[int]]]:
    """Hand out entries to erase; what was erased since the ledger was read is passed over."""
    histories = permissions.histories()
    for name, case in _cases(store, permissions).items():
        numbers = list(evidence_due(case, histories[name], rules, now))
        if numbers:
            yield name, numbers


def _quarantined(
    store: Store, permissions: Permissions, rules: Rules, now: dt.datetime
) -> Iterator[tuple[str, dt.datetime]]:
    """Hand out what lies in quarantine for longer than its source's mentions are kept."""
    asked = permissions.standings()
    for entry in store.quarantined():
        said = rules.days_of(entry.source)
        if said is None or entry.id in asked:
            continue
        days = min(said[1], rules.limits.get(entry.source, said[1]))
        if entry.at + dt.timedelta(days=days) <= now:
            yield entry.id, entry.at


def _old(rules: Rules, now: dt.datetime) -> Query | None:
    """Build the query that finds what may be due; every hit is judged all the same."""
    named = sorted(
        name for name in {*rules.retention.sources, *rules.limits} if rules.days_of(name)
    )
    parts: list[Query] = [And((_from(name), _older(rules, name, now))) for name in named]
    general = rules.retention.mentions_days
    if general is not None:
        others = tuple(Not(_from(name)) for name in named)
        rest = _before("first_seen_at", now, general)
        parts.append(And((rest, *others)) if others else rest)
    return Or(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)


def _older(rules: Rules, source: str, now: dt.datetime) -> Query:
    said = rules.days_of(source)
    clauses: list[Query] = [] if said is None else [_before("first_seen_at", now, said[1])]
    if source in rules.limits:
        clauses.append(_before("harvested_at", now, rules.limits[source]))
    return Or(tuple(clauses)) if len(clauses) > 1 else clauses[0]


def _from(source: str) -> Term:
    return Term("source", fold_value(source))


def _before(path: str, now: dt.datetime, days: int) -> Range:
    return Range(path, high=now - dt.timedelta(days=days))
