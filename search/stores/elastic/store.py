"""The store on Elasticsearch: for more than one machine holds, and for Kibana."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Self

from search.errors import StoreCorrupt, StoreError, StoreReadOnly
from search.mention import Mention, State, StoredMention
from search.query import Query
from search.stores.base import Cursor, Interval, Outcome, Page, Quarantined, Sort
from search.stores.elastic.address import parse_address
from search.stores.elastic.checking import Checker
from search.stores.elastic.cluster import PATIENCE_SECONDS, Cluster
from search.stores.elastic.generations import Generations
from search.stores.elastic.installing import Installation
from search.stores.elastic.mentions import Mentions
from search.stores.elastic.naming import Names
from search.stores.elastic.notes import Cursors, ElasticNotes
from search.stores.elastic.quarantine import ElasticQuarantine
from search.stores.elastic.runs import ElasticRuns
from search.stores.elastic.searching import Searcher
from search.stores.elastic.sharing import find_sharing
from search.stores.elastic.small import SmallIndex

_OLDEST_SERVER: Final = 8
_FIRST_PATIENCE: Final = 2.0  # who has mistyped an address should hear of it soon


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class ElasticStore:
    """
    Mentions in indices of a cluster, by an address such as ``https://host:9200?prefix=sayso``.

    Any number of processes and machines may use the same one, and any number of threads one store.
    What this store wrote it finds at once; what others write it finds after at most five seconds.
    """

    def __init__(
        self,
        location: str,
        *,
        create: bool = True,
        read_only: bool = False,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        self.location = location
        self._cluster = Cluster(parse_address(location), patience=patience)
        self._names = Names(self._cluster.address.prefix)
        self._read_only = read_only
        self._unseen = threading.Event()
        self._generations = Generations(self._cluster, self._names)
        try:
            check_server(self._cluster)
            self._find_or_make(create=create and not read_only)
        except BaseException:
            self._cluster.close()
            raise
        self.runs = ElasticRuns(
            self._cluster, self._small("runs"), self._small("run-locks"), clock
        )
        self.notes = ElasticNotes(self._small("notes"))
        self._cursors = Cursors(self._small("cursors"), clock)
        self._quarantine = ElasticQuarantine(self._cluster, self._small("quarantine"))
        self._mentions = Mentions(self._cluster, self._generations, clock, self._quarantine.add)
        self._searcher = Searcher(self._cluster, self._names.mentions)

    def put(self, mentions: Sequence[Mention]) -> list[Outcome]:
        """Keep mentions; see `Store.put`."""
        self._check_writable()
        try:
            return self._mentions.put(mentions)
        finally:  # in part at least
            self._unseen.set()

    def adopt(self, stored: Sequence[StoredMention]) -> list[Outcome]:
        """Keep mentions exactly as another store holds them; see `Store.adopt`."""
        self._check_writable()
        try:
            return self._mentions.adopt(stored)
        finally:
            self._unseen.set()

    def change_state(self, mention_id: str, before: State, after: State) -> bool:
        """Replace our own state of one mention; see `Store.change_state`."""
        self._check_writable()
        try:
            return self._mentions.change_state(mention_id, before, after)
        finally:
            self._unseen.set()

    def remove(self, ids: Sequence[str], *, clean: bool = True) -> int:  # noqa: ARG002 - as below
        """
        Delete mentions; see `Store.remove`.

        Nobody finds or reads them any more. Elasticsearch takes them out of its files when it
        merges segments, which it decides itself: docs/people.md says how to make it hurry.
        """
        self._check_writable()
        try:
            removed = self._mentions.remove(ids)
        finally:
            self._unseen.set()
        self._quarantine.release(ids, None)
        return removed

    def refresh(self) -> None:
        """Let the next search find what others have written by now."""
        self._unseen.set()
        self._refresh()

    def fetch(self, ids: Sequence[str]) -> dict[str, StoredMention]:
        """Return the mentions of these whole ids, without those that are not there."""
        return self._mentions.fetch(ids)

    def sharing(self, keys: Sequence[Sequence[int]]) -> list[list[str]]:
        """Find mentions that may be alike; see `Store.sharing`."""
        self._refresh()
        return find_sharing(self._cluster, self._names.mentions, keys)

    def quarantine(self, entries: Sequence[Quarantined]) -> None:
        """Keep what could not become a mention, once per id."""
        self._check_writable()
        self._quarantine.add(entries)

    def quarantined(self) -> Iterator[Quarantined]:
        """Everything in quarantine, oldest first."""
        return self._quarantine.entries()

    def in_quarantine(self, ids: Sequence[str]) -> set[str]:
        """Return those of these whole ids that are in quarantine now."""
        return self._quarantine.among(ids)

    def quarantine_size(self) -> int:
        """Count what is in quarantine without reading it."""
        return self._quarantine.size()

    def release(self, ids: Sequence[str], *, until: dt.datetime | None = None) -> int:
        """Take out of quarantine what is kept elsewhere or given up; see `Store.release`."""
        self._check_writable()
        return self._quarantine.release(ids, until)

    def get(self, prefix: str) -> StoredMention:
        """Return the one mention whose id begins so, or raise `MentionNotFound`."""
        return self._mentions.get(prefix)

    def search(  # noqa: PLR0913 - keyword-only, and a search is one question
        self,
        query: Query,
        *,
        limit: int = 20,
        after: str | None = None,
        sort: Sort = Sort.NEWEST,
        facets: Sequence[str] = (),
        timeline: Interval | None = None,
    ) -> Page:
        """Return one page of matches; see `Store.search`."""
        self._refresh()
        asked: dict[str, Any] = {"limit": limit, "after": after, "sort": sort}
        return self._searcher.search(query, **asked, facets=facets, timeline=timeline)

    def iterate(self, query: Query, *, sort: Sort = Sort.NEWEST) -> Iterator[StoredMention]:
        """Hand out every match in order, a page at a time, as the index was at the start."""
        self._refresh()
        return self._searcher.iterate(query, sort)

    def cursor(self, key: str) -> Cursor | None:
        """Return the mark saved under a key, or ``None`` before the first run."""
        return self._cursors.read(key)

    def cursors(self) -> dict[str, Cursor]:
        """Return every mark by its key."""
        return self._cursors.all()

    def save_cursor(self, key: str, cursor: Cursor) -> None:
        """Replace the mark saved under a key."""
        self._check_writable()
        self._cursors.save(key, cursor)

    def check(self) -> list[str]:
        """Verify every document against its record; say each problem in a sentence."""
        self._refresh()
        found = list(Installation(self._cluster, self._names).differences())
        try:
            found.extend(Checker(self._cluster, self._searcher).problems())
        except StoreCorrupt as error:
            found.append(f"The check ended early: {error.problem}.")
        return found

    def rebuild(self) -> int:
        """Make every document anew from its record; return how many there are."""
        self._check_writable()
        self._refresh()
        checker = Checker(self._cluster, self._searcher)
        made = checker.rebuild()
        self._unseen.set()
        return made

    def roll_over(self) -> str:
        """Begin another index for new mentions, and return its name."""
        self._check_writable()
        return self._generations.roll_over()

    @property
    def identity(self) -> str:
        """What tells this store from every other one."""
        return self._cluster.name

    def close(self) -> None:
        """Make what was written findable for everybody, and let go of the connections."""
        try:
            self._refresh()
        finally:
            self._cluster.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _find_or_make(self, *, create: bool) -> None:
        if self._generations.find():
            return
        if create:
            list(Installation(self._cluster, self._names).install())
        self._generations.require()

    def _small(self, name: str) -> SmallIndex:
        return SmallIndex(self._cluster, self._names.own(name), read_only=self._read_only)

    def _check_writable(self) -> None:
        if self._read_only:
            raise StoreReadOnly(self._cluster.name, "it was opened to be read only")

    def _refresh(self) -> None:
        """Make what this store has written findable."""
        if self._unseen.is_set():
            self._unseen.clear()
            try:
                self._cluster.refresh(self._names.mentions)
            except StoreError:
                self._unseen.set()
                raise


def check_server(cluster: Cluster) -> None:
    """Raise `StoreError` unless this is an Elasticsearch that is known to do."""
    about = cluster.ask("GET", "/", patience=min(cluster.patience, _FIRST_PATIENCE))
    version = about.get("version", {}) if isinstance(about, dict) else {}
    if version.get("distribution") == "opensearch":
        raise StoreError(cluster.name, "OpenSearch is not supported: Elasticsearch 8 or 9 is")
    try:
        major = int(str(version["number"]).partition(".")[0])
    except (KeyError, ValueError):
        raise StoreError(cluster.name, "this is no Elasticsearch") from None
    if major < _OLDEST_SERVER:
        problem = f"Elasticsearch {version['number']} is too old: 8 or 9 is needed"
        raise StoreError(cluster.name, problem)


def init(location: str, *, shards: int | None) -> Iterator[str]:
    """Make or bring up to date a store's indices and templates; see `Installation.install`."""
    cluster = Cluster(parse_address(location))
    try:
        check_server(cluster)
        names = Names(cluster.address.prefix)
        yield from Installation(cluster, names, shards=shards).install()
    finally:
        cluster.close()
