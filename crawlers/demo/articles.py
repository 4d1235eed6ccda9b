"""Articles, as the blog and the news site of the demo web write and print them."""

import dataclasses
import datetime as dt
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from html import escape

from crawlers.demo.documents import Document
from crawlers.demo.layout import Link, Look, Sheet, frame
from crawlers.demo.writing import Slots, Writer

TONES = ("positive", "neutral", "negative")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A picture in an article, with the licence its caption states."""

    path: str
    caption: str
    licence: str | None = None
    """The licence's address; ``None``: all rights reserved."""
    licence_name: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """One article and where it stands."""

    language: str
    path: str
    title: str
    teaser: str
    paragraphs: tuple[str, ...]
    author: str
    published_at: dt.datetime
    tone: str | None = None
    """How it speaks of the brand; ``None`` when it does not."""

    quirk: str = ""
    """What is unusual about it; each site knows its own."""

    photo: Photo | None = None
    licence: str | None = None
    """The address of the licence its words are under; ``None``: all rights reserved."""

    @property
    def text(self) -> str:
        """Its paragraphs."""
        return "\n\n".join(self.paragraphs)


def write_article(writer: Writer, topic: str) -> tuple[str, tuple[str, ...]]:
    """Compose the title and the paragraphs of a piece of news, which stays in one town."""
    path = f"article.{topic}"
    town = {"town": writer.card("slots.town")}
    if topic not in TONES:
        title = writer.new(lambda: writer.fill(writer.card(f"{path}.title"), Slots(writer, town)))
        return title, _tell(writer, writer.several(7, f"{path}.body"), town)
    heading, lead = writer.pair(f"{path}.title", f"{path}.lead")
    slots = Slots(writer, town)
    facts = writer.several(2, "article.neutral.body") if topic != "neutral" else []
    body = writer.shuffled([*writer.several(5, f"{path}.body"), *facts])
    first, *rest = _tell(writer, body, town)
    title = writer.fill(heading, slots)
    return title, (f"{writer.fill(lead, slots)} {first}", *rest)


def write_diary(writer: Writer, tone: str | None) -> tuple[str, tuple[str, ...]]:
    """Compose a page of a diary; with a tone it speaks of the brand, but not at once."""
    town = {"town": writer.card("slots.town")}
    title = writer.new(lambda: writer.fill(writer.card("diary.title"), Slots(writer, town)))
    first, *rest = _tell(writer, writer.several(6, "diary.body"), town)
    visit = []
    if tone:
        parts = ("opening", "detail", "detail", "closing")
        visit = [writer.sentences(*(f"post.{tone}.{part}" for part in parts))]
    return title, (first, *visit, *rest)


def _tell(writer: Writer, fragments: Sequence[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """Fill the fragments, two to a paragraph."""
    sentences = [writer.fill(fragment, Slots(writer, known)) for fragment in fragments]
    return tuple(" ".join(sentences[n : n + 2]) for n in range(0, len(sentences), 2))


def slug(title: str) -> str:
    """Make the part of a path that says what a page is about."""
    plain = unicodedata.normalize("NFKD", title.replace("ø", "o")).encode("ascii", "ignore")
    return re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")[:70]


def document(article: Article, *, site: str, source: str, address: str) -> Document:
    """Say what a crawl must make of an article."""
    return Document(
        site=site,
        source=source,
        source_id=address + article.path,
        url=address + article.path,
        text=article.text,
        title=article.title,
        language=article.language,
        author=article.author,
        tone=article.tone,
        about_brand=article.tone is not None,
    )


def article_page(
    article: Article, look: Look, address: str, related: Sequence[Link] = (), head: str = ""
) -> str:
    """Print an article as a web page."""
    licence = f'<link rel="license" href="{article.licence}">\n' if article.licence else ""
    head = (
        f'{licence}<link rel="canonical" href="{address}{article.path}">\n'
        f'<meta name="author" content="{escape(article.author)}">\n'
        f'<meta name="description" content="{escape(article.teaser)}">\n'
        f'<script type="application/ld+json">{_linked(article, look, address)}</script>\n{head}'
    )
    main = (
        f"<article>\n<h1>{escape(article.title)}</h1>\n"
        f'<p class="byline"><span class="author">{escape(article.author)}</span> · '
        f'<time datetime="{article.published_at.isoformat()}">'
        f"{article.published_at:%Y-%m-%d}</time></p>\n{body_html(article, address)}\n</article>"
    )
    return frame(
        look,
        Sheet(
            language=article.language, title=article.title, main=main, head=head, related=related
        ),
    )


def body_html(article: Article, address: str) -> str:
    """Print the paragraphs and the picture, as a page and a full feed show them."""
    first, *rest = (f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in article.paragraphs)
    figure = [_figure(article.photo, address)] if article.photo else []
    return "\n".join([first, *figure, *rest])


def _figure(photo: Photo, address: str) -> str:
    licence = ""
    if photo.licence:
        licence = f', <a rel="license" href="{photo.licence}">{photo.licence_name}</a>'
    return (
        f'<figure><img src="{address}{photo.path}" alt="{escape(photo.caption)}" width="320">'
        f"<figcaption>{escape(photo.caption)}{licence}</figcaption></figure>"
    )


def _linked(article: Article, look: Look, address: str) -> str:
    described: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.published_at.isoformat(),
        "inLanguage": article.language,
        "author": {"@type": "Person", "name": article.author},
        "publisher": {"@type": "Organization", "name": look.name},
        "mainEntityOfPage": address + article.path,
    }
    if article.photo:
        described["image"] = {
            "@type": "ImageObject",
            "contentUrl": address + article.photo.path,
            "caption": article.photo.caption,
            **({"license": article.photo.licence} if article.photo.licence else {}),
        }
    return json.dumps(described, ensure_ascii=False).replace("</", "<\\/")
