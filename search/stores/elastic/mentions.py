"""Keeping mentions: create what is new, change what the source changed, leave the rest alone."""

import contextlib
import dataclasses
import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from search.codec import intent_from_plain, sentiment_from_plain, to_plain
from search.errors import MentionNotFound, StoreBusy, StoreError
from search.mention import Mention, State, StoredMention
from search.stores.base import Outcome, Quarantined
from search.stores.elastic import documents
from search.stores.elastic.attempts import Attempt, Entry, Key, Known, Order
from search.stores.elastic.bulk import TOO_LARGE, Fate, Result, Write, find_documents, write_all
from search.stores.elastic.cluster import Cluster, Pauses, in_path
from search.stores.elastic.generations import Generations, Places
from search.stores.outcomes import Before
from search.stores.prefixes import checked_prefix

_NEEDED: Final = (
    "brands",
    "sentiment",
    "intent",
    "sayso.content.hash",
    "sayso.own.record",
    "sayso.put",
)
_AT_ONCE: Final = 500
_MOST_UNFINISHED: Final = 16
_DIGITS: Final = 32
_CUT: Final = 10_000


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
        self._order = Order(clock)
        self._unfinished: dict[Key, Attempt] = {}
        self._lock = threading.Lock()

    def put(self, mentions: Sequence[Mention]) -> list[Outcome]:
        """
        Keep mentions; see `Store.put`.

        After `StoreBusy` the same batch, put again, goes on where it was: what it wrote by then
        is still said to be new.
        """
        return self._finish(Attempt.of(mentions))

    def adopt(self, stored: Sequence[StoredMention]) -> list[Outcome]:
        """Keep mentions with the state they have elsewhere; see `Store.adopt`."""
        attempt = Attempt.adopting(stored)
        self._write(attempt)
        return attempt.outcomes()

    def change_state(self, mention_id: str, before: State, after: State) -> bool:
        """Replace our own state of one mention; see `Store.change_state`."""
        pauses = Pauses(self._cluster.patience)
        while True:
            places = self._generations.require()
            found = list(self._documents([mention_id], places, [*_NEEDED, *documents.RECORDS]))
            if not found:
                return False
            kept = documents.read(found[0]["_source"], self._cluster.name, mention_id).state
            if kept == after:
                return True  # also when an answer was lost, but not the write
            if kept != before:
                return False
            change = Write(
                mention_id, {"update": _read_known(found[0]).place}, {"doc": documents.own(after)}
            )
            result = write_all(self._cluster, [change])[mention_id]
            if result.fate is Fate.DONE:
                return True
            if result.fate is Fate.REFUSED:
                raise StoreError(self._cluster.name, f"the state is refused: {result.reason}")
            if not pauses.rest():
                raise StoreBusy(self._cluster.name, f"could not write: {result.reason}")

    def remove(self, ids: Sequence[str]) -> int:
        """Delete mentions, whichever index holds them; see `Store.remove`."""
        pauses = Pauses(self._cluster.patience)
        waiting = list(dict.fromkeys(filter(None, ids)))
        removed: set[str] = set()
        while True:
            places = self._generations.require()
            found = list(self._documents(waiting, places, ["sayso.id"]))
            removed.update(each["_id"] for each in found)
            results = write_all(self._cluster, map(_deletion, found))
            waiting = [name for name, result in results.items() if result.fate is not Fate.DONE]
            if not waiting:
                return len(removed)
            if not pauses.rest():
                reason = results[waiting[0]].reason
                raise StoreBusy(self._cluster.name, f"could not delete: {reason}")

    def fetch(self, ids: Sequence[str]) -> dict[str, StoredMention]:
        """Return the mentions of these whole ids, as they are now."""
        found = {}
        places = self._generations.require()
        for each in self._documents(list(dict.fromkeys(ids)), places, documents.RECORDS):
            name = each["_id"]
            found[name] = documents.read(each["_source"], self._cluster.name, name)
        return found

    def get(self, prefix: str) -> StoredMention:
        """Return the one mention whose id begins so."""
        wanted = checked_prefix(prefix)
        is_whole = len(wanted) == _DIGITS
        found = list(self.fetch([wanted]).values()) if is_whole else self._find_prefix(wanted)
        if len(found) > 1:
            raise MentionNotFound(f"more than one id begins with {wanted}: give more digits")
        if not found:
            raise MentionNotFound(f"no mention has an id that begins with {wanted}")
        return found[0]

    def _find_prefix(self, prefix: str) -> list[StoredMention]:
        read_by = self._generations.names.mentions
        self._cluster.refresh(read_by)
        query = {"prefix": {"sayso.id": prefix}}
        body = {"query": query, "size": 2, "_source": documents.RECORDS}
        answer = self._cluster.ask("POST", in_path(read_by, "_search"), body)
        return [
            documents.read(hit["_source"], self._cluster.name, hit["_id"])
            for hit in answer["hits"]["hits"]
        ]

    def _finish(self, attempt: Attempt) -> list[Outcome]:
        key = attempt.key
        with self._lock:
            attempt = self._unfinished.pop(key, attempt)
        try:
            self._write(attempt)
        except StoreBusy:
            with self._lock:
                self._unfinished[key] = attempt
                while len(self._unfinished) > _MOST_UNFINISHED:
                    del self._unfinished[next(iter(self._unfinished))]
            raise
        return attempt.outcomes()

    def _write(self, attempt: Attempt) -> None:
        """Look what is kept, write, and do so again for what was in the way of somebody else."""
        pauses = Pauses(self._cluster.patience)
        while attempt.waiting:
            results = self._try(attempt)
            reason = attempt.settle(results)
            if attempt.waiting and not pauses.rest():
                raise StoreBusy(self._cluster.name, f"could not write: {reason}")
            if any(result.fate is Fate.CONFLICT for result in results.values()):
                self._generations.require()

    def _try(self, attempt: Attempt) -> dict[str, Result]:
        places = self._generations.places
        known = {
            each["_id"]: _read_known(each)
            for each in self._documents(list(attempt.waiting), places, _NEEDED)
        }
        writes = attempt.plan(known, places.write_alias, self._order.next, self._clock)
        results = write_all(self._cluster, writes)
        refused = [
            self._refusal(attempt.waiting[name], result.reason)
            for name, result in results.items()
            if result.fate is Fate.REFUSED
        ]
        if refused:
            self._quarantine(refused)
        return results

    def _documents(
        self, ids: Sequence[str], places: Places, source: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        """Read documents as they are now, whichever index holds them."""
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            wanted = [(index, name) for index in places.indices for name in some]
            yield from find_documents(self._cluster, wanted, source)

    def _refusal(self, entry: Entry, reason: str) -> Quarantined:
        mention = entry.mention
        if TOO_LARGE in reason and len(mention.text) > _CUT:
            # What is too large for the cluster is so for the quarantine there as well.
            mention = dataclasses.replace(mention, text=mention.text[:_CUT])
            reason = f"{reason} (of its text only {_CUT:,} characters are kept here)"
        return Quarantined(
            id=mention.id,
            source=mention.source,
            stage="store",
            error=reason,
            mention=to_plain(mention),
            at=self._clock(),
        )


def _deletion(found: dict[str, Any]) -> Write:
    return Write(found["_id"], {"delete": {"_index": found["_index"], "_id": found["_id"]}})


def _read_known(found: dict[str, Any]) -> Known:
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
    content_hash = b""
    with contextlib.suppress(ValueError, TypeError):
        content_hash = bytes.fromhex(halves["content"].get("hash", ""))
    own = halves["own"].get("record", "")
    return Known(place, content_hash, own, _before(source), hidden.get("put", ""))


def _before(source: dict[str, Any]) -> Before:
    brands = tuple(source.get("brands") or ())
    with contextlib.suppress(ValueError):
        sentiment = sentiment_from_plain(source.get("sentiment"))
        return Before(brands, sentiment, intent_from_plain(source.get("intent")))
    return Before(brands)  # what somebody damaged is written anew
