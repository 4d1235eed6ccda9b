"""Keeping mentions: create what is new, change what the source changed, leave the rest alone."""

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from search.codec import to_plain
from search.errors import MentionNotFound, StoreBusy
from search.mention import Mention, State, StoredMention
from search.stores.base import Outcome, Quarantined
from search.stores.elastic import documents
from search.stores.elastic.bulk import Fate, Result, Write, find_documents, write_all
from search.stores.elastic.cluster import Cluster, Pauses, in_path
from search.stores.elastic.generations import Generations
from search.stores.numbers import microseconds
from search.stores.outcomes import Encoded, judge
from search.stores.prefixes import checked_prefix

_NEEDED: Final = ("brands", "sayso.content.hash", "sayso.own.record", "sayso.put")
_AT_ONCE: Final = 500


class _Known(NamedTuple):
    """What is kept under an id."""

    place: dict[str, Any]
    """Index, id, and the version a change must be made from."""

    content_hash: bytes
    own: str
    brands: tuple[str, ...]
    token: str


@dataclass(slots=True)
class _Waiting:
    """What is to be written under one id, and what was tried."""

    puts: list[tuple[int, Encoded]] = field(default_factory=list)
    """With their places in the batch, in order."""

    state: State | None = None
    """Our own state, where a whole mention is taken over from another store."""

    outcomes: list[Outcome] = field(default_factory=list)
    wanted: Encoded | None = None
    """The content after the last try, as it should be kept."""


class Mentions:
    """The mentions of one store."""

    def __init__(
        self,
        cluster: Cluster,
        generations: Generations,
        clock: Callable[[], dt.datetime],
        quarantine: Callable[[Sequence[Quarantined]], None],
    ) -> None:
        self._cluster = cluster
        self._generations = generations
        self._clock = clock
        self._quarantine = quarantine
        self._order = _Order(clock)

    def put(self, mentions: Sequence[Mention]) -> list[Outcome]:
        """Keep mentions; see `Store.put`."""
        waiting: dict[str, _Waiting] = {}
        for index, mention in enumerate(mentions):
            entry = waiting.setdefault(mention.id, _Waiting())
            entry.puts.append((index, Encoded.of(mention)))
        return self._write(waiting, len(mentions))

    def adopt(self, stored: Sequence[StoredMention]) -> list[Outcome]:
        """Keep mentions with the state they have elsewhere; see `Store.adopt`."""
        waiting = {
            each.id: _Waiting([(index, Encoded.of(each.mention))], each.state)
            for index, each in enumerate(stored)
        }
        return self._write(waiting, len(stored))

    def fetch(self, ids: Sequence[str]) -> dict[str, StoredMention]:
        """Return the mentions of these whole ids, as they are now."""
        found = {}
        for start in range(0, len(ids), _AT_ONCE):
            for each in self._documents(ids[start : start + _AT_ONCE], documents.RECORDS):
                name = each["_id"]
                found[name] = documents.read(each["_source"], self._cluster.name, name)
        return found

    def get(self, prefix: str) -> StoredMention:
        """Return the one mention whose id begins so."""
        wanted = checked_prefix(prefix)
        if len(wanted) == 32:
            found = list(self.fetch([wanted]).values())
        else:
            found = self._find_prefix(wanted)
        if len(found) > 1:
            raise MentionNotFound(f"more than one id begins with {wanted}: give more digits")
        if not found:
            raise MentionNotFound(f"no mention has an id that begins with {wanted}")
        return found[0]

    def _find_prefix(self, prefix: str) -> list[StoredMention]:
        read_by = self._generations.names.mentions
        self._cluster.refresh(read_by)
        body = {
            "query": {"prefix": {"sayso.id": prefix}},
            "size": 2,
            "_source": documents.RECORDS,
        }
        answer = self._cluster.ask("POST", in_path(read_by, "_search"), body)
        return [
            documents.read(hit["_source"], self._cluster.name, hit["_id"])
            for hit in answer["hits"]["hits"]
        ]

    def _write(self, waiting: dict[str, _Waiting], count: int) -> list[Outcome]:
        """Look what is kept, write, and do so again for what was in the way of somebody else."""
        outcomes: dict[int, Outcome] = {}
        token = secrets.token_hex(4)
        pauses = Pauses(self._cluster.patience)
        while waiting:
            results = self._try(waiting, token)
            reason = self._settle(waiting, results, outcomes)
            if not waiting:
                break
            if not pauses.rest():
                raise StoreBusy(self._cluster.name, f"could not write: {reason}")
            if any(result.fate is Fate.CONFLICT for result in results.values()):
                self._generations.require()
        return [outcomes[index] for index in range(count)]

    def _try(self, waiting: dict[str, _Waiting], token: str) -> dict[str, Result]:
        known = self._known(list(waiting))
        writes = (
            write
            for name, entry in waiting.items()
            if (write := self._plan(name, entry, known.get(name), token)) is not None
        )
        written = write_all(self._cluster, writes)
        return {name: written.get(name, Result(Fate.DONE)) for name in waiting}

    def _settle(
        self,
        waiting: dict[str, _Waiting],
        results: dict[str, Result],
        outcomes: dict[int, Outcome],
    ) -> str:
        """Take what is settled out of ``waiting``; return why the rest is not."""
        refused: list[tuple[_Waiting, str]] = []
        reason = ""
        for name, result in results.items():
            if result.fate in {Fate.LATER, Fate.CONFLICT}:
                reason = result.reason
                continue
            entry = waiting.pop(name)
            if result.fate is Fate.REFUSED:
                refused.append((entry, result.reason))
                entry.outcomes = [Outcome.QUARANTINED] * len(entry.puts)
            for (index, _), outcome in zip(entry.puts, entry.outcomes, strict=True):
                outcomes[index] = outcome
        if refused:
            self._quarantine([self._refusal(entry, why) for entry, why in refused])
        return reason

    def _plan(self, name: str, entry: _Waiting, known: _Known | None, token: str) -> Write | None:
        """Decide what to write under an id (``None``: nothing) and what its outcomes will be."""
        if known is not None and known.token == token and entry.wanted is not None:
            return None  # an answer was lost, but not the write
        outcomes: list[Outcome] = []
        kept_hash = None if known is None else known.content_hash
        brands = () if known is None or entry.state is not None else known.brands
        wanted = entry.puts[0][1]
        for _, put in entry.puts:
            outcome, wanted = judge(put, kept_hash, lambda before=brands: before)  # type: ignore[misc]
            outcomes.append(outcome)
            if outcome is not Outcome.UNCHANGED:
                kept_hash, brands = wanted.content_hash, wanted.mention.brands
                entry.wanted = wanted
        entry.outcomes = outcomes
        if known is None:
            return self._creation(name, entry, token)
        return self._change(entry, known, outcomes, token)

    def _creation(self, name: str, entry: _Waiting, token: str) -> Write:
        assert entry.wanted is not None  # noqa: S101 - the first put of an unknown id is new
        state = entry.state or State(first_seen_at=self._clock())
        place = {
            "_index": self._generations.write_alias,
            "_id": name,
            "require_alias": True,
        }
        document = documents.whole(entry.wanted, state, order=self._order.next(), writer=token)
        return Write(name, {"create": place}, document)

    def _change(
        self, entry: _Waiting, known: _Known, outcomes: Sequence[Outcome], token: str
    ) -> Write | None:
        changed: dict[str, Any] = {}
        if any(outcome is not Outcome.UNCHANGED for outcome in outcomes) and entry.wanted:
            changed = documents.content(entry.wanted, writer=token)
        if entry.state is not None:
            ours = documents.own(entry.state)
            if ours["sayso"]["own"][0]["record"] != known.own:
                hidden = {**changed.get("sayso", {"put": token}), **ours["sayso"]}
                changed = {**changed, **ours, "sayso": hidden}
                entry.outcomes = [
                    Outcome.CHANGED if outcome is Outcome.UNCHANGED else outcome
                    for outcome in outcomes
                ]
                entry.wanted = entry.wanted or entry.puts[-1][1]
        if not changed:
            return None
        return Write(known.place["_id"], {"update": known.place}, {"doc": changed})

    def _known(self, ids: Sequence[str]) -> dict[str, _Known]:
        return {each["_id"]: _read_known(each) for each in self._documents(ids, _NEEDED)}

    def _documents(self, ids: Sequence[str], source: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Read documents as they are now, whichever index holds them."""
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            places = [(index, name) for index in self._generations.indices for name in some]
            yield from find_documents(self._cluster, places, source)

    def _refusal(self, entry: _Waiting, reason: str) -> Quarantined:
        mention = entry.puts[-1][1].mention
        return Quarantined(
            id=mention.id,
            source=mention.source,
            stage="store",
            error=reason,
            mention=to_plain(mention),
            at=self._clock(),
        )


def _read_known(found: dict[str, Any]) -> _Known:
    """Read what a writer must know; what somebody damaged is written anew."""
    source = found.get("_source", {})
    hidden = source.get("sayso", {})
    halves = {name: (hidden.get(name) or [{}])[0] for name in ("content", "own")}
    place = {
        "_index": found["_index"],
        "_id": found["_id"],
        "if_seq_no": found["_seq_no"],
        "if_primary_term": found["_primary_term"],
    }
    brands = source.get("brands") or ()
    content_hash = bytes.fromhex(halves["content"].get("hash", ""))
    own = halves["own"].get("record", "")
    return _Known(place, content_hash, own, tuple(brands), hidden.get("put", ""))


class _Order:
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
