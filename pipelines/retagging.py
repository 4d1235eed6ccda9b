"""
`sayso retag`: what is stored through the stages once more, after they or the settings changed.

What sources said stays; language, sentiment, disclosure, intent, licence, brands, signals
of authenticity and what is a copy are found out anew. Brands are only ever added, as everywhere.
A mention that a crawl changes meanwhile is left as the crawl made it.
"""

import collections
import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from pipelines.context import Context, DropMention
from pipelines.finishing import finish, put
from pipelines.language import is_by_habit
from pipelines.stages import StageFailed, enrich
from search.codec import content_hash
from search.config import Config
from search.mention import Mention, StoredMention
from search.parsing import parse
from search.query import Everything, Query
from search.showing.printing import print_json
from search.stores.base import Outcome, Sort, Store
from search.stores.opening import open_store

BATCH: Final = 200
FAILED: Final = "failed"
"""How mentions are counted on which a stage broke: they stay as they are."""

INCOMPLETE: Final = 3

Counts = Mapping[str, int]


def retag(
    store: Store,
    query: Query,
    context: Context,
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Counts:
    """Tag anew what a query finds; say how many changed, stayed as they were, or failed."""
    counted: collections.Counter[str] = collections.Counter()
    found = store.iterate(query, sort=Sort.FOUND)
    while batch := list(itertools.islice(found, BATCH)):
        counted += _retag(store, batch, context)
        on_progress(counted.total())
    return counted


def _retag(
    store: Store, batch: Sequence[StoredMention], context: Context
) -> collections.Counter[str]:
    counted: collections.Counter[str] = collections.Counter()
    enriched = list(_enriched(batch, context, counted))
    finished = finish(enriched, store, context)
    tagged = {mention.id: mention for mention in finished[: len(enriched)]}
    changed = {
        before.id: tagged[before.id]
        for before in batch
        if before.id in tagged and content_hash(tagged[before.id]) != content_hash(before.mention)
    }
    # Whoever was faster is right: what was read may be old by now.
    now = store.fetch(list(changed)) if changed else {}
    same = {each.id for each in batch if each.id in now and _is_same(each, now[each.id])}
    written = [mention for name, mention in changed.items() if name in same]
    # What changes along with them is not of this batch, and counted when its turn comes.
    outcomes = put([*written, *finished[len(enriched) :]], store, context)[: len(written)]
    counted.update(str(outcome) for outcome in outcomes if outcome is not None)
    counted[Outcome.UNCHANGED] += len(tagged) - len(outcomes)
    return counted


def _is_same(before: StoredMention, now: StoredMention) -> bool:
    """Whether the source said nothing else meanwhile; a batch before may have moved a copy."""
    moved = dataclasses.replace(
        before.mention, copy_of=now.mention.copy_of, authenticity=now.mention.authenticity
    )
    return moved == now.mention


def _enriched(
    batch: Sequence[StoredMention], context: Context, counted: collections.Counter[str]
) -> Iterator[Mention]:
    for stored in batch:
        try:
            yield enrich(_as_said(stored.mention), context)
        except StageFailed:
            counted[FAILED] += 1
        except DropMention:  # by somebody who wants nothing kept: `sayso erase` removes it
            counted[Outcome.UNCHANGED] += 1


def _as_said(mention: Mention) -> Mention:
    """Take off what stages find out; a language by habit stays, for the habit is not seen here."""
    mention = dataclasses.replace(
        mention,
        sentiment=None,
        towards=None,
        second_opinion=None,
        disclosure=None,
        intent=None,
        authenticity=(),
    )
    if is_by_habit(mention):
        return mention
    return dataclasses.replace(mention, language=None, language_evidence=None)


def retag_and_report(config: Config, text: str, *, as_json: bool = False) -> int:
    """Tag anew what a query finds, say what came of it, and return the exit code."""
    context = Context.of(config, keep_unmatched=True)
    query = parse(text) if text else Everything()
    console = Console(stderr=True)
    unseen = as_json or not console.is_terminal
    progress = Progress(console=console, transient=True, disable=unseen)
    with open_store(config.store_location, create=False) as store, progress as bar:
        context = context.with_models_of(store)
        total = store.search(query, limit=0).total
        task = bar.add_task("mentions", total=total)
        counts = retag(store, query, context, on_progress=lambda n: bar.update(task, completed=n))
    if as_json:
        print_json(dict(counts))
    else:
        said = f"{counts[Outcome.CHANGED]:,} changed, {counts[Outcome.UNCHANGED]:,} unchanged"
        failed = counts[FAILED]
        click.echo(f"{said}, {failed:,} failed and left as they were" if failed else said)
    for note in context.notes:
        click.echo(note, err=as_json)
    return INCOMPLETE if counts[FAILED] or counts[Outcome.QUARANTINED] else 0
