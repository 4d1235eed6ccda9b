"""The small indices beside the mentions: documents by key, changed by compare-and-set."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from search.errors import StoreBusy, StoreReadOnly
from search.stores.elastic.cluster import Cluster, Pauses, Refused, in_path

_PAGE: Final = 1_000
_TERM_BITS: Final = 16
_FIRST_VERSION: Final = 1


class Versioned(NamedTuple):
    """A document, and the version a change must be made from."""

    body: Mapping[str, Any]
    version: int
    """Sequence number and primary term of Elasticsearch, in one number."""


class SmallIndex:
    """One index of small documents by key."""

    def __init__(self, cluster: Cluster, index: str, *, read_only: bool = False) -> None:
        self._cluster = cluster
        self._read_only = read_only
        self.index = index

    def read(self, key: str) -> Versioned | None:
        """Return what stands under a key, as it is now."""
        try:
            found = self._cluster.ask("GET", self._path(key))
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return Versioned(found["_source"], _version_of(found))

    def create(self, key: str, body: Mapping[str, Any]) -> int | None:
        """Write the first document under a key; ``None`` when there is one."""
        return self._changed("PUT", key, self._path(key, "_create"), body)

    def replace(self, key: str, body: Mapping[str, Any], version: int | None = None) -> int | None:
        """Write a document; ``None`` when the present one is not of this version."""
        if version is not None and version < _FIRST_VERSION:
            return None
        return self._changed("PUT", key, self._path(key) + _condition(version), body)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Delete a document; ``False`` when there is none, or none of this version."""
        if version is not None and version < _FIRST_VERSION:
            return False
        return self._changed("DELETE", key, self._path(key) + _condition(version)) is not None

    def find(
        self,
        query: Mapping[str, Any],
        sort: Sequence[Mapping[str, str]],
        *,
        limit: int | None = None,
    ) -> Iterator[Versioned]:
        """Hand out what a query finds, in an order that tells all documents apart."""
        self._refresh()
        body: dict[str, Any] = {"query": query, "sort": sort, "seq_no_primary_term": True}
        left = limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(left, _PAGE)
            answer = self._cluster.ask(
                "POST",
                in_path(self.index, "_search") + "?allow_partial_search_results=false",
                {**body, "size": size},
            )
            hits = answer["hits"]["hits"]
            yield from (Versioned(hit["_source"], _version_of(hit)) for hit in hits)
            if len(hits) < size:
                return
            body["search_after"] = hits[-1]["sort"]
            left = None if left is None else left - len(hits)

    def count(self) -> int:
        """Count the documents."""
        self._refresh()
        return int(self._cluster.ask("GET", in_path(self.index, "_count"))["count"])

    def _refresh(self) -> None:
        """Make what any process has written findable."""
        self._cluster.refresh(self.index)

    def _path(self, key: str, endpoint: str = "_doc") -> str:
        return in_path(self.index, endpoint, place_of(key))

    def _changed(
        self, method: str, key: str, path: str, body: Mapping[str, Any] | None = None
    ) -> int | None:
        """Change a document once; when an answer is lost, look whether the change was made."""
        if self._read_only:
            raise StoreReadOnly(self._cluster.name, "it was opened to be read only")
        token = secrets.token_hex(8)
        tokened = None if body is None else {**body, "token": token}
        pauses = Pauses(self._cluster.patience)
        uncertain = False
        while True:
            try:
                return _version_of(self._cluster.send(method, path, tokened))
            except Refused as refused:
                if refused.status not in {404, 409}:
                    raise
                return self._ours(key, token if body else None) if uncertain else None
            except StoreBusy:
                uncertain = True
                if not pauses.rest():
                    raise

    def _ours(self, key: str, token: str | None) -> int | None:
        """Return the version of what we wrote; for a deletion, any when the document is gone."""
        found = self.read(key)
        if token is None:
            return 1 if found is None else None
        return found.version if found and found.body.get("token") == token else None


def place_of(key: str) -> str:
    """Name the document of a key: ids of Elasticsearch end at 512 bytes, keys do not."""
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _version_of(answer: Mapping[str, Any]) -> int:
    return int(answer["_seq_no"]) << _TERM_BITS | int(answer["_primary_term"])


def _condition(version: int | None) -> str:
    if version is None:
        return ""
    term = version & ((1 << _TERM_BITS) - 1)
    return f"?if_seq_no={version >> _TERM_BITS}&if_primary_term={term}"
