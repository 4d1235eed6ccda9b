"""
The engines that must find the same mentions; one more is one more function and one more entry.

An engine is opened with some mentions in it and answers a query with their ``source_id``.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from search.matcher import Matcher
from search.mention import Mention
from search.query import Query
from search.stores.elastic.store import ElasticStore
from search.stores.embedded import EmbeddedStore
from tests.elasticsearch_node import clear

Ask = Callable[[Query], set[str]]
Engine = Callable[[Path, str, Sequence[Mention]], AbstractContextManager[Ask]]
"""It may use an empty folder, and a store on Elasticsearch which it empties first."""


@contextlib.contextmanager
def matcher(_: Path, __: str, mentions: Sequence[Mention]) -> Iterator[Ask]:
    """Ask the matcher about one mention after another."""

    def ask(query: Query) -> set[str]:
        prepared = Matcher({"query": query})
        return {mention.source_id for mention in mentions if prepared.match(mention)}

    yield ask


@contextlib.contextmanager
def embedded(folder: Path, _: str, mentions: Sequence[Mention]) -> Iterator[Ask]:
    """Ask a fresh embedded store, a page at a time."""
    with EmbeddedStore(folder / "sayso.db") as store:
        store.put(mentions)
        yield lambda query: {stored.mention.source_id for stored in store.iterate(query)}


@contextlib.contextmanager
def elastic(_: Path, location: str, mentions: Sequence[Mention]) -> Iterator[Ask]:
    """Ask a store on Elasticsearch."""
    clear(location)
    with ElasticStore(location) as store:
        store.put(mentions)
        yield lambda query: {stored.mention.source_id for stored in store.iterate(query)}


ENGINES: Mapping[str, Engine] = {"matcher": matcher, "embedded": embedded, "elastic": elastic}
