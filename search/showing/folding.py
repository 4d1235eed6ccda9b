"""What `sayso search --fold` shows: what was said first, and how often others said it again."""

from collections.abc import Mapping, Sequence

from search.mention import StoredMention
from search.query import And, Exists, Not, Or, Query, Term
from search.stores.base import Sort, Store

_COPY = Exists("copy_of")


def firsts_of(query: Query) -> Query:
    """Ask for those that a query finds and that are copies of nothing."""
    return And((query, Not(_COPY)))


def count_left_out(store: Store, query: Query) -> int:
    """Count the copies that a query finds, whether or not it finds their firsts."""
    return store.search(And((query, _COPY)), limit=0).total


def copies_of(store: Store, firsts: Sequence[StoredMention]) -> Mapping[str, Sequence[str]]:
    """Return by its id the ids of all copies of each, the first kept first."""
    found: dict[str, list[str]] = {first.id: [] for first in firsts}
    terms = tuple(Term("copy_of", name) for name in found)
    if not terms:
        return found
    query = Or(terms) if len(terms) > 1 else terms[0]
    for copy in store.iterate(query, sort=Sort.FOUND):
        found[copy.mention.copy_of or ""].append(copy.id)
    return found
