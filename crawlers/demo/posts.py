"""What people post on the demo web's instance, written before anybody asks."""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator

from crawlers.demo.accounts import Account, residents
from crawlers.demo.articles import TONES
from crawlers.demo.documents import LANGUAGES
from crawlers.demo.writing import Writer

COUNTS = {"positive": 20, "neutral": 9, "negative": 13, "weather": 88, "other": 30}
"""How many posts each language has of each sort; the first three are about the brand."""

BRAND_TAGS = {"en": "stormcoffee", "sv": "stormkaffe", "nl": "stormkoffie"}
_BRANDS = {"en": "Storm Coffee", "sv": "Storm Kaffe", "nl": "Storm Koffie"}
_MORE_TAGS = {"en": "coffee", "sv": "fika", "nl": "koffie"}
_WEATHER_TAGS = {"en": "weather", "sv": "väder", "nl": "weer"}
_PICTURED = {"en": "A cup on a table", "sv": "En kopp på ett bord", "nl": "Een kop op een tafel"}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One post."""

    number: int
    """Grows with time, as the instance counts."""

    account: Account
    text: str
    """As its author typed it, tags and handles included."""

    tags: tuple[str, ...]
    published_at: dt.datetime
    tone: str | None
    edited_at: dt.datetime | None = None
    answers: int | None = None
    """The number of the post it answers."""

    picture: str | None = None
    """What the attached picture shows."""

    declared: str | None = None
    """The language its author's settings say, which need not be right."""

    boosts: "Post | None" = None
    """Somebody else's post, passed on."""

    listed: bool = True
    """Whether timelines show it by itself; some are only seen as somebody boosts them."""

    @property
    def is_for_brand(self) -> bool:
        """Whether it speaks to the brand's account."""
        return "@stormcoffee" in self.text


def write_posts() -> list[Post]:
    """Write everything, newest first."""
    people = residents()
    posts = [post for language in LANGUAGES for post in _write(language, people)]
    posts = _converse(posts)
    return sorted([*posts, *_boost(posts, people)], key=lambda post: post.number, reverse=True)


def _write(language: str, people: list[Account]) -> Iterator[Post]:
    writer = Writer(language, "posts")
    speakers = [one for one in people if one.language == language]
    authors = itertools.cycle(speakers)
    sorts = writer.shuffled([sort for sort, count in COUNTS.items() for _ in range(count)])
    turns = dict.fromkeys(COUNTS, 0)
    for sort, at in zip(sorts, writer.moments(len(sorts)), strict=True):
        text, tags = _compose(writer, sort, turns[sort])
        yield Post(
            number=_number(at, LANGUAGES.index(language)),
            account=next(authors),
            text=" ".join([text, *(f"#{tag}" for tag in tags if f"#{tag}" not in text)]),
            tags=tags,
            published_at=at,
            tone=sort if sort in TONES else None,
            picture=_PICTURED[language] if sort in TONES and turns[sort] % 4 == 3 else None,
            declared=(
                None if turns[sort] % 17 == 5 else "en" if turns[sort] % 17 == 11 else language
            ),
        )
        turns[sort] += 1


def _number(at: dt.datetime, salt: int) -> int:
    """Make a number as the software does: the time in milliseconds, then a few more bits."""
    return int(at.timestamp() * 1000) << 16 | salt


def _compose(writer: Writer, sort: str, turn: int) -> tuple[str, tuple[str, ...]]:
    """Write one post, and say which tags it has."""
    language = writer.language
    text = writer.sentences(*(f"post.{sort}.{part}" for part in ("opening", "detail", "closing")))
    brand, tag = _BRANDS[language], BRAND_TAGS[language]
    if sort == "weather":
        return text, ("storm", _WEATHER_TAGS[language])
    if sort == "other":
        return text, (_MORE_TAGS[language],)
    match turn % 5:
        case 0:  # the brand only as a tag
            return text.replace(brand, f"#{tag}"), (tag, _MORE_TAGS[language])
        case 1:  # under the tag of the weather
            return text, ("storm", _MORE_TAGS[language])
        case 2:  # addressed
            return text.replace(brand, "@stormcoffee"), (tag,)
        case _:
            return text, (tag, _MORE_TAGS[language])


def _converse(posts: list[Post]) -> list[Post]:
    """Let some posts answer the one before, and some be edited an hour later."""
    with_brand = [post.number for post in posts if post.tone]
    answering = dict(zip(with_brand[7::13], with_brand[6::13], strict=False))
    edited = set(with_brand[3::21])
    hidden = set(with_brand[10::41])
    return [
        dataclasses.replace(
            post,
            answers=answering.get(post.number),
            edited_at=post.published_at + dt.timedelta(hours=1) if post.number in edited else None,
            listed=post.number not in hidden,
        )
        for post in posts
    ]


def _boost(posts: list[Post], people: list[Account]) -> Iterator[Post]:
    """Pass on some posts about the brand, those first that nobody would see otherwise."""
    willing = itertools.cycle(one for one in people if one.refused is None)
    with_brand = [post for post in posts if post.tone]
    unseen = [post for post in with_brand if not post.listed]
    for post in [*unseen, *with_brand[5::25]]:
        at = post.published_at + dt.timedelta(minutes=7)
        yield Post(
            number=_number(at, 9),
            account=next(willing),
            text="",
            tags=post.tags,
            published_at=at,
            tone=None,
            boosts=post,
        )
