"""How the author feels: stars first, VADER for English, and otherwise honestly unknown."""

import itertools
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.sentiment import (
    LONGEST_SENTENCE,
    READ_CHARACTERS,
    _rate,
    _vader,
    from_english,
    from_stars,
    sentences,
    tag_sentiment,
)
from search.mention import Feeling, Mention, Rating, Sentiment
from tests.labelled import labelled


def mention(text: str, **fields: object) -> Mention:
    return Mention(source="s", source_id="1", url="u", text=text, **fields)  # type: ignore[arg-type]  # short form


@pytest.mark.parametrize(
    ("rating", "label", "value"),
    [
        (Rating.on_scale(1), Feeling.NEGATIVE, -1),
        (Rating.on_scale(2), Feeling.NEGATIVE, -0.5),
        (Rating.on_scale(2.5), Feeling.NEUTRAL, -0.25),
        (Rating.on_scale(3), Feeling.NEUTRAL, 0),
        (Rating.on_scale(3.5), Feeling.NEUTRAL, 0.25),
        (Rating.on_scale(4), Feeling.POSITIVE, 0.5),
        (Rating.on_scale(5), Feeling.POSITIVE, 1),
        (Rating.on_scale(80, worst=0, best=100), Feeling.POSITIVE, 0.6),
        (Rating.on_scale(2, worst=1, best=10), Feeling.NEGATIVE, -0.78),
    ],
)
def test_reads_stars_on_any_scale(rating: Rating, label: Feeling, value: float) -> None:
    read = from_stars(rating)

    assert (read.label, read.method) == (label, "stars")
    assert read.value == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love this coffee, it is wonderful!", Feeling.POSITIVE),
        ("Terrible service and awful coffee.", Feeling.NEGATIVE),
        ("The café opens at nine on weekdays.", Feeling.NEUTRAL),
        ("not good", Feeling.NEGATIVE),
        ("Meh :( ", Feeling.NEGATIVE),
        ("See you there 😍", Feeling.POSITIVE),
        ("", Feeling.NEUTRAL),
    ],
)
def test_reads_english(text: str, label: Feeling) -> None:
    read = from_english(text)

    assert (read.label, read.method) == (label, "vader")


def test_the_thresholds_are_the_published_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = []
    for compound in (0.05, 0.0499, -0.0499, -0.05):
        monkeypatch.setattr("pipelines.sentiment._rate", lambda _, value=compound: value)
        labels.append(from_english("one sentence").label)

    assert labels == [Feeling.POSITIVE, Feeling.NEUTRAL, Feeling.NEUTRAL, Feeling.NEGATIVE]


def test_stars_decide_against_the_words() -> None:
    review = mention("I love it!", language="en", rating=Rating.on_scale(1))

    assert tag_sentiment(review, Context()).sentiment == Sentiment(
        label=Feeling.NEGATIVE, value=-1, method="stars"
    )


@pytest.mark.parametrize("language", ["sv", "nl", "und", None])
def test_what_nobody_can_tell_is_not_called_neutral(language: str | None) -> None:
    found = mention("Jättegott kaffe, helt underbart!", language=language)

    assert tag_sentiment(found, Context()).sentiment is None


def test_an_old_guess_does_not_survive_a_language_that_cannot_be_read() -> None:
    guess = Sentiment(label=Feeling.POSITIVE, value=0.9, method="vader")
    found = mention("Jättegott kaffe!", language="sv", sentiment=guess)

    assert tag_sentiment(found, Context()).sentiment is None


def test_the_title_counts_as_a_sentence() -> None:
    found = mention("It opens at nine.", title="Wonderful, lovely coffee", language="en")
    tagged = tag_sentiment(found, Context()).sentiment

    assert tagged is not None
    assert tagged.label is Feeling.POSITIVE


def test_a_long_text_is_as_positive_as_its_sentences() -> None:
    once = from_english("The coffee is good.")
    often = from_english("The coffee is good. " * 50)

    assert often == once


def test_a_list_number_is_no_neutral_sentence() -> None:
    assert from_english("1.\n2.\n\nLovely place.\n3.") == from_english("Lovely place.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two!!! Three?\nFour", ["One.", "Two!!!", "Three?", "Four"]),
        ("It costs 3.50 at shop.example today", ["It costs 3.50 at shop.example today"]),
        ("  \n \n", []),
        ("a " * (LONGEST_SENTENCE + 1), [" ".join("a" * LONGEST_SENTENCE), "a"]),
    ],
)
def test_splits_into_sentences(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


def test_reads_no_more_than_the_beginning_of_a_book() -> None:
    book = "The coffee is good. " * (READ_CHARACTERS // 20) + "Awful, terrible, horrible. " * 5_000

    assert tag_sentiment(mention(book, language="en"), Context()).sentiment == from_english(
        "The coffee is good."
    )


@pytest.mark.recorded
@pytest.mark.parametrize("texts", ["hutto_tweets", "hutto_amazon"])
def test_averaging_sentences_follows_people_better_than_the_whole_text(texts: str) -> None:
    rated = [(row["text"], float(row["stars"])) for row in labelled(texts)]
    chunks = [rated[start : start + 12] for start in range(0, len(rated) - 12, 12)]
    people = [statistics.mean(stars for _, stars in chunk) for chunk in chunks]
    joined = ["\n".join(text for text, _ in chunk) for chunk in chunks]
    whole = [_vader().polarity_scores(text)["compound"] for text in joined]
    averaged = [from_english(text).value for text in joined]

    assert len(chunks) > 150
    assert statistics.correlation(people, averaged) > statistics.correlation(people, whole) + 0.2


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "good",
                "(BAD!)",
                ":)",
                "😍",
                "no",
                "kind of",
                "the",
                "VERY",
                "table",
                "é",
                "!!!",
                "<3",
            ]
        )
    )
)
def test_skipping_sentences_without_feeling_changes_nothing(words: list[str]) -> None:
    sentence = " ".join(["word", *words])

    assert _rate(sentence) == _vader().polarity_scores(sentence)["compound"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["good", "bad", "but", "not", "😍", ":(", "!", ".", "\n", "no"])))
def test_every_value_lies_on_the_scale(words: list[str]) -> None:
    read = from_english(" ".join(words))

    assert -1 <= read.value <= 1


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    joined = list(itertools.chain.from_iterable(part.split() for part in sentences(text)))

    assert from_english(text).method == "vader"
    assert joined == text.split()
