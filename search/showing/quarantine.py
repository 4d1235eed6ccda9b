"""`sayso quarantine list`, `show` and `drop`: what could not be kept, and why."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search.errors import MentionNotFound
from search.showing.printing import print_json
from search.stores.base import Quarantined, Store

COLUMNS: Final = ("source", "stage", "error", "when", "id")

_SHORTEST_PREFIX: Final = 4
_SHOWN_DIGITS: Final = 10


def find_quarantined(store: Store, prefixes: Sequence[str]) -> list[Quarantined]:
    """
    Return the entries whose ids begin so, oldest first; each prefix must name exactly one.

    `MentionNotFound` says which one does not.
    """
    entries = list(store.quarantined())
    wanted = {_only(prefix, entries).id for prefix in prefixes}
    return [entry for entry in entries if entry.id in wanted]


def show_quarantine(store: Store, *, as_json: bool) -> None:
    """Print one line per entry, oldest first, without the words of the mentions."""
    console = Console()
    entries = list(store.quarantined())
    if as_json:
        for entry in entries:
            print_json(_plain(entry))
    elif console.is_terminal:
        show_entries(console, entries)
    else:
        for entry in entries:
            click.echo("\t".join(map(one_line, _cells(entry, entry.id, entry.at.isoformat()))))


def show_entries(console: Console, entries: Sequence[Quarantined]) -> None:
    """Print entries as a table, whole errors and the digits of ids that commands accept."""
    if not entries:
        console.print("nothing in quarantine")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in COLUMNS:
        folds = name in {"source", "error"}
        table.add_column(name, overflow="fold", no_wrap=not folds)
    for entry in entries:
        cells = _cells(entry, entry.id[:_SHOWN_DIGITS], f"{entry.at:%Y-%m-%d %H:%M}")
        table.add_row(*(Text(one_line(cell)) for cell in cells))
    console.print(table)


def show_quarantined(entry: Quarantined, *, as_json: bool) -> None:
    """Print everything known of one entry, the fields of its mention below the error."""
    if as_json:
        print_json(_plain(entry) | {"mention": entry.mention})
        return
    console = Console()
    if console.is_terminal:
        show_entry(console, entry)
        return
    for name, value in _rows(entry):
        click.echo(f"{one_line(name)}\t{one_line(value)}")


def show_entry(console: Console, entry: Quarantined) -> None:
    """Print one entry as a person reads it; its text keeps its lines."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(entry):
        lines = "\n".join(map(one_line, value.splitlines()))
        table.add_row(Text(one_line(name)), Text(lines))
    console.print(table)


def drop_quarantined(store: Store, prefixes: Sequence[str], *, everything: bool) -> None:
    """Give entries up for good: those named, or all."""
    if bool(prefixes) == everything:
        raise click.UsageError("give the ids of what to drop, or --all")
    dropped = list(store.quarantined()) if everything else find_quarantined(store, prefixes)
    latest = max((entry.at for entry in dropped), default=None)
    count = store.release([entry.id for entry in dropped], until=latest)
    click.echo(f"{count:,} dropped from quarantine")


def one_line(text: str) -> str:
    """Lay foreign text out in one line; what could steer a terminal becomes a space."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _only(prefix: str, entries: Iterable[Quarantined]) -> Quarantined:
    wanted = prefix.strip().lower()
    if len(wanted) < _SHORTEST_PREFIX:
        raise MentionNotFound(
            f"{prefix!r} is no id: give at least {_SHORTEST_PREFIX} of its hexadecimal digits"
        )
    found = [entry for entry in entries if entry.id.startswith(wanted)]
    if len(found) > 1:
        raise MentionNotFound(f"more than one id begins with {wanted}: give more digits")
    if not found:
        raise MentionNotFound(
            f"nothing in quarantine has an id that begins with {wanted}: "
            "see `sayso quarantine list`"
        )
    return found[0]


def _cells(entry: Quarantined, mention_id: str, when: str) -> tuple[str, ...]:
    return (entry.source, entry.stage, entry.error, when, mention_id)


def _plain(entry: Quarantined) -> dict[str, Any]:
    about = {
        field.name: getattr(entry, field.name)
        for field in dataclasses.fields(entry)
        if field.name != "mention"
    }
    return about | {"at": entry.at.isoformat()}


def _rows(entry: Quarantined) -> list[tuple[str, str]]:
    about = [(name, str(value)) for name, value in _plain(entry).items()]
    return [*about, *_leaves("", entry.mention)]


def _leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Name every known value inside JSON by its path: ``author.name``, ``media.1.url``."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), part)
    elif isinstance(value, list):
        for number, part in enumerate(value, 1):
            yield from _leaves(f"{path}.{number}", part)
    elif value is not None:
        yield path, str(value)
