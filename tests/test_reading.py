"""The small readers: counters, dates, languages, addresses, HTML to text."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading import (
    canonical_url,
    links_of,
    once,
    plain_text,
    read_count,
    read_json,
    read_language,
    read_time,
    site_of,
    web_address,
)
from search.errors import LayoutChanged

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
FIRST = dt.datetime(1900, 1, 2)  # noqa: DTZ001 - hypothesis adds the zone
LAST = dt.datetime(2199, 12, 30)  # noqa: DTZ001 - hypothesis adds the zone
PIECES = """<p> </p> <br> <b> </b> <ul><li> <script> </script> <!-- --> <table><td> <pre> &amp;
&#0; &nbsp; < > <?xml?> word Å <a&nbsp;href='x'> <![CDATA[ ]]> <svg> </svg>"""
SPACES = ["\x1e", "\x00", "\u200d", "  ", "\n", "\t"]
MARKUP = st.lists(st.sampled_from([*PIECES.split(), *SPACES])).map("".join)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (7, 7),
        (0, 0),
        ("7", 7),
        ("1,234", 1234),
        ("1.234.567", 1_234_567),
        ("1 234", 1234),
        ("1\u202f234", 1234),
        ("1\u2019234", 1234),
        ("1.2K", 1200),
        ("1,2k", 1200),
        ("3M", 3_000_000),
        ("4,5 mn", 4_500_000),
        ("5K+", 5000),
        ("", None),
        ("-3", None),
        (-3, None),
        ("many", None),
        ("3 likes", None),
        ("1.2.3K", None),
        (True, None),
        (None, None),
        ([7], None),
    ],
)
def test_reads_a_counter(shown: object, expected: int | None) -> None:
    assert expected == read_count(shown)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (1767225600, "2026-01-01T00:00:00"),
        (1767225600.5, "2026-01-01T00:00:00.500000"),
        (1767225600000, "2026-01-01T00:00:00"),
        ("1767225600", "2026-01-01T00:00:00"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00"),
        ("2026-01-01T10:00:00.123456789Z", "2026-01-01T10:00:00.123456"),
        ("2026-01-01 10:00:00 +0100", "2026-01-01T09:00:00"),
        ("2026-01-01 10:00 UTC", "2026-01-01T10:00:00"),
        ("20260101T100000Z", "2026-01-01T10:00:00"),
        ("2026-01-31T24:00:00Z", "2026-02-01T00:00:00"),
        ("2026-01-01", "2026-01-01T00:00:00"),
        ("2026-03", "2026-03-01T00:00:00"),
        ("2026", "2026-01-01T00:00:00"),
        ("Thu, 01 Jan 2026 10:00:00 GMT", "2026-01-01T10:00:00"),
        ("Thu, 01 Jan 2026 10:00:00 EST", "2026-01-01T15:00:00"),
        ("Thu, 01 Jan 2026 10:00:00 CET", "2026-01-01T09:00:00"),
        ("Thu, 01 Jan 2026 10:00:00 -0000", "2026-01-01T10:00:00"),
        ("Fri, 1 Jan 2026 10:00 +0100", "2026-01-01T09:00:00"),
        ("Sun, 6 Sept 2026 10:00:00 CEST", "2026-09-06T08:00:00"),
        ("01 Jan 2026", "2026-01-01T00:00:00"),
        ("  2026-01-01\n10:00:00 ", "2026-01-01T10:00:00"),
        ("1955-06-01", "1955-06-01T00:00:00"),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        (0, None),
        ("", None),
        ("yesterday", None),
        ("2026-02-30", None),
        ("Mon, 32 Foo 2026", None),
        (float("nan"), None),
        (1e300, None),
        (True, None),
        (None, None),
    ],
)
def test_reads_an_instant(shown: object, expected: str | None) -> None:
    found = read_time(shown)

    assert expected == (found and found.replace(tzinfo=None).isoformat())
    assert found is None or found.tzinfo is dt.UTC


@given(ANYTHING)
def test_reads_any_value_as_known_or_unknown(value: object) -> None:
    count, moment, language = read_count(value), read_time(value), read_language(value)

    assert count is None or count >= 0
    assert moment is None or moment.tzinfo is dt.UTC
    assert language is None or len(language) == 2


@given(st.datetimes(FIRST, LAST, timezones=st.timezones()))
def test_reads_every_instant_that_python_writes(moment: dt.datetime) -> None:
    expected = moment.astimezone(dt.UTC)

    assert read_time(moment.isoformat()) in {
        expected,
        None if expected.timestamp() == 0 else expected,
    }


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("en", "en"),
        ("sv-SE", "sv"),
        ("zh_Hant", "zh"),
        ("ENG", "en"),
        ("nld", "nl"),
        ("tlh", None),
        ("", None),
        ("x-default", None),
        (None, None),
    ],
)
def test_reads_a_language_tag(shown: str | None, expected: str | None) -> None:
    assert expected == read_language(shown)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One.<p>Two.", "One.\n\nTwo."),
        ("<p> a </p>\n\n <p>b</p>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("a<br><br>b", "a\n\nb"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("<div><div><div>a</div></div></div>b", "a\n\nb"),
        ("<ul><li>one<li>two</ul>after", "one\ntwo\n\nafter"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("Esp<b>resso</b> House", "Espresso House"),
        ("line\nbreaks\tare   spaces", "line breaks are spaces"),
        ("a&nbsp;b", "a b"),
        ("Fish &amp; chips &lt;b&gt;", "Fish & chips <b>"),
        ("I <3 coffee", "I <3 coffee"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("<b>a</b><script>x()</script><style>p{}</style><!-- no -->c", "ac"),
        ("<?xml version='1.0'?><rss><p>x</p></rss>", "x"),
        ("a<br>\x1eb", "a\nb"),
        ("<p>nul\x00l</p>", "null"),
        ("https://shop.example/a.html", "https://shop.example/a.html"),
        ("", ""),
        (None, ""),
    ],
)
def test_turns_html_into_text(markup: str | None, expected: str) -> None:
    assert expected == plain_text(markup)


def test_joins_the_parts_of_a_link_that_mastodon_hides() -> None:
    markup = (
        '<p>see <a href="https://www.bun.example/long/path"><span class="invisible">https://www.'
        '</span><span class="ellipsis">bun.example/long</span><span class="invisible">/path</span>'
        "</a>.</p>"
    )

    assert plain_text(markup) == "see https://www.bun.example/long/path."


def test_reads_text_below_any_nesting() -> None:
    assert plain_text("<div>" * 5_000 + "deep" + "</div>" * 5_000 + "after") == "deep\n\nafter"


@given(MARKUP)
def test_text_is_tidy_whatever_the_markup(markup: str) -> None:
    text = plain_text(markup)

    assert text == text.strip()
    assert not {"\x00", "\x1e", "\r"} & set(text)
    assert "\n\n\n" not in text
    assert " \n" not in text
    assert "  " not in text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://WWW.Shop.Example:443/A?b=1&a=2#top", "https://www.shop.example/A?b=1&a=2"),
        ("http://shop.example", "http://shop.example/"),
        ("http://shop.example:8080/", "http://shop.example:8080/"),
        ("https://shop.example/?utm_source=x&utm_medium=y", "https://shop.example/"),
        ("https://shop.example/?a=1&fbclid=2&b=%2F", "https://shop.example/?a=1&b=%2F"),
        ("https://shop.example/å?q=ö", "https://shop.example/%C3%A5?q=%C3%B6"),
        ("https://me:secret@shop.example/", "https://shop.example/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("  https://shop.example/ ", "https://shop.example/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("http://[bad", "http://[bad"),
        ("tag:x,2026:1", "tag:x,2026:1"),
    ],
)
def test_writes_an_address_one_way(url: str, expected: str) -> None:
    assert expected == canonical_url(url)


@given(
    st.text()
    | st.from_regex(r"https?://[a-z.]{1,9}(:\d{1,5})?/[^\s#]{0,9}\?(utm_a=1&)?[^\s#]{0,9}")
)
def test_an_address_written_one_way_stays_as_it_is(url: str) -> None:
    once_written = canonical_url(url)

    assert once_written == canonical_url(once_written)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Shop.example:8080/a", "shop.example"),
        ("https://wwwhat.example/", "wwwhat.example"),
        ("mailto:a@b.example", None),
        ("http://[bad", None),
        ("http://", None),
        ("", None),
    ],
)
def test_reads_the_site_of_an_address(url: str, expected: str | None) -> None:
    assert expected == site_of(url)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/a", "https://shop.example/a"),
        ("https://other.example/b", "https://other.example/b"),
        ("//cdn.example/c", "https://cdn.example/c"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("http://[bad", None),
        ("http:///x", None),
        (" ", None),
        (None, None),
        (7, None),
    ],
)
def test_follows_only_web_addresses(link: object, expected: str | None) -> None:
    assert expected == web_address(link, "https://shop.example/page")


def test_lists_links_once_and_leaves_out_classes() -> None:
    markup = (
        '<a href="https://a.example/">1</a> <a href="https://a.example/">2</a> <a name="x">3</a>'
        '<a href="/local">4</a> <a href="javascript:x">5</a>'
        '<a class="u-url mention" href="https://b.example/@bo">6</a> <A HREF="HTTP://c.example">7'
    )

    assert links_of(markup, but=frozenset({"mention"})) == (
        "https://a.example/",
        "HTTP://c.example",
    )
    assert links_of("no links") == ()


def test_names_are_kept_once_in_lower_case() -> None:
    assert once(["Fika", "", "fika", "ÅR"]) == ("fika", "år")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe\xfd", b"[" * 100_000])
def test_says_that_an_answer_is_not_json(body: bytes) -> None:
    with pytest.raises(LayoutChanged, match="not JSON"):
        read_json(body, "mastodon")
