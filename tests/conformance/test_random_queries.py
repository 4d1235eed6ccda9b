"""Random texts over few words and random queries about them: every engine finds the same."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.mention import Engagement, Mention
from search.query import (
    And,
    Everything,
    Exists,
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
from search.words import folded_words
from tests.conformance.engines import ENGINES

WORDS = ["a", "b", "ab", "Café", "H&M", "runs", "running", "珈琲", "👍🏽", "...", "b\u00adb"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
FOLDED = ["a", "b", "ab", "cafe", "h", "m", "runs", "run", "珈", "琲", "👍", "bb"]
TAGS = ["a", "ab", "é", "b c"]
LANGUAGES = [None, "en", "sv", "und"]

word = st.sampled_from(FOLDED)
path = st.sampled_from(["text", "title"])
likes = st.one_of(st.none(), st.integers(0, 3))

leaves = st.one_of(
    st.builds(Phrase, path, st.lists(word, min_size=1, max_size=3).map(tuple)),
    st.builds(Near, path, st.lists(word, min_size=2, max_size=4).map(tuple), st.integers(0, 4)),
    st.builds(Prefix, path, word),
    st.builds(Prefix, st.just("hashtags"), st.sampled_from(["a", "b", "b ", "é"])),
    st.builds(
        lambda where, text: Raw(where, text, tuple(folded_words(text))),
        path,
        st.sampled_from(["H&M", "h&m", "Café", "a b", "Café H&M", "running"]),
    ),
    st.builds(Stem, path, word),
    st.builds(Term, st.just("hashtags"), st.sampled_from(TAGS)),
    st.builds(Term, st.just("language"), st.sampled_from(["en", "sv"])),
    st.builds(Range, st.just("engagement.likes"), likes, likes, st.booleans(), st.booleans()),
    st.builds(Exists, st.sampled_from(["title", "hashtags", "language", "engagement.likes"])),
    st.just(Everything()),
)
queries: st.SearchStrategy[Query] = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(And, st.lists(parts, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(parts, min_size=2, max_size=3).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=6,
)
mentions = st.lists(
    st.builds(
        lambda **values: values,
        text=TEXTS,
        title=st.one_of(st.none(), TEXTS),
        hashtags=st.lists(st.sampled_from(TAGS), unique=True, max_size=2).map(tuple),
        language=st.sampled_from(LANGUAGES),
        engagement=st.builds(Engagement, likes=likes),
    ),
    min_size=1,
    max_size=6,
).map(
    lambda several: [
        Mention(source="import", source_id=str(index), url=f"https://x.example/{index}", **values)
        for index, values in enumerate(several)
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mentions, st.lists(queries, min_size=15, max_size=25))
def test_every_engine_finds_the_same(
    lasting_location: str, found_in: list[Mention], asked: list[Query]
) -> None:
    answers = {}
    for name, engine in ENGINES.items():
        with (
            TemporaryDirectory() as folder,
            engine(Path(folder), lasting_location, found_in) as ask,
        ):
            answers[name] = [ask(query) for query in asked]

    for name, answer in answers.items():
        assert answer == answers["matcher"], name
