"""
Write what may be used into a file, or nothing at all.

The ledger is verified first; if anything in it is unclear, or somebody records something about an
exported mention meanwhile, no file appears. Each is written down (`export_log`) just before it
appears: rather an export too many on record than one too few.
"""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from search.errors import SaysoError
from search.export import Format
from search.export_formats import flat, write_csv, write_ndjson
from search.export_xlsx import write_xlsx
from search.parsing import parse
from search.permissions.commands import me
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import NOTHING_NOTED, Noted
from search.permissions.lists.export_log import keep_export, platform_of, take_allowance
from search.permissions.lists.granted_columns import COLUMNS, review_statement
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.lists.granting import LeftOut, judge_all
from search.permissions.reading import write_use
from search.permissions.scope import Use
from search.stores.base import Store
from search.whole_files import whole_file

KIND: Final = "granted"
FORMATS: Final = (Format.XLSX, Format.CSV, Format.NDJSON)
_NARROW: Final = "Narrow the search (-source:{}), by -site: what was imported, or go on tomorrow"
_SHOWN: Final = 3
"""Problems of a ledger that an error names."""


class NotExported(SaysoError):
    """Nothing was written, because something is unclear; the message says what."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is to be exported, for whom."""

    query: str
    use: Use
    by: str
    """Who asked for it."""

    login: str = dataclasses.field(default_factory=me)
    """Who is logged in here: what a platform lets one user have in a day counts by it."""

    language: str = "en"
    """Of credit lines and of the statement on reviews."""

    place: str | None = None
    """Where it is going to be shown; ``None``: not said."""

    expected: Noted = NOTHING_NOTED
    """What somebody has written down of the ledger."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What came of an export."""

    number: int
    """Under which it is on record."""

    items: tuple[GrantedItem, ...]
    left_out: Mapping[str, int]
    """By the code of its first reason, how many were left out; the most frequent first."""

    statement: str | None
    """What has to be said of the reviews among them."""


def export_granted(  # noqa: PLR0913 - a file, what is in it, and who is told
    store: Store,
    asked: Asked,
    path: Path,
    form: Format,
    *,
    now: dt.datetime,
    shown_name: str | None = None,
    tell: Callable[[LeftOut], None] = lambda _: None,
) -> Written:
    """
    Write what a query finds and may be used now; ``tell`` hears of everything left out.

    ``shown_name`` is what the record calls the file, if not by its name. `NotExported` or
    `ExportError`: there is no file.
    """
    permissions = Permissions(store, clock=lambda: now)
    _check_ledger(permissions, asked.expected)
    permissions.catch_up()
    begun_at = permissions.last_number
    items, left_out = _choose(store, permissions, asked, now, tell)
    ids = [item.stored.id for item in items]
    statement = review_statement(items, asked.query, asked.language)
    about = _about(asked, items, now, begun_at, statement)
    with whole_file(path) as part, _beside(path, form, statement):
        _write(items, about, part, form)
        _check_unchanged(permissions, begun_at, ids)
        counted = Counter(platform_of(item.stored.mention) for item in items)
        take_allowance(store, counted, asked.login, now, _NARROW)
        _place(store, permissions, asked, items, now)
        _check_unchanged(permissions, begun_at, ids)
        file = shown_name or path.name
        number = _log(store, asked, ids, about, file=file, sha256=_digest(part), now=now)
    return Written(
        number=number,
        items=tuple(items),
        left_out=dict(left_out.most_common()),
        statement=statement,
    )


def _log(  # noqa: PLR0913 - what the log says of an export
    store: Store,
    asked: Asked,
    ids: Sequence[str],
    about: Sequence[tuple[str, str]],
    *,
    file: str,
    sha256: str,
    now: dt.datetime,
) -> int:
    """Write down who got what; return the number under which it is on record."""
    return keep_export(
        store,
        at=now,
        by=asked.by,
        kind=KIND,
        batch=None,
        mentions=tuple(ids),
        columns=tuple(column.name for column in COLUMNS),
        file=file,
        sha256=sha256,
        expires=None,
        about=dict(about),
    ).number


def _check_ledger(permissions: Permissions, expected: Noted) -> None:
    problems = permissions.ledger.verify(expected)
    if found := list(itertools.islice(problems, _SHOWN)):
        raise NotExported(
            f"nothing is exported, for the ledger is not whole: {'; '.join(found)}; "
            "`sayso permissions verify` says all that is wrong"
        )


def _choose(
    store: Store,
    permissions: Permissions,
    asked: Asked,
    now: dt.datetime,
    tell: Callable[[LeftOut], None],
) -> tuple[list[GrantedItem], Counter[str]]:
    items: list[GrantedItem] = []
    left_out: Counter[str] = Counter()
    found = store.iterate(parse(asked.query))
    for judged in judge_all(permissions, found, asked.use, now, asked.language):
        if isinstance(judged, GrantedItem):
            items.append(judged)
        else:
            left_out[judged.reasons[0].code] += 1
            tell(judged)
    return items, left_out


def _about(
    asked: Asked,
    items: Sequence[GrantedItem],
    now: dt.datetime,
    entries: int,
    statement: str | None,
) -> list[tuple[str, str]]:
    said = [
        ("use", write_use(asked.use)),
        ("search", asked.query),
        ("decided_at", now.astimezone(dt.UTC).isoformat(timespec="seconds")),
        ("items", str(len(items))),
        ("ledger", f"{entries} entries, verified"),
        ("validity", "decided at that time; ask again before each new use"),
    ]
    said += [("place", asked.place)] if asked.place else []
    return said + ([("reviews", statement)] if statement else [])


def _write(
    items: Sequence[GrantedItem], about: Sequence[tuple[str, str]], part: Path, form: Format
) -> None:
    match form:
        case Format.CSV:
            write_csv(items, COLUMNS, part)
        case Format.XLSX:
            write_xlsx(items, COLUMNS, part, title=KIND, about=about)
        case Format.NDJSON:
            header: dict[str, Any] = {"about": dict(about)}
            write_ndjson(itertools.chain([header], (flat(row, COLUMNS) for row in items)), part)
        case _:
            raise NotExported(f"{form}: allowed: {', '.join(FORMATS)}")


@contextlib.contextmanager
def _beside(path: Path, form: Format, statement: str | None) -> Iterator[None]:
    """Put the statement on reviews beside a csv, which has no other place for it."""
    if form is not Format.CSV or statement is None:
        yield
        return
    with whole_file(path.with_name(f"{path.name}.reviews.txt")) as side:
        side.write_text(f"{statement}\n", "utf-8")
        yield


def _check_unchanged(permissions: Permissions, since: int, ids: Sequence[str]) -> None:
    exported = frozenset(ids)
    for entry in permissions.ledger.entries(since):
        event = entry.read()
        if entry.mention in exported and (event is None or event.step is not Step.PLACE):
            raise NotExported(
                f"nothing is exported: meanwhile something was recorded about {entry.mention} "
                f"(entry {entry.number}); export again"
            )


def _place(
    store: Store,
    permissions: Permissions,
    asked: Asked,
    items: Sequence[GrantedItem],
    now: dt.datetime,
) -> None:
    """Record where each item is going to be, so that whoever revokes it can be told."""
    if asked.place is None:
        return
    recording = Permissions(store)
    for item in items:
        standing, _ = permissions.ground(item.stored.id)
        if asked.place not in standing.placements:
            recording.record(
                Event(
                    step=Step.PLACE,
                    mention=item.stored.id,
                    at=now,
                    by=asked.by,
                    place=asked.place,
                )
            )


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
