"""What is unusual about some articles of the newspaper: refusals, duplicates, broken pages."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

from crawlers.demo import answers
from crawlers.demo.answers import Answer
from crawlers.demo.articles import Article

ROBOTS = """User-agent: *
Disallow: /embargo/
Disallow: /letter

Sitemap: {address}/sitemap_index.xml
"""

REFUSED = {
    "noindex in the page": "noindex",
    "noindex in a header": "noindex",
    "reserved in the page": "tdm-reservation",
    "reserved in a header": "tdm-reservation",
    "reserved in a file": "tdm-reservation",
    "disallowed": "robots.txt",
}
"""What keeps a crawl from an article, by quirk."""

MOVED = frozenset({"/old/story-117.html"})
GONE = frozenset({"/old/story-118.html"})

_EXTRA = {
    "en": ("noindex in the page", "reserved in a header", "disallowed", "agency copy"),
    "sv": ("noindex in a header", "reserved in a file", "reserved in a file", "agency copy"),
    "nl": ("reserved in the page", "disallowed", "reserved in a file"),
}
"""Quirks for which an edition gets one more article about the brand."""

_CHANGED = {
    "en": ("unclosed tags", "listed with tracking", "moved here"),
    "sv": ("wrong charset", "wrong charset", "no charset", "listed with tracking"),
    "nl": ("unclosed tags", "no charset", "listed with tracking"),
}
"""Quirks given to articles about the brand that are there anyway."""

_FOLDERS = {"disallowed": "/embargo", "reserved in a file": "/partner"}
_ONE_DAY = dt.timedelta(days=1)


def arrange(articles: list[Article], language: str) -> Iterator[Article]:
    """Give an edition its unusual articles, and hand out all of it."""
    with_brand = [article for article in articles if article.tone]
    changed = dict(zip((one.path for one in with_brand), _CHANGED[language], strict=False))
    cafes = [one.path for one in articles if one.tone is None][::25]
    changed |= dict.fromkeys(cafes, "brand beside the text")
    for article in articles:
        yield dataclasses.replace(article, quirk=changed.get(article.path, ""))
    for model, quirk in zip(reversed(with_brand), _EXTRA[language], strict=False):
        yield _variant(model, quirk)


def _variant(model: Article, quirk: str) -> Article:
    """Write a second article after the model of a first, a day earlier and in other words."""
    folder = _FOLDERS.get(quirk, "")
    first, *rest = model.paragraphs
    paragraphs = (first, *rest[:-1]) if quirk == "agency copy" else (first, *reversed(rest))
    published_at = model.published_at - _ONE_DAY
    return dataclasses.replace(
        model,
        quirk=quirk,
        published_at=published_at,
        path=folder + re.sub(r"\.html$", f"-{published_at:%d}b.html", model.path),
        paragraphs=paragraphs,
    )


def listed_paths(article: Article) -> list[str]:
    """Say under which paths the sitemap lists an article."""
    match article.quirk:
        case "listed with tracking":
            return [f"{article.path}?utm_source=sitemap&utm_medium=xml", article.path]
        case "moved here":
            return [article.path, *sorted(MOVED), *sorted(GONE), "/old/story-119.html"]
        case _:
            return [article.path]


def reservations(address: str) -> list[dict[str, Any]]:
    """Return what the file about text and data mining says."""
    return [
        {"location": "/partner/*", "tdm-reservation": 1, "tdm-policy": f"{address}/policy.json"},
        {"location": "/", "tdm-reservation": 0},
    ]


def _in_head(tag: str) -> Callable[[str], Answer]:
    return lambda text: answers.page(text.replace("</head>", f"{tag}\n</head>", 1))


def _with_header(name: str, value: str) -> Callable[[str], Answer]:
    return lambda text: answers.page(text, (name, value))


def _break(text: str) -> Answer:
    """Leave tags open, nest them wrongly and put a sign where a tag could begin."""
    for whole, broken in (
        ("</p>\n", "\n"),
        ("</article>", ""),
        ("</main>", "</b></main></td>"),
        ("<h1>", "<h1 class=headline><font size=+2>"),
        ("</footer>", "<p>5 < 7 && 3 <4 <<"),
        ("</body>\n</html>\n", ""),
    ):
        text = text.replace(whole, broken)
    return answers.page(text)


def _mislabel(text: str) -> Answer:
    """Say UTF-8 and send Windows-1252."""
    body = text.encode("windows-1252", "xmlcharrefreplace")
    return Answer(body, "text/html; charset=utf-8")


def _unlabel(text: str) -> Answer:
    """Send UTF-8 without saying so anywhere."""
    return Answer(text.replace('<meta charset="utf-8">\n', "").encode(), "text/html")


TREATMENTS: dict[str, Callable[[str], Answer]] = {
    "noindex in the page": _in_head('<meta name="robots" content="noindex, follow">'),
    "noindex in a header": _with_header("X-Robots-Tag", "noindex"),
    "reserved in the page": _in_head('<meta name="tdm-reservation" content="1">'),
    "reserved in a header": _with_header("tdm-reservation", "1"),
    "unclosed tags": _break,
    "wrong charset": _mislabel,
    "no charset": _unlabel,
}
"""What is done to the page of an article before it is sent, by quirk."""
