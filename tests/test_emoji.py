"""Emoji: found as people see them, whatever their shade."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.emoji import MOST, find_emoji, tag_emoji
from pipelines.stages import enrich
from search.mention import Mention


def mention(text: str, **fields: object) -> Mention:
    return Mention(source="s", source_id="1", url="u", text=text, **fields)  # type: ignore[arg-type]  # short form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So good 😍😍🔥", ("😍", "🔥")),
        ("👍🏽 and 👍", ("👍",)),
        ("❤️ or ❤", ("❤",)),
        ("family 👨‍👩‍👧 here", ("👨‍👩‍👧",)),
        ("from 🇸🇪 to 🇳🇱", ("🇸🇪", "🇳🇱")),
        ("1️⃣ first", ("1⃣",)),
        ("© 2026 Storm™ → 5 > 3 #1 *", ()),
        ("plain text, 12:30", ()),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 england", ("🏴󠁧󠁢󠁥󠁮󠁧󠁿",)),
        ("☕☀️🙃", ("☕", "☀", "🙃")),
    ],
)
def test_emoji_are_found_once_each(text: str, expected: tuple[str, ...]) -> None:
    assert expected == tag_emoji(mention(text), Context()).emoji


def test_those_of_a_title_come_before_those_of_the_text() -> None:
    tagged = tag_emoji(mention("second 🔥", title="first ☕"), Context())

    assert ("☕", "🔥") == tagged.emoji


def test_there_are_not_endlessly_many() -> None:
    many = "".join(map(chr, range(0x1F600, 0x1F64F)))

    assert MOST == len(tag_emoji(mention(many), Context()).emoji)


@given(st.text(max_size=100))
def test_any_text_gives_the_same_emoji_again(text: str) -> None:
    first = tag_emoji(mention(text), Context())

    assert first == tag_emoji(first, Context())
    assert all(len(each) <= 100 for each in find_emoji(text))


@pytest.mark.parametrize("text", ["👨\u200d" * 50_000, "🇸" * 50_000, "❤\ufe0f" * 50_000])
def test_long_texts_are_read_in_time(text: str) -> None:
    started = time.process_time()

    tag_emoji(mention(text), Context())

    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "links", "expected"),
    [
        ("see https://storm.example/menu.", (), ("https://storm.example/menu",)),
        ("(https://storm.example/a_(b)) and www.lumo.example!", (),
         ("https://storm.example/a_(b)", "https://www.lumo.example")),
        ("again https://a.example/", ("https://a.example/", "https://b.example/"),
         ("https://a.example/", "https://b.example/")),
        ("no links, not even ftp://x.example or mail@a.example", (), ()),
        ("https:// and http://?", (), ()),
    ],
)  # fmt: skip
def test_links_of_the_text_are_kept_with_those_of_the_source(
    text: str, links: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    tagged = enrich(mention(text, links=links), Context(keep_unmatched=True))

    assert expected == tagged.links
