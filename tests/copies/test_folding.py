"""Which mention each of a batch is a copy of, on every store."""

import dataclasses
import datetime as dt
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.copies.folding import mark_copies
from pipelines.copies.judging import is_copy
from pipelines.finishing import keep
from pipelines.retagging import retag
from search.likeness import Likeness
from search.mention import Kind, Mention
from search.parsing import parse
from search.query import Everything
from search.stores.base import Outcome, Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Permission
from tests.copies.edits import Text, bases, templates
from tests.stores.conftest import store
from tests.stores.inventing import START, make_mention

__all__ = ["store"]

CONTEXT = Context(keep_unmatched=True)
TEXT = "The roastery on Mill Street will close its doors at the end of the month, says its owner."
OTHER = "Waited twenty minutes for a flat white while two baristas discussed the football game."


def says(number: int, text: str = TEXT, **fields: object) -> Mention:
    return make_mention(number, text=text, **fields)


def put(store: Store, *mentions: Mention) -> list[Outcome | None]:
    return keep(mentions, store, CONTEXT)


def firsts(store: Store) -> dict[int, int | None]:
    """The number of each mention with that of its first."""
    numbers = {make_mention(number).id: number for number in range(1_300)}
    return {
        numbers[each.id]: numbers[each.mention.copy_of] if each.mention.copy_of else None
        for each in store.iterate(Everything())
    }


def test_a_copy_names_its_first_within_a_batch_and_across_batches(store: Store) -> None:
    put(store, says(1), says(2, f"{TEXT} Read more at https://a.example/"), says(3, OTHER))
    put(store, says(4, TEXT.upper(), source_id=make_mention(4).source_id))

    assert {1: None, 2: 1, 3: None, 4: 1} == firsts(store)


def test_copies_are_found_across_sources_and_authors(store: Store) -> None:
    first = says(1)
    copy = says(2, source="blog", site="blog.example")
    put(store, first)
    put(store, copy)

    assert first.id == store.get(copy.id).mention.copy_of


def test_what_is_crawled_again_is_unchanged(store: Store) -> None:
    batch = [says(1), says(2), says(3, f"{TEXT} More soon.")]
    put(store, *batch)

    for _ in range(2):
        for each in (*batch, *reversed(batch)):
            assert [Outcome.UNCHANGED] == put(store, each)
        assert [Outcome.UNCHANGED] * 3 == put(store, *reversed(batch))
    assert {1: None, 2: 1, 3: 1} == firsts(store)


def test_the_earliest_published_is_the_first_though_it_comes_last(store: Store) -> None:
    put(store, says(5))
    put(store, says(6))
    assert [Outcome.NEW] == put(store, says(2)), "and nothing is said of the others"

    assert {2: None, 5: 2, 6: 2} == firsts(store)
    assert [Outcome.UNCHANGED] * 3 == put(store, says(5), says(6), says(2))


def test_a_batch_in_any_order_has_the_same_first(store: Store) -> None:
    put(store, says(3), says(1), says(2))

    assert {1: None, 2: 1, 3: 1} == firsts(store)


def test_of_those_without_a_date_the_first_kept_is_the_first(store: Store) -> None:
    put(store, says(1, published_at=None))
    put(store, says(2, published_at=None))
    put(store, says(3, published_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=1)))

    assert {1: None, 2: 1, 3: 1} == firsts(store)


def test_an_answer_that_repeats_what_it_answers_is_no_copy(store: Store) -> None:
    first = says(1)
    put(store, first, says(2, reply_to=first.source_id))
    put(store, says(3, reply_to=first.url))

    assert {1: None, 2: None, 3: 2} == firsts(store)


def test_who_quotes_with_words_of_his_own_makes_no_copy(store: Store) -> None:
    put(store, says(1))
    put(store, says(2, f"> {TEXT}\n\nI was a regular there for thirty years and will miss it."))
    put(store, says(3, f"I was a regular there for thirty years and will miss it. “{TEXT}”"))

    assert {1: None, 2: None, 3: 2} == firsts(store)


def test_short_texts_are_copies_of_nothing(store: Store) -> None:
    put(store, says(1, "Great product, fast delivery!"), says(2, "Great product, fast delivery!"))

    assert {1: None, 2: None} == firsts(store)


def test_a_form_that_is_filled_in_again_is_no_copy(store: Store) -> None:
    one, *others = templates("names")[4]
    put(store, says(1, one))
    put(store, *(says(number, text) for number, text in enumerate(others, 2)))

    assert set(firsts(store).values()) == {None}


def test_a_copy_that_is_edited_into_something_else_is_none(store: Store) -> None:
    put(store, says(1), says(2))
    put(store, says(2, OTHER))

    assert {1: None, 2: None} == firsts(store)


def test_when_a_first_is_edited_its_copies_find_another(store: Store) -> None:
    put(store, says(1), says(2), says(3))
    put(store, says(1, OTHER))

    assert {1: None, 2: None, 3: 2} == firsts(store)
    assert [Outcome.UNCHANGED] * 3 == put(store, says(1, OTHER), says(2), says(3))


def test_when_a_first_and_copies_are_edited_at_once_the_others_find_a_first(store: Store) -> None:
    put(store, *(says(number) for number in range(1, 6)))
    put(store, says(1, OTHER), says(2, KIOSK), says(3))

    assert {1: None, 2: None, 3: None, 4: 3, 5: 3} == firsts(store)


def test_a_first_that_is_edited_a_little_keeps_its_copies(store: Store) -> None:
    put(store, says(1), says(2))
    put(store, says(1, f"{TEXT} Updated."))

    assert {1: None, 2: 1} == firsts(store)


def test_no_copy_names_another_copy_when_its_first_gets_one(store: Store) -> None:
    """Two firsts that overlooked each other, each with copies, become one."""
    store.put([says(1), says(4)])
    two, five = says(2, copy_of=says(1).id), says(5, copy_of=says(4).id)
    store.put([two, five])

    put(store, says(4))

    assert {1: None, 2: 1, 4: 1, 5: 1} == firsts(store)


def test_what_two_crawls_overlooked_is_repaired_by_retag(store: Store) -> None:
    """Both looked before either had written."""
    one, other = says(1), says(2)
    marked = [*mark_copies([one], store), *mark_copies([other], store)]
    store.put(marked)
    assert {1: None, 2: None} == firsts(store)

    counts = retag(store, Everything(), CONTEXT)

    assert {1: None, 2: 1} == firsts(store)
    assert 2 == sum(counts.values())
    assert {Outcome.UNCHANGED: 2} == {
        name: count for name, count in retag(store, Everything(), CONTEXT).items() if count
    }


def test_retag_of_some_moves_the_others_too(store: Store) -> None:
    store.put([says(2), says(1, kind=Kind.REVIEW)])

    retag(store, parse("kind:review"), CONTEXT)

    assert {1: None, 2: 1} == firsts(store)


def test_what_retag_moved_in_one_batch_is_tagged_in_the_next(store: Store) -> None:
    """A batch is read before what is done with the one before it."""
    late = says(900)
    store.put([says(1), *(says(number, f"post {number}") for number in range(2, 250)), late])

    retag(store, Everything(), CONTEXT)

    kept = store.get(late.id).mention
    assert (says(1).id, "en") == (kept.copy_of, kept.language)


def test_our_own_state_stays_when_a_first_is_moved(store: Store) -> None:
    put(store, says(2))
    stored = store.get(says(2).id)
    granted = dataclasses.replace(stored.state, permission=Permission.GRANTED)
    store.adopt([dataclasses.replace(stored, state=granted)])

    put(store, says(1))

    assert says(1).id == store.get(says(2).id).mention.copy_of
    assert granted == store.get(says(2).id).state


def test_a_batch_may_hold_a_mention_twice(store: Store) -> None:
    outcomes = put(store, says(1), says(2), says(2), says(1))

    assert [Outcome.NEW, Outcome.NEW, Outcome.UNCHANGED, Outcome.UNCHANGED] == outcomes
    assert {1: None, 2: 1} == firsts(store)


def test_nothing_is_found_of_nothing(store: Store) -> None:
    assert [] == mark_copies([], store)


def test_a_thousand_copies_in_one_batch_are_quick(store: Store) -> None:
    started = time.monotonic()
    put(store, *(says(number) for number in range(1_000)))

    assert time.monotonic() - started < 20
    assert {None, 0} == set(firsts(store).values())


def test_a_late_copy_of_a_very_large_group_finds_its_first(store: Store) -> None:
    put(store, *(says(number) for number in range(100, 160)))
    put(store, says(1))
    put(store, says(200))

    found = firsts(store)
    assert {None, 1} == set(found.values())
    assert [1] == [number for number, first in found.items() if first is None]
    assert [Outcome.UNCHANGED] == put(store, says(200))


def test_a_form_filled_in_many_times_hides_no_copy(store: Store) -> None:
    form = "We are glad to say that our new restaurant opens in May, and that {} comes to sing"
    put(store, *(says(number, form.format(f"guest number {number}")) for number in range(300)))
    put(store, says(1_000, f"{form.format('guest number 250')} http://a.example/"))

    assert 250 == firsts(store)[1_000]


@pytest.mark.parametrize("base", bases()[::7], ids=lambda base: base.language)
def test_texts_of_each_language_are_folded(store: Store, base: Text) -> None:
    put(store, says(1, base.text), says(2, f"By Alice Marlow\n\n{base.text}"))

    assert {1: None, 2: 1} == firsts(store)


def test_published_at_counts_and_not_when_it_was_read(store: Store) -> None:
    put(store, says(1, published_at=START + dt.timedelta(days=9)))
    put(store, says(2, published_at=START))

    assert {1: 2, 2: None} == firsts(store)


KIOSK = (
    "Tip for the commuters: the kiosk by platform four sells yesterday's buns at half price before"
    " seven, and they are fine once toasted."
)
BEGUN, MORE = (" ".join(KIOSK.split()[:count]) for count in (10, 17))
"""
So cut, the whole and its beginning are alike, but share no key; both share some with what is
between them.
"""


def test_the_texts_cut_are_as_the_tests_need_them() -> None:
    begun, more, whole = map(Likeness, (BEGUN, MORE, KIOSK))

    assert is_copy(begun, whole)
    assert set(begun.keys).isdisjoint(whole.keys)
    assert not set(begun.keys).isdisjoint(more.keys)
    assert not set(more.keys).isdisjoint(whole.keys)


def test_what_shares_no_key_with_its_first_finds_it_through_another_copy(store: Store) -> None:
    for number, text in enumerate((BEGUN, MORE, KIOSK), 1):
        put(store, says(number, text))

    assert {1: None, 2: 1, 3: 1} == firsts(store)


def test_a_copy_keeps_its_first_though_no_look_up_finds_it_any_more(store: Store) -> None:
    for number, text in enumerate((BEGUN, MORE, KIOSK), 1):
        put(store, says(number, text))
    put(store, says(2, OTHER))

    assert [Outcome.UNCHANGED] == put(store, says(3, KIOSK))
    assert {1: None, 2: None, 3: 1} == firsts(store)


def test_what_a_first_is_a_copy_of_since_this_batch_is_looked_at_too(store: Store) -> None:
    put(store, says(2, MORE))
    put(store, says(1, BEGUN), says(3, KIOSK))

    assert {1: None, 2: 1, 3: 1} == firsts(store)


def test_texts_that_drift_away_from_each_other_make_no_chain(store: Store) -> None:
    """The last is like the one before it, which is a copy, but not like the first."""
    texts = [" ".join(bases()[8].text.split()[:count]) for count in (25, 50, 95)]
    assert [True, True, False] == [
        is_copy(Likeness(texts[one]), Likeness(texts[other]))
        for one, other in ((0, 1), (1, 2), (0, 2))
    ]
    for number, text in enumerate(texts, 1):
        put(store, says(number, text))

    assert {1: None, 2: 1, 3: None} == firsts(store)
    assert [Outcome.UNCHANGED] == put(store, says(3, texts[2]))


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_firsts_that_overlooked_each_other_the_earlier_is_named(
    store: Store, order: tuple[int, int]
) -> None:
    store.put([says(number) for number in order])

    put(store, says(3))

    assert 1 == firsts(store)[3]


VARIANTS = (BEGUN, MORE, KIOSK, TEXT, f"{TEXT} Updated.", OTHER, "short")
BATCHES = st.lists(
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from(VARIANTS)), min_size=1, max_size=4),
    max_size=6,
)


@settings(deadline=None, max_examples=25)
@given(BATCHES)
def test_whatever_comes_and_is_edited_no_copy_names_another_copy(
    batches: list[list[tuple[int, str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, EmbeddedStore(Path(folder) / "m.db") as store:
        for batch in batches:
            put(store, *(says(number, text) for number, text in batch))

            kept = {each.id: each.mention for each in store.iterate(Everything())}
            for mention in kept.values():
                first = kept[mention.copy_of] if mention.copy_of else None
                assert first is None or first.copy_of is None
                assert first is None or is_copy(Likeness(mention.text), Likeness(first.text))
                assert first is None or first.published_at < mention.published_at  # type: ignore[operator]


def test_of_copies_of_one_day_the_first_does_not_depend_on_who_came_first(store: Store) -> None:
    day = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    pair = [says(n, TEXT, published_at=day) for n in (1, 2)]
    lowest = min(pair, key=lambda mention: mention.id)

    for mention in sorted(pair, key=lambda mention: mention.id, reverse=True):
        put(store, mention)

    named = {each.id: store.get(each.id).mention.copy_of for each in pair}
    assert {None, lowest.id} == set(named.values())
    assert named[lowest.id] is None
