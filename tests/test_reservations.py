"""What a page, its headers and its site say against being read is found wherever it stands."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from crawlers.metas import read_metas
from crawlers.reservations import Signals, read_tdmrep, reservation, signals

URL = "https://news.example/a/story?x=1"
NOTHING = Signals()


def page(head: str = "", headers: dict[str, str | list[str]] | None = None) -> HtmlResponse:
    body = f"<html><head>{head}</head><body><meta name=robots content=noindex></body></html>"
    return HtmlResponse(URL, body=body.encode(), headers=headers or {})


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", NOTHING),
        ('<meta name="robots" content="index, follow, max-snippet:-1">', NOTHING),
        ('<meta name="robots" content="noindex">', Signals("noindex")),
        ("<META CONTENT='NoIndex' NAME='Robots'>", Signals("noindex")),
        ("<meta name=robots content=noindex>", Signals("noindex")),
        ('<meta name="robots" content="noindex,nofollow">', Signals("noindex", follow=False)),
        ('<meta name="robots" content="none">', Signals("noindex", follow=False)),
        ('<meta name="robots" content="nofollow">', Signals(None, follow=False)),
        ('<meta name="robots" content="noai, noimageai">', Signals("noai", follow=False)),
        ('<meta name="robots" content="noimageai">', NOTHING),
        ('<meta name="robots" content="noml">', Signals("noml", follow=False)),
        ('<meta name="sayso" content="noindex">', Signals("noindex")),
        ('<meta name="googlebot" content="noindex">', NOTHING),
        (
            '<meta name="robots" content="all"><meta name="robots" content="noindex">',
            Signals("noindex"),
        ),
        ('<meta name="tdm-reservation" content="1">', Signals("tdm-reservation", follow=False)),
        ('<meta name="tdm-reservation" content="0">', NOTHING),
        ('<meta name="tdm-reservation" content="yes">', NOTHING),
        ('<!-- <meta name="robots" content="noindex"> -->', NOTHING),
        ("""<script>x = '<meta name="robots" content="noindex">'</script>""", NOTHING),
        ('<meta name="description" content="robots and noindex">', NOTHING),
    ],
)
def test_meta_elements_of_the_head_are_read(head: str, expected: Signals) -> None:
    assert expected == signals(page(head))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Robots-Tag": "noindex"}, Signals("noindex")),
        ({"X-Robots-Tag": "noarchive, NOINDEX , nofollow"}, Signals("noindex", follow=False)),
        ({"X-Robots-Tag": ["noarchive", "noai"]}, Signals("noai", follow=False)),
        ({"X-Robots-Tag": "googlebot: noindex, nofollow"}, NOTHING),
        ({"X-Robots-Tag": "sayso: noindex"}, Signals("noindex")),
        ({"X-Robots-Tag": "googlebot: nofollow, sayso: noindex"}, Signals("noindex")),
        (
            {"X-Robots-Tag": "unavailable_after: 25 Jun 2030 15:00:00 PST, noindex"},
            Signals("noindex"),
        ),
        ({"X-Robots-Tag": "max-snippet: 20"}, NOTHING),
        ({"tdm-reservation": "1"}, Signals("tdm-reservation", follow=False)),
        ({"tdm-reservation": "0"}, NOTHING),
    ],
)
def test_headers_are_read(headers: dict[str, str | list[str]], expected: Signals) -> None:
    assert expected == signals(page(headers=headers))


@pytest.mark.parametrize(
    ("file", "header", "meta", "expected"),
    [
        (1, None, None, "tdm-reservation"),
        (1, 0, None, None),
        (0, 1, None, "tdm-reservation"),
        (1, 1, 0, None),
        (0, 0, 1, "tdm-reservation"),
        (1, None, "maybe", "tdm-reservation"),
        (None, None, None, None),
    ],
)
def test_the_nearer_statement_on_mining_counts(
    file: int | None, header: int | None, meta: object, expected: str | None
) -> None:
    rules = read_tdmrep(json.dumps([{"location": "/", "tdm-reservation": file}]).encode())
    head = "" if meta is None else f'<meta name="tdm-reservation" content="{meta}">'
    headers: dict[str, str | list[str]] = (
        {} if header is None else {"tdm-reservation": str(header)}
    )

    assert expected == reservation(page(head, headers), rules)


@pytest.mark.parametrize(
    ("location", "reserved"),
    [
        ("/", True),
        ("/a/", True),
        ("/a/story", True),
        ("/b/", False),
        ("/A/", False),
        ("/*/story", True),
        ("/a/story$", False),
        ("/a/story?x=1$", True),
        ("*story", False),
        ("https://news.example/", False),
    ],
)
def test_locations_are_matched_as_in_robots_txt(location: str, *, reserved: bool) -> None:
    rules = read_tdmrep(json.dumps([{"location": location, "tdm-reservation": 1}]).encode())

    assert reserved == (reservation(page(), rules) == "tdm-reservation")


def test_the_first_matching_location_counts() -> None:
    entries = [{"location": "/a/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]
    rules = read_tdmrep(json.dumps(entries).encode())

    assert reservation(page(), rules) is None


def test_a_page_in_utf_16_is_read() -> None:
    head = '<html><head><meta name="robots" content="noindex"></head>'

    assert reservation(HtmlResponse(URL, body=head.encode("utf-16"))) == "noindex"


@settings(deadline=None)
@given(
    st.binary(max_size=300) | st.text(max_size=100).map(lambda text: json.dumps([text]).encode())
)
def test_no_file_breaks_the_reader(body: bytes) -> None:
    assert isinstance(read_tdmrep(body), tuple)


@settings(deadline=None)
@given(st.text(max_size=200), st.text(st.characters(codec="latin-1"), max_size=50))
def test_no_page_breaks_the_reader(head: str, header: str) -> None:
    body = f"<head><meta name=robots {head}".encode("utf-8", "replace")
    found = signals(
        HtmlResponse(URL, body=body, headers={"X-Robots-Tag": header.encode("latin-1")})
    )

    assert found.refusal in {None, "noindex", "noai", "noml", "tdm-reservation"}


def test_a_head_in_capitals_ends_where_it_ends() -> None:
    body = b"<HEAD></HEAD><BODY><meta name=robots content=noindex><script>'</head>'</script>"

    assert signals(HtmlResponse(URL, body=body)) == NOTHING


@pytest.mark.parametrize("inside", ["a" * 400_000, "a " * 200_000, "=" * 400_000, 'a="' * 100_000])
def test_an_endless_element_is_read_in_one_pass(inside: str) -> None:
    """Reading each again from every letter took minutes."""
    assert signals(page(f"<meta robots {inside}>")) == NOTHING


PIECES = (
    *('<meta name="robots" content="noindex">', "<META CONTENT='NoFollow' NAME='Robots'>"),
    *("<meta name=sayso content=noindex>", '<meta name="sayso" content="robots">'),
    *('<meta name="tdm-reservation" content="1">', "<meta name=robots content=all", "<meta "),
    *(
        "robots",
        "sayso",
        "name=",
        "content=",
        " ",
        '"',
        "'",
        ">",
        "<",
        "</head",
        "</HEAD>",
        "<Body>",
    ),
    *("<!--", "-->", "<script>", "</script>", "\x1c", "<\x0fhead", "\r", "é"),
)


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_looking_only_around_names_finds_what_reading_all_finds(head: str) -> None:
    assert read_slowly(head.encode()) == read_metas(head.encode(), "sayso")


def read_slowly(page: bytes) -> dict[str, list[str]]:
    """Read each element of the head; once more without comments and scripts if one restricts."""
    lower = page.decode("latin-1").lower().encode("latin-1")
    head = re.split(rb"</head|<body", lower)[0]
    found = read_each(head)
    if "tdm-reservation" in found or re.search(
        "no(index|follow)", " ".join(found.get("robots", ""))
    ):
        return read_each(re.sub(rb"(?s)<!--.*?(-->|\Z)|<script\b.*?(</script\b|\Z)", b"", head))
    return found


def read_each(head: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in re.findall(rb"<meta[^<>]*>", head):
        text = element[:-1].decode("latin-1")
        pairs = re.findall(r"""(?<![a-z:-])([a-z:-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", text)
        attributes = {name: value.strip("\"' ") for name, value in pairs}
        key = {"sayso": "robots"}.get(attributes.get("name", ""), attributes.get("name", ""))
        if key in {"robots", "tdm-reservation"}:
            found.setdefault(key, []).append(attributes.get("content", ""))
    return found
