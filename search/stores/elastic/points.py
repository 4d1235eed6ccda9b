"""A point in time: what a long walk over all matches sees, whatever is written meanwhile."""

import contextlib
from collections.abc import Mapping
from typing import Any, Final, Self

from search.errors import StoreError
from search.stores.elastic.cluster import Cluster, Refused, in_path

_KEEP_ALIVE: Final = "5m"
_LAST_PLACE: Final = 2**63 - 1


class PointInTime:
    """
    One point in time of an index or alias.

    Elasticsearch forgets it when nobody asks for five minutes, or when a node is restarted: then
    the walk goes on from another one, for the order it goes by tells all documents apart.
    """

    def __init__(self, cluster: Cluster, read_by: str) -> None:
        self._cluster = cluster
        self._path = f"{in_path(read_by, '_pit')}?keep_alive={_KEEP_ALIVE}"
        self._id = ""

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(StoreError):  # it ends by itself
            self._cluster.send("DELETE", "/_pit", {"id": self._id})

    def search(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Search all of it; an answer in part is an error."""
        try:
            return self._search(body)
        except Refused as refused:
            if refused.status != 404:
                raise
            self._begin()
            return self._search(_beyond(body))

    def _begin(self) -> None:
        self._id = self._cluster.ask("POST", self._path)["id"]

    def _search(self, body: Mapping[str, Any]) -> dict[str, Any]:
        point = {"id": self._id, "keep_alive": _KEEP_ALIVE}
        path = "/_search?allow_partial_search_results=false"
        answer: dict[str, Any] = self._cluster.ask("POST", path, {**body, "pit": point})
        self._id = answer.get("pit_id", self._id)
        return answer


def _beyond(body: Mapping[str, Any]) -> dict[str, Any]:
    """Go on behind the last document wherever it lies now: its place counted in the old point."""
    after = body.get("search_after", [])
    if len(after) <= len(body["sort"]):
        return dict(body)
    return {**body, "search_after": [*after[:-1], _LAST_PLACE]}
