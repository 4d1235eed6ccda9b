"""The index and the matcher must agree on any mention, however odd what a source sends."""

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from search.fields import Field, FieldKind, fields, read_values
from search.matcher import matches
from search.mention import Engagement, Mention
from search.query import Everything, Exists, Phrase, Prefix, Query, Range, Stem, Term
from search.stores.base import Outcome, Store
from search.words import fold_value, folded_words
from tests.stores.conftest import STORES
from tests.stores.inventing import make_mention
from tests.stores.inventing_any import MENTIONS


def questions(mentions: Sequence[Mention]) -> Iterator[Query]:
    """Ask of every field for its values, and around them."""
    for field in fields().values():
        yield Exists(field.path)
        if field.can_search and not field.own:
            for mention in mentions:
                for value in read_values(mention, field.path):
                    yield from about(field, value)


def about(field: Field, value: Any) -> Iterator[Query]:
    match field.kind:
        case FieldKind.WORDS:
            for word in folded_words(value)[:2]:
                yield Phrase(field.path, (word,))
                yield Stem(field.path, word)
                yield Prefix(field.path, word[:2])
        case FieldKind.NUMBER | FieldKind.DATE:
            for low, high in ((value, value), (value, None), (None, value)):
                yield Range(field.path, low, high)
                yield Range(field.path, low, high, with_low=False, with_high=False)
        case FieldKind.FLAG:
            yield Term(field.path, "true")
        case _:
            folded = fold_value(value)
            yield Term(field.path, folded)
            if folded:
                yield Prefix(field.path, folded[:3])


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking takes minutes; the query says enough
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(MENTIONS, min_size=1, max_size=5, unique_by=lambda mention: mention.id))
@pytest.mark.parametrize("kind", STORES)
def test_the_index_finds_what_the_matcher_does(
    kind: str, request: pytest.FixtureRequest, mentions: list[Mention]
) -> None:
    with tempfile.TemporaryDirectory() as folder, STORES[kind](request, Path(folder)) as store:
        outcomes = store.put(mentions)
        stored = list(store.iterate(Everything()))
        disagreed = [
            query
            for query in dict.fromkeys(questions(mentions))
            if {each.id for each in store.search(query, limit=10).mentions}
            != {each.id for each in stored if matches(query, each.mention, each.state)}
        ]

    assert disagreed == []
    assert [Outcome.NEW] * len(mentions) == outcomes
    assert len(stored) == len(mentions)


def test_the_first_and_the_last_instant_are_found(store: Store) -> None:
    instants = [dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)]
    store.put([make_mention(n, published_at=at) for n, at in enumerate(instants)])
    found = [store.search(Range("published_at", at, at)).total for at in instants]
    order = [each.mention.published_at for each in store.iterate(Everything())]

    assert found == [1, 1]
    assert order == [*reversed(instants)]


def test_numbers_beyond_what_the_index_holds_are_still_beyond(store: Store) -> None:
    store.put([make_mention(1, engagement=Engagement(likes=10**30))])
    found = [store.search(Range("engagement.likes", low)).total for low in (5, 10**25, None)]

    assert found == [1, 1, 1]
