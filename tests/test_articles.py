"""What counts as an article, and what is believed about it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from crawlers.platforms.article import read_article, read_article_text
from search.mention import Author, Mention

URL = "https://news.example/2026/ferry"
BODY = """<p>The ferry was late again, and the whole quay knew about it before the captain did.</p>
<p>Two crates of coffee beans were left standing in the rain, which nobody has forgiven yet.</p>"""


def read(
    head: str = "", body: str = f"<article>{BODY}</article>", url: str = URL
) -> Mention | None:
    html = f"<html><head><title>Ferry late</title>{head}</head><body>{body}</body></html>"
    return read_article_text(html, url, "website")


def story(head: str = "", body: str = f"<article>{BODY}</article>", url: str = URL) -> Mention:
    mention = read(head, body, url)
    assert mention is not None
    return mention


def stated(**properties: object) -> str:
    thing = {"@type": "NewsArticle", "headline": "Ferry late again", **properties}
    return f'<script type="application/ld+json">{json.dumps(thing)}</script>'


TEASER = "<article><h2><a href='/{0}'>Story {0}</a></h2>" + BODY + "</article>"


@pytest.mark.parametrize(
    ("body", "head", "url", "is_article"),
    [
        (f"<article>{BODY}</article>", "", URL, True),
        (f"<div>{BODY}</div>", "", URL, True),
        (f"<div>{BODY}</div>", "", "https://news.example/", False),
        (
            f"<div>{BODY}</div>",
            '<meta property="og:type" content="article">',
            "https://a.example/",
            True,
        ),
        ("".join(map(TEASER.format, range(4))), "", URL, False),
        ("".join(map(TEASER.format, range(4))), stated(), URL, True),
        ("<p>Too short.</p>", "", URL, False),
        ("<article><p>Short, but it says that it is one.</p></article>", stated(), URL, True),
        (
            "".join(
                f"<p><a href='/{n}'>The long title of story number {n} here</a></p>"
                for n in range(9)
            ),
            "",
            URL,
            False,
        ),
        ("", "", URL, False),
    ],
)
def test_texts_are_articles_and_lists_of_texts_are_not(
    body: str, head: str, url: str, *, is_article: bool
) -> None:
    assert is_article == (read(head, body, url) is not None)


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("", URL),
        ("/2026/ferry-2?utm_source=x#top", "https://news.example/2026/ferry-2"),
        ("http://news.example/2026/ferry", URL),
        ("https://www.news.example/2026/ferry", "https://www.news.example/2026/ferry"),
        ("https://other.example/2026/ferry", URL),
        ("https://news.example/", URL),
        ("javascript:alert(1)", URL),
        ("http://[", URL),
    ],
)
def test_a_page_is_known_by_its_own_address(canonical: str, expected: str) -> None:
    mention = story(f'<link rel="canonical" href="{canonical}">' if canonical else "")

    assert expected == mention.source_id == mention.url


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Ida", Author(name="Ida")),
        (
            {"@type": "Person", "name": "Ida", "url": "/ida"},
            Author(name="Ida", url="https://news.example/ida"),
        ),
        ([{"name": "Ida"}, {"name": "Bo &amp; Co"}], Author(name="Ida, Bo & Co")),
        (["Ida", "Ida"], Author(name="Ida")),
        ("https://news.example/people/ida", None),
        ([], None),
    ],
)
def test_authors_are_read_from_what_the_page_states(
    author: object, expected: Author | None
) -> None:
    assert story(stated(author=author)).author == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (stated(datePublished="2026-10-02T08:00:00+02:00"), "2026-10-02T06:00:00+00:00"),
        (stated(datePublished="soon"), None),
        (
            '<meta property="article:published_time" content="2026-10-02">',
            "2026-10-02T00:00:00+00:00",
        ),
        (
            stated(datePublished="2026-10-02") + '<meta name="date" content="2026-01-01">',
            "2026-10-02T00:00:00+00:00",
        ),
        ("", None),
    ],
)
def test_dates_are_read_from_what_the_page_states(head: str, expected: str | None) -> None:
    published = story(head).published_at

    assert expected == (published and published.isoformat())


@pytest.mark.parametrize(
    ("head", "body", "raw", "found_in"),
    [
        (
            '<link rel="license" href="/terms">',
            "",
            "https://news.example/terms",
            "link rel=license",
        ),
        (
            "",
            '<a rel="nofollow license" href="/l">l</a>',
            "https://news.example/l",
            "a rel=license",
        ),
        (stated(license="CC BY 4.0"), "", "CC BY 4.0", "JSON-LD license"),
    ],
)
def test_a_licence_is_kept_with_its_evidence(
    head: str, body: str, raw: str, found_in: str
) -> None:
    licence = story(head, f"<article>{BODY}</article>{body}").licence

    assert licence is not None
    assert (raw, found_in, None) == (licence.raw, licence.found_in, licence.id)


def test_the_licence_of_a_picture_is_not_that_of_the_page() -> None:
    figure = '<figure><img src="/p.jpg" alt="Rain"><a rel="license" href="/l">CC</a></figure>'
    mention = story(body=f"<article>{BODY}{figure}</article>")
    (picture,) = mention.media

    assert mention.licence is None
    assert picture.licence is not None
    assert ("https://news.example/p.jpg", "Rain") == (picture.url, picture.description)


def test_a_licence_in_a_header_is_read() -> None:
    page = HtmlResponse(
        URL,
        body=f"<html><article>{BODY}</article></html>".encode(),
        headers={"Link": '<https://l.example/by>; rel="license"'},
    )
    mention = read_article(page, "website")

    assert mention is not None
    assert mention.licence is not None
    assert mention.licence.url == "https://l.example/by"


def test_broken_markup_is_read_as_browsers_do() -> None:
    mention = story(body=f"<article><p>5 < 6 & so <b>on{BODY.replace('</p>', '')}<table><tr><td>")

    assert "crates of coffee beans" in mention.text


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=300), st.text(max_size=100))
def test_no_page_breaks_the_reader(head: str, body: str) -> None:
    mention = read(f"<script type=application/ld+json>{head}</script>", BODY + body)

    assert mention is None or mention.text


@pytest.mark.parametrize("count", [20_000, 100_000])
def test_a_paragraph_with_endless_elements_is_read_in_one_pass(count: int) -> None:
    """Trafilatura takes 5 s for the first, and minutes for the second."""
    words = "so the kettle sang <b>loudly</b> " * count
    page = f"<html><nav>Menu</nav><article><h1>Tea</h1><p>Quillbrook: {words}</p></article></html>"

    read = read_article_text(page, "https://a.example/x", "website")

    assert read is not None
    assert (read.title, read.text[:40]) == ("Tea", "Quillbrook: so the kettle sang loudly so")
    assert count == read.text.count("loudly")
