"""Words: where they begin and end, and which are the same."""
# ruff: noqa: RUF001 - letters that look alike are the point

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.page_folding import fold_page, fold_page_to_ascii
from search.words import fold, fold_value, folded_words, words

ASSIGNED = [
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) not in {"Cn", "Co", "Cs"}
]
SPLIT = {
    "Espresso House® är BÄST": ["espresso", "house", "ar", "bast"],
    'H&M, Toys"R"Us; C++ Yahoo!': ["h", "m", "toys", "r", "us", "c", "yahoo"],
    "it's café-bar under_score": ["it", "s", "cafe", "bar", "under_score"],
    "co\u00adoper\u200date\u2060d na\u200cme zero\u200bwidth": ["cooperated", "name", "zerowidth"],
    "smørrebrød Þór Łódź straße œuvre ĦAL ılık": [
        "smorrebrod", "thor", "lodz", "strasse", "oeuvre", "hal", "ilik",
    ],
    "コーヒーを飲む": list("コーヒーを飲む"),
    "한국어 ㅋㅋ": ["한", "국", "어", "ᄏ", "ᄏ"],
    "ｶﾞｯ ＡＢＣ１２": ["ガ", "ッ", "abc12"],
    "ดีมาก": ["ดี", "ม", "า", "ก"],
    "हिन्दी עִבְרִית": ["हिन्दी", "עִבְרִית"],
    "iPhone珈琲2go": ["iphone", "珈", "琲", "2go"],
    "😀😀 ok™ ❤️ 👍🏽": ["😀", "😀", "ok", "❤", "👍"],
    "👩🏽‍🚀👩‍🚀": ["👩\u200d🚀", "👩\u200d🚀"],
    "🇸🇪🇳🇱🏳️‍🌈": ["🇸🇪", "🇳🇱", "🏳\u200d🌈"],
    "½ m² 1️⃣ Ⅷ": ["1_2", "m2", "1", "viii"],
    "\u0301x \u0301 …—": ["x"],
    "": [],
}  # fmt: skip


@pytest.mark.parametrize("text", SPLIT)
def test_splits_text_into_words(text: str) -> None:
    assert folded_words(text) == SPLIT[text]


def test_gives_the_place_of_a_word_in_the_original() -> None:
    text = "Ett cafe\u0301, co\u00adop"

    assert [text[word.start : word.end] for word in words(text)] == [
        "Ett",
        "cafe\u0301",
        "co\u00adop",
    ]


def test_every_character_folds_to_at_most_one_word_that_stays_as_it_is() -> None:
    wrong = [
        character
        for character in ASSIGNED
        for folded in folded_words(character)
        if folded_words(folded) != [folded]
    ]

    assert wrong == []


def escape(character: str) -> str:
    return json.dumps(character).strip('"')


LETTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.text(st.one_of(LETTERS, st.sampled_from("aÅßŁçﬁe\u0301\u00ad\u200d 한カﾞ👩🏽🚀🇸🇪& ")))


@given(TEXTS)
def test_the_place_of_a_word_holds_that_word(text: str) -> None:
    for word in words(text):
        assert fold(text[word.start : word.end]) == word.text


@given(TEXTS)
def test_words_do_not_overlap_and_come_in_order(text: str) -> None:
    limits = [limit for word in words(text) for limit in (word.start, word.end)]

    assert limits == sorted(limits)


@given(TEXTS)
def test_the_fast_form_finds_the_same_words(text: str) -> None:
    assert folded_words(text) == [word.text for word in words(text)]


@given(TEXTS)
def test_a_folded_word_is_its_own_fold(text: str) -> None:
    for word in folded_words(text):
        assert fold(word) == word


@given(TEXTS)
def test_a_folded_word_can_stand_in_an_index_that_splits_at_spaces(text: str) -> None:
    found = folded_words(text)

    assert " ".join(found).split() == found


@given(TEXTS)
def test_composed_and_decomposed_text_has_the_same_words(text: str) -> None:
    assert folded_words(unicodedata.normalize("NFD", text)) == folded_words(
        unicodedata.normalize("NFC", text)
    )


@given(st.text(st.characters(max_codepoint=0x24F)), st.sampled_from("\u0301\u0308\u030a\u0327"))
def test_diacritics_make_no_difference(text: str, mark: str) -> None:
    marked = "".join(letter + mark if letter.isalpha() else letter for letter in text)

    assert folded_words(marked) == folded_words(text)


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_case_makes_no_difference(text: str) -> None:
    assert folded_words(text.upper()) == folded_words(text.lower())


VALUES = {
    "  Anna  Karlsson\t": "anna karlsson",
    "Malmö": "malmö",
    "MALMO\u0308": "malmö",
    "ＡＢＣ": "abc",
    "STRASSE": "strasse",
    "Straße": "strasse",
    "https://X.example/Å?b=C": "https://x.example/å?b=c",
    "\u00a0": "",
}


@pytest.mark.parametrize("text", VALUES)
def test_folds_whole_values(text: str) -> None:
    assert fold_value(text) == VALUES[text]


@given(TEXTS)
def test_a_folded_value_is_its_own_fold(text: str) -> None:
    assert fold_value(fold_value(text)) == fold_value(text)


def test_a_page_of_bytes_keeps_every_character_that_matters_to_words_in_ascii() -> None:
    joined = {
        character: found[0].encode()
        for character in ASSIGNED
        if len(found := folded_words(f"ab{character}cd")) == 1 and found[0].isascii()
    }

    assert [
        character
        for character, word in joined.items()
        for page in (f"ab{character}cd", f"ab&#x{ord(character):x};cd", f"ab{escape(character)}cd")
        if word not in fold_page_to_ascii(page.encode())
    ] == []


PIECES = st.sampled_from(
    ["&", "amp;", "#", "x", "12", "e9", "a", ";", "\\u", "d83d", "00", "é", "한"]
)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_a_page_of_any_kind_can_be_made_plain(page: str) -> None:
    assert fold_page(page) == fold_page(page).lower()
    assert fold_page_to_ascii(page.encode()) == fold_page_to_ascii(page.encode()).lower()


@given(TEXTS)
def test_a_page_of_text_keeps_every_word(text: str) -> None:
    page = fold_page(text)

    assert [word for word in folded_words(text) if fold_page(word) not in page] == []
