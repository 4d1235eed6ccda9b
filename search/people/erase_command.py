"""`sayso erase`: somebody wants to be gone, and this is how."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

import click

from search.config import Config
from search.errors import SaysoError
from search.people.erasing import COUNTED, REASON, Erasure, Receipt
from search.people.finding import NoSuchAuthor, Person, Wanted, complete, find_person
from search.people.names import Name, names_in, names_of
from search.people.suppress_command import say_what_is_missing
from search.people.suppression import Reach, Suppressions
from search.permissions.commands import me
from search.query import Everything
from search.showing.printing import print_json
from search.stores.base import Sort, Store
from search.web.creator.originals import uploads_folder

YEARS: Final = 3
"""How long evidence of use stays, if it is to stay and nothing is said."""

Mend = Callable[[Sequence[str], Store], int]


def erase(  # noqa: PLR0913 - as many as the command has options
    store: Store,
    config: Config,
    wanted: Wanted,
    *,
    suppress: Reach,
    sources: Collection[str],
    mend: Mend,
    keep_evidence: str | None = None,
    despite_hold: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    as_json: bool = False,
) -> None:
    """
    Erase what a store holds of one author, who is suppressed first, and print the receipt.

    ``sources``: all there are; who is not in the store may be suppressed at one of them already.
    """
    now = dt.datetime.now(dt.UTC)
    suppressions = Suppressions.open(store, config)
    erasure = Erasure(
        store,
        by=me(),
        now=now,
        mend=mend,
        evidence_until=_until(keep_evidence, now.date()),
        uploads=uploads_folder(config),
        despite_hold=despite_hold,
    )
    if not dry_run:
        erasure.go_on()
    person = _find(store, suppressions, wanted, sources)
    if dry_run:
        erasure.survey(person.ids)
        erasure.receipt.unsure = sorted(person.unsure)
        _report(erasure.receipt, as_json=as_json, done=False)
        return
    if not yes and person.ids:
        _ask(person, store)
    _suppress(suppressions, person, suppress, erasure.receipt, now)
    _until_nothing_is_left(store, person, erasure)
    erasure.receipt.unsure = sorted(person.unsure)
    _report(erasure.receipt, as_json=as_json, done=True)


def _suppress(
    suppressions: Suppressions, person: Person, reach: Reach, receipt: Receipt, now: dt.datetime
) -> None:
    """Put somebody on the list first: what a crawl finds meanwhile is not kept."""
    if person.ids or not suppressions.reach_of(person.names, reach):
        added = suppressions.add(person.names, reach, reason=REASON, now=now)
        receipt.counts["suppressed"] += added
        say_what_is_missing(suppressions)


def erase_again(  # noqa: PLR0913 - as many as the command has options
    store: Store,
    config: Config,
    *,
    mend: Mend,
    despite_hold: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    as_json: bool = False,
) -> None:
    """
    Erase what a store holds of all whom nothing may be collected of, as after a restored backup.

    Ends what an interrupted erasure began, and evidence whose time is over.
    """
    now = dt.datetime.now(dt.UTC)
    suppressions = Suppressions.open(store, config)
    erasure = Erasure(
        store,
        by=me(),
        now=now,
        mend=mend,
        uploads=uploads_folder(config),
        despite_hold=despite_hold,
    )
    if not dry_run:
        erasure.go_on()
    ids = list(_covered(store, suppressions))
    if dry_run:
        erasure.survey(ids)
    else:
        if ids and not yes:
            click.confirm(f"erase {len(ids):,} mentions of suppressed authors?", abort=True)
        erasure.erase(ids)
    _report(erasure.receipt, as_json=as_json, done=not dry_run)


def _find(
    store: Store, suppressions: Suppressions, wanted: Wanted, sources: Collection[str]
) -> Person:
    """Find whom it is about; where nothing is held, at least whom to suppress from now on."""
    store.refresh()
    try:
        return find_person(store, wanted)
    except NoSuchAuthor:
        named = set(wanted.names(wanted.source, wanted.site)) if wanted.source else set[Name]()
        listed = set() if named else {entry.source for entry in suppressions.entries()}
        for source in () if named else sorted({*sources, *listed}):
            names = wanted.names(source, wanted.site)
            if suppressions.reach_of(names, Reach.COLLECT):
                named |= set(names)
        if not named:
            raise
        return Person(label=wanted.author, names=named, strongest=set(), raw=set())


def _until_nothing_is_left(store: Store, person: Person, erasure: Erasure) -> None:
    """Erase, and look again: a crawl may have put something just before it heard of it."""
    while ids := [name for name in person.ids if name not in erasure.receipt.on_hold]:
        erasure.erase(ids)
        person.mentions.clear()
        person.quarantined.clear()
        complete(store, person)


def _covered(store: Store, suppressions: Suppressions) -> Iterator[str]:
    for stored in store.iterate(Everything(), sort=Sort.FOUND):
        if suppressions.reach_of(names_of(stored.mention), Reach.COLLECT):
            yield stored.id
    for entry in store.quarantined():
        if suppressions.reach_of(names_in(entry.mention), Reach.COLLECT):
            yield entry.id


def _ask(person: Person, store: Store) -> None:
    held = len(store.fetch(list(person.mentions)))
    click.echo(person.label, err=True)
    count = f"{held:,} mentions and {len(person.quarantined):,} entries of quarantine"
    click.confirm(f"erase {count} for good?", abort=True, err=True)


def _until(text: str | None, today: dt.date) -> dt.date | None:
    """Read until when evidence stays: a day, or nothing said: three years from now."""
    if text is None:
        return None
    if not text:
        return today + dt.timedelta(days=365 * YEARS)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise SaysoError(f"--keep-evidence {text!r} is no day such as 2029-11-28") from None


def _report(receipt: Receipt, *, as_json: bool, done: bool) -> None:
    if as_json:
        print_json({"erased": done, **receipt.to_plain()})
        return
    said = [
        f"{receipt.counts[name]:,} {word}"
        for name, word in COUNTED.items()
        if receipt.counts[name]
    ]
    click.echo(
        ("erased: " if done else "would be erased: ") + (", ".join(said) or "nothing is left")
    )
    for name, places in receipt.take_down.items():
        click.echo(f"take it down: {', '.join(places)} ({name})")
    for places in receipt.left.values():
        click.echo(f"files left, to be deleted there: {', '.join(places)}")
    for key, names in receipt.tell.items():
        click.echo(f"tell who got {key}: {len(names):,} mentions in it are erased")
    for name, until in receipt.kept_until.items():
        click.echo(f"evidence of use stays until {until}: {name}")
    for name, holds in receipt.on_hold.items():
        click.echo(f"stays, {' and '.join(holds)}: {name} (--despite-hold erases it, too)")
    for name in receipt.unsure:
        click.echo(f"stays, for somebody else has the name and it says no more: {name}")
