"""The page gate: it may let a page through in vain, and must never turn a match away."""

import functools
import html
import html.entities
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.matcher import Matcher, matches
from search.page_folding import fold_page, fold_page_to_ascii
from search.parsing import parse
from search.query import Phrase
from search.words import folded_words
from tests.conformance.documents import DOCUMENTS, NOW
from tests.conformance.queries import AGREEMENT, ANSWERS


def matcher(*queries: str) -> Matcher:
    return Matcher({query: parse(query, now=NOW) for query in queries})


PAGES = {
    "<p>Espresso House</p>": True,
    "<b>Espresso</b>&nbsp;<i>HOUSE</i>": True,
    "<p>espresso</p>": False,
    "<p>ESPR&Eacute;SSO h&#246;use": True,
    "es&shy;pres&#173;so house": True,
    "espr&amp;eacute;sso house": True,
    '{"name": "Espr\\u00e9sso\\nHouse"}': True,
    "\N{FULLWIDTH LATIN SMALL LETTER E}spresso house": True,
    "\\ud835\\udc04spresso house": True,
    "espre&#x301;sso h&ouml;use": True,
    "": False,
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("other", ["zzzz", "кофе"])  # with a word in ASCII only, and without
def test_a_page_may_match_however_it_is_written(page: str, other: str) -> None:
    assert matcher('"espresso house"', other).may_match(page) == PAGES[page]


SHORT_PAGES = {
    "at H&amp;M": True,
    "<b>h</b>&<b>m</b>": True,
    '{"text": "So\\nH&M"}': True,
    "him": False,
    "Hm": False,
    "h&hearts;m": True,
}


@pytest.mark.parametrize("page", SHORT_PAGES)
def test_short_words_are_looked_for_as_whole_words(page: str) -> None:
    assert matcher("H&M").may_match(page) == SHORT_PAGES[page]


OPEN = ["-coffee", "likes:>5", "stem:run", "a*", "source:website", "coffee OR lang:sv"]


@pytest.mark.parametrize("query", OPEN)
def test_a_query_that_a_page_cannot_answer_lets_every_page_through(query: str) -> None:
    assert matcher(query).may_match("<p>nothing</p>")


def test_a_gate_looks_for_what_is_on_a_page_rather_than_for_what_is_not() -> None:
    gate = matcher("source:website coffee")

    assert [gate.may_match("tea"), gate.may_match("coffee")] == [False, True]


def test_a_gate_for_no_query_lets_nothing_through() -> None:
    assert not Matcher({}).may_match("anything")


def _as_html(text: str) -> str:
    return html.escape(text).replace("é", "&eacute;").replace("\u00ad", "&shy;")


def _as_references(text: str) -> str:
    return "".join(f"&#{ord(letter)};" if not letter.isspace() else letter for letter in text)


WRITINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "HTML": _as_html,
    "HTML twice": lambda text: html.escape(_as_html(text)),
    "JSON": json.dumps,
    "references": _as_references,
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_no_page_that_holds_a_match_is_turned_away(writing: str) -> None:
    write = WRITINGS[writing]
    for text in [*ANSWERS, *AGREEMENT]:
        query = parse(text, now=NOW)
        gate = Matcher({"query": query})
        for mention in DOCUMENTS.values():
            if matches(query, mention):
                names = [f"#{tag}" for tag in mention.hashtags]
                names += [f"@{name}" for name in mention.handles]
                subject = mention.subject.name if mention.subject else ""
                page = "\n".join([mention.title or "", mention.text, subject, *names])
                assert gate.may_match(write(page)), (text, mention.source_id)


@given(st.text(), st.text(min_size=1))
def test_a_page_with_a_text_in_it_passes_the_gate_for_its_words(around: str, text: str) -> None:
    words = tuple(folded_words(text))
    if words:
        gate = Matcher({"query": Phrase("text", words)})

        assert gate.may_match(f"{around} {text} {around}")


LETTERS = {
    letter: found[0]
    for letter in map(chr, range(0x80, 0xE0200))
    if letter.isprintable() or letter.isidentifier() or letter in "\u00ad\u200b\u200c\u200d\u2060"
    if len(found := folded_words(f"ab{letter}cd")) == 1 and found[0].isascii()
}

CODES: dict[str, Callable[[str], str]] = {
    "itself": str,
    "decimal": lambda letter: f"&#{ord(letter)};",
    "with zeros": lambda letter: f"&#00{ord(letter)};",
    "hexadecimal": lambda letter: f"&#X{ord(letter):X};",
    "twice": lambda letter: f"&amp;amp;#{ord(letter)};",
    "JSON": lambda letter: json.dumps(letter)[1:-1],
    "JSON in capitals": lambda letter: json.dumps(letter)[1:-1].upper().replace("U", "u"),
}


@functools.cache
def gate_for(word: str) -> Matcher:
    return matcher(word)


def is_overlooked(word: str, page: str) -> bool:
    """Whether a word is missed on a page, among many other characters or as a short word."""
    among = f"<p>{'ö' * 9} och{page}då<p>{'.' * 99}"
    shown = word.encode() in fold_page_to_ascii(page.encode())
    return not shown or not gate_for(word).may_match(among.encode())


@pytest.mark.parametrize("code", CODES)
def test_every_letter_that_stands_for_one_of_ascii_is_read_in_every_code(code: str) -> None:
    missed = [
        letter
        for letter, word in LETTERS.items()
        if is_overlooked(word, f"ab{CODES[code](letter)}cd")
    ]

    assert len(LETTERS) > 1500
    assert missed == []


@pytest.mark.parametrize("start", ["&", "&amp;", "&amp;amp;"])
def test_every_name_of_a_letter_is_read(start: str) -> None:
    letters = {
        name: found[0]
        for name, text in html.entities.html5.items()
        if name.endswith(";")
        if len(found := folded_words(f"ab{text}cd")) == 1 and found[0].isascii()
    }

    assert len(letters) > 300
    assert [
        name for name, word in letters.items() if is_overlooked(word, f"ab{start}{name}cd")
    ] == []


WRITTEN = {
    "k": ["k", "K", "&#107;", "\uff4b"],
    "a": ["a", "A", "å", "Ä", "&aring;", "&#x00E5;", "\\u00e5", "a\u0301", "ą"],
    "f": ["f", "F", "\uff46", "&amp;#x46;", "\U0001d41f", "&#0000102;"],
    "e": ["e", "é", "&amp;eacute;", "e\u0301", "\U0001d41e", "ę", "\\u00E9"],
}
"""Each letter of a word, as pages may write it."""

UNSEEN = ["", "", "", "\u00ad", "&shy;", "\u200d"]
AROUND = st.lists(
    st.sampled_from(["ö", "kaff", "日", "€", "l", " ", ".", "<b>", "&amp;"]), max_size=9
)


@given(
    AROUND,
    st.tuples(*(st.sampled_from(WRITTEN[letter]) for letter in "kaffe")),
    st.tuples(*(st.sampled_from(UNSEEN) for _ in "kaffe")),
    AROUND,
)
def test_a_word_is_found_however_its_letters_and_its_neighbours_are_written(
    before: list[str], letters: tuple[str, ...], unseen: tuple[str, ...], after: list[str]
) -> None:
    word = [part for pair in zip(letters, unseen, strict=True) for part in pair]
    page = "".join([*before, *word, *after])

    assert gate_for("kaffe").may_match(page.encode())
    assert "kaffe" in fold_page(page), "the slow way, which makes the whole page plain as text"


@pytest.mark.parametrize("piece", [";#0x", ";amp", "&amp;", "&#0", "\\u00e9", ";amp;#0"])
def test_a_page_of_nothing_but_starts_of_references_is_read_in_one_pass(piece: str) -> None:
    """Looking back from each to the beginning of the page took minutes."""
    assert not matcher('"espresso house"').may_match(piece * 100_000)
