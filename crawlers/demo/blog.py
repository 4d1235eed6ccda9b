"""A coffee diary in three languages, each with a feed of another format."""

import dataclasses
import functools
from collections.abc import Iterator, Sequence

from crawlers.demo import answers, blog_feeds
from crawlers.demo.answers import Answer, Asked
from crawlers.demo.articles import (
    Article,
    Photo,
    article_page,
    document,
    slug,
    write_article,
    write_diary,
)
from crawlers.demo.documents import LANGUAGES, Document
from crawlers.demo.layout import Look, language_menu, list_page, notice_page
from crawlers.demo.pictures import picture
from crawlers.demo.writing import Writer

NAME = "blog"
ENTRIES = 42
"""How many each language has."""

FEEDS = {"en": "/en/feed.xml", "sv": "/sv/atom.xml", "nl": "/nl/feed.json"}
LOOK = Look(
    name="Cup by Cup",
    colour="#6b3f2a",
    menu=language_menu(),
)
_TONES = ("positive", "negative", "positive", "neutral")
_LICENCES = {
    "en": ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
    "sv": ("https://creativecommons.org/licenses/by-sa/4.0/deed.sv", "CC BY-SA 4.0"),
    "nl": ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
}
_CAPTIONS = {"en": "Photo: {}", "sv": "Foto: {}", "nl": "Foto: {}"}
_DELETED = "deleted"
_FULL = "full"


class Blog:
    """The diary."""

    def __init__(self, address: str) -> None:
        self.address = address

    @functools.cached_property
    def entries(self) -> dict[str, list[Article]]:
        """Every entry by language, newest first, the deleted one too."""
        return {language: list(_write(language))[::-1] for language in LANGUAGES}

    @property
    def documents(self) -> Sequence[Document]:
        """Every entry; what was deleted must not be found."""
        return [
            dataclasses.replace(
                document(entry, site=NAME, source="feed", address=self.address),
                refused="deleted" if entry.quirk == _DELETED else None,
            )
            for entries in self.entries.values()
            for entry in entries
        ]

    def answer(self, asked: Asked) -> Answer:
        """Answer with a feed, an entry's page, a picture or a list of entries."""
        if asked.path in FEEDS.values():
            return self._feed(asked)
        if asked.path.startswith("/photos/"):
            return picture(asked.path)
        if asked.path == "/robots.txt":
            return answers.plain("User-agent: *\nAllow: /\n")
        if asked.path in {"/", *(f"/{language}/" for language in LANGUAGES)}:
            return self._front(asked.path.strip("/") or "en")
        return self._entry(asked.path)

    def _feed(self, asked: Asked) -> Answer:
        language = asked.path[1:3]
        feed = blog_feeds.Feed(
            address=self.address,
            path=asked.path,
            language=language,
            title=f"{LOOK.name} ({language})",
            entries=[one for one in self.entries[language] if one.quirk != _DELETED],
            full=[one.path for one in self.entries[language] if one.quirk == _FULL],
            deleted=[one for one in self.entries[language] if one.quirk == _DELETED],
        )
        answer = blog_feeds.WRITERS[language](feed, max(1, asked.number("page", 1)))
        return dataclasses.replace(answer, changed_at=feed.entries[0].published_at)

    def _front(self, language: str) -> Answer:
        links = [(one.path, one.title) for one in self.entries[language] if one.quirk != _DELETED]
        return answers.page(list_page(LOOK, language, LOOK.name, links))

    def _entry(self, path: str) -> Answer:
        known = {one.path: one for entries in self.entries.values() for one in entries}
        entry = known.get(path)
        if entry is None:
            return notice_page(LOOK, path)
        if entry.quirk == _DELETED:
            return answers.missing(410)
        related = [
            (one.path, one.title)
            for one in self.entries[entry.language]
            if one.tone is None and one != entry
        ]
        head = f'<link rel="alternate" href="{FEEDS[entry.language]}">\n'
        text = article_page(entry, LOOK, self.address, related[:6], head)
        return answers.page(text, changed_at=entry.published_at)


def _write(language: str) -> Iterator[Article]:
    """Write all entries of one language, oldest first: two of five are about the brand."""
    writer = Writer(language, "blog")
    author = writer.person()
    for n, published_at in enumerate(writer.moments(ENTRIES)):
        tone = _TONES[n // 5 * 2 % 4 + n % 5] if n % 5 < 2 else None
        if n % 5 == 4:
            title, paragraphs = write_article(writer, "weather")
        else:
            title, paragraphs = write_diary(writer, tone)
        entry = Article(
            language=language,
            path=f"/{language}/{published_at:%Y/%m}/{slug(title)}/",
            title=title,
            teaser=writer.deal("diary.teaser"),
            paragraphs=paragraphs,
            author=author,
            published_at=published_at,
            tone=tone,
            quirk=_FULL if n % 3 == 0 else "",
        )
        yield _special(entry, n, writer)


def _special(entry: Article, n: int, writer: Writer) -> Article:
    """Make an advertisement, licensed pictures and words, and a deleted entry."""
    language = entry.language
    match n:
        case 5:
            return dataclasses.replace(
                entry, paragraphs=(writer.deal("diary.ad"), *entry.paragraphs)
            )
        case 11 | 26:
            licence, name = _LICENCES[language]
            return dataclasses.replace(entry, photo=_photo(entry, licence, name))
        case 31:
            return dataclasses.replace(entry, licence=_LICENCES[language][0])
        case 16:
            return dataclasses.replace(entry, photo=_photo(entry))
        case 20 if language == "sv":
            return dataclasses.replace(entry, quirk=_DELETED)
        case _:
            return entry


def _photo(entry: Article, licence: str | None = None, licence_name: str = "") -> Photo:
    return Photo(
        path=f"/photos/{entry.path.strip('/').replace('/', '-')}.png",
        caption=_CAPTIONS[entry.language].format(entry.author),
        licence=licence,
        licence_name=licence_name,
    )
