"""Signals of one mention, and of one with its first, on every store."""

import dataclasses
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pipelines import retagging
from pipelines.authenticity.page_words import find_page_words
from pipelines.authenticity.stage import tag_authenticity
from pipelines.context import Context
from pipelines.finishing import keep
from pipelines.retagging import retag
from pipelines.stages import enrich
from pipelines.tidying import LONGEST_DESCRIPTION
from pipelines.transformers.rating import _tag_again
from search.authorship import is_by_another, repeats_another
from search.mention import (
    Authenticity,
    Author,
    Kind,
    Mention,
    Rating,
    Sentiment,
    Signal,
    Subject,
)
from search.parsing import parse
from search.query import Everything
from search.stores.base import Store
from tests.stores.conftest import store
from tests.stores.inventing import make_mention
from tests.stores.inventing_any import MENTIONS

__all__ = ["store"]

CONTEXT = Context(keep_unmatched=True)
DESCRIPTION = (
    "The Lumo Pro kettle boils a litre in three minutes, keeps it warm for an hour and turns "
    "itself off. Its body of brushed steel stays cool, and the handle is cut from beech."
)
KETTLE = Subject(name="Lumo Pro kettle", description=DESCRIPTION)
TEXT = "Best kettle that I have ever had in my kitchen, boils fast and looks good on the shelf."


def review(number: int = 1, text: str = TEXT, **fields: Any) -> Mention:
    return make_mention(number, text=text, kind=Kind.REVIEW, language="en", **fields)


def signals(mention: Mention) -> set[Signal]:
    return {each.signal for each in tag_authenticity(mention, CONTEXT).authenticity}


@pytest.mark.parametrize(
    "text",
    [
        "boils a litre in three minutes, keeps it warm for an hour and turns itself off",
        "Its body of brushed steel stays cool and the handle is cut from beech! Love it, so nice.",
        DESCRIPTION,
        DESCRIPTION.upper(),
    ],
)
def test_words_of_the_page_are_told(text: str) -> None:
    assert {Signal.COPIED_FROM_PAGE} == signals(review(text=text, subject=KETTLE))


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (TEXT, KETTLE),
        ("The Lumo Pro kettle boils fast, and I like the handle, though it is loud.", KETTLE),
        ("three minutes", KETTLE),
        ("boils a litre in three minutes, I love it so", KETTLE),
        (f'The page says "{DESCRIPTION}" but mine took eight minutes and got hot.', KETTLE),
        (f"It says: boils a litre in three minutes, keeps it warm for an hour. {TEXT}", KETTLE),
        (DESCRIPTION, Subject(name="Lumo Pro kettle")),
        (DESCRIPTION, None),
        (
            "a very long name of one thing with ten words 1",
            Subject(
                name="a very long name of one thing with ten words",
                description="a very long name of one thing with ten words",
            ),
        ),
    ],
)
def test_own_words_are_no_words_of_the_page(text: str, subject: Subject | None) -> None:
    assert set() == signals(review(text=text, subject=subject))


def test_the_evidence_names_share_and_passage() -> None:
    evidence = find_page_words(review(text=f"{DESCRIPTION} {TEXT}", subject=KETTLE)) or ""

    assert evidence[0].isdigit()
    assert "% of its runs" in evidence
    assert "boils a litre in three minutes keeps it warm for an hour and turns" in evidence


@pytest.mark.parametrize(("reviews", "fires"), [(1, True), (2, False), (0, False), (None, False)])
def test_an_account_with_one_review_is_told_where_the_source_counts(
    reviews: int | None,
    fires: bool,  # noqa: FBT001 - a case
) -> None:
    author = Author(name="Eva", reviews=reviews)

    assert fires == (Signal.ONE_REVIEW_ACCOUNT in signals(review(author=author)))


def test_a_conflict_of_stars_and_text_is_told_with_both() -> None:
    bad = "Terrible, awful, broken on arrival, the worst purchase ever. I hate it."
    tagged = enrich(review(text=bad, rating=Rating(stars=5, value=5)), CONTEXT)
    fits = enrich(review(text=bad, rating=Rating(stars=1, value=1)), CONTEXT)

    (said,) = tagged.authenticity
    assert Signal.RATING_AGAINST_TEXT is said.signal
    assert said.evidence.startswith("5 of 5 stars, the text alone -")
    assert () == fits.authenticity


def test_a_conflict_without_what_conflicts_is_no_signal() -> None:
    mention = review(sentiment=Sentiment(value=1, method="stars", conflict=True))

    assert set() == signals(mention)


def test_signals_are_found_anew_each_time() -> None:
    stale = Authenticity(signal=Signal.COPIED_FROM_PAGE, evidence="long ago")

    assert () == tag_authenticity(review(authenticity=(stale,)), CONTEXT).authenticity


def by(name: str, **fields: Any) -> dict[str, Any]:
    return {"author": Author(name=name), **fields}


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("Eva Lind", "Bo Ek", True),
        ("Eva Lind", "eva lind", False),
        ("Eva L.", "Eva Lind", False),
        ("E. Lind", "Eva Lind", False),
        ("Eva", "Eva Lind", False),
        ("Eva Lind", "Anonymous", False),
        ("Kund", "Eva Lind", False),
        ("Eva Lind", "Eva Ek", True),
        ("☕", "Eva", True),
        ("", "Eva", False),
        ("...", "Eva", False),
    ],
)
def test_another_author_is_one_with_another_name(
    one: str,
    other: str,
    differ: bool,  # noqa: FBT001 - a case
) -> None:
    first, second = review(1, **by(one)), review(2, **by(other))

    assert differ == is_by_another(first, second) == is_by_another(second, first)


def test_an_account_goes_by_its_identifier_where_both_have_one_on_one_site() -> None:
    eva = review(1, author=Author(name="Eva", id="1"), site="a.example")
    renamed = review(2, author=Author(name="Bo", id="1"), site="a.example")
    namesake = review(3, author=Author(name="Eva", id="2"), site="a.example")
    elsewhere = review(4, author=Author(name="Eva", id="9"), site="b.example")

    assert not is_by_another(eva, renamed)
    assert is_by_another(eva, namesake)
    assert not is_by_another(eva, elsewhere)


@pytest.mark.parametrize(
    ("first", "second", "fires"),
    [
        ({"kind": Kind.REVIEW}, {"kind": Kind.REVIEW}, True),
        ({"kind": Kind.POST}, {"kind": Kind.COMMENT}, True),
        ({"kind": Kind.ARTICLE}, {"kind": Kind.ARTICLE}, False),
        ({"kind": Kind.REVIEW}, {"kind": Kind.POST}, False),
        ({"kind": Kind.POST}, {"kind": Kind.POST, "text": f"RT @bo: {TEXT}"}, False),
        (
            {"kind": Kind.POST, "links": ("https://a.example/",)},
            {"kind": Kind.POST, "links": ("https://a.example/",)},
            False,
        ),
        ({"kind": Kind.REVIEW, "author": None}, {"kind": Kind.REVIEW}, False),
    ],
)
def test_only_what_should_be_ones_own_words_counts(
    first: dict[str, object],
    second: dict[str, object],
    fires: bool,  # noqa: FBT001 - a case
) -> None:
    one = make_mention(1, **{"text": TEXT, **by("Eva"), **first})
    two = make_mention(2, **{"text": TEXT, **by("Bo"), **second})

    assert fires == repeats_another(two, one)


def test_a_copy_by_another_author_is_told_and_its_first_is_not(store: Store) -> None:
    first, same, other = (
        review(number, **by(name, site=site))
        for number, name, site in (
            (1, "Eva", "a.example"),
            (2, "Eva", "b.example"),
            (3, "Bo", "b"),
        )
    )
    keep([first, same], store, CONTEXT)
    keep([other], store, CONTEXT)

    found = {each.id for each in store.iterate(parse("signal:same_text_other_author"))}
    assert {other.id} == found
    (said,) = store.get(other.id).mention.authenticity
    assert first.id in said.evidence


def test_the_signal_moves_when_an_earlier_one_comes_or_the_author_is_changed(store: Store) -> None:
    eva, bo = review(2, **by("Eva")), review(3, **by("Bo"))
    keep([eva, bo], store, CONTEXT)
    keep([review(1, **by("Bo"))], store, CONTEXT)

    told = parse("signal:same_text_other_author")
    assert {eva.id} == {each.id for each in store.iterate(told)}

    keep([dataclasses.replace(eva, author=Author(name="Bo"))], store, CONTEXT)
    assert [] == list(store.iterate(told))


def test_tagging_anew_gives_the_same_signals(store: Store) -> None:
    gift = "I received this product for free in exchange for my honest review."
    mentions = [enrich(review(1, f"{TEXT} {gift}", **by("Eva")), CONTEXT)]
    mentions += [enrich(review(2, f"{TEXT} {gift}", **by("Bo")), CONTEXT)]
    keep(mentions, store, CONTEXT)
    before = {each.id: each.mention.authenticity for each in store.iterate(Everything())}

    counts = retag(store, Everything(), CONTEXT)

    assert {"unchanged": 2} == {name: count for name, count in counts.items() if count}
    assert before == {each.id: each.mention.authenticity for each in store.iterate(Everything())}
    assert {1, 2} == {len(found) for found in before.values()}


def test_what_a_batch_before_moved_is_still_tagged_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retagging, "BATCH", 1)
    # Kept without tags, and the earliest first, so that it moves the one behind it.
    store.put([review(1, **by("Eva")), review(2, **by("Bo"))])

    retag(store, Everything(), CONTEXT)

    kept = [store.get(review(number).id).mention for number in (1, 2)]
    assert [0, 1] == [len(mention.authenticity) for mention in kept]
    assert all(mention.disclosure is not None for mention in kept)


def test_what_a_model_makes_of_the_words_changes_the_signal() -> None:
    sentiment = Sentiment(value=1, method="stars", text_value=-0.9, conflict=True)
    rated = review(rating=Rating(stars=5, value=5), sentiment=sentiment)

    (said,) = _tag_again(rated, CONTEXT).authenticity
    assert Signal.RATING_AGAINST_TEXT is said.signal


def test_an_endless_description_is_cut() -> None:
    subject = Subject(name="Mug", description="mug " * 10_000)
    tidied = enrich(review(subject=subject), CONTEXT).subject

    assert tidied is not None
    assert LONGEST_DESCRIPTION == len(tidied.description or "")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MENTIONS)
def test_any_mention_gets_the_same_signals_twice(mention: Mention) -> None:
    once = tag_authenticity(mention, CONTEXT)

    assert once == tag_authenticity(once, CONTEXT)
    assert len(once.authenticity) == len({each.signal for each in once.authenticity})
    assert all(each.evidence for each in once.authenticity)


def test_endless_texts_and_descriptions_are_not_slow() -> None:
    subject = Subject(name="x " * 1_000, description="the same words again " * 500)
    started_at = time.perf_counter()
    signals(review(text="the same words again " * 25_000, subject=subject))

    assert time.perf_counter() - started_at < 1
