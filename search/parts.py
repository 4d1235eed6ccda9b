"""What a mention is made of: its author, reactions, rating, what it is about, attached files."""

import dataclasses
from typing import Annotated

from search.tags import Credit, Identifier, Kept, Licence
from search.vocabulary import MediaKind

Words = Annotated[str, "words"]
"""Text searched by its words."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """Who wrote a mention, as far as the source says publicly."""

    name: str
    """The public handle or byline, without a leading ``@``."""

    id: Identifier | None = None
    """The identifier the source never changes; ``None`` when it shows none."""

    display_name: Kept | None = None
    """The name shown beside the handle; ``None`` when there is no other."""

    url: Identifier | None = None
    """The author's public profile page."""

    followers: int | None = None
    """Public follower count at harvest time."""

    reviews: int | None = None
    """How many reviews the account has, as the source says, this one among them."""

    automated: bool | None = None
    """Whether the account says that a program writes it."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Engagement:
    """Public reaction counts at harvest time; ``None`` means the source does not show one."""

    likes: int | None = None
    """Positive reactions of any kind."""

    replies: int | None = None
    """Direct answers to the mention."""

    reposts: int | None = None
    """How often others passed it on."""

    views: int | None = None
    """How often it was seen or played."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """What a reviewer gave, as published and on one scale."""

    stars: float
    """On the scale 1 to 5, whatever scale the source uses."""

    value: float
    """As the source says it."""

    worst: float = 1
    """The lowest value the source allows."""

    best: float = 5
    """The highest value the source allows."""

    def __post_init__(self) -> None:
        if not self.worst <= self.value <= self.best or self.worst == self.best:
            raise ValueError(f"rating {self.value} is not between {self.worst} and {self.best}")

    @classmethod
    def on_scale(cls, value: float, *, worst: float = 1, best: float = 5) -> "Rating":
        """Normalise linearly: ``worst`` becomes 1 star, ``best`` 5; outside them `ValueError`."""
        stars = 1 + 4 * (value - worst) / (best - worst) if best != worst else value
        return cls(stars=round(stars, 2), value=value, worst=worst, best=best)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """The product or place a review is about."""

    name: Words
    """What it is called."""

    url: Identifier | None = None
    """Its page."""

    id: Identifier | None = None
    """GTIN, SKU or the source's own number; ``None`` when none is shown."""

    brand: str | None = None
    """The maker, as the page says."""

    description: Kept | None = None
    """What its page says of it, at most 2,000 characters."""

    rating_average: float | None = None
    """Mean of all its ratings as the page says, on the scale 1 to 5."""

    rating_count: int | None = None
    """How many ratings or reviews the page counts."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """One attached picture, film or sound; only its address is kept."""

    url: Identifier
    """The file."""

    kind: MediaKind
    """What it is."""

    description: Kept | None = None
    """The author's text alternative."""

    licence: Licence | None = None
    """The licence stated for this file."""

    credit: Credit | None = None
    """How its maker asks to be named; ``None`` when the source does not say."""
