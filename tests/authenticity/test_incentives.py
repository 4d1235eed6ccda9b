"""Words by which authors say that they got something for what they write: own texts."""

import re
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.authenticity import incentives
from pipelines.authenticity.incentives import find_incentive
from search.words import folded_words
from tests.stores.inventing import make_mention

CASES = [
    line.split("\t")
    for line in Path(__file__).with_name("incentives.tsv").read_text("utf-8").splitlines()
]
LISTS = tomllib.loads(incentives._TERMS.read_text("utf-8"))  # noqa: SLF001 - the shipped lists
LANGUAGES = [language for language in LISTS if language != "hashtags"]


def found(text: str, language: str | None = "en", **fields: object) -> str | None:
    return find_incentive(make_mention(1, text=text, language=language, **fields))


@pytest.mark.parametrize(("fires", "language", "text"), CASES, ids=lambda value: value[:40])
def test_incentives_are_found_where_authors_tell_of_their_own(
    fires: str, language: str, text: str
) -> None:
    assert (fires == "yes") == (found(text, language) is not None)


def test_there_are_enough_cases_of_both_kinds() -> None:
    for languages, least in (({"en", "sv", "nl"}, 60), (set(LANGUAGES), 90)):
        counted = [fires for fires, language, _ in CASES if language in languages]

        assert min(counted.count("yes"), counted.count("no")) >= least // 2
        assert len(counted) >= least
    assert {language for _, language, _ in CASES} == set(LANGUAGES)


def test_the_evidence_is_as_written() -> None:
    text = "Hm.\nI Received  this Product\nfor free — in exchange for my HONEST review."

    assert "Received this Product for free; in exchange for my HONEST review" == found(text)


def test_accents_case_and_line_breaks_make_no_difference() -> None:
    assert found("FATT HEM DEN\nGRATIS VIA BUZZADOR", "sv") is not None
    assert found("re\u0301cu ce produit gratuitement".replace("re\u0301cu", "rec\u0327u"), "fr")


def test_a_title_is_read_like_a_text() -> None:
    assert "free sample" in (found("Nice.", title="I was given a free sample") or "")


def test_a_language_without_terms_gives_nothing_and_an_unknown_one_is_looked_for_in_all() -> None:
    text = "Gratis product ontvangen in ruil voor een eerlijke review."

    assert found(text, "fi") is None
    assert found(text, "en") is None
    assert found(text, None) is not None
    assert found(text, "und", declared_language="nl") is not None


def test_a_hashtag_counts_in_every_language_and_a_word_like_it_in_none() -> None:
    for language in LANGUAGES:
        assert "#gifted" == found("☕ #gifted", language)
        assert found("gifted", language) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_is_there_and_used(language: str) -> None:
    used = set(re.findall(r"\{(.*?)\}", " ".join(LISTS[language]["terms"])))

    assert set(LISTS[language]["slots"]) == used


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_matches_itself(language: str) -> None:
    slots = LISTS[language]["slots"]
    pattern = incentives._known_terms()[language].pattern  # noqa: SLF001 - what is compiled
    for term in LISTS[language]["terms"]:
        plain = re.sub(r"\{(.*?)\}", lambda slot: slots[slot[1]][0], term.replace(" ..", ""))

        assert pattern.match(f" {' '.join(folded_words(plain))} ", 1), term


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("filler", ["i received this ", "free ", "in exchange for ", "a ", "? "])
def test_no_text_takes_long(language: str, filler: str) -> None:
    found("x", language)
    started_at = time.perf_counter()
    found(filler * 100_000, language)

    assert time.perf_counter() - started_at < 1


ANY_WORDS = st.lists(
    st.sampled_from(
        [
            *("I", "received", "this", "for", "free", "not", "fick", "gratis", "den", "#gifted"),
            *("?", ".", "\n", ",", "å", "☕", "咖", "in exchange for my review", "'", "\u0301"),
        ]
    ),
    max_size=30,
).map(" ".join)


@settings(deadline=None)
@given(ANY_WORDS | st.text(), st.none() | st.sampled_from([*LANGUAGES, "und", "xx"]))
def test_any_text_is_read_the_same_twice_and_its_evidence_stands_in_it(
    text: str, language: str | None
) -> None:
    evidence = found(text, language)

    assert evidence == found(text, language)
    for part in (evidence or "").split("; "):
        assert part in " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "I did not, as some do, say that. I received this product for free.",
        "Unlike others I received this product for free.",
        "Not bad! Received this product for free.",
    ],
)
def test_what_is_denied_elsewhere_denies_nothing_here(text: str) -> None:
    assert found(text) is not None
