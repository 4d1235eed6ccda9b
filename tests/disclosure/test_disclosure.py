"""Whether an author says that somebody paid: cases written for these tests, and odd input."""

import collections
import functools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.disclosure import FOLD, find_disclosure, tag_disclosure
from search.mention import Disclosed, Disclosure, Mention, Place

LANGUAGES = ["en", "sv", "nl", "de", "da", "nb", "fr", "es", "fi"]


@functools.cache
def cases() -> list[tuple[str, str, str]]:
    lines = (Path(__file__).parent / "cases.tsv").read_text("utf-8").splitlines()
    split = [line.split("\t") for line in lines]
    return [(where, level, text.replace("\\n", "\n")) for where, level, text in split]


@pytest.mark.parametrize(("where", "level", "text"), cases())
def test_the_level_is_what_a_person_expects(where: str, level: str, text: str) -> None:
    language, _, country = where.partition("-")

    found = find_disclosure(text, language, country or None)

    assert level == found.level, found
    assert (found.term is None) == (found.level is Disclosed.NONE)


def test_there_are_enough_cases_of_every_language_and_level() -> None:
    counted = collections.Counter((where[:2], level) for where, level, _ in cases())

    assert len(cases()) >= 300
    for language in LANGUAGES:
        for level in ("clear", "ambiguous", "weak", "none"):
            assert counted[language, level] >= 3, (language, level)


def mention(text: str, **fields: object) -> Mention:
    return Mention(source="s", source_id="1", url="u", text=text, **fields)  # type: ignore[arg-type]  # short form


def test_it_names_the_term_its_place_and_whose_rules_it_is_by() -> None:
    found = tag_disclosure(mention("☕️ Reklam för Storm Kaffe", language="sv"), Context())

    assert found.disclosure == Disclosure(
        level=Disclosed.CLEAR,
        term="Reklam för Storm",
        place=Place.START,
        language="sv",
        jurisdiction="SE",
        method="terms/2",
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("#ad my mug", Place.START),
        ("my mug #ad", Place.HASHTAG),
        ("my mug #coffee #love #ad", Place.HASHTAGS),
        ("my mug is sponsored by Storm", Place.TEXT),
        ("x " * FOLD + "#ad", Place.HASHTAG),
    ],
)
def test_it_says_where_the_term_stands(text: str, place: Place) -> None:
    assert place is find_disclosure(text, "en").place


def test_the_country_of_the_settings_counts_where_a_language_has_several() -> None:
    text = mention("#ad nieuwe molen", language="nl")
    levels = [
        found.disclosure.level
        for country in (None, "BE", "FI")
        if (found := tag_disclosure(text, Context(jurisdiction=country))).disclosure
    ]

    assert [Disclosed.CLEAR, Disclosed.AMBIGUOUS, Disclosed.CLEAR] == levels


def test_what_the_source_marks_is_not_taken_for_the_author_s_words() -> None:
    marked = mention("My mug", language="en", marked_as_paid=True)
    said = mention("#ad My mug", language="en", marked_as_paid=True)

    found = [tag_disclosure(each, Context()).disclosure for each in (marked, said)]

    assert [(Disclosed.PLATFORM, "platform"), (Disclosed.CLEAR, "terms/2")] == [
        (each.level, each.method) for each in found if each
    ]


def test_no_disclosure_found_is_not_the_same_as_not_looked() -> None:
    fresh = mention("The coffee was fine.", language="en")

    assert fresh.disclosure is None
    assert Disclosure(level=Disclosed.NONE, language="en", method="terms/2") == (
        tag_disclosure(fresh, Context()).disclosure
    )


def test_the_clearest_of_several_counts() -> None:
    found = find_disclosure("Reklam för Storm, i samarbete med Ida #ad", "sv")

    assert (Disclosed.CLEAR, "Reklam för Storm") == (found.level, found.term)


@given(st.text(), st.sampled_from([*LANGUAGES, "und", None, "ja"]))
def test_any_text_gets_an_answer(text: str, language: str | None) -> None:
    found = tag_disclosure(mention(text, language=language), Context()).disclosure

    assert found is not None
    assert (found.place is None) == (found.term is None)


def test_a_long_text_of_hashtags_is_read_quickly() -> None:
    assert Disclosed.NONE is find_disclosure("#coffee " * 600, "en").level
    assert Disclosed.NONE is find_disclosure("(" * 5_000, "sv").level
    assert Disclosed.NONE is find_disclosure("☕ " * 2_500, "de").level
    assert Disclosed.CLEAR is find_disclosure("#ad " * 1_250, "en").level
    assert Disclosed.AMBIGUOUS is find_disclosure("My #ad. " * 600, "und").level


def test_a_title_is_looked_through_too() -> None:
    titled = mention("My morning with Storm", title="AD | a morning", language="en")
    below = mention("Ad: my morning", title="A morning with Storm", language="en")

    found = [tag_disclosure(each, Context()).disclosure for each in (titled, below)]

    assert [Disclosed.CLEAR, Disclosed.CLEAR] == [each.level for each in found if each]


def test_a_text_too_short_to_tell_is_in_the_language_its_source_says() -> None:
    short = mention("Annons: Storm", language="und", declared_language="sv")

    found = tag_disclosure(short, Context()).disclosure

    assert found is not None
    assert (Disclosed.CLEAR, "sv") == (found.level, found.language)


def test_a_language_without_terms_has_the_hashtags_of_all() -> None:
    assert Disclosed.AMBIGUOUS is find_disclosure("Nowy kubek #ad", "pl").level
    assert find_disclosure("Nowy kubek", "pl").language is None
