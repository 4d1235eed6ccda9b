"""What each query means, and what is said of one that means nothing."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from search.errors import QueryError
from search.parsing import advise, parse
from search.query import (
    And,
    Everything,
    Exists,
    Leaf,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Raw,
    Stem,
    Term,
)

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
TEXTS = ("text", "title", "subject.name")


def day(month: int, number: int) -> dt.datetime:
    return dt.datetime(2026, month, number, tzinfo=dt.UTC)


def anywhere(leaf: Callable[[str], Query]) -> Or:
    return Or(tuple(map(leaf, TEXTS)))


def word(*words: str) -> Or:
    return anywhere(lambda path: Phrase(path, words))


def text(*words: str) -> Phrase:
    return Phrase("text", words)


A, B, C, D = (text(letter) for letter in "abcd")

MEANINGS: dict[str, Query] = {
    # words and phrases
    "Kaffe": word("kaffe"),
    "H&M": word("h", "m"),
    'Toys"R"Us': word("toys", "r", "us"),
    "Yahoo!": word("yahoo"),
    '"Espresso House"': word("espresso", "house"),
    "“Espresso House”": word("espresso", "house"),
    "«Espresso House»": word("espresso", "house"),
    r'"say \"hi\""': word("say", "hi"),
    r"espresso\ house": word("espresso", "house"),
    '"two words*"': word("two", "words"),
    "text:Café": text("cafe"),
    "Title:foo": Phrase("title", ("foo",)),
    "product:foo": Phrase("subject.name", ("foo",)),
    '"b a a"~3': anywhere(lambda path: Near(path, ("b", "a", "a"), 3)),
    'text:"a b"~0': Near("text", ("a", "b"), 0),
    'text:"a"~3': A,
    "text:Kaff*": Prefix("text", "kaff"),
    "kaff*": anywhere(lambda path: Prefix(path, "kaff")),
    'raw:" H&M"': anywhere(lambda path: Raw(path, "H&M", ("h", "m"))),
    'raw:"“x”"': anywhere(lambda path: Raw(path, "“x”", ("x",))),
    "raw:C++": anywhere(lambda path: Raw(path, "C++", ("c",))),
    "stem:Running": anywhere(lambda path: Stem(path, "running")),
    "*": Everything(),
    "*:*": Everything(),
    # operators: AND, also the unwritten one, before OR
    "text:a text:b": And((A, B)),
    "text:(a b OR c d)": Or((And((A, B)), And((C, D)))),
    "text:(a OR b c)": Or((A, And((B, C)))),
    "text:(a OR b AND c d)": Or((A, And((B, C, D)))),
    "text:(a AND b c OR d)": Or((And((A, B, C)), D)),
    "text:(a (b OR c))": And((A, Or((B, C)))),
    "text:(a OR b OR c)": Or((A, B, C)),
    "text:(a OR NOT b c)": Or((A, And((Not(B), C)))),
    "text:(+a -b)": And((A, Not(B))),
    "text:(a AND NOT b)": And((A, Not(B))),
    "-text:a": Not(A),
    "NOT NOT text:a": A,
    "text:(a a a)": A,
    "text:(a or b)": And((A, text("or"), B)),
    # names
    "#EspressoHouse": Term("hashtags", "espressohouse"),
    "#lördag*": Prefix("hashtags", "lördag"),
    "tag:#Fika": Term("hashtags", "fika"),
    "@Anna": Or((Term("handles", "anna"), Prefix("handles", "anna@"))),
    "@anna@Example.social": Term("handles", "anna@example.social"),
    "@anna.bsky.social": Or(
        (Term("handles", "anna.bsky.social"), Prefix("handles", "anna.bsky.social@"))
    ),
    "author:@Anna": Term("author.name", "anna"),
    # values
    "lang:SV": Term("language", "sv"),
    "lang:(sv nl)": Or((Term("language", "sv"), Term("language", "nl"))),
    "lang:(sv OR nl)": Or((Term("language", "sv"), Term("language", "nl"))),
    "tag:(+a +b)": And((Term("hashtags", "a"), Term("hashtags", "b"))),
    "tag:(a b -c)": And(
        (Or((Term("hashtags", "a"), Term("hashtags", "b"))), Not(Term("hashtags", "c")))
    ),
    "-lang:(sv nl)": Not(Or((Term("language", "sv"), Term("language", "nl")))),
    'brand:"Espresso  House"': Term("brands", "espresso house"),
    'url:"https://x.example/A"': Term("url", "https://x.example/a"),
    "site:exam*": Prefix("site", "exam"),
    "author:*": Exists("author.name"),
    "likes:*": Exists("engagement.likes"),
    "title:*": Exists("title"),
    "sentiment:Positive": Term("sentiment.label", "positive"),
    "permission:granted": Term("permission", "granted"),
    "author.automated:TRUE": Term("author.automated", "true"),
    # numbers
    "likes:5": Range("engagement.likes", 5, 5),
    "likes:>5": Range("engagement.likes", 5, None, with_low=False),
    "likes:>=5": Range("engagement.likes", 5, None),
    "rating:>=4": Range("rating.stars", 4, None),
    # what is there at all
    "has:image": Term("media.kind", "image"),
    "has:media": Exists("media.kind"),
    "has:Author": Exists("author.name"),
    "has:rating": Exists("rating.stars"),
    "-has:reply_to": Not(Exists("reply_to")),
    "stars:<2.5": Range("rating.stars", None, 2.5, with_high=False),
    "stars:<=2": Range("rating.stars", None, 2),
    "stars:[1 TO 2}": Range("rating.stars", 1, 2, with_high=False),
    "stars:{1 TO *]": Range("rating.stars", 1, None, with_low=False),
    "stars:[* TO *]": Exists("rating.stars"),
    "sentiment.value:-0.5": Range("sentiment.value", -0.5, -0.5),
    "sentiment.value:[-1 TO -0.5]": Range("sentiment.value", -1, -0.5),
    "sentiment.value:<-0.5": Range("sentiment.value", None, -0.5, with_high=False),
    "stars:(1 5)": Or((Range("rating.stars", 1, 1), Range("rating.stars", 5, 5))),
    # dates: a day is a whole day
    "since:7d": Range("published_at", NOW - dt.timedelta(days=7)),
    "since:36h": Range("published_at", NOW - dt.timedelta(hours=36)),
    "since:90m": Range("published_at", NOW - dt.timedelta(minutes=90)),
    "until:2w": Range("published_at", None, NOW - dt.timedelta(weeks=2)),
    "since:2026-02-01": Range("published_at", day(2, 1)),
    "until:2026-02-01": Range("published_at", None, day(2, 2), with_high=False),
    'since:"2026-02-01T02:00+02:00"': Range("published_at", day(2, 1)),
    "until:2026-02-01T00:00:00Z": Range("published_at", None, day(2, 1)),
    "published_at:2026-02-01": Range("published_at", day(2, 1), day(2, 2), with_high=False),
    "published_at:>2026-02-01": Range("published_at", day(2, 2)),
    "published_at:>=2026-02-01": Range("published_at", day(2, 1)),
    "published_at:<2026-02-01": Range("published_at", None, day(2, 1), with_high=False),
    "published_at:<=2026-02-01": Range("published_at", None, day(2, 2), with_high=False),
    "edited_at:>7d": Range("edited_at", NOW - dt.timedelta(days=7), with_low=False),
    "published_at:[2026-01-31 TO 2026-02-01]": Range(
        "published_at", day(1, 31), day(2, 2), with_high=False
    ),
}


@pytest.mark.parametrize("query", MEANINGS)
def test_reads(query: str) -> None:
    assert parse(query, now=NOW) == MEANINGS[query]


def refusal(query: str) -> QueryError | None:
    try:
        parse(query, now=NOW)
    except QueryError as error:
        return error
    return None


GOOD_PIECES = st.sampled_from(
    ["a ", "C++ ", "or ", '"x*" ', "-H&M ", "#tag ", "lang:sv ", "OR b ", "(c d) ", 'raw:"x." ']
)


@given(st.lists(GOOD_PIECES, min_size=1, max_size=12).map("".join))
def test_every_correct_query_can_be_advised_on(query: str) -> None:
    assume(refusal(query) is None)

    assert all(note.count("`") >= 2 for note in advise(query))


MANUAL = (Path(__file__).parent.parent / "docs" / "query-language.md").read_text("utf-8")
WRITE, REFUSED = (
    re.findall(r"^\| `` ?(.+?) ?`` \|", part, re.MULTILINE) for part in MANUAL.split("## Refused")
)


@pytest.mark.parametrize("query", WRITE)
def test_every_example_of_the_manual_is_correct(query: str) -> None:
    assert refusal(query) is None


@pytest.mark.parametrize("query", REFUSED)
def test_everything_the_manual_calls_refused_is_refused(query: str) -> None:
    assert refusal(query) is not None


def test_the_manual_has_examples_of_every_construct() -> None:
    kinds = {type(leaf) for query in WRITE for leaf in leaves_of(parse(query, now=NOW))}

    assert kinds == set(get_args(Leaf))
    assert len(REFUSED) >= 10


def leaves_of(query: Query) -> Iterator[Query]:
    match query:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves_of(part)
        case Not(part):
            yield from leaves_of(part)
        case _:
            yield query


ADVICE = {
    "espresso house": [],
    "a or b": ["`or` in lower case is searched as a word; write OR"],
    "a and not b": [
        "`and` in lower case is searched as a word; write AND",
        "`not` in lower case is searched as a word; write NOT",
    ],
    "C++": ['`C++` is searched as the word `c`; write raw:"C++" to require the punctuation'],
    'Toys"R"Us': [
        r'`Toys"R"Us` is searched as the words `toys r us`; write raw:"Toys\"R\"Us" to require the punctuation'  # noqa: E501 - one sentence
    ],
    "H&M OR H&M": [
        '`H&M` is searched as the words `h m`; write raw:"H&M" to require the punctuation'
    ],
    '"two words*"': ["`*` inside quotes is not a wildcard in `two words*`"],
    'raw:"H&M" #tag @name url:"https://x.example" kaff* it\'s a-b "a, b."': [],
}


@pytest.mark.parametrize("query", ADVICE)
def test_advises_on_what_is_searched_otherwise_than_it_looks(query: str) -> None:
    assert advise(query) == ADVICE[query]


@pytest.mark.parametrize("query", [query for query in ADVICE if "raw:" in str(ADVICE[query])])
def test_what_it_advises_to_write_is_a_correct_query(query: str) -> None:
    (note,) = ADVICE[query]
    advised = re.search(r"write (.*) to require", note)

    assert advised
    assert isinstance(parse(advised[1]), Or)
