"""`sayso suppress`: the list of those who are left alone, by hand."""

import datetime as dt
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import click

from search.config import Config
from search.errors import SaysoError
from search.people.finding import NoSuchAuthor, Wanted, find_person
from search.people.names import MANY_SITES, Name
from search.people.suppression import Reach, Suppressions
from search.showing.printing import print_json
from search.stores.base import Store

NOT_LISTED: Final = 1
"""The exit code of a check for somebody who is not on the list."""

_REASON: Final = "recorded by hand"


class UnknownAuthor(SaysoError):
    """Somebody who cannot be told from others with what was given."""


def add(store: Store, config: Config, wanted: Wanted, reach: Reach, reason: str | None) -> None:
    """Leave an author alone from now on."""
    now = dt.datetime.now(dt.UTC)
    names = _names(store, wanted)
    listed = Suppressions.open(store, config)
    count = listed.add(names, reach, reason=reason or _REASON, now=now)
    say_what_is_missing(listed)
    click.echo(f"{count:,} entries are new or reach further; what is stored stays: `sayso erase`")


def remove(
    store: Store, config: Config, wanted: Wanted, reason: str, sources: Collection[str]
) -> None:
    """Take an author off the list, who has come back."""
    now = dt.datetime.now(dt.UTC)
    names = _all_names(wanted, sources)
    listed = Suppressions.open(store, config)
    count = listed.remove(names, reason=reason, now=now)
    say_what_is_missing(listed)
    click.echo(f"{count:,} entries withdrawn")


def check(store: Store, config: Config, wanted: Wanted, sources: Collection[str]) -> bool:
    """Say whether an author is on the list, and at which sources; return whether."""
    listed = Suppressions.open(store, config)
    found = False
    for source in [wanted.source] if wanted.source else sorted(sources):
        names = wanted.names(source, wanted.site)
        reaches = [r for r in (Reach.CONTACT, Reach.COLLECT) if listed.reach_of(names, r)]
        if reaches:
            found = True
            click.echo(f"{source}: {' and '.join(reaches)}")
    if not found:
        click.echo("not on the list")
    return found


def show(store: Store, config: Config, *, as_json: bool) -> None:
    """List dates, reaches, sources and reasons; there are no names."""
    found = False
    for entry in Suppressions.open(store, config).entries():
        found = True
        if as_json:
            print_json(entry.to_plain())
        else:
            said = (f"{entry.at:%Y-%m-%d}", entry.reach or "", entry.source, entry.hmac[:12])
            click.echo("\t".join((*said, entry.reason)))
    if not found and not as_json:
        click.echo("nobody is on the list")


def take_in(  # noqa: PLR0913, PLR0917 - what each line is about
    store: Store, config: Config, file: Path, source: str, site: str | None, reach: Reach,
    reason: str | None,
) -> None:  # fmt: skip
    """Leave all authors of a file alone, one a line."""
    now = dt.datetime.now(dt.UTC)
    names = list(_in_file(file, source, site))
    listed = Suppressions.open(store, config)
    count = listed.add(names, reach, reason=reason or _REASON, now=now)
    say_what_is_missing(listed)
    click.echo(f"{count:,} entries are new or reach further")


def say_what_is_missing(listed: Suppressions) -> None:
    """Warn that the list is in the store alone, where its file could not be written."""
    if listed.not_in_file is not None:
        said = (
            f"it counts, but a store restored from a backup would not know: {listed.not_in_file}"
        )
        click.echo(f"warning: not in the list's file; {said}", err=True)


def _in_file(file: Path, source: str, site: str | None) -> Iterator[Name]:
    try:
        with file.open(encoding="utf-8-sig") as opened:
            for line in opened:
                if line.strip():
                    yield from _certain(Wanted(author=line.strip(), source=source, site=site))
    except (OSError, UnicodeDecodeError) as error:
        raise SaysoError(f"{file}: cannot be read ({error})") from error


def _names(store: Store, wanted: Wanted) -> set[Name]:
    """Return all names of somebody the store knows, or else those that were given."""
    try:
        return find_person(store, wanted).names
    except NoSuchAuthor:
        if wanted.source is None:
            raise UnknownAuthor(
                f"the store holds nothing by {wanted.author!r}: --source says where they write"
            ) from None
        return set(_certain(wanted))


def _certain(wanted: Wanted) -> tuple[Name, ...]:
    """Return the names that were given, if they tell one author from all others."""
    assert wanted.source is not None  # noqa: S101 - the callers see to it
    names = wanted.names(wanted.source, wanted.site)
    if not names or (wanted.source in MANY_SITES and [name.kind for name in names] == ["id"]):
        raise UnknownAuthor(
            f"{wanted.author!r} tells nobody from others at {wanted.source}: give the profile's "
            "address, or the name with --site"
        )
    return names


def _all_names(wanted: Wanted, sources: Collection[str]) -> set[Name]:
    chosen = [wanted.source] if wanted.source else sources
    return {name for source in chosen for name in wanted.names(source, wanted.site)}
