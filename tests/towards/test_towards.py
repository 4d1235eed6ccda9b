"""How a mention speaks of each brand: comparisons, clauses, what goes on about what."""

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.stages import enrich
from pipelines.towards.attributing import READS, Place, attribute
from pipelines.towards.stage import tag_towards
from search.matcher import Matcher
from search.mention import Kind, Mention, Rating, Towards
from search.parsing import parse

BRANDS = {
    "Bryggan": "Bryggan", "Nordkaffe": "Nordkaffe", "Lumo": "Lumo", "Vetra": "Vetra",
    "Sol & Hav": '"Sol & Hav"', "Kvist": "Kvist",
}  # fmt: skip
CONTEXT = Context(matcher=Matcher({name: parse(query) for name, query in BRANDS.items()}))
CASES = Path(__file__).with_name("cases.tsv").read_text("utf-8").splitlines()


def towards(text: str, language: str, **fields: object) -> Towards | None:
    mention = Mention(
        source="post", source_id="1", url="", text=text, declared_language=language, **fields  # type: ignore[arg-type]  # a test's short form
    )  # fmt: skip
    return enrich(mention, CONTEXT).towards


def judged(text: str, language: str) -> dict[str, str]:
    """Say of each brand how it is spoken of, its language known."""
    mention = Mention(source="post", source_id="1", url="", text=text, language=language)
    assert CONTEXT.matcher is not None
    brands = CONTEXT.matcher.match(mention)
    found = tag_towards(
        Mention(source="post", source_id="1", url="", text=text, language=language, brands=brands),
        CONTEXT,
    ).towards
    assert found is not None
    return {
        name: label
        for label in ("positive", "neutral", "negative")
        for name in getattr(found, label)
    }


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Lumo is better than Vetra.", "en"),
        ("Lumo is so much better than Vetra, honestly.", "en"),
        ("I prefer Lumo to Vetra.", "en"),
        ("I prefer my Lumo over Vetra any day", "en"),
        ("Lumo beats Vetra.", "en"),
        ("Vetra can't hold a candle to Lumo", "en"),
        ("We switched from Vetra to Lumo and love it", "en"),
        ("Unlike Vetra, Lumo is a great phone.", "en"),
        ("Went back to Lumo after a year of Vetra", "en"),
        ("Should have bought the Lumo instead of the Vetra", "en"),
        ("Lumo är bättre än Vetra.", "sv"),
        ("Lumo är mycket bättre än Vetra", "sv"),
        ("Hellre Lumo än Vetra.", "sv"),
        ("Jag föredrar Lumo framför Vetra", "sv"),
        ("Lumo slår Vetra alla dagar i veckan", "sv"),
        ("Vi bytte från Vetra till Lumo i våras", "sv"),
        ("Till skillnad från Vetra är Lumo toppen", "sv"),
        ("Vetra kan inte mäta sig med Lumo", "sv"),
        ("Lumo is beter dan Vetra.", "nl"),
        ("Lumo is veel beter dan Vetra hoor", "nl"),
        ("Liever Lumo dan Vetra.", "nl"),
        ("Vetra kan niet tippen aan Lumo", "nl"),
        ("Eindelijk overgestapt van Vetra naar Lumo", "nl"),
        ("In tegenstelling tot Vetra is Lumo geweldig", "nl"),
        ("Geef mij maar Lumo in plaats van Vetra", "nl"),
    ],
)
def test_what_is_ranked_below_is_not_praised(text: str, language: str) -> None:
    found = judged(text, language)

    assert found["Lumo"] == "positive"
    assert found["Vetra"] != "positive"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Loved the Lumo, but the Vetra is terrible.", "en", ("positive", "negative")),
        ("Lumo: great. Vetra: awful.", "en", ("positive", "negative")),
        ("Älskar min Lumo, men Vetra är uselt.", "sv", ("positive", "negative")),
        ("Lumo är toppen. Däremot är Vetra dålig.", "sv", ("positive", "negative")),
        ("Heerlijk bij Lumo, maar Vetra is waardeloos.", "nl", ("positive", "negative")),
        ("Lumo is top! Vetra was slecht.", "nl", ("positive", "negative")),
    ],
)
def test_each_clause_is_for_its_own_brand(
    text: str, language: str, expected: tuple[str, str]
) -> None:
    found = judged(text, language)

    assert expected == (found["Lumo"], found["Vetra"])


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Bought a Lumo last week. It is terrible.", "en", "negative"),
        ("Met Anna outside Lumo, I am so happy!", "en", "neutral"),
        ("Köpte en Lumo. Den är underbar.", "sv", "positive"),
        ("Lumo gekocht. Hij is geweldig.", "nl", "positive"),
        ("A great day! Tomorrow we go past Lumo.", "en", "neutral"),
        ("What a horrible week. My Lumo arrives tomorrow.", "en", "neutral"),
        ("Never again Lumo", "en", "negative"),
    ],
)
def test_what_goes_on_about_a_brand(text: str, language: str, expected: str) -> None:
    assert {"Lumo": expected} == judged(text, language)


def test_the_name_of_a_brand_is_no_praise() -> None:
    matcher = Matcher({"Great Coffee": parse('"great coffee"')})
    mention = Mention(source="post", source_id="1", url="", text="Great Coffee opens at nine.")
    tagged = enrich(mention, Context(languages=("en",), matcher=matcher))

    assert tagged.towards == Towards(neutral=("Great Coffee",), method="clauses-en/1")


def test_stars_are_for_the_one_brand_of_a_review() -> None:
    found = towards(
        "Lumo is worse than it was", "en", kind=Kind.REVIEW, rating=Rating(stars=5, value=5)
    )

    assert found == Towards(positive=("Lumo",), method="stars")


def test_of_two_brands_the_text_decides_whatever_the_stars() -> None:
    found = towards(
        "The Lumo is wonderful, the best I have had. The Vetra before it was awful.",
        "en",
        kind=Kind.REVIEW,
        rating=Rating(stars=5, value=5),
    )

    assert found == Towards(positive=("Lumo",), negative=("Vetra",), method="clauses-en/1")


def test_a_title_is_read_with_the_text() -> None:
    found = towards("We asked three families.", "en", title="Vetra is a terrible choice")

    assert found is not None
    assert ("Vetra",) == found.negative


def test_a_clause_without_a_name_is_for_the_one_before_it() -> None:
    found = judged("The Vetra came late, it is terrible, but the Lumo was great.", "en")

    assert ("negative", "positive") == (found["Vetra"], found["Lumo"])


def test_a_name_in_the_text_is_found_behind_a_title() -> None:
    title = "Which one would you take, and what did it cost you?"
    found = towards("Lumo is wonderful. Vetra is terrible.", "en", title=title)

    assert found == Towards(positive=("Lumo",), negative=("Vetra",), method="clauses-en/1")


@pytest.mark.parametrize(("text", "language"), [("Lumo ist toll", "de"), ("Great!", "en")])
def test_other_languages_and_brands_beside_the_text_are_not_judged(
    text: str, language: str
) -> None:
    mention = Mention(
        source="p", source_id="1", url="", text=text, language=language, brands=("Lumo",)
    )

    assert tag_towards(mention, CONTEXT).towards is None


def test_most_judgements_are_those_of_a_person_and_few_are_the_opposite() -> None:
    """Half of these cases nobody looked at while the rules were made; see docs/accuracy.md."""
    outcomes: Counter[str] = Counter()
    for line in CASES:
        language, labels, text = line.split("\t")
        gold = dict(each.replace("_", " ").split("=") for each in labels.split())
        found = judged(text, language)
        for brand, label in gold.items():
            told = found[brand]
            outcomes["right"] += told == label
            outcomes["opposite"] += {told, label} == {"positive", "negative"}
            outcomes["all"] += 1

    assert len(CASES) == 240
    assert outcomes["right"] / outcomes["all"] >= 0.63
    assert outcomes["opposite"] / outcomes["all"] <= 0.09


@given(
    st.text(max_size=200), st.lists(st.tuples(st.integers(0, 200), st.integers(1, 20)), max_size=6)
)
def test_any_text_with_names_anywhere_is_judged(text: str, spans: list[tuple[int, int]]) -> None:
    places = [Place(start, start + size, n % 3) for n, (start, size) in enumerate(spans)]
    for language in READS:
        values = attribute(text, places, language)

        assert {place.name for place in places} == set(values)
        assert all(-1 <= value <= 1 for value in values.values())


@pytest.mark.parametrize(
    "text",
    ["Lumo " * 1_000, "Lumo, " * 800, "switched from " * 350 + "Lumo", "but " * 1_200 + "Lumo",
     "Lumo " + "a " * 2_400, "B " * 500 + "Lumo is " * 500],
)  # fmt: skip
def test_long_texts_are_read_in_time(text: str) -> None:
    places = [Place(match.start(), match.end(), 0) for match in re.finditer("Lumo", text)]
    started = time.process_time()

    attribute(text, places, "en")

    assert time.process_time() - started < 2
