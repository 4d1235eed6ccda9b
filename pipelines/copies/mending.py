"""Copies whose first is gone: each is looked at anew, and names another first or none."""

from collections.abc import Iterator, Sequence
from typing import Final

from pipelines.copies.folding import mark_copies
from search.codec import content_hash
from search.mention import Mention
from search.query import Or, Query, Term
from search.stores.base import Store

_AT_ONCE: Final = 200


def mend_copies(removed: Sequence[str], store: Store) -> int:
    """Let no mention name a removed one as its first; return how many did."""
    mended = 0
    for start in range(0, len(removed), _AT_ONCE):
        terms: list[Query] = [Term("copy_of", name) for name in removed[start : start + _AT_ONCE]]
        query = Or(tuple(terms)) if len(terms) > 1 else terms[0]
        orphans = [stored.mention for stored in store.iterate(query)]
        changed = list(_changed(orphans, mark_copies(orphans, store)))
        # Whoever was faster is right: what was read may be old by now.
        now = store.fetch([mention.id for mention in orphans])
        same = {each.id for each in orphans if each.id in now and now[each.id].mention == each}
        others = {each.id for each in changed} - {each.id for each in orphans}
        store.put([each for each in changed if each.id in same | others])
        mended += len(orphans)
    return mended


def _changed(before: Sequence[Mention], after: Sequence[Mention]) -> Iterator[Mention]:
    hashes = {mention.id: content_hash(mention) for mention in before}
    yield from (each for each in after if hashes.get(each.id) != content_hash(each))
