"""
`sayso quarantine retry`: once more through the stages, for what failed before.

A mention leaves quarantine only when the store has acknowledged it. Whoever is killed in between
leaves it there as well, and trying it again does no harm.
"""

import collections
import dataclasses
import datetime as dt
import enum
from collections.abc import Iterator, Sequence
from typing import Final

import click

from pipelines.context import Context, DropMention
from pipelines.finishing import keep
from pipelines.stages import StageFailed, enrich
from pipelines.suppressing import SUPPRESSED, is_name_suppressed
from search.codec import from_plain
from search.config import Config
from search.errors import MentionNotFound, StoreCorrupt
from search.mention import Mention
from search.showing.printing import print_json
from search.showing.quarantine import find_quarantined, one_line
from search.stores.base import Outcome, Quarantined, Store
from search.stores.opening import open_store

BATCH: Final = 100
"""Mentions in one transaction at most."""

READING: Final = "read"
"""The stage named where the kept JSON is no mention any more."""

UNWANTED: Final = "match"
ADVICE: Final = "retry it with --brand or --keep-unmatched, or drop it"
"""What to do about a mention that is about no brand of the configuration."""

REFUSED: Final = "the store cannot hold it: see `sayso quarantine show`"

FAILED_AGAIN: Final = 3
"""The exit code when something stays in quarantine."""


class Fate(enum.StrEnum):
    """What became of one mention that was tried again."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OUTDATED = "outdated"
    """The store has a later version, from a crawl since: that one stays."""
    SUPPRESSED = "suppressed"
    """Its author wants nothing kept: it has left quarantine."""
    GONE = "gone"
    """Somebody has erased it or let go of it meanwhile: it is not put back."""
    FAILED = "failed"
    """Still in quarantine, with the new error."""


@dataclasses.dataclass(frozen=True, slots=True)
class Retried:
    """One mention that was tried again."""

    id: str
    source: str
    fate: Fate
    reason: str | None = None
    """Why it failed; ``None`` for the others."""


def retry(store: Store, context: Context, entries: Sequence[Quarantined]) -> Iterator[Retried]:
    """
    Enrich and store what was in quarantine, batch by batch, and say for each what became of it.

    Raises as `enrich` and the store do; what was not said yet is then still in quarantine.
    """
    for start in range(0, len(entries), BATCH):
        yield from _Batch(store, context, entries[start : start + BATCH]).retry()


class _Batch:
    """Some entries on their way out of quarantine."""

    def __init__(self, store: Store, context: Context, entries: Sequence[Quarantined]) -> None:
        self._store = store
        self._context = context
        self._entries = entries
        self._fates: dict[str, Retried] = {}
        self._failed: list[Quarantined] = []

    def retry(self) -> list[Retried]:
        """Store first, then write down what failed, and only then let go of the rest."""
        if self._context.suppressions is not None:
            self._context.suppressions.refresh()
        there = self._store.in_quarantine([entry.id for entry in self._entries])
        for entry in self._entries:
            if entry.id not in there:
                self._note(entry, Fate.GONE)
        waiting = [entry for entry in self._entries if entry.id in there]
        enriched = [(entry, one) for entry in waiting if (one := self._enrich(entry))]
        mentions = [mention for _, mention in enriched]
        outcomes = keep(mentions, self._store, self._context) if mentions else []
        for (entry, _), outcome in zip(enriched, outcomes, strict=True):
            if outcome is None:
                self._note(entry, Fate.SUPPRESSED)
            elif outcome is Outcome.QUARANTINED:
                self._note(entry, Fate.FAILED, REFUSED)
            else:
                self._note(entry, Fate(outcome))
        self._put_back()
        stays = {Fate.FAILED, Fate.GONE}
        done = [entry for entry in self._entries if self._fates[entry.id].fate not in stays]
        if done:
            latest = max(entry.at for entry in done)
            self._store.release([entry.id for entry in done], until=latest)
        return [self._fates[entry.id] for entry in self._entries]

    def _put_back(self) -> None:
        """
        Write down why it failed again, but of nothing that was erased or let go meanwhile.

        Who erases an author suppresses first and deletes then: what was written in between is
        seen at the second look.
        """
        there = self._store.in_quarantine([entry.id for entry in self._failed])
        for entry in self._failed:
            if entry.id not in there:
                self._note(entry, Fate.GONE)
        failed = [entry for entry in self._failed if entry.id in there]
        if not failed:
            return
        self._store.quarantine(failed)
        if self._context.suppressions is not None:
            self._context.suppressions.refresh()
        refused = [e.id for e in failed if is_name_suppressed(e.mention, self._context)]
        if refused:
            self._store.release(refused)
            for entry in failed:
                if entry.id in refused:
                    self._note(entry, Fate.SUPPRESSED)

    def _enrich(self, entry: Quarantined) -> Mention | None:
        """Return what is to be stored; note the fate of the others."""
        if is_name_suppressed(entry.mention, self._context):
            self._note(entry, Fate.SUPPRESSED)
            return None
        try:
            mention = _read(entry)
        except ValueError as error:
            self._fail(entry, READING, f"this version cannot read it: {error}")
            return None
        try:
            mention = enrich(mention, self._context)
        except DropMention as unwanted:
            if unwanted.reason == SUPPRESSED:
                self._note(entry, Fate.SUPPRESSED)
                return None
            # Nobody knows for which query or import it was; to give it up is a person's decision.
            self._fail(entry, UNWANTED, f"{unwanted.reason}: {ADVICE}")
        except StageFailed as failure:
            self._fail(entry, failure.stage, str(failure))
        else:
            if not self._is_outdated(mention):
                return mention
            self._note(entry, Fate.OUTDATED)
        return None

    def _is_outdated(self, mention: Mention) -> bool:
        """Whether a crawl has brought a later version since; it must not be overwritten."""
        try:
            kept_at = self._store.get(mention.id).mention.harvested_at
        except (MentionNotFound, StoreCorrupt):  # a damaged copy is replaced by this one
            return False
        seen_at = mention.harvested_at
        return kept_at is not None and seen_at is not None and kept_at > seen_at

    def _fail(self, entry: Quarantined, stage: str, error: str) -> None:
        now = dt.datetime.now(dt.UTC)
        self._failed.append(dataclasses.replace(entry, stage=stage, error=error, at=now))
        self._note(entry, Fate.FAILED, error)

    def _note(self, entry: Quarantined, fate: Fate, reason: str | None = None) -> None:
        self._fates[entry.id] = Retried(entry.id, entry.source, fate, reason)


def _read(entry: Quarantined) -> Mention:
    """Read a mention as it came from its source; it was seen when it went into quarantine."""
    mention = from_plain(entry.mention)
    return dataclasses.replace(mention, harvested_at=mention.harvested_at or entry.at)


def retry_and_report(
    config: Config,
    prefixes: Sequence[str] = (),
    *,
    brands: Sequence[str] = (),
    keep_unmatched: bool = False,
    as_json: bool = False,
) -> int:
    """Try what is named, or all, once more; say what became of it and return the exit code."""
    context = _context(config, brands, keep_unmatched=keep_unmatched)
    fates: collections.Counter[Fate] = collections.Counter()
    with open_store(config.store_location, create=False) as store:
        context = context.with_models_of(store)
        chosen = find_quarantined(store, prefixes) if prefixes else list(store.quarantined())
        for retried in retry(store, context, chosen):
            fates[retried.fate] += 1
            if as_json:
                print_json(dataclasses.asdict(retried))
            elif retried.reason is not None:
                words = (retried.id, retried.source, retried.fate, retried.reason)
                click.echo("\t".join(map(one_line, words)))
    if not as_json:
        click.echo(_summary(fates))
    for note in context.notes:
        click.echo(note, err=as_json)
    return FAILED_AGAIN if fates[Fate.FAILED] else 0


def _context(config: Config, brands: Sequence[str], *, keep_unmatched: bool) -> Context:
    """Look for what a crawl would; without any brand everything would fail, so refuse."""
    wanted = () if keep_unmatched and not brands else config.choose_brands(brands)
    return Context.of(config, brands=wanted, keep_unmatched=keep_unmatched)


def _summary(fates: collections.Counter[Fate]) -> str:
    said = [f"{fates[fate]:,} {fate}" for fate in Fate if fates[fate]]
    return ", ".join(said) or "nothing in quarantine"
