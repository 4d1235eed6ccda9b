"""What is said of a query that means nothing: where, why, and what to write instead."""

import datetime as dt
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import QueryError
from search.parsing import parse
from search.query import Everything

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def refusal(query: str) -> QueryError | None:
    try:
        parse(query, now=NOW)
    except QueryError as error:
        return error
    return None


ERRORS: dict[str, tuple[int | None, str, str]] = {
    # query: (position, part of the problem, part of the remedy)
    "": (None, "empty", "write *"),
    "  ": (None, "empty", "write *"),
    "a AND": (5, "nothing follows AND", '"AND"'),
    "a OR ": (4, "nothing follows OR", '"OR"'),
    "NOT": (3, "nothing follows NOT", '"NOT"'),
    "a -": (3, "nothing follows -", '"-"'),
    "AND a": (0, "`AND`", "before AND"),
    "a OR OR b": (5, "`OR`", "before OR"),
    "(a": (0, "never closed", "add a `)`"),
    "a (b (c)": (2, "never closed", "add a `)`"),
    "a) b": (1, "closes nothing", "remove it"),
    "()": (1, "nothing stands", "remove"),
    '"x': (0, "never closed", 'add a `"`'),
    'a text:"x': (7, "never closed", 'add a `"`'),
    '("x': (1, "never closed", 'add a `"`'),
    "text:": (5, "no value", "write one"),
    "a && b": (2, "`&&`", "write AND"),
    "a || b": (2, "`||`", "write OR"),
    "a | b": (2, "`|`", "write OR"),
    "a !b": (2, "`!`", "write NOT b"),
    "a - b": (2, "stands alone", "-word"),
    "H & M": (2, "no letters", '"H & M"'),
    '""': (0, "no letters", "quotes"),
    'raw:"!"': (4, "no letters", "quotes"),
    "# a": (0, "no letters", "quotes"),
    "foo~": (0, "fuzzy", "stem:word"),
    "foo~2": (0, "fuzzy", "stem:word"),
    "foo^2": (0, "boosts", "leave it out"),
    "/re/": (0, "regular expressions", "quotes"),
    "*foo": (0, "`*`", "at the end"),
    "f*o": (1, "`*`", "at the end"),
    "f?o": (1, "`?`", "at the end"),
    '"two words"*': (11, "`*`", "single word"),
    "H&M*": (0, "not the beginning", "directly after"),
    "C++*": (0, "not the beginning", "directly after"),
    "raw:foo*": (4, "takes no *", "quotes"),
    '"a b"~': (5, "needs a number", '"a b"~3'),
    '"a b"~5000': (5, "needs a number", "1000"),
    '"a b"~1.5': (None, "number", "~3"),
    'lang:"a b"~2': (5, "cannot be searched with ~", "leave"),
    'stem:"a b"': (5, "one word", "AND"),
    "sentimnt:positive": (0, "unknown field `sentimnt`", "`sentiment`"),
    "a (b OR zzz:c)": (8, "unknown field `zzz`", "quotes"),
    "10:30": (0, "unknown field `10`", "quotes"),
    "see http://x.example": (4, "unknown field `http`", 'url:"https'),
    "url:http://x.example": (4, "second field name", "quotes"),
    "text:(title:a)": (6, "second field name", "quotes"),
    "links:x": (0, "not searchable", "leave out"),
    "sentiment:positiv": (10, "never `positiv`", "`positive`? allowed: positive, neutral"),
    "kind:zzz": (5, "never `zzz`", "allowed: post, comment, review"),
    "author.automated:yes": (17, "never `yes`", "true, false"),
    "author.automated:t*": (17, "takes no *", "leave it out"),
    'lang:""': (5, "empty", "language:*"),
    "has:imag": (4, "no mention has", "has:image"),
    "has:links": (4, "no mention has", "has:"),
    "has:im*": (4, "takes no *", "leave it out"),
    "has:[a TO b]": (4, "no ranges", "likes:>5"),
    "likes:many": (6, "is a number", "likes:5"),
    "likes:1_000": (6, "is a number", "likes:5"),
    "likes:nan": (6, "is a number", "likes:5"),
    "stars:4,5": (6, "is a number", "stars:5"),
    "stars:[5 TO 1]": (6, "empty", "lower end first"),
    "text:[a TO b]": (5, "no ranges", "likes:>5"),
    ">5": (0, "needs a field", "likes:>5"),
    "since:soon": (6, "is a date", "30d"),
    "since:-7d": (6, "is a date", "30d"),
    "since:2026-02-30": (6, "is a date", "2026-01-31"),
    "until:9999-12-31": (6, "is a date", "2026-01-31"),
    "since:999999999w": (6, "is a date", "30d"),
    "since:20260101": (6, "is a date", "2026-01-31"),
    "published_at:7d": (13, "single instant", "since:7d"),
    "published_at:>2026-01-01T10:00:00+02:00": (36, "`:`", "quotes"),
    "#a, #b": (0, "`#a,` is no name", "letters, digits and _"),
    "@a,b": (0, "`@a,b` is no name", "@name@host"),
    "a\\": (1, "backslash", "\\\\"),
    "likes:[5": (8, "breaks off", "complete"),
    "a " * 5001: (None, "10,002 characters", "10,000"),
    "(" * 51 + "a" + ")" * 51: (50, "too deeply", "50"),
}


@pytest.mark.parametrize("query", ERRORS, ids=lambda query: query[:40])
def test_says_what_is_wrong_where_and_what_to_write(query: str) -> None:
    position, problem, remedy = ERRORS[query]
    with pytest.raises(QueryError) as raised:
        parse(query, now=NOW)
    error = raised.value

    assert (error.position, error.query) == (position, query)
    assert problem in error.problem
    assert remedy in error.remedy


DEEP = {
    "parentheses": "(" * 50 + "a" + ")" * 50,
    "alternation": "-(a OR b (" * 24 + "c" + "))" * 24,
    "long OR": " OR ".join(["a", "b c", "-d"] * 500),
    "long list": "a " * 4999,
}
TOO_DEEP = {
    "minus": "-" * 9000 + "a",
    "not": "NOT " * 2400 + "a",
    "field": "text:" * 1900 + "a",
    "boost": "a" + "^2" * 4000,
    "parentheses": "(" * 4000 + "a" + ")" * 4000,
    "unclosed": "(" * 9000,
}


@pytest.mark.parametrize("name", DEEP)
def test_reads_what_is_long_or_deep_within_reason(name: str) -> None:
    assert parse(DEEP[name]) != Everything()


@pytest.mark.parametrize("name", TOO_DEEP)
def test_refuses_what_is_too_deep_without_a_recursion_error(name: str) -> None:
    with pytest.raises(QueryError):
        parse(TOO_DEEP[name])


def test_the_deepest_query_leaves_room_on_the_stack() -> None:
    limit = sys.getrecursionlimit()
    depth = len(list(_frames()))
    sys.setrecursionlimit(depth + 350)
    try:
        parsed = [parse(DEEP["alternation"]), parse(DEEP["parentheses"])]
    finally:
        sys.setrecursionlimit(limit)

    assert parsed[1] == parse("a")


def _frames() -> list[object]:
    frame = sys._getframe()  # noqa: SLF001 - the only way to know how deep the stack is
    found: list[object] = []
    while frame.f_back:
        found.append(frame)
        frame = frame.f_back
    return found


PIECES = st.sampled_from(
    [
        *'()[]{}"~^:*?/\\-+!&|<>=#@,. \t“”😀',
        *("a", "ÅB", "5", "7d", "2026-01-31", "AND ", "OR ", "NOT ", "TO ", "~2"),
        *("text:", "raw:", "since:", "likes:", "stars:[1 TO ", "lang:("),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_any_text_is_read_or_refused_with_a_place_inside_it(query: str) -> None:
    error = refusal(query)

    assert error is None or error.remedy
    assert error is None or error.position is None or 0 <= error.position <= len(query)
