"""The matcher, and what it says of where a query matched."""

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evaluation import find_windows
from search.matcher import Explanation, Matcher, explain, find, matches
from search.mention import Mention, Permission, State, Subject
from search.parsing import parse
from search.query import And, Near, Not, Or, Phrase, Prefix, Query, Raw, Term, anchors
from search.stemming import STEMMED, query_stem_tokens, stem, stem_tokens
from search.words import folded_words
from tests.conformance.documents import DOCUMENTS, NOW
from tests.conformance.queries import AGREEMENT, ANSWERS


def post(text: str, **values: object) -> Mention:
    return Mention(source="import", source_id="1", url="https://x.example", text=text, **values)  # type: ignore[arg-type] # each test knows its fields


def matcher(*queries: str) -> Matcher:
    return Matcher({query: parse(query, now=NOW) for query in queries})


def test_names_the_queries_that_match_in_the_order_given() -> None:
    found = matcher("house", "tea", "espresso", "-tea", "espr*").match(post("Espresso House"))

    assert found == ("house", "espresso", "-tea", "espr*")


def test_no_queries_match_nothing() -> None:
    assert Matcher({}).match(post("a")) == ()


def test_phrases_that_share_words_are_all_found() -> None:
    found = matcher('"a b"', '"b a"', '"a b a"', "b", '"b b"').match(post("a b a"))

    assert found == ('"a b"', '"b a"', '"a b a"', "b")


def test_beginnings_of_different_lengths_are_all_found() -> None:
    found = matcher("@a*", "@anna*", "@annab*", "site:x*").match(post("", handles=("anna",)))

    assert found == ("@a*", "@anna*")


def test_asks_about_our_own_state_too() -> None:
    query = parse("permission:granted cup")
    granted = State(permission=Permission.GRANTED)

    assert [matches(query, post("cup")), matches(query, post("cup"), granted)] == [False, True]


def test_ten_thousand_queries_at_once_answer_as_each_alone() -> None:
    queries = {query: parse(query, now=NOW) for query in [*ANSWERS, *AGREEMENT]}
    many = {
        f"brand {number}": parse(f'"brand {number}" OR #b{number}') for number in range(10_000)
    }
    together = Matcher({**queries, **many})

    for mention in DOCUMENTS.values():
        assert together.match(mention) == tuple(
            name for name, query in queries.items() if matches(query, mention)
        )


TERMS = [*"abc", "b c", "c a b"]


@given(
    st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from(TERMS), min_size=1)
)
def test_finds_every_term_in_one_pass(words: list[str], terms: list[str]) -> None:
    text = " ".join(words)
    queries: dict[str, Query] = {term: Phrase("text", tuple(term.split())) for term in terms}

    assert Matcher(queries).match(post(text)) == tuple(
        term for term in queries if f" {term} " in f" {text} "
    )


SMALL = st.sampled_from("abc")


@given(
    st.lists(st.sampled_from("abcxy"), max_size=14),
    st.lists(SMALL, min_size=2, max_size=4),
    st.integers(0, 6),
)
def test_near_agrees_with_trying_every_window(
    text: list[str], wanted: list[str], gap: int
) -> None:
    needed = Counter(wanted)
    exists = any(
        needed <= Counter(text[start:end]) and end - start - len(wanted) <= gap
        for start, end in itertools.combinations(range(len(text) + 1), 2)
    )

    assert bool(list(find_windows(text, wanted, gap))) == exists
    assert matches(Near("text", tuple(wanted), gap), post(" ".join(text))) == exists


RAW = {
    ("H&M", "at H&M!"): True,
    ("H&M", "at h&m"): False,
    ("H&M", "at H & M"): False,
    ("H&M", "H&Ms"): False,
    ("H&M", "xH&M"): False,
    ("C++", "C++"): True,
    ("C++", "C+"): False,
    ("C++", "C+++"): True,
    (".NET", "NET"): False,
    (".NET", "the .NET"): True,
    ("Café", "Cafe\u0301"): True,
    ("Café", "Cafe"): False,
    ("Espresso House", "Espresso\n \u00a0House"): True,
    ("Espresso House", "EspressoHouse"): False,
    ("(C)", "(C)"): True,
    ("(C)", "C)"): False,
    ("👍🏽", "👍"): False,
    ("👍🏽", "ok👍🏽ok"): True,
}


@pytest.mark.parametrize(("raw", "text"), RAW)
def test_raw_asks_for_what_is_written(raw: str, text: str) -> None:
    query = Raw("text", raw, tuple(folded_words(raw)))

    assert matches(query, post(text)) == RAW[raw, text]


STEMS = {("running", "en"): "run", ("kopparna", "sv"): "kopp", ("koppen", "nl"): "kop"}


@pytest.mark.parametrize(("word", "language"), STEMS)
def test_stems_in_a_language(word: str, language: str) -> None:
    assert stem(word, language) == STEMS[word, language]


@given(st.sampled_from([*STEMMED, "und", "ja", None]), st.text("abcdeginrst", min_size=1))
def test_an_index_keeps_a_token_that_a_query_for_the_word_asks_for(
    language: str | None, word: str
) -> None:
    assert set(stem_tokens([word], language)) <= set(query_stem_tokens(word))


SPANS = {
    ("espresso house", "The House of ESPRESSO, house"): ["House", "ESPRESSO", "house"],
    ('"espresso house"', "An Espresso\nHouse® and espresso"): ["Espresso\nHouse"],
    ('"house espresso"~2', "espresso in the house, espresso"): ["espresso", "house", "espresso"],
    ('"tea milk"~3', "tea milk or milk, and sugar or milk tea"): [
        "tea",
        "milk",
        "milk",
        "milk",
        "tea",
    ],
    ("espr*", "Espressobar, espr"): ["Espressobar", "espr"],
    ('raw:"H&M"', "h&m H&M"): ["H&M"],
    ("stem:runs", "running, he runs a run"): ["running", "runs", "run"],
    ("#espressohouse", "so #EspressoHouse! espressohouse"): ["#EspressoHouse"],
    ("@anna", "hi @Anna. and @annabel @anna@b.example"): ["@Anna", "@anna@b.example"],
    ("café OR tea", "cafe\u0301 and te\u00ada"): ["cafe\u0301", "te\u00ada"],
    ("coffee OR (tea AND milk)", "coffee with milk"): ["coffee"],
    ("coffee -tea", "coffee"): ["coffee"],
    ("coffee tea", "coffee"): [],
    ("lang:en", "coffee"): [],
}


@pytest.mark.parametrize(("query", "text"), SPANS)
def test_finds_where_each_part_matched(query: str, text: str) -> None:
    mention = post(
        text,
        language="en",
        hashtags=("espressohouse",),
        handles=("anna", "annabel", "anna@b.example"),
    )

    assert [text[span.start : span.end] for span in find(parse(query), mention)] == SPANS[
        query, text
    ]


def test_finds_in_every_searched_field_in_order() -> None:
    mention = post("kaffe", title="Kaffe nu", subject=Subject(name="Mitt kaffe"))

    assert [(span.path, span.start, span.end) for span in find(parse("kaffe"), mention)] == [
        ("text", 0, 5),
        ("title", 0, 5),
        ("subject.name", 5, 10),
    ]


def test_explains_each_node() -> None:
    query = parse("text:coffee (text:tea OR lang:en) -text:milk")
    explained = explain(query, post("coffee", language="en"))

    assert explained.matched
    assert [(type(part.node), part.matched) for part in explained.parts] == [
        (Phrase, True),
        (Or, True),
        (Not, True),
    ]
    assert [part.matched for part in explained.parts[1].parts] == [False, True]
    assert [(span.start, span.end) for span in explained.parts[0].spans] == [(0, 6)]
    assert explained.parts[2].parts == (Explanation(Phrase("text", ("milk",)), matched=False),)


VAGUE = Term("language", "sv")
CLEAR = Phrase("text", ("storm",))


def test_a_candidate_is_found_by_its_rarest_part() -> None:
    query = And((VAGUE, CLEAR, Prefix("text", "a")))

    assert anchors(query, lambda leaf: leaf.path != "language") == frozenset({CLEAR})
    assert Matcher({"q": query}).match(post("a storm", language="sv")) == ("q",)
    assert Matcher({"q": query}).match(post("a storm", language="nl")) == ()
