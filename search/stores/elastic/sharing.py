"""Which mentions share keys with a text: one request for a whole batch."""

import json
from collections.abc import Sequence
from typing import Any, Final

from search.stores.base import ALIKE
from search.stores.elastic.cluster import Cluster, Refused, in_path

_AT_ONCE: Final = 250
_FILTER: Final = "filter_path=responses.status,responses.error,responses.hits.hits._id"


def find_sharing(cluster: Cluster, read_by: str, keys: Sequence[Sequence[int]]) -> list[list[str]]:
    """Find what shares keys; see `Store.sharing`."""
    found: list[list[str]] = []
    for start in range(0, len(keys), _AT_ONCE):
        found += _ask(cluster, read_by, keys[start : start + _AT_ONCE])
    return found


def written(key: int) -> str:
    """Write a key as documents hold it."""
    return f"{key:012x}"


def _ask(cluster: Cluster, read_by: str, keys: Sequence[Sequence[int]]) -> list[list[str]]:
    if not keys:
        return []
    lines = (line for each in keys for line in ({}, _question(each)))
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    answer = cluster.ask("POST", f"{in_path(read_by, '_msearch')}?{_FILTER}", body)
    return [_read(cluster, each) for each in answer["responses"]]


def _question(keys: Sequence[int]) -> dict[str, Any]:
    """Ask for those that share most keys: Lucene passes over what cannot be among them."""
    each = [
        {"constant_score": {"filter": {"term": {"sayso.content.keys": written(key)}}}}
        for key in keys
    ]
    return {
        "query": {"bool": {"should": each}} if each else {"match_none": {}},
        "size": ALIKE,
        "sort": ["_score", {"sayso.order": "asc"}],
        "_source": False,
        "track_total_hits": False,
    }


def _read(cluster: Cluster, answer: dict[str, Any]) -> list[str]:
    if "error" in answer:
        raise cluster.refusal(Refused(cluster.name, answer["status"], answer["error"]))
    return [hit["_id"] for hit in answer.get("hits", {}).get("hits", ())]
