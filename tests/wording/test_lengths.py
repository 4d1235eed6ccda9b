"""Lengths: what each platform counts, on known examples and on any text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.permissions.wording.lengths import Unit, length

LINK = "https://brand.example/a/very/long/path/to/somewhere?with=query&more=1"
ANY = st.text() | st.text(
    st.sampled_from("a1.:/@#-_ \u0301\u200d\ufe0f\u20e3👩🏽❤🇸🇪日क्ษhtps🏴\U000e0067\U000e007f")
)
NO_RETURN = ANY.map(lambda text: text.replace("\r", ""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("Hello", 5),
        ("å", 1),
        ("a\u030a", 1),  # NFC first
        ("日本", 4),
        ("ა\u10ff\u1100", 4),  # the last light one, the first heavy one
        ("\u2026", 2),
        ("\u2018\u201f\u2020", 4),
        ("\u2032\u2037\u2038", 4),
        ("\u200d", 1),
        ("😀", 2),
        ("👩‍❤️‍💋‍👨", 2),
        ("👍🏽", 2),
        ("🇸🇪", 2),
        ("🇸", 2),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("3️⃣", 2),
        ("©", 1),
        ("©️", 2),
        (LINK, 23),
        (f"See {LINK}.", 4 + 23 + 1),
        (f"({LINK})", 25),
        ("https://localhost/path", 22),  # no link without a top-level domain
        ("https://a.co/x(y", 25),
        ("https://a.co/日本", 27),
        ("brand.com", 23),
        ("booking.com/a-very-long-path-that-has-more-than-23", 50),
        ("anna@example.com", 16),
        ("villkor.Ja, då", 14 + 13),  # looks like an address, so it is counted as one
    ],
)
def test_x_weighs_signs_and_shortens_links(text: str, expected: int) -> None:
    assert expected == length(text, Unit.X)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LINK, 23),
        (f"a {LINK}, b", 2 + 23 + 3),
        ("brand.com", 9),
        ("@anna@a.very.long.example.social", 5),
        ("hi @anna.b@example.social!", 11),
        ("mail anna@example.social", 24),
        ("👩‍👧", 3),
        ("å", 1),
    ],
)
def test_mastodon_shortens_links_and_leaves_out_servers(text: str, expected: int) -> None:
    assert expected == length(text, Unit.MASTODON)


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        (Unit.GRAPHEMES, "👩‍👧🇸🇪🇳🇱e\u0301a\n", 6),
        (Unit.GRAPHEMES, "🇸🇪🇸", 2),
        (Unit.GRAPHEMES, "🇸\u0301🇪", 2),
        (Unit.UTF16, "a😀å", 4),
        (Unit.BYTES, "a😀å", 7),
        (Unit.CODE_POINTS, "a😀å", 3),
        (Unit.THREADS, "aå😀👍🏽", 2 + 4 + 8),
        (Unit.UTF16, "\ud800", 1),
        (Unit.BYTES, "\ud800", 3),
    ],
)
def test_other_units(unit: Unit, text: str, expected: int) -> None:
    assert expected == length(text, unit)


@pytest.mark.parametrize("unit", Unit)
@given(above=NO_RETURN, below=NO_RETURN)
def test_two_lines_are_as_long_as_both(unit: Unit, above: str, below: str) -> None:
    both = length(f"{above}\n{below}", unit)

    assert length(above, unit) + 1 + length(below, unit) == both


@pytest.mark.parametrize("unit", [Unit.CODE_POINTS, Unit.UTF16, Unit.BYTES, Unit.GRAPHEMES])
@given(text=ANY, more=ANY)
def test_more_text_is_never_shorter(unit: Unit, text: str, more: str) -> None:
    assert length(text, unit) <= length(text + more, unit)


@pytest.mark.parametrize("unit", Unit)
@given(text=ANY)
def test_only_nothing_is_counted_as_nothing(unit: Unit, text: str) -> None:
    assert bool(text) == bool(length(text, unit))


@pytest.mark.parametrize(
    "piece",
    ["🇸", "👩\u200d", "\u0301", "https://a.", "http://", "a.", "@a", "@a.-", "_-", "क\u094d"],
)
def test_a_huge_text_is_counted_in_little_time(piece: str) -> None:
    text = "https://" + 100_000 * piece
    start = time.perf_counter()

    for unit in Unit:
        assert length(text, unit) > 0

    assert time.perf_counter() - start < 10
