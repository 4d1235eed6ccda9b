"""Whether every document is what its record makes it, and making it so."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from search import codec
from search.errors import StoreBusy, StoreCorrupt, StoreError
from search.mention import StoredMention
from search.stores.elastic import documents
from search.stores.elastic.bulk import Fate, Write, write_all
from search.stores.elastic.cluster import Cluster, Pauses
from search.stores.elastic.queries import EVERYTHING
from search.stores.elastic.searching import Searcher
from search.stores.outcomes import Encoded

_BATCH: Final = 500
_BY_ID: Final = [{"sayso.id": "asc"}]


class Checker:
    """Reads every document of a store."""

    def __init__(self, cluster: Cluster, searcher: Searcher) -> None:
        self._cluster = cluster
        self._searcher = searcher

    def problems(self) -> Iterator[str]:
        """Say what is wrong with the documents, sentence by sentence."""
        before = None
        for hit in self._searcher.hits(EVERYTHING, _BY_ID, ["*"]):
            if hit["_id"] == before:
                yield f"The mention {before} is kept more than once."
            before = hit["_id"]
            yield from self._faults(hit)

    def rebuild(self) -> int:
        """Write every document whose record makes another one; return how many can be read."""
        count = 0
        waiting: list[Write] = []
        for hit in self._searcher.hits(EVERYTHING, _BY_ID, ["*"]):
            try:
                stored = documents.read(hit["_source"], self._cluster.name, hit["_id"])
            except StoreCorrupt:
                continue  # `check` names it; the others are made all the same
            count += 1
            changed = _wanted(stored, hit["_source"]["sayso"].get("put", ""))
            if not _is_made(changed, hit["_source"]):
                place = {name: hit[name] for name in ("_index", "_id")}
                place |= {"if_seq_no": hit["_seq_no"], "if_primary_term": hit["_primary_term"]}
                waiting.append(Write(hit["_id"], {"update": place}, {"doc": changed}))
            if len(waiting) == _BATCH:
                self._write(waiting)
                waiting = []
        self._write(waiting)
        return count

    def _faults(self, hit: Mapping[str, Any]) -> Iterator[str]:
        name, source = hit["_id"], hit["_source"]
        try:
            stored = documents.read(source, self._cluster.name, name)
        except StoreCorrupt as error:
            yield f"{error.problem.capitalize()}."
            return
        if stored.id != name:
            yield f"The mention {stored.id} is kept as {name}."
        if source["sayso"]["content"][0].get("hash") != codec.content_hash(stored.mention).hex():
            yield f"The mention {name} differs from its content hash."
        elif not _is_made(_wanted(stored, source["sayso"].get("put", "")), source):
            yield f"The document of the mention {name} differs from its record."

    def _write(self, writes: Sequence[Write]) -> None:
        """Write; a document that a crawl changes meanwhile is made anew by that."""
        waiting = {write.id: write for write in writes}
        pauses = Pauses(self._cluster.patience)
        while waiting:
            results = write_all(self._cluster, list(waiting.values()))
            for name, result in results.items():
                if result.fate is Fate.REFUSED:
                    raise StoreError(self._cluster.name, f"{name} was refused: {result.reason}")
                if result.fate is not Fate.LATER:
                    del waiting[name]
            if waiting and not pauses.rest():
                raise StoreBusy(self._cluster.name, "could not write all documents")


def _wanted(stored: StoredMention, token: str) -> dict[str, Any]:
    made = documents.content(Encoded.of(stored.mention), writer=token)
    ours = documents.own(stored.state)
    return {**made, **ours, "sayso": {**made["sayso"], **ours["sayso"]}}


def _is_made(wanted: Mapping[str, Any], source: Mapping[str, Any]) -> bool:
    """Whether a document says what its record makes it say."""
    hidden = source["sayso"]
    shown = {name: value for name, value in wanted.items() if name != "sayso"}
    return all(hidden.get(name) == value for name, value in wanted["sayso"].items()) and _known(
        shown
    ) == _known({name: source.get(name) for name in shown})


def _known(part: Any) -> Any:
    """Leave out what is unknown, however that is written."""
    if isinstance(part, Mapping):
        known = {name: _known(value) for name, value in part.items()}
        return {name: value for name, value in known.items() if value not in (None, {}, [])}
    if isinstance(part, list):
        return [_known(each) for each in part]
    return part
