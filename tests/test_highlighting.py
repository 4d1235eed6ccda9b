"""Texts cut into what matched and what did not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlighting import Segment, highlight, snippet
from search.matcher import Span, find
from search.mention import Mention
from search.parsing import parse
from search.query import Everything


def span(start: int, end: int) -> Span:
    return Span("text", start, end, Everything())


def marked(segments: list[Segment]) -> str:
    return "".join(f"[{segment.text}]" if segment.hit else segment.text for segment in segments)


CUTS = {
    (): "good coffee here",
    ((5, 11),): "good [coffee] here",
    ((5, 11), (12, 16)): "good [coffee] [here]",
    ((5, 8), (7, 11)): "good [coffee] here",
    ((5, 8), (8, 11)): "good [coffee] here",
    ((12, 16), (0, 4)): "[good] coffee [here]",
    ((5, 5), (-3, 0), (16, 99)): "good coffee here",
    ((-3, 99),): "[good coffee here]",
}


@pytest.mark.parametrize("places", CUTS)
def test_marks_what_matched(places: tuple[tuple[int, int], ...]) -> None:
    spans = [span(*place) for place in places]

    assert marked(highlight("good coffee here", spans)) == CUTS[places]


WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda"
SNIPPETS = {
    ("kappa", 30): "…eta theta iota [kappa] lambda",
    ("alpha", 20): "[alpha] beta gamma…",
    ("delta", 24): "…gamma [delta] epsilon zeta…",
    ("eta theta", 24): "…zeta [eta] [theta] iota…",
    ("beta OR theta OR iota", 24): "…eta [theta] [iota] kappa…",
    ("nothing", 20): "alpha beta gamma…",
    ("alpha", 200): "[alpha] beta gamma delta epsilon zeta eta theta iota kappa lambda",
}


@pytest.mark.parametrize(("query", "width"), SNIPPETS)
def test_cuts_between_words_around_the_most_hits(query: str, width: int) -> None:
    mention = Mention(source="import", source_id="1", url="https://x.example", text=WORDS)
    shown = snippet(WORDS, find(parse(query), mention), width=width)

    assert marked(shown) == SNIPPETS[query, width]


def test_cuts_a_text_without_spaces_between_its_characters() -> None:
    text = "東京" * 30 + "珈琲" + "大阪" * 30

    assert marked(snippet(text, [span(60, 62)], width=12)) == "…京東京[珈琲]大阪大阪大阪大…"


TEXTS = st.text(st.sampled_from("ab é\u0301\n😀 東"), max_size=300)
PLACES = st.lists(st.tuples(st.integers(-5, 310), st.integers(0, 40)), max_size=6)


@given(TEXTS, PLACES)
def test_the_segments_together_are_the_text(text: str, places: list[tuple[int, int]]) -> None:
    segments = highlight(text, [span(start, start + length) for start, length in places])

    assert "".join(segment.text for segment in segments) == text
    assert all(segment.text for segment in segments)


@given(TEXTS, PLACES, st.integers(10, 80))
def test_a_snippet_is_a_short_piece_of_the_text(
    text: str, places: list[tuple[int, int]], width: int
) -> None:
    segments = snippet(text, [span(start, start + length) for start, length in places], width)
    shown = "".join(segment.text for segment in segments if segment.text != "…")

    assert shown in text
    assert len(shown) <= width


@given(TEXTS, st.integers(0, 290), st.integers(10, 80))
def test_a_snippet_shows_the_only_hit(text: str, start: int, width: int) -> None:
    hit = text[start : start + 5]
    segments = snippet(text, [span(start, start + 5)], width)

    assert [segment.text for segment in segments if segment.hit] == ([hit] if hit else [])
