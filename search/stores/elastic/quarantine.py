"""The quarantine on Elasticsearch."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from search.errors import StoreBusy, StoreCorrupt, StoreError
from search.stores.base import Quarantined
from search.stores.elastic.bulk import Fate, Write, find_documents, write_all
from search.stores.elastic.cluster import Cluster, Pauses
from search.stores.elastic.documents import encodable
from search.stores.elastic.layout import LONGEST_VALUE
from search.stores.elastic.small import SmallIndex, Versioned, place_of
from search.stores.numbers import microseconds

_OLDEST_FIRST = [{"at": "asc"}, {"id": "asc"}]


class ElasticQuarantine:
    """What could not become a mention, in an index of its own."""

    def __init__(self, cluster: Cluster, index: SmallIndex) -> None:
        self._cluster = cluster
        self._index = index

    def add(self, entries: Sequence[Quarantined]) -> None:
        """Keep entries, once per id."""
        place = {"_index": self._index.index}
        writes = {
            place_of(entry.id): {"index": {**place, "_id": place_of(entry.id)}}
            for entry in entries
        }
        bodies = {place_of(entry.id): _body(entry) for entry in entries}
        done = self._write([Write(name, action, bodies[name]) for name, action in writes.items()])
        if done != len(writes):
            raise StoreError(self._cluster.name, "not everything could be put into quarantine")

    def entries(self) -> Iterator[Quarantined]:
        """Everything, oldest first."""
        return map(self._entry, self._index.find({"match_all": {}}, _OLDEST_FIRST))

    def among(self, ids: Sequence[str]) -> set[str]:
        """Return those of these ids that there are entries of."""
        names = {place_of(name): name for name in ids}
        places = [(self._index.index, place) for place in names]
        return {names[each["_id"]] for each in find_documents(self._cluster, places, ["at"])}

    def size(self) -> int:
        """Count the entries."""
        return self._index.count()

    def release(self, ids: Sequence[str], until: dt.datetime | None) -> int:
        """Delete entries, but none newer than ``until``, and none that changes meanwhile."""
        places = [(self._index.index, place_of(name)) for name in dict.fromkeys(ids)]
        found = find_documents(self._cluster, places, ["at"])
        latest = None if until is None else microseconds(until)
        writes = [
            Write(each["_id"], {"delete": _version(each)})
            for each in found
            if latest is None or each["_source"]["at"] <= latest
        ]
        return self._write(writes)

    def _write(self, writes: Sequence[Write]) -> int:
        """Write all, and return how many were; writes that are overtaken are not."""
        waiting = {write.id: write for write in writes}
        pauses = Pauses(self._cluster.patience)
        done = 0
        while waiting:
            results = write_all(self._cluster, list(waiting.values()))
            for name, result in results.items():
                if result.fate is Fate.REFUSED:
                    problem = f"an entry of quarantine was refused: {result.reason}"
                    raise StoreCorrupt(self._cluster.name, problem)
                done += result.fate is Fate.DONE
                if result.fate is not Fate.LATER:
                    del waiting[name]
            if waiting and not pauses.rest():
                reason = next(iter(results.values())).reason
                raise StoreBusy(self._cluster.name, f"could not write: {reason}")
        return done

    def _entry(self, found: Versioned) -> Quarantined:
        name = found.body.get("id", "?")
        try:
            plain = json.loads(found.body["body"])
            return Quarantined(**{**plain, "at": dt.datetime.fromisoformat(plain["at"])})
        except (KeyError, TypeError, ValueError) as fault:
            # Not the fault itself: its words may be the mention's.
            problem = f"the entry {name} in quarantine cannot be read"
            raise StoreCorrupt(self._cluster.name, problem) from fault


def _version(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "_index": found["_index"],
        "_id": found["_id"],
        "if_seq_no": found["_seq_no"],
        "if_primary_term": found["_primary_term"],
    }


def _body(entry: Quarantined) -> dict[str, Any]:
    kept = {name: encodable(getattr(entry, name)) for name in ("id", "source", "stage", "error")}
    at = entry.at.astimezone(dt.UTC)
    plain = {**dataclasses.asdict(entry), **kept, "mention": dict(entry.mention)}
    return {
        **{name: kept[name][:LONGEST_VALUE] for name in ("id", "source", "stage")},
        "at": microseconds(at),
        "body": json.dumps({**plain, "at": at.isoformat()}),
    }
