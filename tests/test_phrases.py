"""Phrases that mean something else than their words, and the signs that every language shares."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feelings.lexicons import LANGUAGES, lexicon
from pipelines.feelings.phrases import Phrases
from pipelines.feelings.scoring import score
from pipelines.sentiment import from_text
from search.mention import Feeling

PRAISE = {
    "en": [
        "I can't recommend it enough", "I cant recommend this lovely place enough",
        "Cannot recommend enough", "Never had a better coffee", "I\u2019ve never had better",
        "Couldn't be happier", "I couldn\u2019t be happier with it", "Can't wait", "CAN'T WAIT",
        "No problem", "No problems at all", "Not bad", "Not bad at all", "Nothing wrong with it",
        "This place never disappoints", "You can't go wrong", "Second to none",
    ],
    "sv": ["Inte illa", "Inga problem", "Jag har aldrig ätit en bättre pizza",
           "Kunde inte vara nöjdare", "Jag kan knappt vänta"],
    "nl": ["Niet slecht", "Geen problemen", "Ik kan niet wachten", "Kan het niet genoeg aanraden"],
    "de": ["Nicht schlecht", "Kein Problem", "Kann ich nicht genug empfehlen",
           "Ich kann es kaum erwarten", "Nie einen besseren Kaffee getrunken"],
    "da": ["Ikke dårligt", "Det var ikke værst", "Jeg kan ikke anbefale det nok",
           "Jeg har aldrig smagt en bedre burger", "Ingen problemer"],
    "nb": ["Ikke verst", "Ikke noe problem", "Jeg kan ikke anbefale stedet nok",
           "Jeg har aldri smakt bedre"],
    "es": ["No está mal", "No hay problema", "No podría ser mejor", "No me puedo quejar",
           "Nunca comí una paella mejor", "Vale la pena"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"), [(code, text) for code, texts in PRAISE.items() for text in texts]
)
def test_praise_in_the_words_of_a_denial_is_praise(language: str, text: str) -> None:
    assert label(text, language) is Feeling.POSITIVE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I can't recommend it"),
        ("en", "The app doesn't work"),
        ("en", "Never again"),
        ("de", "Nie wieder!"),
        ("da", "Aldrig igen"),
        ("es", "Nunca más"),
        ("en", "Nothing but problems"),
    ],
)
def test_a_denial_stays_one(language: str, text: str) -> None:
    assert label(text, language) is Feeling.NEGATIVE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Guten Morgen zusammen, heute ist Montag"),
        ("es", "Buenos días, hoy es martes"),
        ("es", "Más o menos a las ocho"),
        ("da", "God aften alle sammen"),
    ],
)
def test_a_greeting_feels_like_nothing(language: str, text: str) -> None:
    assert label(text, language) is Feeling.NEUTRAL


def test_a_phrase_may_be_a_contrast() -> None:
    assert label("El local es bonito, sin embargo la comida es horrible", "es") is Feeling.NEGATIVE
    assert label("La comida es mala. Sin embargo, el local es bonito", "es") is Feeling.POSITIVE


def test_of_phrases_that_begin_alike_the_longest_counts() -> None:
    phrases = Phrases(["not bad", "not bad at all"])

    assert phrases.joined("Not bad at all, not\nbad") == "not-bad-at-all, not-bad"


def test_an_asterisk_stands_for_up_to_three_words_of_one_sentence() -> None:
    phrases = Phrases(["never * better"])
    texts = ["never better", "never had a really better", "never had such a really better"]

    assert [phrases.joined(text) for text in (*texts, "never. better")] == [
        "never-better",
        "never-better",
        "never had such a really better",
        "never. better",
    ]


def test_a_phrase_does_not_begin_or_end_within_a_word() -> None:
    phrases = Phrases(["not bad"])

    assert phrases.joined("knot bad, not badly, not bad-ish") == "knot bad, not badly, not bad-ish"


def test_every_verb_that_can_be_turned_has_a_feeling() -> None:
    silent = {
        (language, verb)
        for language in LANGUAGES
        for verb in lexicon(language).verbs
        if not lexicon(language).valences.get(verb)
    }

    assert not silent


@given(st.text(alphabet="notbad' -\n\u2019*", max_size=200))
def test_no_text_is_too_odd_and_joined_once_is_joined(text: str) -> None:
    phrases = Phrases(["not bad", "not * bad", "don't"])
    once = phrases.joined(text)

    assert once == phrases.joined(once)
    assert Phrases([]).joined(text) == text


def test_a_hostile_text_is_read_in_no_time() -> None:
    text = "can't recommend " * 20_000 + "never had " * 20_000 + "\n" * 100_000
    start = time.perf_counter()
    score(text, lexicon("en"))

    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":)", Feeling.POSITIVE),
        (":-)", Feeling.POSITIVE),
        (":D", Feeling.POSITIVE),
        ("xD", Feeling.POSITIVE),
        ("<3", Feeling.POSITIVE),
        (":(", Feeling.NEGATIVE),
        (":'(", Feeling.NEGATIVE),
        (":/", Feeling.NEGATIVE),
    ],
)
def test_emoticons_are_read_in_every_language(language: str, text: str, expected: Feeling) -> None:
    assert label(f"Storm {text}", language) is expected


@pytest.mark.parametrize("language", ["fi", "und", "ja", None])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kahvi oli hyvää 😍", Feeling.POSITIVE),
        ("コーヒー 😡😡", Feeling.NEGATIVE),
        ("Storm :(", Feeling.NEGATIVE),
        ("<3", Feeling.POSITIVE),
        ("not great 😍", Feeling.POSITIVE),
    ],
)
def test_emoji_speak_where_no_list_of_words_does(
    language: str | None, text: str, expected: Feeling
) -> None:
    found = from_text(text, language)

    assert found is not None
    assert (expected, "emoji/3", found.value) == (found.label, found.method, found.text_value)


@pytest.mark.parametrize(
    "text",
    [
        "Kahvi oli hyvää!",
        "Kahvi 🤔",
        "Kahvi 😉",
        "Kahvi 😍😭",
        "Storm :/",
        "Kahvi ☕ Storm",
        "Klo 8:00) ja 3:0",
        "https://storm.example/:)",
        "",
    ],
)
def test_without_emoji_that_clearly_say_which_it_is_not_known(text: str) -> None:
    assert from_text(text, "fi") is None


def label(text: str, language: str) -> Feeling | None:
    found = from_text(text, language)
    return None if found is None else found.label
