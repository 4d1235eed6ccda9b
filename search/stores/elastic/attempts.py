"""One batch of mentions on its way into a store: what to write, and what became of each."""

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from search.mention import Mention, State, StoredMention
from search.stores.base import Outcome
from search.stores.elastic import documents
from search.stores.elastic.bulk import Fate, Result, Write
from search.stores.numbers import microseconds
from search.stores.outcomes import Before, Encoded, judge

Key = tuple[tuple[str, bytes], ...]
"""What a batch holds: by it a batch that is put again knows itself."""


class Known(NamedTuple):
    """What is kept under an id."""

    place: dict[str, Any]
    """Index, id, and the version a change must be made from."""

    content_hash: bytes
    own: str
    before: Before
    token: str


@dataclass(slots=True)
class Entry:
    """What is to be written under one id, and what was tried."""

    puts: list[tuple[int, Encoded]] = field(default_factory=list)
    """With their places in the batch, in order."""

    state: State | None = None
    """Our own state, where a whole mention is taken over from another store."""

    outcomes: list[Outcome] = field(default_factory=list)
    wanted: Encoded | None = None
    """The content after the last try, as it should be kept."""

    @property
    def mention(self) -> Mention:
        """The latest of them."""
        return self.puts[-1][1].mention


class Attempt:
    """A batch that may take several tries; what is settled stays settled."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._outcomes: dict[int, Outcome] = {}
        self._token = secrets.token_hex(4)
        self.waiting: dict[str, Entry] = {}

    @classmethod
    def of(cls, mentions: Sequence[Mention]) -> Self:
        """Begin with mentions as a source said them."""
        attempt = cls(len(mentions))
        for index, mention in enumerate(mentions):
            entry = attempt.waiting.setdefault(mention.id, Entry())
            entry.puts.append((index, Encoded.of(mention)))
        return attempt

    @classmethod
    def adopting(cls, stored: Sequence[StoredMention]) -> Self:
        """Begin with mentions as another store holds them."""
        attempt = cls.of([each.mention for each in stored])
        for each in stored:
            attempt.waiting[each.id].state = each.state
        return attempt

    @property
    def key(self) -> Key:
        """Tell this batch from others."""
        return tuple(
            (name, put.content_hash)
            for name, entry in self.waiting.items()
            for _, put in entry.puts
        )

    def plan(
        self,
        known: Mapping[str, Known],
        write_alias: str,
        next_order: Callable[[], int],
        clock: Callable[[], dt.datetime],
    ) -> Iterator[Write]:
        """Decide what to write now that it is known what is kept."""
        for name, entry in self.waiting.items():
            kept = known.get(name)
            if kept is not None and kept.token == self._token and entry.wanted is not None:
                continue  # an answer was lost, but not the write
            self._judge(entry, kept)
            if kept is None:
                yield self._creation(name, entry, write_alias, next_order(), clock())
            elif change := self._change(entry, kept):
                yield Write(name, {"update": kept.place}, {"doc": change})

    def settle(self, results: Mapping[str, Result]) -> str:
        """Take what is settled out of `waiting`; return why the rest is not."""
        reason = ""
        for name in list(self.waiting):
            result = results.get(name, Result(Fate.DONE))
            if result.fate in {Fate.LATER, Fate.CONFLICT}:
                reason = result.reason
                continue
            entry = self.waiting.pop(name)
            for (index, _), outcome in zip(entry.puts, entry.outcomes, strict=True):
                refused = result.fate is Fate.REFUSED
                self._outcomes[index] = Outcome.QUARANTINED if refused else outcome
        return reason

    def outcomes(self) -> list[Outcome]:
        """Say for each mention of the batch what it was, when nothing waits any more."""
        return [self._outcomes[index] for index in range(self._count)]

    def _judge(self, entry: Entry, kept: Known | None) -> None:
        """Find out what each put of one id is, one after another, and what is wanted at last."""
        kept_hash = None if kept is None else kept.content_hash
        # A mention taken over from another store is to be as it is there.
        before = Before() if kept is None or entry.state is not None else kept.before
        entry.outcomes = []
        for _, put in entry.puts:
            outcome, merged = judge(put, kept_hash, _giving(before))
            entry.outcomes.append(outcome)
            if outcome is not Outcome.UNCHANGED:
                kept_hash, before = merged.content_hash, Before.of(merged.mention)
                entry.wanted = merged

    def _creation(
        self, name: str, entry: Entry, write_alias: str, order: int, now: dt.datetime
    ) -> Write:
        assert entry.wanted is not None  # noqa: S101 - the first put of an unknown id is new
        state = entry.state or State(first_seen_at=now)
        place = {"_index": write_alias, "_id": name, "require_alias": True}
        document = documents.whole(entry.wanted, state, order=order, writer=self._token)
        return Write(name, {"create": place}, document)

    def _change(self, entry: Entry, kept: Known) -> dict[str, Any]:
        """Return what differs from what is kept; nothing: ``{}``."""
        changed: dict[str, Any] = {}
        if any(outcome is not Outcome.UNCHANGED for outcome in entry.outcomes) and entry.wanted:
            changed = documents.content(entry.wanted, writer=self._token)
        if entry.state is None:
            return changed
        ours = documents.own(entry.state)
        if ours["sayso"]["own"][0]["record"] == kept.own:
            return changed
        entry.wanted = entry.wanted or entry.puts[-1][1]
        entry.outcomes = [
            Outcome.CHANGED if outcome is Outcome.UNCHANGED else outcome
            for outcome in entry.outcomes
        ]
        hidden = {**changed.get("sayso", {"put": self._token}), **ours["sayso"]}
        return {**changed, **ours, "sayso": hidden}


def _giving(before: Before) -> Callable[[], Before]:
    return lambda: before


class Order:
    """Numbers that grow in the order in which mentions are first kept, across processes."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        """Return the microsecond it is, or the next one when that was taken."""
        with self._lock:
            self._last = max(self._last + 1, microseconds(self._clock()))
            return self._last
