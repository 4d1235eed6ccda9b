"""A newspaper in three languages without a feed, found through the sitemaps in its robots.txt."""

import dataclasses
import datetime as dt
import functools
import gzip
from collections.abc import Iterator, Sequence
from html import escape

from crawlers.demo import answers, quirks
from crawlers.demo.answers import Answer, Asked
from crawlers.demo.articles import (
    Article,
    article_page,
    document,
    slug,
    write_article,
)
from crawlers.demo.documents import LANGUAGES, Document
from crawlers.demo.layout import Link, Look, list_page, notice_page
from crawlers.demo.writing import Writer

NAME = "news"
TOPICS = {
    "positive": 6,
    "neutral": 5,
    "negative": 6,
    "weather": 34,
    "council": 22,
    "sport": 22,
    "cafe": 14,
}
"""How many articles each language has of each sort; the first three are about the brand."""

SECTIONS = {
    "en": [("/en/", "The Tidewater Post"), ("/en/all.html", "Archive")],
    "sv": [("/sv/", "Tidvattenposten"), ("/sv/all.html", "Arkiv")],
    "nl": [("/nl/", "De Getijdepost"), ("/nl/all.html", "Archief")],
}
LOOK = Look(name="The Tidewater Post", colour="#1d4e63", menu=SECTIONS)


class News:
    """The newspaper."""

    def __init__(self, address: str) -> None:
        self.address = address

    @functools.cached_property
    def articles(self) -> dict[str, Article]:
        """Every article by its path."""
        written = [article for language in LANGUAGES for article in _edition(language)]
        return {article.path: article for article in written}

    @property
    def documents(self) -> Sequence[Document]:
        """Every article, with the reason where a crawl must leave it out."""
        return [
            dataclasses.replace(
                document(article, site=NAME, source="website", address=self.address),
                refused=quirks.REFUSED.get(article.quirk),
            )
            for article in self.articles.values()
        ]

    def answer(self, asked: Asked) -> Answer:
        """Answer with an article, a list, a sitemap or what programs ask for."""
        path = asked.path
        if path in self.articles:
            return self._article(self.articles[path])
        if path in quirks.MOVED:
            return answers.moved(self.address + self._newest("en").path)
        if path in quirks.GONE:
            return answers.missing(410)
        if path.startswith("/sitemap"):
            return self._sitemap(path)
        return self._front(path)

    def _front(self, path: str) -> Answer:
        match path:
            case "/robots.txt":
                return answers.plain(quirks.ROBOTS.format(address=self.address))
            case "/.well-known/tdmrep.json":
                return answers.as_json(quirks.reservations(self.address))
            case "/" | "/en/" | "/sv/" | "/nl/" | "/en/all.html" | "/sv/all.html" | "/nl/all.html":
                language = path[1:3] or "en"
                newest = None if path.endswith("all.html") else 25
                links = [(one.path, one.title) for one in self._of(language)][:newest]
                return answers.page(list_page(LOOK, language, SECTIONS[language][0][1], links))
            case _:
                return notice_page(LOOK, path)

    def _of(self, language: str) -> list[Article]:
        of = [one for one in self.articles.values() if one.language == language]
        return sorted(of, key=lambda one: one.published_at, reverse=True)

    def _newest(self, language: str) -> Article:
        return next(one for one in self._of(language) if one.tone and not one.quirk)

    def _article(self, article: Article) -> Answer:
        text = article_page(article, LOOK, self.address, self._related(article))
        answer = quirks.TREATMENTS.get(article.quirk, answers.page)(text)
        return dataclasses.replace(answer, changed_at=article.published_at)

    def _related(self, article: Article) -> list[Link]:
        """Lead to older articles; as a trap, sometimes with the brand in their titles."""
        with_brand = article.quirk == "brand beside the text"
        others = [one for one in self._of(article.language) if bool(one.tone) == with_brand]
        start = place_of(article.path, len(others))
        return [(one.path, one.title) for one in (others * 2)[start : start + 8] if one != article]

    def _sitemap(self, path: str) -> Answer:
        if path == "/sitemap_index.xml":
            return answers.plain(_index(self.address, self._months()), "application/xml")
        for name, articles in self._months().items():
            if path == f"/sitemaps/{name}":
                text = _urlset(self.address, articles)
                if name.endswith(".gz"):
                    packed = gzip.compress(text.encode(), mtime=0)
                    return Answer(packed, "application/gzip")
                return answers.plain(text, "application/xml")
        return answers.missing()

    def _months(self) -> dict[str, list[Article]]:
        """Group the articles as the sitemaps do; the Dutch ones are packed."""
        months: dict[str, list[Article]] = {}
        for article in self.articles.values():
            packed = ".gz" if article.language == "nl" else ""
            name = f"{article.language}-{article.published_at:%Y-%m}.xml{packed}"
            months.setdefault(name, []).append(article)
        return dict(sorted(months.items()))


def place_of(name: str, length: int) -> int:
    """Return a place in a list that follows from a name, the same in every process."""
    return sum(name.encode()) % length


def _edition(language: str) -> Iterator[Article]:
    """Write everything the newspaper has in one language."""
    writer = Writer(language, "news")
    topics = writer.shuffled([topic for topic, count in TOPICS.items() for _ in range(count)])
    moments = writer.moments(len(topics))
    plain = [_written(writer, topic, at) for topic, at in zip(topics, moments, strict=True)]
    yield from quirks.arrange(plain, language)


def _written(writer: Writer, topic: str, published_at: dt.datetime) -> Article:
    title, paragraphs = write_article(writer, topic)
    return Article(
        language=writer.language,
        path=f"/{writer.language}/{published_at:%Y/%m/%d}/{slug(title)}.html",
        title=title,
        teaser=paragraphs[0],
        paragraphs=paragraphs,
        author=writer.person(),
        published_at=published_at,
        tone=topic if topic in {"positive", "neutral", "negative"} else None,
    )


def _index(address: str, names: dict[str, list[Article]]) -> str:
    entries = "".join(
        f"<sitemap><loc>{address}/sitemaps/{name}</loc>"
        f"<lastmod>{max(one.published_at for one in articles).isoformat()}</lastmod></sitemap>\n"
        for name, articles in names.items()
    )
    return _XML.format(root="sitemapindex", entries=entries)


def _urlset(address: str, articles: list[Article]) -> str:
    entries = "".join(
        f"<url><loc>{escape(address + path)}</loc>"
        f"<lastmod>{article.published_at.isoformat()}</lastmod></url>\n"
        for article in articles
        for path in quirks.listed_paths(article)
    )
    return _XML.format(root="urlset", entries=entries)


_XML = """<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{entries}</{root}>
"""
