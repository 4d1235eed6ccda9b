"""Bulk requests of bounded size, and what became of each of their parts."""

import dataclasses
import enum
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from search.errors import StoreBusy, StoreError
from search.stores.elastic.cluster import BUSY, Cluster, Refused, in_path

MOST_BYTES: Final = 5_000_000
MOST_PARTS: Final = 500
_AT_ONCE: Final = 3
"""Requests under way; meanwhile the next is made."""

_SECONDS: Final = 30.0
_OF_DOCUMENTS: Final = {
    "document_parsing_exception",
    "mapper_parsing_exception",
    "strict_dynamic_mapping_exception",
}
"""What is wrong with one document; anything else is wrong with the index, for all of them."""

_PASSING: Final = ("rejected", "no_shard", "unavailable", "circuit_breaking", "node_", "timeout")
TOO_LARGE: Final = "it is too large for the cluster"
_FILTER: Final = "errors,items.*.status,items.*.error.type,items.*.error.reason"


class Fate(enum.Enum):
    """What became of one write."""

    DONE = enum.auto()
    LATER = enum.auto()
    """The cluster was busy, or it is not known: look, and perhaps write again."""

    CONFLICT = enum.auto()
    """Something changed since it was looked at: another writer, or the index to write to."""

    REFUSED = enum.auto()
    """This document cannot be kept; writing it again would not help."""


@dataclasses.dataclass(frozen=True, slots=True)
class Write:
    """One part of a bulk request."""

    id: str
    action: Mapping[str, Any]
    """Such as ``{"create": {"_index": …, "_id": …}}``."""

    body: Mapping[str, Any] | None = None
    """``None`` for a deletion."""

    def lines(self) -> bytes:
        """Write it as a bulk request wants it."""
        parts = (self.action,) if self.body is None else (self.action, self.body)
        return b"".join(
            json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            for part in parts
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What became of one write, and why."""

    fate: Fate
    reason: str = ""


def write_all(cluster: Cluster, writes: Iterable[Write]) -> dict[str, Result]:
    """
    Send writes, in requests of at most 5 MB and 500 parts; say what became of each, by id.

    Nothing is sent twice here: whoever called looks what is kept before it writes again. Raises
    `StoreError` when the cluster does not know us.
    """
    results: dict[str, Result] = {}
    under_way: deque[Future[dict[str, Result]]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for lines, chunk in _requests(writes):
            if len(under_way) == _AT_ONCE:  # no more of them in memory than are sent
                results |= under_way.popleft().result()
            under_way.append(pool.submit(_send, cluster, lines, chunk))
        for each in under_way:
            results |= each.result()
    return results


def _requests(writes: Iterable[Write]) -> Iterator[tuple[bytes, list[Write]]]:
    lines: list[bytes] = []
    chunk: list[Write] = []
    size = 0
    for write in writes:
        line = write.lines()
        if chunk and (size + len(line) > MOST_BYTES or len(chunk) == MOST_PARTS):
            yield b"".join(lines), chunk
            lines, chunk, size = [], [], 0
        lines.append(line)
        chunk.append(write)
        size += len(line)
    if chunk:
        yield b"".join(lines), chunk


def _send(cluster: Cluster, lines: bytes, writes: Sequence[Write]) -> dict[str, Result]:
    target = f"/_bulk?filter_path={_FILTER}"
    try:
        answer = cluster.send("POST", target, lines, seconds=_SECONDS)
    except StoreBusy as error:
        return dict.fromkeys((write.id for write in writes), Result(Fate.LATER, error.problem))
    except Refused as refused:
        if refused.status != 413:
            raise
        return _send_less(cluster, writes, refused.problem)
    items = answer.get("items", ())
    if len(items) != len(writes):
        raise StoreError(cluster.name, f"{len(writes)} writes, but {len(items)} answers")
    return {
        write.id: _read(cluster, next(iter(item.values())))
        for write, item in zip(writes, items, strict=True)
    }


def _send_less(cluster: Cluster, writes: Sequence[Write], problem: str) -> dict[str, Result]:
    """Send each half by itself: something in between takes less than Elasticsearch would."""
    if len(writes) == 1:
        return {writes[0].id: Result(Fate.REFUSED, f"{TOO_LARGE}: {problem}")}
    middle = len(writes) // 2
    results: dict[str, Result] = {}
    for half in (writes[:middle], writes[middle:]):
        lines = b"".join(write.lines() for write in half)
        results |= _send(cluster, lines, half)
    return results


def _read(cluster: Cluster, item: Mapping[str, Any]) -> Result:
    status = item["status"]
    error = item.get("error") or {}
    kind, reason = error.get("type", ""), f"{error.get('type', '')}: {error.get('reason', '')}"
    if status < 300:
        return Result(Fate.DONE)
    if status in {404, 409} or kind == "document_missing_exception":
        return Result(Fate.CONFLICT, reason)
    if status in BUSY or status >= 500 or kind == "cluster_block_exception":
        return Result(Fate.LATER, reason)
    if status == 413 or kind in _OF_DOCUMENTS or "immense term" in reason:
        return Result(Fate.REFUSED, reason)
    raise cluster.refusal(Refused(cluster.name, status, error))


def find_documents(
    cluster: Cluster, places: Sequence[tuple[str, str]], source: Sequence[str]
) -> list[dict[str, Any]]:
    """Read documents by index and id, as they are now; those that are not there are left out."""
    if not places:
        return []
    wanted = ",".join(source)
    path = in_path("_mget") + f"?_source={wanted}&filter_path=docs._id,docs._index,docs.found,"
    path += "docs._seq_no,docs._primary_term,docs._source,docs.error"
    body = {"docs": [{"_index": index, "_id": name} for index, name in places]}
    found = cluster.ask("POST", path, body)["docs"]
    for each in found:
        if "error" in each:  # not to be taken for a document that is not there
            raise _unread(cluster, each["error"])
    return [each for each in found if each.get("found")]


def _unread(cluster: Cluster, error: Mapping[str, Any]) -> StoreError:
    kind = str(error.get("type", ""))
    if any(sign in kind for sign in _PASSING):
        return StoreBusy(cluster.name, f"Elasticsearch is busy: {kind}: {error.get('reason')}")
    return Refused(cluster.name, 200, error)
