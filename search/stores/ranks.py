"""The numbers that put mentions in order, the same in every store: less than 34 bits each."""

import math
from collections.abc import Callable, Mapping
from typing import Final

from search.mention import Mention
from search.stores.base import Sort
from search.stores.numbers import clamped, microseconds

_LAST: Final = 2**34 - 1
_BEFORE_EPOCH: Final = 2**33  # seconds: sorting tells apart the years 1697 to 2242
_STAR_STEPS: Final = 1_000_000


def _newest(mention: Mention) -> int:
    published = _seconds(mention)
    return _LAST if published is None else _LAST - 1 - published


def _oldest(mention: Mention) -> int:
    published = _seconds(mention)
    return _LAST if published is None else published


def _seconds(mention: Mention) -> int | None:
    if mention.published_at is None:
        return None
    return _ranked(microseconds(mention.published_at) // 1_000_000 + _BEFORE_EPOCH)


def _most_likes(mention: Mention) -> int:
    likes = mention.engagement.likes
    return _LAST if likes is None else _LAST - 1 - _ranked(likes)


def _most_stars(mention: Mention) -> int:
    stars = _stars(mention)
    return _LAST if stars is None else _LAST - 1 - stars


def _fewest_stars(mention: Mention) -> int:
    stars = _stars(mention)
    return _LAST if stars is None else stars


def _stars(mention: Mention) -> int | None:
    if mention.rating is None or math.isnan(mention.rating.stars):
        return None
    return _ranked(clamped(mention.rating.stars * _STAR_STEPS))


def _ranked(number: int) -> int:
    return min(max(number, 0), _LAST - 1)


def _as_found(_mention: Mention) -> int:
    return 0


RANKS: Final[Mapping[Sort, Callable[[Mention], int]]] = {
    Sort.NEWEST: _newest,
    Sort.OLDEST: _oldest,
    Sort.FOUND: _as_found,
    Sort.LIKES: _most_likes,
    Sort.STARS: _most_stars,
    Sort.FEWEST_STARS: _fewest_stars,
}
"""What comes first has the lowest number; what is unknown has the highest."""
