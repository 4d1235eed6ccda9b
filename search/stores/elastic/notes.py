"""Notes and cursors on Elasticsearch."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from search.notes import Note
from search.stores.base import Cursor
from search.stores.elastic.small import SmallIndex

_BY_KEY = [{"key": "asc"}]


class ElasticNotes:
    """Implements `search.notes.Notes` on one index."""

    def __init__(self, index: SmallIndex) -> None:
        self._index = index

    def read(self, key: str) -> Note | None:
        """Return what stands under a key."""
        found = self._index.read(key)
        return None if found is None else Note(json.loads(found.body["value"]), found.version)

    def write(self, key: str, value: Mapping[str, Any], version: int | None) -> int | None:
        """Replace the value of this version; ``None`` when it is another one by now."""
        body = {"key": key, "value": json.dumps(dict(value))}
        if version is None:
            return self._index.create(key, body)
        return self._index.replace(key, body, version)

    def delete(self, key: str, version: int) -> bool:
        """Delete the value of this version."""
        return self._index.delete(key, version)

    def under(self, prefix: str, *, after: str = "", limit: int = 1000) -> dict[str, Note]:
        """Return the notes whose keys begin so, in the order of their keys."""
        begins = {"prefix": {"key": prefix}}
        beyond = {"range": {"key": {"gt": after}}}
        query = {"bool": {"filter": [begins, beyond] if after else [begins]}}
        found = self._index.find(query, _BY_KEY, limit=limit)
        return {
            each.body["key"]: Note(json.loads(each.body["value"]), each.version) for each in found
        }


class Cursors:
    """Marks by key, of which the latest counts."""

    def __init__(self, index: SmallIndex, clock: Callable[[], dt.datetime]) -> None:
        self._index = index
        self._clock = clock

    def read(self, key: str) -> Cursor | None:
        """Return the mark saved under a key."""
        found = self._index.read(key)
        return None if found is None else json.loads(found.body["value"])

    def save(self, key: str, cursor: Cursor) -> None:
        """Replace the mark saved under a key."""
        saved_at = self._clock().isoformat()
        self._index.replace(
            key, {"key": key, "value": json.dumps(dict(cursor)), "saved_at": saved_at}
        )

    def all(self) -> dict[str, Cursor]:
        """Return every mark by its key."""
        found = self._index.find({"match_all": {}}, _BY_KEY)
        return {each.body["key"]: json.loads(each.body["value"]) for each in found}
