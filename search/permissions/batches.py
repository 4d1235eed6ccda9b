"""
A batch of requests: the mentions that one search chose to ask for, and what for.

It is kept under its number, for the list that people work through and hand back filled in.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from search.errors import SaysoError
from search.notes import all_under
from search.permissions.reading import read_scope, write_scope
from search.permissions.scope import Scope
from search.stores.base import Store

_PREFIX: Final = "batches/"


class NoBatch(SaysoError):
    """A number under which there is no batch; the message says which there are."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Requests that belong together."""

    number: int
    """From 1."""

    made_at: dt.datetime
    by: str
    """Who made it."""

    query: str
    """The search that chose them, as it was typed."""

    scope: Scope
    """What is asked for."""

    mentions: tuple[str, ...]
    """Whole ids, in the order of the search."""

    skipped: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """By whole id, why a mention that the search found was left out."""


def read_batch(store: Store, number: int) -> Batch:
    """Return the batch of a number, or raise `NoBatch`."""
    note = store.notes.read(_key(number))
    if note is None:
        last = max((batch.number for batch in batches(store)), default=0)
        there = f"there are 1 to {last}" if last else "there is none: `sayso permissions request`"
        raise NoBatch(f"there is no batch {number}; {there}")
    return _from_plain(note.value)


def batches(store: Store) -> Iterator[Batch]:
    """Hand out all of them, the oldest first."""
    return (_from_plain(note.value) for _, note in all_under(store.notes, _PREFIX))


def keep_batch(  # noqa: PLR0913 - a batch is all of this
    store: Store,
    *,
    made_at: dt.datetime,
    by: str,
    query: str,
    scope: Scope,
    mentions: Sequence[str],
    skipped: Mapping[str, str],
) -> Batch:
    """Keep a batch under the next free number."""
    number = max((batch.number for batch in batches(store)), default=0)
    while True:
        number += 1
        batch = Batch(
            number=number,
            made_at=made_at,
            by=by,
            query=query,
            scope=scope,
            mentions=tuple(mentions),
            skipped=dict(skipped),
        )
        if store.notes.write(_key(number), _to_plain(batch), None) is not None:
            return batch


def _key(number: int) -> str:
    return f"{_PREFIX}{number:08d}"


def _to_plain(batch: Batch) -> dict[str, Any]:
    plain = {each.name: getattr(batch, each.name) for each in dataclasses.fields(batch)}
    return plain | {
        "made_at": batch.made_at.isoformat(),
        "scope": write_scope(batch.scope),
        "valid_from": batch.scope.valid_from.isoformat(),
        "mentions": list(batch.mentions),
        "skipped": dict(batch.skipped),
    }


def _from_plain(value: Mapping[str, Any]) -> Batch:
    said = dict(value)
    begins = dt.date.fromisoformat(said.pop("valid_from"))
    return Batch(
        **said
        | {
            "made_at": dt.datetime.fromisoformat(value["made_at"]),
            "scope": read_scope(value["scope"], begins, is_recorded=True),
            "mentions": tuple(value["mentions"]),
        }
    )
