"""From a search to a batch of requests: chosen, recorded one by one, and kept under a number."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final

from search.config import Config
from search.errors import SaysoError
from search.mention import StoredMention
from search.parsing import parse
from search.people.keys import find_key, find_or_make_key, throw_away_key
from search.permissions.asking import asking_of
from search.permissions.at_hand import AtHand
from search.permissions.batches import Batch, keep_batch
from search.permissions.keeping import Permissions
from search.permissions.reading import read_scope
from search.permissions.requesting.choosing import Chooser, Skip
from search.permissions.requesting.contacts import LAST, Contacts
from search.permissions.requesting.stepping_back import WHY, Chosen, step_back
from search.permissions.standing import NEW, IllegalTransition
from search.stores.base import Sort, Store

MOST_KEPT: Final = 1_000
"""So many of those left out are kept with a batch; all of them are said when it is made."""


class TooManyDeclined(SaysoError):
    """So many authors decline that nobody else is to be asked before somebody has looked."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is wanted: which mentions, and what for."""

    query: str
    use: str
    """A scope as `read_scope` reads it."""

    by: str
    sort: Sort = Sort.NEWEST
    """Where a cap leaves room for some only, those that come first are taken."""

    limit: int | None = None
    """The most to choose; ``None``: as many as the caps allow."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What came of it."""

    batch: Batch | None
    """``None`` when there was nothing to ask for, and when it was only a try."""

    chosen: tuple[StoredMention, ...]
    skipped: tuple[Skip, ...]
    not_looked_at: int
    """How many matches stand behind the last that the caps left room for."""


def make_batch(
    store: Store, config: Config, request: Request, now: dt.datetime, *, dry_run: bool = False
) -> Made:
    """
    Choose, record and keep a batch; with ``dry_run`` only choose.

    Raises `QueryError`, `BadScope`, `ConfigError`, and `TooManyDeclined`. A batch that was
    interrupted is kept whole: what it did not get to is not queued, and can be chosen again.
    """
    chooser = _chooser(store, config, request, now)
    _check_declined(chooser.contacts, config)
    permissions = chooser.at_hand.permissions
    made = _choose(store, permissions, chooser, request)
    if dry_run or not made.chosen:
        return made
    chooser = dataclasses.replace(chooser, key=find_or_make_key(config, store.notes))
    batch = keep_batch(
        store,
        made_at=now,
        by=request.by,
        query=request.query,
        scope=chooser.scope,
        mentions=[stored.id for stored in made.chosen],
        skipped={skip.mention: skip.sentence for skip in made.skipped[:MOST_KEPT]},
    )
    chosen, lost = _queue(permissions, chooser, made.chosen)
    caps = chooser.contacts.caps
    back = step_back(store, permissions, caps, chooser.key, chosen, chooser.by, now)
    lost += [Skip(each.id, each.mention.url, "author_open", WHY) for each in back]
    gone = {skip.mention for skip in lost}
    return dataclasses.replace(
        made,
        batch=batch,
        chosen=tuple(each for each in made.chosen if each.id not in gone),
        skipped=(*made.skipped, *lost),
    )


def _chooser(store: Store, config: Config, request: Request, now: dt.datetime) -> Chooser:
    # To look leaves nothing behind, not even a key; without one there are no marks to compare.
    key = find_key(config) or throw_away_key()
    at_hand = AtHand.of(store, config)
    return Chooser(
        config=config,
        key=key,
        at_hand=at_hand,
        contacts=Contacts(store, at_hand.permissions, asking_of(config).caps, now, key),
        scope=read_scope(request.use, now.date()),
        by=request.by,
        now=now,
    )


def _check_declined(contacts: Contacts, config: Config) -> None:
    most = asking_of(config).caps.most_declined_percent
    if (percent := contacts.declined_percent) > most:
        raise TooManyDeclined(
            f"{percent:.0f} % of the last {LAST} requests were declined, more than {most:g} %: "
            "look at whom you ask and how; most_declined_percent in [asking.caps] allows more"
        )


def _choose(store: Store, permissions: Permissions, chooser: Chooser, request: Request) -> Made:
    query = parse(request.query)
    standings = permissions.standings()
    room = chooser.contacts.left_today
    if request.limit is not None:
        room = min(room, request.limit)
    total = store.search(query, limit=0).total
    chosen: list[StoredMention] = []
    skipped: list[Skip] = []
    for stored in store.iterate(query, sort=request.sort):
        if len(chosen) >= room:
            break
        if skip := chooser.skip(stored, standings.get(stored.id, NEW)):
            skipped.append(skip)
            continue
        chooser.contacts.add(stored.mention)
        chosen.append(stored)
    rest = max(0, total - len(chosen) - len(skipped))
    return Made(batch=None, chosen=tuple(chosen), skipped=tuple(skipped), not_looked_at=rest)


def _queue(
    permissions: Permissions, chooser: Chooser, wanted: Sequence[StoredMention]
) -> tuple[list[Chosen], list[Skip]]:
    """Record each; return those that are ours, and those with which somebody else was faster."""
    chosen: list[Chosen] = []
    lost: list[Skip] = []
    for stored in wanted:
        try:
            permissions.record(chooser.event(stored))
        except IllegalTransition as illegal:
            lost.append(Skip(stored.id, stored.mention.url, "state", str(illegal)))
        else:
            chosen.append(Chosen(stored, permissions.last_number))
    return chosen, lost
