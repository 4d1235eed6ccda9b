"""What is said, and what is denied: pairs of own sentences in four languages."""

import pytest

from pipelines.sentiment import from_text
from search.mention import Feeling

PAIRS = {
    "de": [
        ("Das Essen ist gut.", "Das Essen ist nicht gut."),
        ("Der Service war freundlich.", "Der Service war leider nicht freundlich."),
        ("Der Laden gefällt mir.", "Der Laden gefällt mir nicht."),
        ("Mir schmeckt der Kaffee hier.", "Mir schmeckt der Kaffee hier gar nicht."),
        ("Ich mag das Buch.", "Ich mag das Buch überhaupt nicht."),
        ("Der Film überzeugt mich.", "Der Film überzeugt mich nicht."),
        ("Das lohnt sich sehr!", "Das lohnt sich nicht."),
        ("Das kann ich empfehlen.", "Das kann ich keinem empfehlen."),
        ("Ich glaube, dass es schön wird.", "Ich glaube nicht, dass es schön wird."),
        ("Wir waren immer zufrieden.", "Wir waren nie zufrieden."),
        ("Das ist ein gutes Hotel.", "Das ist kein gutes Hotel."),
        ("Jemand war hilfsbereit.", "Niemand war hilfsbereit."),
        ("Es hat mir gefallen.", "Es hat mir leider nicht gefallen."),
        ("Schöner Laden, und das Essen ist lecker.",
         "Schöner Laden, aber das Essen ist nicht lecker."),
        ("Die App funktioniert seit dem Update sehr gut.",
         "Die App funktioniert seit dem Update nicht."),
        ("Das Personal war nett und kompetent.", "Das Personal war weder nett noch kompetent."),
        ("Der Roman ist überzeugend.", "Der Roman ist wenig überzeugend."),
        ("Das fand ich auf den ersten Blick wirklich schön.",
         "Das fand ich auf den ersten Blick nicht wirklich schön."),
    ],
    "da": [
        ("Maden er god.", "Maden er ikke god."),
        ("Det er et godt sted.", "Det er ikke et godt sted."),
        ("Jeg elsker den film.", "Jeg elsker ikke den film."),
        ("Jeg elsker den her by.", "Jeg elsker den altså ikke."),
        ("Det virker fint.", "Det virker ikke."),
        ("Appen fungerer rigtig godt.", "Appen fungerer stadig ikke."),
        ("Jeg kan godt lide den.", "Jeg kan ikke lide den."),
        ("Vi var tilfredse.", "Vi var aldrig tilfredse."),
        ("Alle var venlige.", "Ingen var venlige."),
        ("Jeg synes, at den er flot.", "Jeg synes ikke, at den er flot."),
        ("Det kan jeg anbefale.", "Det kan jeg ikke anbefale."),
        ("Servicen var imponerende.", "Servicen var næppe imponerende."),
        ("Flot butik, og maden er lækker.", "Flot butik, men maden er ikke lækker."),
        ("Det var en hyggelig aften.", "Det var på ingen måde en hyggelig aften."),
        ("Jeg stoler på dem, de er dygtige.", "Jeg stoler overhovedet ikke på dem."),
        ("Filmen var underholdende.", "Filmen var hverken sjov eller underholdende."),
        ("Personalet var hjælpsomt.", "Personalet var bestemt ikke særlig hjælpsomt."),
    ],
    "nb": [
        ("Maten er god.", "Maten er ikke god."),
        ("Det er et fint sted.", "Det er ikke et fint sted."),
        ("Jeg liker den.", "Jeg liker den ikke."),
        ("Jeg liker dette spillet.", "Jeg liker ikke dette spillet."),
        ("Det virker veldig bra.", "Det virker ikke."),
        ("Appen fungerer bra.", "Appen fungerer fortsatt ikke."),
        ("Filmen engasjerer meg.", "Filmen engasjerer meg overhodet ikke."),
        ("Vi var fornøyde.", "Vi var aldri fornøyde."),
        ("Alle var vennlige.", "Ingen var vennlige."),
        ("Jeg synes at den er flott.", "Jeg synes ikke at den er flott."),
        ("Det kan jeg anbefale.", "Det kan jeg ikke anbefale."),
        ("Boken er spennende.", "Boken er neppe spennende."),
        ("Flott butikk, og maten er nydelig.", "Flott butikk, men maten er ikke god."),
        ("Det var en hyggelig kveld.", "Det var på ingen måte en hyggelig kveld."),
        ("Historien er overbevisende.", "Historien er lite overbevisende."),
        ("Eg er glad for det.", "Eg er ikkje glad for det."),
        ("Rollene er morsomme.", "Rollene er verken morsomme eller troverdige."),
    ],
    "es": [
        ("La comida es buena.", "La comida no es buena."),
        ("Me gusta este sitio.", "No me gusta este sitio."),
        ("Me gusta mucho.", "No me gusta nada."),
        ("Es un buen hotel.", "No es un buen hotel."),
        ("Siempre fueron amables.", "Nunca fueron amables."),
        ("Lo recomiendo.", "No lo recomiendo."),
        ("Lo recomiendo a todos.", "Nadie lo recomienda."),
        ("También es bonito.", "Tampoco es bonito."),
        ("Creo que la película es interesante.", "No creo que la película sea interesante."),
        ("La aplicación funciona muy bien.", "La aplicación no funciona."),
        ("El local es bonito y la comida es rica.",
         "El local es bonito, pero la comida no es rica."),
        ("Un libro entretenido.", "Un libro sin ningún encanto."),
        ("El personal fue muy amable.", "El personal fue poco amable."),
        ("Vale la pena.", "No vale la pena."),
        ("Siempre volveré con gusto.", "Jamás volveré."),
        ("Todo me pareció agradable.", "Ningún camarero me pareció agradable."),
        ("Es cómodo y limpio.", "No es ni cómodo ni limpio."),
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", PAIRS)
def test_what_is_denied_is_negative(language: str) -> None:
    denied = [text for _, text in PAIRS[language]]
    negative = [text for text in denied if label(text, language) is Feeling.NEGATIVE]

    assert len(negative) / len(denied) >= 0.9, set(denied) - set(negative)


@pytest.mark.parametrize("language", PAIRS)
def test_what_is_said_is_positive(language: str) -> None:
    said = [text for text, _ in PAIRS[language]]
    positive = [text for text in said if label(text, language) is Feeling.POSITIVE]

    assert len(positive) / len(said) >= 0.9, set(said) - set(positive)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("sv", "Jag gillar den verkligen inte", Feeling.NEGATIVE),
        ("sv", "Appen funkar fortfarande inte", Feeling.NEGATIVE),
        ("nl", "De app werkt nog steeds niet", Feeling.NEGATIVE),
        ("nl", "Het bevalt me niet", Feeling.NEGATIVE),
        ("de", "Ich mag Kaffee ohne Milch nicht", Feeling.NEGATIVE),
        ("de", "Keiner mag das nicht mal geschenkt", Feeling.NEGATIVE),
        ("de", "Das stört mich nicht", Feeling.POSITIVE),
        ("de", "Ich liebe nicht nur das Essen, sondern auch den Service", Feeling.POSITIVE),
        ("de", "Ich mag den Laden, nicht die Lage", Feeling.POSITIVE),
        ("sv", "Jag älskar inte bara maten utan också stället", Feeling.POSITIVE),
        ("da", "Jeg elsker det. Ikke i dag", Feeling.POSITIVE),
    ],
)
def test_a_negation_turns_the_verb_before_it_in_its_clause(
    language: str, text: str, expected: Feeling
) -> None:
    assert expected is label(text, language)


def test_a_second_negation_does_not_turn_the_verb_back() -> None:
    once = from_text("Ich mag das nicht", "de")
    twice = from_text("Ich mag das gar nie nicht", "de")

    assert once is not None
    assert twice is not None
    assert once.value == twice.value


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "No, it is great"),
        ("sv", "Inte: den är bra"),
        ("es", "No, me encanta"),
        ("da", "Ej, den er smuk"),
    ],
)
def test_a_sign_directly_behind_a_negation_ends_it(language: str, text: str) -> None:
    assert label(text, language) is Feeling.POSITIVE


def label(text: str, language: str) -> Feeling | None:
    found = from_text(text, language)
    return None if found is None else found.label
