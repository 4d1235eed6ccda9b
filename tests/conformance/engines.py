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
from search.stores.embedded import EmbeddedStore

Ask = Callable[[Query], set[str]]
Engine = Callable[[Path, Sequence[Mention]], AbstractContextManager[Ask]]


@contextlib.contextmanager
def matcher(_: Path, mentions: Sequence[Mention]) -> Iterator[Ask]:
    """Ask the matcher about one mention after another."""

    def ask(query: Query) -> set[str]:
        prepared = Matcher({"query": query})
        return {mention.source_id for mention in mentions if prepared.match(mention)}

    yield ask


@contextlib.contextmanager
def embedded(folder: Path, mentions: Sequence[Mention]) -> Iterator[Ask]:
    """Ask a fresh embedded store, a page at a time."""
    with EmbeddedStore(folder / "sayso.db") as store:
        store.put(mentions)
        yield lambda query: {stored.mention.source_id for stored in store.iterate(query)}


ENGINES: Mapping[str, Engine] = {"matcher": matcher, "embedded": embedded}
