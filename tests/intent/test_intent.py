"""What authors write for: cases written for these tests, those kept apart, and odd input."""

import collections
import functools
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.intent import asks, tag_intent
from pipelines.sentiment import tag_sentiment
from search.mention import (
    Disclosed,
    Disclosure,
    Intent,
    Kind,
    Mention,
    Purpose,
    Rating,
)

HERE = Path(__file__).parent
LISTS = Path(__file__).parents[2] / "pipelines/intent_terms.toml"

Case = tuple[str, str, str]


@functools.cache
def cases(name: str) -> list[Case]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [(label, language, text) for label, language, text in (x.split("\t") for x in lines)]


def tagged(text: str, **fields: object) -> Intent | None:
    mention = Mention(source="s", source_id="1", url="u", text=text, **fields)  # type: ignore[arg-type]  # short form
    return tag_intent(tag_sentiment(mention, Context()), Context()).intent


@pytest.mark.parametrize(("label", "language", "text"), cases("cases.tsv"))
def test_the_intent_is_what_a_person_expects(label: str, language: str, text: str) -> None:
    found = tagged(text, language=language)

    assert label == (found.label if found else "none"), found


@pytest.mark.parametrize("language", ["en", "sv", "nl"])
def test_what_is_said_of_posts_by_others_is_mostly_right(language: str) -> None:
    apart = [case for case in cases("held_out.tsv") if case[1] == language]

    said = [(label, got) for label, _, text in apart if (got := tagged(text, language=language))]

    assert len(apart) == 60
    assert len(said) >= 10
    assert sum(label == got.label for label, got in said) >= 0.8 * len(said), said


@pytest.mark.parametrize("label", [*Purpose, "none"])
@pytest.mark.parametrize("language", ["en", "sv", "nl"])
def test_every_purpose_has_cases_in_every_language(language: str, label: str) -> None:
    counted = collections.Counter((case[1], case[0]) for case in cases("cases.tsv"))

    assert counted[language, label] >= 4


@pytest.mark.parametrize(
    ("stars", "text", "label"),
    [
        (5, "Gott", Purpose.PRAISE),
        (1, "Nja", Purpose.COMPLAINT),
        (3, "Sådär", Purpose.OPINION),
        (5, "This is awful, terrible, the worst thing ever", Purpose.OPINION),
    ],
)
def test_stars_decide_unless_the_words_contradict_them(
    stars: float, text: str, label: Purpose
) -> None:
    found = tagged(text, language="en", kind=Kind.REVIEW, rating=Rating.on_scale(stars))

    assert found == Intent(label=label, method="stars")


def test_what_is_disclosed_as_paid_is_a_promotion_whatever_it_says() -> None:
    paid = Disclosure(level=Disclosed.CLEAR, term="#ad", method="terms/2")

    found = tagged("#ad Does anyone know this mug?", language="en", disclosure=paid)

    assert found == Intent(label=Purpose.PROMOTION, term="#ad", method="disclosure")


def test_an_article_is_news() -> None:
    found = tagged("We're hiring, says Storm", language="en", kind=Kind.ARTICLE)

    assert found == Intent(label=Purpose.NEWS, method="kind")


def test_it_names_the_terms_that_decided_and_the_list() -> None:
    found = tagged("Cold coffee and RUDE staff, waited an hour", language="en")

    assert found == Intent(
        label=Purpose.COMPLAINT, term="cold, rude staff, waited", method="terms-en/1"
    )


@pytest.mark.parametrize(
    "text",
    [
        "A window seat at Storm",
        "Storm is in Winchester",
        "Off to Winnipeg",
        "resalesite",
        "#winter at Storm",
    ],
)
def test_a_term_is_never_a_part_of_a_word(text: str) -> None:
    assert tagged(text, language="en") is None


def test_a_hint_inside_a_longer_term_does_not_count_twice() -> None:
    assert tagged("A chance to win, a winner", language="en") == Intent(
        label=Purpose.GIVEAWAY, term="chance to win, winner", method="terms-en/1"
    )
    assert tagged("The competition law seminar", language="en") is None
    assert tagged("The competition gives a prize", language="en") == Intent(
        label=Purpose.GIVEAWAY, term="competition, prize", method="terms-en/1"
    )


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Gibt es das auch in Blau?", True),
        ("Finnes den i blått? 🤔 #kaffe https://x.example/?a=b", True),
        ("Is it open (on Sundays?)", True),
        ("Really?", False),
        ("Is it? Yes, it is.", False),
        ("https://x.example/a/b/c?d", False),
        ("", False),
        ("???", False),
    ],
)
def test_a_question_is_what_ends_in_one_in_any_language(text: str, is_one: bool) -> None:  # noqa: FBT001  # a column of the table
    assert asks(text) is is_one
    found = tagged(text, language="und")
    assert (found is not None and found.label is Purpose.QUESTION) is is_one


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Waited for this cold brew: amazing, I love how it tastes", Purpose.PRAISE),
        ("I love it when my refund never arrived, thanks so much", Purpose.COMPLAINT),
        ("Not great service at Storm", None),
        ("This is awful, is the shop closed now?", None),
    ],
)
def test_the_tone_has_a_say(text: str, label: Purpose | None) -> None:
    found = tagged(text, language="en")

    assert label is (found.label if found else None), found


def test_a_language_without_terms_is_not_known() -> None:
    assert tagged("We're hiring", language="de") is None
    assert tagged("We're hiring", language=None) is None


def test_the_lists_say_every_term_once_and_in_the_form_that_is_looked_for() -> None:
    listed = tomllib.loads(LISTS.read_text("utf-8"))
    for language in ("en", "sv", "nl"):
        terms = [
            term
            for purpose in Purpose
            for kept in listed[language][purpose].values()
            for term in kept
        ]
        twice = [term for term, count in collections.Counter(terms).items() if count > 1]
        assert not twice, language
        assert [term.lower().strip() for term in terms] == terms


@given(st.text(), st.sampled_from(["en", "sv", "nl", "de", "und", None]))
def test_any_text_gets_an_intent_or_none(text: str, language: str | None) -> None:
    found = tagged(text, language=language)

    assert found is None or found.method
