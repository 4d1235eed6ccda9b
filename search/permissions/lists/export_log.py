"""
What left Sayso as a file, and to whom: so that whoever got something can be told to erase it.

Also how much of each platform one user got in a day, where the platform caps that.
"""

import collections
import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from search.errors import SaysoError
from search.mention import Mention
from search.notes import all_under
from search.permissions.wording.platforms import rules_of
from search.stores.base import Store

_PREFIX: Final = "exports/"
_GIVEN: Final = "exported/"
_HOSTS: Final = {"x.com": "x", "twitter.com": "x"}
"""Whose rules hold whatever source a mention was imported under."""


class ExportRefused(SaysoError):
    """A list that must not be handed out; the message names the rule and what is allowed."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """One file that was handed out."""

    number: int
    """From 1."""

    at: dt.datetime
    by: str
    """Who asked for it."""

    kind: str
    """What it is: ``requests`` or ``granted``."""

    batch: int | None
    """The batch it was made of; ``None`` when it was made of none."""

    mentions: tuple[str, ...]
    """Whole ids, in the order of its rows."""

    columns: tuple[str, ...]
    file: str
    """The file's name, without its folder."""

    sha256: str
    """Of the file, in hexadecimal."""

    expires: dt.date | None
    """By then it has to be deleted; ``None``: each of its rows says how long it holds."""

    about: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What else it says of itself: the use, the search, the statement on reviews."""


def keep_export(store: Store, **said: Any) -> Export:
    """Write an `Export`, all but its number, into the log."""
    number = max((each.number for each in exports(store)), default=0)
    while True:
        number += 1
        export = Export(number=number, **said)
        if store.notes.write(f"{_PREFIX}{number:08d}", _to_plain(export), None) is not None:
            return export


def exports(store: Store) -> Iterator[Export]:
    """Hand out all of them, the oldest first."""
    return (_from_plain(note.value) for _, note in all_under(store.notes, _PREFIX))


def exports_with(store: Store, mentions: Sequence[str]) -> Iterator[Export]:
    """Hand out those that hold any of these mentions: whose recipients an erasure concerns."""
    wanted = set(mentions)
    return (export for export in exports(store) if not wanted.isdisjoint(export.mentions))


def platform_of(mention: Mention) -> str:
    """Return whose rules hold for a mention: those of its host, if it has any, or its source's."""
    try:
        host = (urlsplit(mention.url).hostname or "").removeprefix("www.").removeprefix("mobile.")
    except ValueError:
        host = ""
    return _HOSTS.get(host, mention.source)


def take_allowance(
    store: Store,
    counted: Mapping[str, int],
    by: str,
    now: dt.datetime,
    advice: str = "Without --with-{}-content it holds only identifiers and links",
) -> None:
    """
    Count rows with content, by platform, as handed to one user today, in UTC.

    ``by``: the login name, since the cap is one person's, whoever they export for. `ExportRefused`
    where that is more than the platform allows; then nothing is counted for it.
    ``advice``: what to do about it, with the platform's name for ``{}``.
    """
    for platform, rows in counted.items():
        _take(store, platform, rows, by, now.astimezone(dt.UTC).date(), advice.format(platform))


def _take(  # noqa: PLR0913, PLR0917 - who gets how much of what, when, and what else to do
    store: Store, platform: str, rows: int, by: str, day: dt.date, advice: str
) -> None:
    rules = rules_of(platform)
    most = rules.export_per_user_and_day
    key = f"{_GIVEN}{platform}/{day}"
    while most is not None:
        note = store.notes.read(key)
        given = collections.Counter(note.value["by"] if note else {})
        if given[by] + rows > most:
            raise ExportRefused(
                f"{rules.title}: at most {most:,} rows with content may be handed to one user in "
                f"a day; {by} has got {given[by]:,} today, this list has {rows:,} more. {advice}"
            )
        given[by] += rows
        if store.notes.write(key, {"by": dict(given)}, note.version if note else None) is not None:
            return


def _to_plain(export: Export) -> dict[str, Any]:
    return {
        **dataclasses.asdict(export),
        "at": export.at.isoformat(),
        "expires": export.expires.isoformat() if export.expires else None,
    }


def _from_plain(value: Mapping[str, Any]) -> Export:
    return Export(
        **{
            **value,
            "at": dt.datetime.fromisoformat(value["at"]),
            "expires": dt.date.fromisoformat(value["expires"]) if value["expires"] else None,
            "mentions": tuple(value["mentions"]),
            "columns": tuple(value["columns"]),
        }
    )
