"""Invented reviews that are easy to learn from: made of words with and without feeling."""

import datetime as dt
import random

from search.mention import Kind, Mention, Rating

GOOD = ("fluffigt", "krispigt", "hemtrevligt", "prisvärt", "rappt", "charmigt", "generöst")
BAD = ("degigt", "kladdigt", "trångt", "svidyrt", "segt", "stelt", "beskt", "snålt")
OTHER = (
    "kaffet",
    "bullen",
    "lokalen",
    "bordet",
    "personalen",
    "notan",
    "frukosten",
    "och",
    "igår",
)


def words(chance: random.Random, good: bool) -> str:  # noqa: FBT001 - of one pair
    telling = chance.sample(GOOD if good else BAD, 2)
    text = [*chance.sample(OTHER, 5), *telling]
    chance.shuffle(text)
    return " ".join(text)


def texts(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Make as many good as bad ones."""
    chance = random.Random(seed)  # noqa: S311 - the same texts every time
    return [
        (words(chance, good), "positive" if good else "negative")
        for n in range(count)
        for good in [n % 2 == 0]
    ]


def reviews(count: int, seed: int = 1) -> list[Mention]:
    """Make reviews with stars, in Swedish."""
    return [
        Mention(
            source="shop",
            source_id=f"{seed}-{n}",
            url=f"https://shop.example/{seed}/{n}",
            text=f"{text} {n}",
            kind=Kind.REVIEW,
            language="sv",
            declared_language="sv",
            rating=Rating.on_scale(5 if label == "positive" else 1),
        )
        for n, (text, label) in enumerate(texts(count, seed))
    ]


def unrated(text: str, number: int = 1, kind: Kind = Kind.REVIEW) -> Mention:
    return Mention(
        source="blog",
        source_id=str(number),
        url="u",
        text=text,
        kind=kind,
        declared_language="sv",
        harvested_at=dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC),
    )
