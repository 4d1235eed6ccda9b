"""Which language a mention is written in, and when it is honest not to say."""
# ruff: noqa: RUF001 - other scripts are the point

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.habits import Habits
from pipelines.language import detect, load_ahead, tag_language
from pipelines.language_models import _words_of_one, identifier, load
from search.config import DEFAULT_LANGUAGES
from search.errors import ConfigError
from search.languages import LANGUAGES
from search.mention import Author, Mention
from search.vocabulary import UNKNOWN
from tests.labelled import labelled


def test_the_languages_that_may_be_configured_are_those_the_model_knows() -> None:
    without_words = {"zxx"}

    assert set(identifier().labels) - without_words | {"nb"} == LANGUAGES


def mention(text: str, **fields: object) -> Mention:
    return Mention(source="s", source_id="1", url="u", text=text, **fields)  # type: ignore[arg-type]  # short form


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The coffee was lukewarm and the waiter had forgotten our cake.", "en"),
        ("Kaffet var ljummet och servitören hade glömt vår kaka.", "sv"),
        ("De koffie was lauw en de ober was onze taart vergeten.", "nl"),
        ("Der Kaffee war lauwarm und der Kellner hatte unseren Kuchen vergessen.", "de"),
        ("Kaffen var lunken, og tjeneren havde glemt vores kage hjemme.", "da"),
        ("Kaffen var lunken, og kelneren hadde glemt kaken vår hjemme.", "nb"),
        ("Kaffien var lunka, og kelnaren hadde gløymt kaka vår heime hjå seg.", "nb"),
        ("Le café était tiède et le serveur avait oublié notre gâteau.", "fr"),
        ("El café estaba tibio y el camarero había olvidado nuestra tarta.", "es"),
        ("Kahvi oli haaleaa ja tarjoilija oli unohtanut kakkumme kokonaan.", "fi"),
        ("THE COFFEE WAS LUKEWARM AND THE WAITER HAD FORGOTTEN OUR CAKE", "en"),
    ],
)
def test_recognises_each_default_language(text: str, language: str) -> None:
    assert detect(text, DEFAULT_LANGUAGES) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "☕️☕️☕️",
        "12 345,67 – 89",
        "https://kaffe.example/en/lång/adress",
        "@ann #fika @bo",
        "latte",
        "mmm",
        "ok!",
    ],
)
def test_does_not_guess_from_next_to_nothing(text: str) -> None:
    assert detect(text, DEFAULT_LANGUAGES) == UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "Кофе был тёплым, а официант забыл наш торт на кухне.",
        "コーヒーはぬるくて、店員は私たちのケーキを忘れていました。",
        "A kávé langyos volt, és a pincér elfelejtette a tortánkat.",
    ],
)
def test_does_not_call_a_language_nobody_configured_by_another_name(text: str) -> None:
    assert detect(text, ("en", "sv", "nl")) == UNKNOWN


def test_reads_a_chinese_sentence_however_short() -> None:
    assert detect("这家店的咖啡很好喝", ("en", "zh")) == "zh"


def test_addresses_tags_and_handles_do_not_count() -> None:
    swedish = "Kaffet var ljummet och servitören hade glömt vår kaka."
    text = f"#whatagreatday @thebestcoffeeever https://a.example/the-best-of-the-world {swedish}"

    assert detect(text, DEFAULT_LANGUAGES) == "sv"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Tack!", "sv", "sv"),
        ("Tack!", "sv-SE", "sv"),
        ("Hei hei", "no", "nb"),
        ("The waiter had forgotten our cake and everything else.", "sv", "en"),
        ("Tack!", None, UNKNOWN),
        ("Tack!", "not a language", UNKNOWN),
        ("☕", "sv", UNKNOWN),
    ],
)
def test_what_the_source_declares_only_breaks_ties(
    text: str, declared: str | None, language: str
) -> None:
    assert detect(text, DEFAULT_LANGUAGES, declared) == language


def test_nynorsk_is_its_own_language_where_it_is_configured() -> None:
    text = "Kaffien var lunka, og kelnaren hadde gløymt kaka vår heime hjå seg."

    assert detect(text, ("en", "nb", "nn")) == "nn"


def test_the_title_counts() -> None:
    found = mention("Storm", title="Veckans kaffe smakade väldigt gott och var inte dyrt")

    assert tag_language(found, Context()).language == "sv"


def test_a_language_the_model_does_not_know_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigError, match=r"languages: 'xx' is not one of .*nb"):
        detect("some text", ("en", "xx"))


def test_the_beginning_of_a_long_text_decides() -> None:
    english = "The waiter had forgotten our cake and everything else. " * 10
    dutch = "De ober was onze taart vergeten en de koffie was lauw. " * 1_000

    assert tag_language(mention(english + dutch), Context()).language == "en"


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("length", "coverage", "accuracy"), [("<40", 0.88, 0.955), ("40-140", 0.985, 0.99)]
)
def test_labelled_posts_get_the_language_people_gave_them(
    length: str, coverage: float, accuracy: float
) -> None:
    posts = [row for row in labelled("lid_social") if row["label"] == length]
    found = [(row["lang"], detect(row["text"], DEFAULT_LANGUAGES)) for row in posts]
    answered = [pair for pair in found if pair[1] != UNKNOWN]

    assert len(posts) > 1_500
    assert len(answered) / len(found) >= coverage
    assert sum(gold == told for gold, told in answered) / len(answered) >= accuracy


@settings(deadline=None)
@given(st.text(max_size=300), st.none() | st.text(max_size=10))
def test_answers_with_a_configured_language_or_none(text: str, declared: str | None) -> None:
    assert detect(text, ("en", "sv", "nb"), declared) in {"en", "sv", "nb", UNKNOWN}


def test_without_languages_to_choose_among_none_is_chosen() -> None:
    assert detect("The queue was long and nobody knew why", ()) == UNKNOWN


def test_a_model_that_is_being_loaded_is_waited_for_and_not_loaded_again() -> None:
    load.cache_clear()
    load_ahead()

    assert "en" == detect("This is a plain English sentence about tea.", ("en", "sv"))
    assert 1 == load.cache_info().misses


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Il caffè era tiepido e il cameriere aveva dimenticato la torta.", "it"),
        ("O café estava morno e o empregado tinha esquecido o bolo.", "pt"),
        ("Kawa była letnia, a kelner zapomniał o naszym cieście.", "pl"),
        ("Káva byla vlažná a číšník zapomněl na náš dort.", "cs"),
        ("Kahve ılıktı ve garson pastamızı unutmuştu.", "tr"),
        ("Кофе был тёплым, а официант забыл наш торт.", "ru"),
    ],
)
def test_other_languages_are_told_where_they_are_configured(text: str, language: str) -> None:
    assert language == detect(text, (*DEFAULT_LANGUAGES, "it", "pt", "pl", "cs", "tr", "ru"))


def test_what_decided_is_kept_with_how_likely_it_is() -> None:
    long = tag_language(mention("The waiter had forgotten our cake. " * 10), Context())
    short = tag_language(mention("The waiter forgot our cake."), Context())
    hinted = tag_language(mention("Tack!", declared_language="sv"), Context())
    unknown = tag_language(mention("Tack!"), Context())

    methods = [
        each.language_evidence and each.language_evidence.method
        for each in (long, short, hinted, unknown)
    ]
    assert ["py3langid/1", "py3langid+eld/2", "declared", None] == methods
    assert short.language_evidence is not None
    assert 0.58 <= short.language_evidence.confidence <= 1


def test_what_an_author_wrote_in_before_decides_where_the_text_does_not() -> None:
    context = Context()
    ida = Author(name="ida")

    def tag(text: str, author: Author) -> Mention:
        return tag_language(mention(text, author=author), context)

    assert UNKNOWN == tag("Tack!", ida).language
    for text in (
        "Kaffet var ljummet och servitören hade glömt vår kaka.",
        "Det regnade hela dagen.",
    ):
        tag(text, ida)
    hinted = tag("Tack!", ida)

    assert ("sv", "author") == (
        hinted.language,
        hinted.language_evidence and hinted.language_evidence.method,
    )
    assert UNKNOWN == tag("Tack!", Author(name="bo")).language


def test_an_author_of_two_languages_has_no_habit() -> None:
    habits = Habits()
    for language in ("sv", "sv", "en"):
        habits.note("ida", language)

    assert habits.of("ida") is None
    habits.note("ida", "en")
    assert habits.of("ida") is None
    habits.note("ida", "en")
    assert "en" == habits.of("ida")


def test_habits_of_the_least_recent_authors_are_forgotten() -> None:
    habits = Habits()
    for number in range(10_001):
        habits.note(f"author {number}", "sv")
        habits.note(f"author {number}", "sv")

    assert habits.of("author 0") is None
    assert "sv" == habits.of("author 10000")


def test_a_word_that_marks_a_language_is_in_no_other_list() -> None:
    marks = [word for words in _words_of_one().values() for word in words]

    assert len(set(marks)) == len(marks) > 5_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [("sikke en dejlig dag", "da"), ("for en deilig dag", "nb"), ("skuffende betjening", "da")],
)
def test_words_with_feeling_tell_close_languages_apart(text: str, expected: str) -> None:
    assert expected == detect(text, DEFAULT_LANGUAGES)
