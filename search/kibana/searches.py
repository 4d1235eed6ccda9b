"""The saved searches: one entry each, found in Discover and on the dashboards."""

import dataclasses
from typing import Final, Literal

from search.kibana.conditions import Between, Condition, Known, Not, both, is_
from search.vocabulary import Feeling, Kind, Permission


@dataclasses.dataclass(frozen=True, slots=True)
class Search:
    """A list of mentions."""

    key: str
    title: str
    description: str
    where: Condition
    columns: tuple[str, ...]
    sort: tuple[str, Literal["asc", "desc"]]
    since: str = "now-1y"
    """How far back it looks by the time of publication."""


SEARCHES: Final = (
    Search(
        "new-today",
        "New today",
        "Mentions first kept since midnight, the newest first.",
        Between("first_seen_at", at_least="now/d"),
        ("brands", "source", "author.name", "text", "sentiment.label", "url"),
        ("first_seen_at", "desc"),
        since="now-10y",
    ),
    Search(
        "negative-unanswered",
        "Negative and unanswered",
        "Negative mentions of which the source says that nobody has answered.",
        both(is_("sentiment.label", Feeling.NEGATIVE), is_("engagement.replies", 0)),
        ("brands", "source", "author.name", "author.followers", "text", "url"),
        ("published_at", "desc"),
    ),
    Search(
        "reviews-unanswered",
        "Reviews without a known answer",
        "Reviews to which the source shows no answer, the worst first.",
        both(is_("kind", Kind.REVIEW), Not(Between("engagement.replies", at_least=1))),
        ("rating.stars", "subject.name", "author.name", "text", "url"),
        ("rating.stars", "asc"),
    ),
    Search(
        "reusable-now",
        "Reusable now",
        "Mentions whose author has granted permission.",
        is_("permission", Permission.GRANTED),
        ("author.name", "text", "media.kind", "media.url", "licence.id", "url"),
        ("published_at", "desc"),
        since="now-10y",
    ),
    Search(
        "to-request",
        "To request",
        "Positive mentions with media whose author has not been asked, the best liked first.",
        both(
            is_("permission", Permission.NOT_REQUESTED),
            is_("sentiment.label", Feeling.POSITIVE),
            Known("media.kind"),
        ),
        ("author.name", "text", "media.kind", "media.url", "engagement.likes", "url"),
        ("engagement.likes", "desc"),
    ),
    Search(
        "waiting",
        "Waiting for an answer",
        "Authors who have been asked and have not answered, the longest known mention first.",
        is_("permission", Permission.REQUESTED),
        ("first_seen_at", "author.name", "source", "text", "url"),
        ("first_seen_at", "asc"),
        since="now-10y",
    ),
)
