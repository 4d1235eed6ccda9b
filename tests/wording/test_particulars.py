"""Values of strangers in a message: plain text on one line, or an error."""

import datetime as dt
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.permissions.scope import WORLD, Scope
from search.permissions.wording.particulars import BadParticulars, months_of, own_address, plain
from search.permissions.wording.phrases import Phrases
from search.permissions.wording.shelf import shipped
from tests.wording.sample import request

PHRASES: dict[str, Phrases] = dict(shipped().phrases)
ODD = st.text(st.characters(exclude_categories=[]), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna\nYes: https", "anna Yes: https"),
        ("a\r\n\u2028\u2029\u0085\x0bb", "a b"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("\ufeffa\u200bb\u2060", "ab"),
        ("a\x00b", "a b"),
        ("👩‍👧", "👩‍👧"),
        ("\u200d\u200da\u200d", "a"),
        ("\u3164", ""),
        ("\ud800a", "a"),
        ("a\U000e0041b\ue000", "ab"),
        ("  a \u00a0\t b ", "a b"),
    ],
)
def test_a_value_becomes_one_visible_line(text: str, expected: str) -> None:
    assert expected == plain(text)


@given(ODD)
def test_no_value_keeps_a_control_or_a_line_end(text: str) -> None:
    line = plain(text)

    assert plain(line) == line
    assert line.isprintable() or "\u200d" in line or not line.isascii()
    assert len(line.splitlines()) <= 1
    forbidden = {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert not {unicodedata.category(sign) for sign in line} & forbidden
    assert not any(
        unicodedata.bidirectional(sign)[:2] in {"LR", "RL", "PD", "FS"} for sign in line
    )


@given(ODD)
def test_no_handle_adds_a_line_or_a_place_to_a_message(handle: str) -> None:
    expected = request("website").text
    try:
        text = request("website", handle=handle).text
    except BadParticulars:
        return

    assert text.count("\n") == expected.count("\n")
    assert text.splitlines()[1:] == expected.splitlines()[1:]
    assert text.encode()


def test_a_placeholder_in_a_handle_stays_what_it_is() -> None:
    assert request("x", handle="{url}").text.startswith("Hi @{url}, this is")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"handle": "x" * 201}, "handle: 201 characters; allowed: 200"),
        ({"handle": " \u200b"}, "handle ' \\u200b': there is nothing to read in it"),
        ({"handle": "see https://evil.example"}, "an address may not stand here"),
        ({"handle": "WWW.evil.example"}, "an address may not stand here"),
        ({"handle": "anna reply #Yes"}, "X has none with spaces"),
        ({"brand": ""}, "brand '': there is nothing to read"),
        ({"url": "http://a.example/x"}, "url 'http://a.example/x': allowed: https:// only"),
        ({"url": "https://bit.ly/x"}, "bit.ly hides where a link leads"),
        ({"url": "https://a.example/?utm_source=x"}, "utm_source follows people"),
        ({"url": "https://a.example/#fbclid=x"}, "fbclid follows people"),
        ({"url": "https://user@a.example/"}, "a whole https:// address"),
        ({"url": "https://[a/"}, "Invalid IPv6"),
        ({"url": "https://a.example:x/"}, "Port could not be cast"),
        ({"url": "https://a.example/" + "x" * 2000}, "url: 2018 characters; allowed: 2000"),
        ({"url": "https://a.example/\nYes"}, "spaces and invisible characters"),
        ({"url": "javascript:alert(1)"}, "a whole https:// address"),
        ({"post_url": "https://a.example/a b"}, "post_url 'https://a.example/a b': spaces"),
        ({"privacy_url": "https://t.co/x"}, "privacy_url 'https://t.co/x': t.co hides"),
        ({"scope": None}, "scope: what is asked for must be known"),
    ],
)
def test_a_value_that_cannot_stand_is_named(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadParticulars) as caught:
        request("x", **changes)

    assert problem in str(caught.value)


@given(ODD)
def test_any_address_is_taken_as_it_is_or_refused(address: str) -> None:
    for candidate in (address, f"https://a.example/{address}"):
        try:
            assert candidate == own_address("url", candidate)
        except BadParticulars:
            continue
        assert " " not in candidate


@pytest.mark.parametrize(
    ("platform", "handle", "shown"),
    [
        ("x", "anna", "@anna"),
        ("x", "@anna", "@anna"),
        ("mastodon", "anna@social.example", "@anna@social.example"),
        ("reddit", "anna", "u/anna"),
        ("website", "Anna Svensson", "Anna Svensson"),
    ],
)
def test_a_handle_is_written_as_people_write_it_there(
    platform: str, handle: str, shown: str
) -> None:
    assert f"Hi {shown}, " in request(platform, handle=handle).text


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-12-01", "2027-11-30", 12),
        ("2026-12-01", "2027-12-01", 12),
        ("2026-12-01", "2027-12-02", 13),
        ("2026-12-01", "2026-12-01", 1),
        ("2026-01-31", "2026-02-28", 1),
        ("2026-01-31", "2026-03-01", 2),
        ("2024-02-29", "2025-02-28", 12),
        ("2026-05-15", "2026-06-14", 1),
    ],
)
def test_months_are_never_fewer_than_a_scope_lasts(start: str, end: str, months: int) -> None:
    days = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    scope = Scope(
        channels=("website",), territories=(WORLD,), valid_from=days[0], valid_until=days[1]
    )

    assert months == months_of(scope)


@pytest.mark.parametrize(
    ("language", "channels", "expected"),
    [
        ("en", ("website", "organic_social:instagram"), "our website and Instagram"),
        ("sv", ("website", "organic_social:instagram"), "vår webbplats och Instagram"),
        ("nl", ("website", "organic_social:instagram"), "onze website en Instagram"),
        ("en", ("website", "print", "tv"), "our website, our printed matter and TV"),
        ("sv", ("organic_social",), "våra sociala medier"),
        ("nl", ("organic_social:some_forum",), "Some Forum"),
    ],
)
def test_channels_are_listed_in_the_language(
    language: str, channels: tuple[str, ...], expected: str
) -> None:
    titles = {"instagram": "Instagram"}

    assert expected == PHRASES[language].say_channels(channels, titles)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "3 May 2027"), ("sv", "3 maj 2027"), ("nl", "3 mei 2027")],
)
def test_days_are_written_in_the_language(language: str, expected: str) -> None:
    assert expected == PHRASES[language].say_date(dt.date(2027, 5, 3))
