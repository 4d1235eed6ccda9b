"""A link site in English, seen through a search that answers as Hacker News search does."""

import dataclasses
import datetime as dt
import functools
import html
import operator
import re
from collections.abc import Iterator, Sequence
from typing import Any

from crawlers.demo import answers
from crawlers.demo.answers import Answer, Asked
from crawlers.demo.articles import TONES
from crawlers.demo.documents import Document
from crawlers.demo.writing import Writer
from search.words import folded_words

NAME = "links"
REACHABLE = 1_000
"""How many hits of one question can be paged to, as at Algolia."""

FIRST_NUMBER = 990_000_001
"""Far above the numbers of the real site, so that no link leads to somebody's words."""

STORIES = {"coffee": 6, "other": 12}
COMMENTS = {"positive": 16, "neutral": 12, "negative": 12, "other": 1_080}
_SITE = "https://news.ycombinator.com/item?id="
_COMPARISONS = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A story or a comment, with what it is found by."""

    shown: dict[str, Any]
    """As the search answers it."""

    words: tuple[str, ...]
    """Its folded words, between attributes an empty one."""

    tone: str | None
    """How it speaks of the brand; ``None`` when it does not."""


class Links:
    """The search."""

    def __init__(self, address: str) -> None:
        self.address = address

    @functools.cached_property
    def hits(self) -> list[Hit]:
        """Everything, newest first."""
        written = list(_write())
        return sorted(written, key=lambda hit: -int(hit.shown["created_at_i"]))

    @property
    def documents(self) -> Sequence[Document]:
        """Every story and comment that still has words."""
        return [_document(hit) for hit in self.hits if hit.shown["author"]]

    def answer(self, asked: Asked) -> Answer:
        """Answer a search, by date or (the same here) by relevance."""
        match asked.path:
            case "/api/v1/search_by_date" | "/api/v1/search":
                return self._search(asked)
            case "/robots.txt":
                return answers.plain("User-agent: *\nDisallow: /api/\n")
            case _:
                return answers.missing()

    def _search(self, asked: Asked) -> Answer:
        given = asked.parameters
        try:
            bounds = _bounds(given.get("numericFilters", ""))
        except ValueError as error:
            return answers.as_json({"message": str(error), "status": 400}, status=400)
        tags = _tags(given.get("tags", ""))
        phrases = _phrases(given.get("query", ""))
        found = [
            hit.shown
            for hit in self.hits
            if _has_tags(hit, tags)
            and all(compare(hit.shown[name] or 0, limit) for name, compare, limit in bounds)
            and all(_contains(hit.words, phrase) for phrase in phrases)
        ]
        size = min(max(asked.number("hitsPerPage", 20), 1), REACHABLE)
        number, reachable = asked.number("page", 0), found[:REACHABLE]
        return answers.as_json(
            {
                "exhaustiveNbHits": True,
                "hits": reachable[number * size : (number + 1) * size],
                "hitsPerPage": size,
                "nbHits": len(found),
                "nbPages": -(-len(reachable) // size),
                "page": number,
                "params": asked.target.partition("?")[2],
                "processingTimeMS": 1,
                "query": given.get("query", ""),
            }
        )


def _bounds(text: str) -> list[tuple[str, Any, int]]:
    """Read ``created_at_i>1,points<=5``."""
    bounds = []
    for part in filter(None, text.split(",")):
        found = re.fullmatch(
            r"(created_at_i|points|num_comments)(<=|>=|<|>|=)(-?[0-9]{1,15})", part
        )
        if found is None:
            raise ValueError(f"Invalid syntax for numeric condition: {part}")
        bounds.append((found[1], _COMPARISONS[found[2]], int(found[3])))
    return bounds


def _tags(text: str) -> list[set[str]]:
    """Read ``a,(b,c)``: a and (b or c)."""
    return [set(part.strip("()").split(",")) for part in re.findall(r"\([^)]*\)|[^,]+", text)]


def _has_tags(hit: Hit, tags: list[set[str]]) -> bool:
    return all(choice & set(hit.shown["_tags"]) for choice in tags)


def _phrases(text: str) -> list[tuple[str, ...]]:
    """Read words and quoted phrases; every one must occur."""
    parts = re.findall(r'"([^"]*)"|(\S+)', text)
    phrases = [tuple(folded_words(quoted or bare)) for quoted, bare in parts]
    return [phrase for phrase in phrases if phrase]


def _contains(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    length = len(phrase)
    return any(
        words[at : at + length] == phrase for at, word in enumerate(words) if word == phrase[0]
    )


def _write() -> Iterator[Hit]:
    """Write the stories, then below earlier ones the comments."""
    writer = Writer("links", "links")
    numbers = iter(range(FIRST_NUMBER, FIRST_NUMBER + 10_000))
    stories: dict[str, list[Hit]] = {}
    for topic, count in STORIES.items():
        moments = writer.moments(count)
        stories[topic] = [_story(writer, next(numbers), topic, at) for at in moments]
        yield from stories[topic]
    for tone, count in COMMENTS.items():
        choice = stories["coffee" if tone in TONES else "other"]
        for at in writer.moments(count):
            parent = writer.dice.choice(_before(choice, at))
            yield _comment(writer, next(numbers), tone, (parent, at))
    yield _deleted(next(numbers), stories["coffee"][0])


def _before(stories: list[Hit], at: dt.datetime) -> list[Hit]:
    """Return the stories that can be commented then: the first always."""
    earlier = [one for one in stories if one.shown["created_at_i"] <= at.timestamp()]
    return earlier or stories[:1]


def _story(writer: Writer, number: int, topic: str, at: dt.datetime) -> Hit:
    title = writer.new(lambda: writer.deal(f"{topic}.story.title"))
    text = writer.deal(f"{topic}.story.text")
    own = {
        "title": title,
        "url": None if text else f"https://pages.example/{number}",
        "points": writer.dice.randrange(1, 400),
        "story_text": _as_html(text) or None,
        "num_comments": writer.dice.randrange(60),
    }
    shown = _common(number, at, writer.person(), "story") | own
    return Hit(
        shown=shown,
        words=(*folded_words(title), "", *folded_words(text)),
        tone="neutral" if topic == "coffee" else None,
    )


def _comment(writer: Writer, number: int, tone: str, place: tuple[Hit, dt.datetime]) -> Hit:
    parent, at = place
    path = f"coffee.{tone}" if tone in TONES else "other.comment"
    parts = (f"{path}.{part}" for part in ("opening", "detail", "detail", "closing"))
    text = writer.sentences(*parts)
    shown = {
        **_common(number, at, writer.person(), "comment"),
        **_below(parent),
        "comment_text": _as_html(text),
    }
    return Hit(shown=shown, words=tuple(folded_words(text)), tone=tone if tone in TONES else None)


def _below(parent: Hit) -> dict[str, Any]:
    number = int(parent.shown["objectID"])
    return {
        "parent_id": number,
        "story_id": number,
        "story_title": parent.shown["title"],
        "story_url": parent.shown["url"],
    }


def _deleted(number: int, parent: Hit) -> Hit:
    """Leave behind what a deleted comment leaves: found by its story's title, without words."""
    at = dt.datetime.fromtimestamp(parent.shown["created_at_i"] + 600, tz=dt.UTC)
    left = {"author": None, "comment_text": None}
    shown = {**_common(number, at, "", "comment"), **_below(parent), **left}
    return Hit(shown=shown, words=("storm", "coffee"), tone=None)


def _common(number: int, at: dt.datetime, author: str, kind: str) -> dict[str, Any]:
    handle = author.lower().replace(" ", "_")
    story = [f"story_{number}"] if kind == "story" else []
    return {
        "author": handle,
        "children": [],
        "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "created_at_i": int(at.timestamp()),
        "num_comments": None,
        "objectID": str(number),
        "points": None,
        "updated_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "_tags": [kind, f"author_{handle}", *story],
    }


def _as_html(text: str) -> str:
    """Write as the site does: a ``<p>`` between paragraphs, signs as entities."""
    first, mark, rest = text.partition(". ")
    escaped = (html.escape(part, quote=True) for part in (first + mark.strip(), rest))
    return "<p>".join(filter(None, escaped)).replace("/", "&#x2F;")


def _document(hit: Hit) -> Document:
    shown = hit.shown
    text = shown.get("comment_text") or shown.get("story_text") or ""
    number = shown["objectID"]
    return Document(
        site=NAME,
        source="hackernews",
        source_id=number,
        url=_SITE + number,
        text=html.unescape(text.replace("<p>", "\n\n")),
        title=shown.get("title"),
        language="en",
        author=shown["author"],
        tone=hit.tone,
        about_brand=hit.tone is not None,
    )
