"""Words that feel like nothing, and what strengthens, turns or undoes those that do."""

import pytest

from pipelines.sentiment import from_text
from search.mention import Feeling

NEUTRAL = {
    "en": [
        "Where can I find your menu? https://storm.example/menu",
        "Founded in Oslo (2018)", "The match ended 2:3", "Open 8:00) and later",
        "@happy_customer could you send us a message", "The file is on C:\\ here",
    ],
    "sv": [
        "Jag bor i Stockholm", "Fast pris varje dag", "Pris 199 kr hos oss",
        "Jag är gift sedan maj",
        "Läs mer: https://storm.example/bra", "Han är typ trettio år", "Jag har haft den i två år",
        "Lagen gäller från maj", "Ny öppettid på måndag",
    ],
    "nl": [
        "Ik ga naar de winkel", "Op weg naar Utrecht", "Een stuk taart besteld",
        "De prijs is tien euro",
        "Wat ga je doen vandaag", "Een zwart jasje",
    ],
    "fr": ["Quel est le prix ?", "Deux fois par jour", "Ouvert le lundi", "Une part de gâteau"],
    "de": [
        "Ich wohne in Köln", "Fast alle sind da", "Einfach mal anrufen", "Laut Zeitung am Montag",
        "Das ist wohl sicher", "Schon recht lange her", "Was willst du lieber trinken", "Im Arm",
    ],
    "da": [
        "Jeg bor i Aarhus", "Det er sikkert i morgen", "Jeg fandt den i skabet", "Vi betaler skat",
        "Fast pris", "Jeg tør ikke", "Rent faktisk i går",
    ],
    "nb": [
        "Jeg bor i Bergen", "Ganske mange", "Fast pris hver dag", "Det gir to kroner",
        "Han vant", "Ei jente på ti år",
    ],
    "es": [
        "Vivo en Madrid", "La cara de la moneda", "Estoy listo", "Vamos a la tienda",
        "De acuerdo con la ley", "Solo los lunes", "Por supuesto, a las ocho",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"), [(code, text) for code, texts in NEUTRAL.items() for text in texts]
)
def test_everyday_words_addresses_and_numbers_have_no_feeling(language: str, text: str) -> None:
    found = from_text(text, language)

    assert found is None or found.label is Feeling.NEUTRAL


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        ("en", "Great:)", Feeling.POSITIVE),
        ("en", "Not only good but cheap and good", Feeling.POSITIVE),
        ("en", "Without a doubt the best", Feeling.POSITIVE),
        ("nl", "Zeer tevreden", Feeling.POSITIVE),
        ("nl", "Erg leuk personeel", Feeling.POSITIVE),
        ("nl", "Vreselijk lekker", Feeling.POSITIVE),
        ("nl", "Wat vreselijk", Feeling.NEGATIVE),
        ("nl", "Vreselijk, maar lekker", Feeling.POSITIVE),
        ("sv", "Sjukt gott kaffe", Feeling.POSITIVE),
        ("sv", "Kaffet är inte bara gott utan fantastiskt", Feeling.POSITIVE),
        ("sv", "Utan tvekan bästa kaffet", Feeling.POSITIVE),
        ("sv", "Kaffe utan mjölk är bäst", Feeling.POSITIVE),
        ("fr", "Trop cher", Feeling.NEGATIVE),
        ("fr", "J'adore ce café", Feeling.POSITIVE),
        ("fr", "J\u2019aime ce café", Feeling.POSITIVE),
        ("fr", "Je n'aime pas ce café", Feeling.NEGATIVE),
        ("fr", "Je n'aime plus ce café", Feeling.NEGATIVE),
        ("fr", "Sans aucun doute le meilleur café", Feeling.POSITIVE),
        ("de", "Nicht nur gut, sondern großartig", Feeling.POSITIVE),
        ("de", "Ohne Zweifel der beste Kaffee", Feeling.POSITIVE),
        ("de", "Das ist nicht schön, sondern hässlich", Feeling.NEGATIVE),
        ("de", "Furchtbar nett", Feeling.POSITIVE),
        ("da", "Ikke bare god, men fantastisk", Feeling.POSITIVE),
        ("da", "Uden tvivl den bedste kaffe", Feeling.POSITIVE),
        ("da", "Forfærdelig", Feeling.NEGATIVE),
        ("da", "Forfærdeligt lækkert", Feeling.POSITIVE),
        ("nb", "Ikke bare god, men fantastisk", Feeling.POSITIVE),
        ("nb", "Uten tvil den beste kaffen", Feeling.POSITIVE),
        ("nb", "Utrolig kjedelig", Feeling.NEGATIVE),
        ("es", "No solo bueno, sino excelente", Feeling.POSITIVE),
        ("es", "Sin duda el mejor café", Feeling.POSITIVE),
        ("es", "Demasiado caro", Feeling.NEGATIVE),
        ("es", "Un poco caro", Feeling.NEGATIVE),
    ],
)
def test_what_strengthens_turns_or_does_not(language: str, text: str, label: Feeling) -> None:
    found = from_text(text, language)

    assert found is not None
    assert label is found.label, found
