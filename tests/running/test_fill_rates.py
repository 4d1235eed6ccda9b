"""A field that a source stops giving is noticed, and chance is not taken for a changed layout."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.running.fill_rates import _at_most, layout_warnings
from pipelines.completeness import FIELDS, missing_fields
from search.mention import Author, Engagement, Mention, Rating
from search.run_log import Counts, Run, RunState
from search.stores.base import Store

BARE = Mention(source="s", source_id="1", url="https://a.example/1", text="")


def counts(read: int, **missing: int) -> Counts:
    return {"mentions": {"new": read}, "missing": missing}


def earlier(store: Store, *past: Counts, address: str = "https://a.example/") -> None:
    for number, counted in enumerate(past):
        run = Run(id=f"{number:012x}", key=f"{address}{number}", source="feed", address=address)
        store.runs.queue(run)
        store.runs.end(run, RunState.FINISHED, counts=counted)


def warned(store: Store, counted: Counts) -> tuple[str, ...]:
    run = Run(id="f" * 12, key="now", source="feed", address="https://a.example/")
    return layout_warnings(store.runs, run, counted)


def test_a_field_that_collapses_is_named_with_its_figures(store: Store) -> None:
    earlier(store, counts(60, author=1), counts(40, author=1))

    (warning,) = warned(store, counts(10, author=10, title=0))

    assert warning == ("layout changed? author was given for 98% of 100 mentions, now for 0 of 10")


@pytest.mark.parametrize(
    ("past", "now"),
    [
        (counts(100, author=2), counts(10, author=3)),
        (counts(100, author=2), counts(2, author=2)),
        (counts(100, author=100), counts(50, author=50)),
        (counts(100, author=60), counts(8, author=8)),
        (counts(15), counts(50, author=50)),
        (counts(100), {}),
        (counts(100), counts(0)),
    ],
    ids=["a few", "too few now", "never given", "often missing", "no history", "none", "empty"],
)
def test_what_may_be_chance_is_no_warning(store: Store, past: Counts, now: Counts) -> None:
    earlier(store, past)

    assert warned(store, now) == ()


def test_a_source_is_compared_with_itself_alone(store: Store) -> None:
    earlier(store, counts(100), address="https://b.example/")

    assert warned(store, counts(50, author=50)) == ()


def test_a_field_that_came_to_be_missing_long_ago_is_no_news(store: Store) -> None:
    earlier(store, counts(1000), *[counts(50, author=50)] * 20)

    assert warned(store, counts(50, author=50)) == ()


@given(st.integers(0, 60), st.data())
def test_the_chance_is_that_of_the_binomial_distribution(
    trials: int, drawn: st.DataObject
) -> None:
    count = drawn.draw(st.integers(0, trials))
    chance = drawn.draw(st.floats(0.01, 1))

    expected = sum(
        math.comb(trials, n) * chance**n * (1 - chance) ** (trials - n) for n in range(count + 1)
    )

    assert _at_most(count, trials, chance) == pytest.approx(expected, abs=1e-12)


def test_everything_a_bare_mention_lacks_is_named() -> None:
    missing = set(missing_fields(BARE))

    assert missing == {*FIELDS} - {"author.name", "author.url"}


def test_what_is_there_is_not_named() -> None:
    full = Mention(
        source="s",
        source_id="1",
        url="https://a.example/1",
        text="x",
        title="y",
        author=Author(name="Ida"),
        rating=Rating.on_scale(4),
        engagement=Engagement(likes=0),
        published_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )

    assert set(missing_fields(full)) == {
        *("author.url", "subject", "media", "declared_language", "engagement.replies")
    }
