"""What the demo web holds, said once and for certain, so that a crawl can be held against it."""

import dataclasses
import datetime as dt

from search.mention import Mention, Subject

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
"""The fixed day the demo web lives in, so that its bytes are the same whenever it is started."""

DAYS = 60
"""How far back its oldest text goes."""

LANGUAGES = ("en", "sv", "nl")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One post, article, comment or review of the demo web, and what a crawl must make of it."""

    site: str
    """Which site of the demo web it stands on."""

    source: str
    """The name of the spider that reads that site."""

    source_id: str | None
    """As in `Mention`; ``None`` for a review without an identifier of its own."""

    url: str
    """As in `Mention`; for a review, its product page."""

    text: str
    """Its own words, without anything around them."""

    language: str
    """What it is written in."""

    author: str
    """Who wrote it, as the site shows it; unique among the reviews of one product."""

    title: str | None = None
    subject: str | None = None
    hashtags: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()

    tone: str | None = None
    """``positive``, ``neutral`` or ``negative`` for what is about the brand."""

    stars: float | None = None
    """What a review gives, on the scale 1 to 5."""

    about_brand: bool = False
    """Whether the brand query matches it."""

    refused: str | None = None
    """Why a crawl must leave it out although it is about the brand; ``None``: it must be found."""

    needs_browser: bool = False
    """Whether it exists only after the page's scripts ran."""

    @property
    def is_expected(self) -> bool:
        """Whether a crawl must find it."""
        return self.about_brand and self.refused is None

    def mention(self) -> Mention:
        """Return what a perfect reader would make of it, as far as matching is concerned."""
        return Mention(
            source=self.source,
            source_id=self.source_id or f"{self.url}#{self.author}",
            url=self.url,
            text=self.text,
            title=self.title,
            subject=Subject(name=self.subject) if self.subject else None,
            hashtags=self.hashtags,
            handles=self.handles,
        )
