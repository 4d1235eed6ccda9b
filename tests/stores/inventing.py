"""Invented mentions for the store's tests."""

import datetime as dt
from typing import Any

from search.mention import Mention

START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
"""When the mention number 0 was published."""


def make_mention(number: int = 0, **fields: Any) -> Mention:
    """Invent a mention; each number is another post, published an hour after the one before."""
    address = f"https://forum.example/posts/{number}"
    invented: dict[str, Any] = {
        "source": "forum",
        "source_id": address,
        "url": address,
        "text": f"Post number {number} about coffee",
        "published_at": START + dt.timedelta(hours=number),
    }
    return Mention(**(invented | fields))


def make_mentions(count: int, first: int = 0) -> list[Mention]:
    """Invent so many mentions, numbered in a row."""
    return [make_mention(number) for number in range(first, first + count)]
