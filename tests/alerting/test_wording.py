"""What alerts say: short, plain and harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.alerting.wording import (
    LONGEST_MESSAGE,
    Event,
    make_plain,
    write_examples,
    write_message,
)
from search.mention import Author, State, StoredMention
from tests.alerting.staging import make_tea


def example(**fields: object) -> str:
    (written,) = write_examples([StoredMention(mention=make_tea(1, **fields), state=State())])
    return written


def test_an_example_shows_source_author_text_and_link() -> None:
    written = example(author=Author(name="ida"), text="First line.\n\nSecond   line.")

    assert "forum, ida:\nFirst line. Second line.\nhttps://forum.example/tea/1" == written


def test_only_the_first_200_characters_are_shown() -> None:
    _, text, _ = example(text="tea " * 1_000).split("\n")

    assert text.endswith("tea…")
    assert 195 < len(text) <= 200


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://a.example/", "https://a.example/a b", "http://[", "data:,x"],
)
def test_a_link_is_http_or_left_out(url: str) -> None:
    assert "forum:\nTea number 1" == example(url=url)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("@everyone look", "@\u2060everyone look"),
        (
            "<!channel> <@U1> <#C1> a < b <3",
            "<\u2060!channel> <\u2060@\u2060U1> <\u2060#C1> a < b <3",
        ),
        ("\u202eevil\x07\ud800\ufeff", "evil"),
        ("a\n\nb\u2028c", "a b c"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("*b* [x](http://e)", "*b* [x](http://e)"),
    ],
)
def test_a_text_is_made_harmless_but_stays_itself(text: str, plain: str) -> None:
    assert plain == make_plain(text)


def test_text_without_words_falls_back_to_the_title() -> None:
    assert "forum:\nOh\nhttps://forum.example/tea/1" == example(text="", title="Oh")


@given(
    st.text(max_size=400),
    st.lists(st.text(max_size=3_000), max_size=3),
    st.lists(st.text(max_size=900), max_size=8),
    st.integers(0, 10**9),
)
def test_a_message_is_never_too_long_nor_empty(
    title: str, lines: list[str], examples: list[str], count: int
) -> None:
    event = Event(title=f"t{title}", lines=tuple(lines), examples=tuple(examples), count=count)

    written, body = write_message(event)

    assert len(written) + len(body) <= LONGEST_MESSAGE
    assert body


@pytest.mark.parametrize("size", range(LONGEST_MESSAGE - 60, LONGEST_MESSAGE))
def test_the_number_of_the_rest_fits_too(size: int) -> None:
    title, body = write_message(Event(title="t", examples=("x" * size,), count=10**9))

    assert len(title) + len(body) <= LONGEST_MESSAGE


@given(st.text(max_size=300), st.text(min_size=1, max_size=100))
def test_any_text_can_be_sent(text: str, name: str) -> None:
    written = example(text=text, author=Author(name=name))

    written.encode()
    assert len(written.split("\n")) <= 3


def test_as_many_examples_as_fit_are_shown_and_the_rest_is_counted() -> None:
    event = Event(title="t", examples=tuple(f"{n}{'x' * 700}" for n in range(5)), count=9)

    _, body = write_message(event)

    assert 2 == body.count("x" * 700)
    assert body.endswith("\n\nand 7 more")
