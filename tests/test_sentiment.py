"""How the author feels: stars first, then words in eight languages, and else honestly unknown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.feelings.lexicons import LANGUAGES, lexicon
from pipelines.feelings.scoring import score
from pipelines.sentiment import READ_CHARACTERS, from_stars, from_text, tag_sentiment
from search.mention import Feeling, Mention, Rating, Sentiment
from tests.labelled import labelled


def mention(text: str, **fields: object) -> Mention:
    return Mention(source="s", source_id="1", url="u", text=text, **fields)  # type: ignore[arg-type]  # short form


def label(text: str, language: str) -> Feeling | None:
    found = from_text(text, language)
    return None if found is None else found.label


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

    assert (label, "stars") == (read.label, read.method)
    assert read.value == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I love this coffee, it is wonderful!", Feeling.POSITIVE),
        ("en", "Terrible service and awful coffee.", Feeling.NEGATIVE),
        ("en", "The café opens at nine on weekdays.", Feeling.NEUTRAL),
        ("en", "not good", Feeling.NEGATIVE),
        ("en", "Meh :( ", Feeling.NEGATIVE),
        ("en", "See you there 😍", Feeling.POSITIVE),
        ("sv", "Jättegott kaffe, helt underbart!", Feeling.POSITIVE),
        ("sv", "Usel service och äckligt kaffe.", Feeling.NEGATIVE),
        ("sv", "Kaféet öppnar klockan nio på vardagar.", Feeling.NEUTRAL),
        ("sv", "Vi ses där 😍", Feeling.POSITIVE),
        ("nl", "Heerlijke koffie, echt geweldig!", Feeling.POSITIVE),
        ("nl", "Slechte bediening en vieze koffie.", Feeling.NEGATIVE),
        ("nl", "Het café gaat om negen uur open.", Feeling.NEUTRAL),
        ("fr", "Un café délicieux, vraiment magnifique !", Feeling.POSITIVE),
        ("fr", "Un service horrible et un café dégoûtant.", Feeling.NEGATIVE),
        ("de", "Leckerer Kaffee, wirklich großartig!", Feeling.POSITIVE),
        ("de", "Schlechter Service und ekelhafter Kaffee.", Feeling.NEGATIVE),
        ("de", "Das Café öffnet werktags um neun.", Feeling.NEUTRAL),
        ("da", "Lækker kaffe, helt vidunderlig!", Feeling.POSITIVE),
        ("da", "Elendig service og ulækker kaffe.", Feeling.NEGATIVE),
        ("da", "Caféen åbner klokken ni på hverdage.", Feeling.NEUTRAL),
        ("nb", "Deilig kaffe, helt nydelig!", Feeling.POSITIVE),
        ("nb", "Elendig service og ekkel kaffe.", Feeling.NEGATIVE),
        ("nb", "Kafeen åpner klokken ni på hverdager.", Feeling.NEUTRAL),
        ("es", "¡Un café riquísimo, de verdad excelente!", Feeling.POSITIVE),
        ("es", "Un servicio pésimo y un café asqueroso.", Feeling.NEGATIVE),
        ("es", "La cafetería abre a las nueve entre semana.", Feeling.NEUTRAL),
    ],
)
def test_reads_words_of_eight_languages(language: str, text: str, expected: Feeling) -> None:
    assert expected is label(text, language)


ADJECTIVES = {
    "en": ["good", "great", "nice", "lovely", "delicious", "friendly", "helpful", "fantastic"],
    "sv": ["bra", "fin", "god", "trevlig", "rolig", "fantastisk", "snygg", "prisvärd", "skön"],
    "nl": ["goed", "mooi", "lekker", "leuk", "vriendelijk", "fantastisch", "prettig", "knap"],
}
NEGATED = {
    "en": ["The coffee is not {}.", "I do not think that it is {}.", "It was never {}",
           "That isn't {} at all", "Nobody found it {}."],
    "sv": ["Den är inte {}.", "Jag tycker inte att den är {}.", "Den var aldrig {}",
           "Det här är verkligen inte {}", "Ingen tyckte att den var {}."],
    "nl": ["Het is niet {}.", "Ik vind niet dat het {} is.", "Het was nooit {}",
           "Dit is echt niet {}", "Niemand vond het {}."],
}  # fmt: skip


@pytest.mark.parametrize("language", NEGATED)
def test_what_is_negated_is_negative(language: str) -> None:
    sentences = [form.format(word) for form in NEGATED[language] for word in ADJECTIVES[language]]
    negative = [each for each in sentences if label(each, language) is Feeling.NEGATIVE]

    assert len(negative) / len(sentences) >= 0.9, set(sentences) - set(negative)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "No sugar, thanks. The coffee is great."),
        ("sv", "Inte en droppe regn i dag. Kaffet är underbart."),
        ("nl", "Geen suiker. De koffie is heerlijk."),
        ("de", "Kein Zucker. Der Kaffee ist köstlich."),
        ("da", "Ikke noget sukker. Kaffen er lækker."),
        ("nb", "Ikke noe sukker. Kaffen er nydelig."),
        ("es", "No quiero azúcar. El café es delicioso."),
    ],
)
def test_a_negation_ends_with_its_sentence(language: str, text: str) -> None:
    assert Feeling.POSITIVE is label(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The place is nice, but the coffee is horrible."),
        ("sv", "Stället är fint, men kaffet är vidrigt."),
        ("nl", "De zaak is mooi, maar de koffie is vreselijk slecht."),
        ("de", "Der Laden ist schön, aber der Kaffee ist scheußlich."),
        ("da", "Stedet er pænt, men kaffen er elendig."),
        ("nb", "Stedet er pent, men kaffen er elendig."),
        ("es", "El sitio es bonito, pero el café es horrible."),
    ],
)
def test_what_comes_behind_but_outweighs_what_is_before(language: str, text: str) -> None:
    assert Feeling.NEGATIVE is label(text, language)


def test_boosters_capitals_and_exclamation_marks_strengthen() -> None:
    words = lexicon("en")
    values = [
        score(text, words).value
        for text in (
            "It is kinda good",
            "It is good",
            "It is very good",
            "It is GOOD",
            "It is good!!!",
        )
    ]

    assert values[0] < values[1] < values[2]
    assert values[1] < values[3]
    assert values[1] < values[4]


def test_what_shouts_throughout_is_not_stronger_for_its_capitals() -> None:
    words = lexicon("en")

    assert score("IT IS GOOD", words) == score("it is good", words)


def test_stars_decide_against_the_words_and_the_contradiction_is_marked() -> None:
    ironic = mention("I love it, wonderful!", language="en", rating=Rating.on_scale(1))
    sober = mention("I love it, wonderful!", language="en", rating=Rating.on_scale(5))
    silent = mention("Kahvi oli hyvää", language="fi", rating=Rating.on_scale(5))

    tags = [tag_sentiment(each, Context()).sentiment for each in (ironic, sober, silent)]

    assert [(Feeling.NEGATIVE, True), (Feeling.POSITIVE, False), (Feeling.POSITIVE, False)] == [
        (each.label, each.conflict) for each in tags if each
    ]
    assert [True, True, False] == [each.text_value is not None for each in tags if each]


@pytest.mark.parametrize("language", ["fi", "und", None])
def test_what_nobody_can_tell_is_not_called_neutral(language: str | None) -> None:
    found = mention("Jättegott kaffe, helt underbart!", language=language)

    assert tag_sentiment(found, Context()).sentiment is None


@pytest.mark.parametrize("text", ["", "ok", "Stockholm today", "☕"])
def test_next_to_nothing_is_not_known_rather_than_neutral(text: str) -> None:
    assert from_text(text.replace("ok", "hm"), "en") is None


def test_an_old_guess_does_not_survive_a_language_that_cannot_be_read() -> None:
    guess = Sentiment(label=Feeling.POSITIVE, value=0.9, method="words-en/1")
    found = mention("Hyvää kahvia!", language="fi", sentiment=guess)

    assert tag_sentiment(found, Context()).sentiment is None


def test_the_title_counts() -> None:
    found = mention("It opens at nine.", title="Wonderful, lovely coffee", language="en")
    tagged = tag_sentiment(found, Context()).sentiment

    assert tagged is not None
    assert tagged.label is Feeling.POSITIVE


def test_a_long_text_feels_no_more_because_it_is_long() -> None:
    words = lexicon("en")

    assert score("The coffee is good. " * 4, words).value == pytest.approx(
        score("The coffee is good. " * 200, words).value, abs=0.01
    )


def test_reads_no_more_than_the_beginning_of_a_book() -> None:
    book = "The coffee is good. " * (READ_CHARACTERS // 20) + "Awful, terrible, horrible. " * 5_000
    tagged = tag_sentiment(mention(book, language="en"), Context()).sentiment

    assert tagged is not None
    assert tagged.label is Feeling.POSITIVE


def test_it_says_which_list_decided() -> None:
    found = from_text("Heerlijke koffie!", "nl")

    assert found is not None
    assert ("words-nl/3", found.value) == (found.method, found.text_value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_is_there_and_on_the_scale(language: str) -> None:
    words = lexicon(language)

    assert len(words.valences) > 1_500
    assert all(-4 <= valence <= 4 for valence in words.valences.values())
    assert words.negations
    assert words.contrasts


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("name", "language", "at_least"),
    [
        ("umsab", "en", 0.57),
        ("tweeteval_sentiment", "en", 0.57),
        ("swe_twitter", "sv", 0.575),
        ("swe_emoji", "sv", 0.60),
        ("nl_political_tweets", "nl", 0.54),
        ("umsab", "fr", 0.56),
        ("umsab", "de", 0.58),
        ("da_social", "da", 0.53),
        ("norec_sentence", "nb", 0.54),
        ("umsab", "es", 0.54),
    ],
)
def test_labelled_posts_get_the_label_people_gave_them(
    name: str, language: str, at_least: float
) -> None:
    rows = [row for row in labelled(name) if row["lang"] == language]
    told = [label(row["text"], language) or Feeling.NEUTRAL for row in rows]

    assert len(rows) > 800
    assert macro_f1([row["label"] for row in rows], [each[:3] for each in told]) >= at_least


def macro_f1(gold: list[str], told: list[str]) -> float:
    scores = []
    for each in ("neg", "neu", "pos"):
        right = sum(a == b == each for a, b in zip(gold, told, strict=True))
        scores.append(2 * right / (gold.count(each) + told.count(each)))
    return sum(scores) / 3


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_no_text_is_too_odd(text: str, language: str) -> None:
    found = score(text, lexicon(language))

    assert -1 <= found.value <= 1
    assert found.hits or found.value == 0
