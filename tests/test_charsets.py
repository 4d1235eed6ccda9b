"""A page is read as it was written, whatever it claims about its encoding."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from crawlers.charsets import decode, page_text
from crawlers.utf8 import is_utf8, page_in_utf8

SWEDISH = "<p>Grändens kafferosteri på ön, rostat i går, åtta påsar kvar för den som vill</p>"
GREEK = "<p>Καφές ήταν ζεστός και η θάλασσα ήρεμη, όπως κάθε πρωί στο λιμάνι μας εδώ</p>"
JAPANESE = "<p>焙煎所の前で朝から並びました。香りが通りの端まで届いていました。</p>"


def meta(charset: str, body: str) -> str:
    return f'<html><head><meta charset="{charset}"></head>{body}'


@pytest.mark.parametrize(
    ("text", "encoding", "content_type"),
    [
        (SWEDISH, "utf-8", None),
        (SWEDISH, "utf-8", "text/html; charset=iso-8859-1"),
        (meta("windows-1252", SWEDISH), "utf-8", None),
        (SWEDISH, "cp1252", "text/html; charset=windows-1252"),
        (meta("windows-1252", SWEDISH), "cp1252", None),
        (meta("iso-8859-1", SWEDISH), "cp1252", "text/html"),
        (SWEDISH, "cp1252", "text/html; charset=utf-8"),
        (meta("utf-8", SWEDISH), "cp1252", "text/html; charset=utf-8"),
        (meta("utf-8", SWEDISH), "cp1252", None),
        (SWEDISH, "cp1252", None),
        (SWEDISH, "utf-8-sig", "text/html; charset=windows-1251"),
        (SWEDISH, "utf-16", None),
        (SWEDISH, "utf-16-le", None),
        (SWEDISH, "utf-16-be", "text/html; charset=utf-8"),
        (SWEDISH, "utf-32-le", None),
        (meta("iso-8859-7", GREEK), "iso-8859-7", None),
        (meta("shift_jis", JAPANESE), "shift_jis", None),
        (meta("euc-jp", JAPANESE), "euc-jp", "text/html"),
        (meta("iso-2022-jp", JAPANESE), "iso-2022-jp", None),
        (JAPANESE, "euc-jp", "text/html; charset=euc-jp"),
        (meta("no-such-charset", SWEDISH), "utf-8", "text/html; charset=nonsense"),
        ("<p>plain</p>", "ascii", "text/html; charset=utf-16"),
    ],
)
def test_the_text_comes_out_as_it_went_in(
    text: str, encoding: str, content_type: str | None
) -> None:
    assert text == decode(text.encode(encoding), content_type)


def test_a_few_broken_bytes_do_not_spoil_a_utf_8_page() -> None:
    body = (SWEDISH * 5).encode() + b"\xe4</p>"

    assert decode(body, None) == SWEDISH * 5 + "\ufffd</p>"


def test_the_header_of_a_response_is_heard() -> None:
    page = HtmlResponse(
        "https://a.example/",
        body=GREEK.encode("iso-8859-7"),
        headers={"Content-Type": "text/html; charset=iso-8859-7"},
    )

    assert page_text(page) == GREEK


@settings(deadline=None)
@given(st.binary(max_size=400), st.none() | st.text(st.characters(codec="ascii"), max_size=60))
def test_no_bytes_break_the_reader(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type), str)


@settings(deadline=None)
@given(st.text(max_size=200).filter(lambda text: "\x00" not in text[:4]))
def test_every_utf_8_page_is_read_exactly(text: str) -> None:
    text = "<p>" + text.replace("\x1b", "").replace("~{", "")

    assert text == decode(text.encode(), None)


@pytest.mark.parametrize("charset", ["unicode-escape", "raw_unicode_escape", "utf-7"])
def test_a_page_can_be_had_in_utf8_whatever_charset_it_claims(charset: str) -> None:
    header = {"Content-Type": f"text/html; charset={charset}"}
    page = HtmlResponse("https://a.example/", body=b"<p>\xe9 \\ud800 +2AA-</p>", headers=header)

    assert page_in_utf8(page).decode().startswith("<p>é ")


@pytest.mark.parametrize(
    "body",
    [
        GREEK.encode(),
        GREEK.encode("utf-8-sig"),
        GREEK.encode("utf-16"),
        GREEK.encode("utf-16-le"),
        GREEK.encode("iso-8859-7"),
        b"<p>plain</p>",
        b"<p>\x1b$B%+%U%'\x1b(B</p>",
        b"",
    ],
)
def test_utf8_or_text_a_page_reads_the_same(body: bytes) -> None:
    header = {"Content-Type": "text/html; charset=iso-8859-7"}
    page = HtmlResponse("https://a.example/", body=body, headers=header)

    assert page_in_utf8(page).decode() == page_text(page)


@settings(deadline=None)
@given(
    st.lists(
        st.binary(max_size=3)
        | st.text(max_size=3).map(str.encode)
        | st.integers(0, 20).map(lambda count: b"a" * count)
        | st.text(max_size=1).map(lambda text: text.encode()[:-1])
    ).map(b"".join)
)
def test_bytes_are_utf8_where_they_can_be_decoded(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError:
        assert not is_utf8(body)
    else:
        assert is_utf8(body)
