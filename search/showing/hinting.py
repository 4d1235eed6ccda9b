"""Why a search found nothing: values that a query names and no mention has."""

from collections.abc import Iterator, Sequence

from search.fields import ALIASES, fields
from search.query import And, Everything, Or, Query, Term
from search.spelling import closest
from search.stores.base import Bucket, Store
from search.words import fold_value

MOST_VALUES = 8
"""So many of the values there are get named."""

_SHORT_NAMES = {path: alias for alias, path in reversed(ALIASES.items())}


def hints(store: Store, query: Query) -> list[str]:
    """Say for each value of a query that no mention has which ones there are."""
    named = {term: None for term in _terms(query) if fields()[term.path].can_facet}
    missing = [term for term in named if not store.search(term, limit=0).total]
    paths = {term.path: None for term in missing}
    facets = store.search(Everything(), limit=0, facets=list(paths)).facets if paths else {}
    return [_hint(term, facets[term.path]) for term in missing]


def short_name(path: str) -> str:
    """Return what people call a field: ``brand`` for ``brands``, ``licence`` for its ``id``."""
    field = fields()[path]
    return _SHORT_NAMES.get(path, path) if field.many or "." in path else path


def _terms(query: Query) -> Iterator[Term]:
    match query:
        case Term():
            yield query
        case And(parts) | Or(parts):
            for part in parts:
                yield from _terms(part)


def _hint(term: Term, buckets: Sequence[Bucket]) -> str:
    known = {fold_value(bucket.value): bucket.value for bucket in buckets if bucket.value}
    begin = f"no mention has {short_name(term.path)} `{term.value}`"
    if not known:
        return f"{begin}, and none has any"
    near = closest(term.value, known)
    named = ", ".join(list(known.values())[:MOST_VALUES])
    more = ", …" if len(known) > MOST_VALUES else ""
    return f"{begin}{near}{' ' if near else '; '}there are: {named}{more}"
