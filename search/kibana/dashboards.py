"""The dashboards, as tables of rows: a new panel is one more entry in a row."""

import dataclasses
from typing import Final

from search.kibana.colours import FEELINGS
from search.kibana.columns import Measure, Steps, Top
from search.kibana.conditions import EVERYTHING, Between, Condition, Known, is_
from search.kibana.panels import (
    Markdown,
    Panel,
    Saved,
    bars,
    donut,
    number,
    over_time,
    table,
)
from search.vocabulary import Kind, Permission


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side, equally wide."""

    height: int
    panels: tuple[Panel, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Dashboard:
    """One page of Kibana."""

    key: str
    title: str
    description: str
    since: str
    """How far back it looks by the time of publication, until someone chooses otherwise."""
    rows: tuple[Row, ...]
    where: Condition = EVERYTHING
    """What all its panels are about."""


CONTROLS: Final = (("brands", "Brand"), ("source", "Source"), ("language", "Language"))
"""The fields a reader chooses values of above every dashboard, and their headings."""

MENTIONS: Final = Measure("Mentions")
STARS: Final = Measure("Average stars", "average", "rating.stars", decimals=1)
FEELING: Final = tuple(
    Measure(label.capitalize(), where=is_("sentiment.label", label), colour=badge.ground)
    for label, badge in FEELINGS.items()
)
"""Positive, neutral and negative mentions, each in its colour."""
NEGATIVE: Final = FEELING[-1]
STANDING: Final = Steps(
    "Permission",
    tuple((value.replace("_", " "), is_("permission", value)) for value in Permission),
)
GIVEN_STARS: Final = Steps(
    "Stars",
    (
        ("5", Between("rating.stars", at_least=4.5)),
        ("4", Between("rating.stars", at_least=3.5, below=4.5)),
        ("3", Between("rating.stars", at_least=2.5, below=3.5)),
        ("2", Between("rating.stars", at_least=1.5, below=2.5)),
        ("1", Between("rating.stars", below=1.5)),
    ),
)
PRODUCT: Final = "subject.name.keyword"

LISTENING: Final = Dashboard(
    "listening",
    "Listening",
    "How much is said about the brands, where, by whom, and how people feel.",
    "now-30d",
    (
        Row(
            7,
            (
                Markdown(
                    "About",
                    "### Listening\nChoose brands, sources and languages above. A mention "
                    "about two brands counts for both; one without a feeling is *not known*, "
                    "which is not neutral.",
                ),
                number("Mentions", MENTIONS),
                number("Authors", Measure("Authors", "unique_count", "author.name")),
                number("Negative mentions", NEGATIVE),
            ),
        ),
        Row(
            14,
            (
                over_time("Mentions over time by sentiment", *FEELING),
                donut("Sentiment", *FEELING),
            ),
        ),
        Row(
            14,
            (
                over_time(
                    "Share of voice",
                    MENTIONS,
                    by=Top("Brand", "brands"),
                    series="bar_percentage_stacked",
                ),
                bars("Sources", Top("Source", "source"), MENTIONS),
            ),
        ),
        Row(
            14,
            (
                bars("Languages", Top("Language", "language"), MENTIONS),
                bars("Hashtags", Top("Hashtag", "hashtags", 15), MENTIONS),
                bars("What they write for", Top("Intent", "intent.label", 9), MENTIONS),
                bars("Paid, as authors say", Top("Disclosure", "disclosure.level", 5), MENTIONS),
            ),
        ),
        Row(
            16,
            (
                table(
                    "Authors with most mentions",
                    Top("Author", "author.name", 50),
                    MENTIONS,
                    Measure("Likes", "sum", "engagement.likes"),
                    Measure("Followers", "max", "author.followers"),
                ),
            ),
        ),
        Row(
            18,
            (
                Saved("New today", "new-today"),
                Saved("Negative and unanswered", "negative-unanswered"),
            ),
        ),
    ),
)

REVIEWS: Final = Dashboard(
    "reviews",
    "Reviews",
    "What reviewers give, product by product.",
    "now-1y",
    (
        Row(
            7,
            (
                Markdown(
                    "About",
                    "### Reviews\nStars are on the scale 1 to 5, whatever scale the source "
                    "uses. Only reviews are counted here.",
                ),
                number("Average stars", STARS),
                number("Reviews", Measure("Reviews")),
                number("Reviewed products", Measure("Products", "unique_count", PRODUCT)),
            ),
        ),
        Row(
            14,
            (
                over_time("Average stars over time", STARS, series="line"),
                bars("Stars given", GIVEN_STARS, Measure("Reviews")),
            ),
        ),
        Row(
            16,
            (
                table(
                    "Products",
                    Top("Product", PRODUCT, 25),
                    Measure("Reviews"),
                    STARS,
                    Measure("Lowest stars", "min", "rating.stars", decimals=1),
                ),
                table("Makers", Top("Maker", "subject.brand", 25), Measure("Reviews"), STARS),
            ),
        ),
        Row(
            14,
            (
                over_time("Reviews over time by sentiment", *FEELING),
                bars("Most criticised products", Top("Product", PRODUCT), *reversed(FEELING)),
            ),
        ),
        Row(18, (Saved("Reviews without a known answer", "reviews-unanswered"),)),
    ),
    where=is_("kind", Kind.REVIEW),
)

RIGHTS: Final = Dashboard(
    "rights",
    "Rights",
    "Whom we have asked for permission, who has answered, and which licences sources state.",
    "now-10y",
    (
        Row(
            7,
            (
                Markdown(
                    "About",
                    "### Rights\nA licence stated by a source is a suggestion, never a "
                    "permission. Reuse only what is *granted*.",
                ),
                number("Granted", Measure("Granted", where=is_("permission", Permission.GRANTED))),
                number(
                    "Waiting", Measure("Waiting", where=is_("permission", Permission.REQUESTED))
                ),
                number("Stated licences", Measure("Mentions", where=Known("licence.id"))),
            ),
        ),
        Row(
            14,
            (
                bars("Permissions", STANDING, MENTIONS),
                bars("Permissions by source", Top("Source", "source"), MENTIONS, by=STANDING),
            ),
        ),
        Row(
            14,
            (
                bars(
                    "Licences stated by sources",
                    Top("Licence", "licence.id"),
                    MENTIONS,
                    by=Top("Confidence", "licence.confidence", 2),
                ),
                donut(
                    "Media of granted mentions",
                    MENTIONS,
                    by=Top("Kind", "media.kind", 3),
                    where=is_("permission", Permission.GRANTED),
                ),
            ),
        ),
        Row(18, (Saved("Waiting for an answer", "waiting"),)),
        Row(18, (Saved("To request", "to-request"), Saved("Reusable now", "reusable-now"))),
    ),
)

DASHBOARDS: Final = (LISTENING, REVIEWS, RIGHTS)
