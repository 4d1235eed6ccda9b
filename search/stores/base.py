"""What every store can do: the protocol, and the shapes that go in and come out."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, Self

from search.mention import Mention, State, StoredMention
from search.notes import Notes
from search.query import Query
from search.run_log import RunLog

ALIKE = 20
"""How many mentions that share keys with a text are looked at."""

Cursor = Mapping[str, Any]
"""An opaque mark, JSON, of where the next run of one source continues."""


class Outcome(enum.StrEnum):
    """What became of one mention handed to a store."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"
    """The store cannot hold it: it is in quarantine, with the reason."""


class Sort(enum.StrEnum):
    """The order of results; equal ones follow the order in which the store first kept them."""

    NEWEST = "newest"
    OLDEST = "oldest"
    FOUND = "found"
    LIKES = "likes"
    STARS = "stars"
    FEWEST_STARS = "fewest_stars"


class Interval(enum.StrEnum):
    """The width of one bar of a timeline; a week begins on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a timeline."""

    start_at: dt.datetime
    """When it begins, UTC."""
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class Bucket:
    """How many mentions have one value of a field; ``value`` is ``None`` for those without any."""

    value: str | None
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One page of results."""

    mentions: tuple[StoredMention, ...]
    total: int
    """How many mentions match in all."""
    next: str | None
    """Hand this to the next search as ``after``; ``None`` on the last page."""
    facets: Mapping[str, tuple[Bucket, ...]]
    """By field path; the most frequent first, at most 100, mentions without a value last."""
    timeline: tuple[Bar, ...]
    """Oldest first, without gaps (empty bars count 0); undated mentions are in none."""
    behind: int = 0
    """How many writes another process has made that could not be searched yet."""

    incomplete: str | None = None
    """Why not everything was looked at, in a sentence; ``None`` when everything was."""


@dataclasses.dataclass(frozen=True, slots=True)
class Quarantined:
    """A mention that could not be kept, with the reason, so that nothing is dropped silently."""

    id: str
    source: str
    stage: str
    """Where it failed: a stage's name or ``store``."""
    error: str
    mention: Mapping[str, Any]
    """As JSON."""
    at: dt.datetime


class Store(Protocol):
    """
    Where mentions are kept.

    Every method may raise `StoreError`; `StoreBusy` alone is worth a retry. A method that returns
    has its effect safely on disk.
    """

    @property
    def runs(self) -> RunLog:
        """What was asked of which source, and what came of it."""
        ...

    @property
    def notes(self) -> Notes:
        """Small values that processes share."""
        ...

    def put(self, mentions: Sequence[Mention]) -> list[Outcome]:
        """
        Keep mentions, in one transaction, and say for each what it was.

        Our own state is never touched. ``brands`` grows and never shrinks: a mention found for a
        second brand belongs to both. A content equal to the stored one but for ``harvested_at``
        is unchanged and writes nothing.
        """
        ...

    def adopt(self, stored: Sequence[StoredMention]) -> list[Outcome]:
        """
        Keep mentions exactly as another store holds them, with our own state.

        What is kept under the same id is replaced. Only copying a store does so.
        """
        ...

    def change_state(self, mention_id: str, before: State, after: State) -> bool:
        """
        Replace our own state of one mention, whole id, if it is still as it was.

        ``False`` when it is not, or there is no such mention: nothing was changed.
        """
        ...

    def remove(self, ids: Sequence[str], *, clean: bool = True) -> int:
        """
        Delete mentions, whole ids, with our own state; return how many there were.

        With ``clean`` no file of an embedded store holds a word of anything removed so far once
        this store is closed, also with no ids at all. Without it that waits for the next who asks.

        What quarantine holds under the same ids goes too; unknown ids are passed over. A mention
        that is put again later is new. A call may take as many ids as fit in memory: a few large
        ones are quicker than many small ones.
        """
        ...

    def refresh(self) -> None:
        """Let the next search find what others have written by now; nothing changes by it."""
        ...

    def fetch(self, ids: Sequence[str]) -> dict[str, StoredMention]:
        """Return the mentions of these whole ids, without those that are not there."""
        ...

    def sharing(self, keys: Sequence[Sequence[int]]) -> list[list[str]]:
        """
        Return for each text's keys (`search.likeness`) ids of mentions that share some of them.

        At most `ALIKE` for each, those most alike first. These are candidates: a mention that was
        edited may be found by what it said before, and of many that share a key some are left out.
        """
        ...

    def quarantine(self, entries: Sequence[Quarantined]) -> None:
        """Keep what could not become a mention, once per id."""
        ...

    def quarantined(self) -> Iterator[Quarantined]:
        """Everything in quarantine, oldest first."""
        ...

    def in_quarantine(self, ids: Sequence[str]) -> set[str]:
        """Return those of these whole ids that are in quarantine now."""
        ...

    def quarantine_size(self) -> int:
        """Count what is in quarantine without reading it."""
        ...

    def release(self, ids: Sequence[str], *, until: dt.datetime | None = None) -> int:
        """
        Delete what is kept elsewhere or given up from quarantine; return how many there were.

        Whole ids; those not in quarantine are passed over. An entry newer than ``until`` stays:
        somebody put it there after the caller had looked.
        """
        ...

    def get(self, prefix: str) -> StoredMention:
        """Return the one mention whose id begins so, or raise `MentionNotFound`."""
        ...

    def search(  # noqa: PLR0913 - keyword-only, and a search is one question
        self,
        query: Query,
        *,
        limit: int = 20,
        after: str | None = None,
        sort: Sort = Sort.NEWEST,
        facets: Sequence[str] = (),
        timeline: Interval | None = None,
    ) -> Page:
        """
        Return one page of matches.

        ``after`` is a `Page.next` of the same query and sort; following it visits every match
        once, whatever is added meanwhile. A facet path that cannot be counted by raises
        `QueryError`.
        """
        ...

    def iterate(self, query: Query, *, sort: Sort = Sort.NEWEST) -> Iterator[StoredMention]:
        """Hand out every match in order, a page at a time."""
        ...

    def cursor(self, key: str) -> Cursor | None:
        """Return the mark saved under a key, or ``None`` before the first run."""
        ...

    def cursors(self) -> dict[str, Cursor]:
        """Return every mark by its key."""
        ...

    def save_cursor(self, key: str, cursor: Cursor) -> None:
        """Replace the mark; call it only when everything behind it was acknowledged by `put`."""
        ...

    def check(self) -> list[str]:
        """Verify the record and the index against each other; say each problem in a sentence."""
        ...

    def rebuild(self) -> int:
        """Build the index anew from the record; return how many mentions it holds."""
        ...

    @property
    def identity(self) -> str:
        """What tells this store from every other one."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...
