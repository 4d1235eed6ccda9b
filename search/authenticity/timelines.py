"""The reviews of each day by brand and product, and the bursts among them."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from search.authenticity.bursts import CHANCE, Burst, find_bursts
from search.authenticity.finding import MOST_NAMED, Finding, text_of
from search.authenticity.wording import HARMLESS
from search.mention import Kind, Mention
from search.words import fold_value

_SMALLEST: Final = 1e-99


class _Key(NamedTuple):
    """Whose reviews are counted: a brand's or a product's."""

    kind: str
    name: str


class Timelines:
    """Reviews as they pass by, day by day; the same text by the same author counts once."""

    def __init__(self) -> None:
        self._days: defaultdict[_Key, defaultdict[dt.date, list[str]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._labels: dict[_Key, str] = {}
        self._seen: set[tuple[str, str]] = set()
        self._last_day = dt.date.min

    def add(self, mention: Mention) -> None:
        """Count a review for each of its brands, and for its product."""
        if mention.kind is not Kind.REVIEW or mention.published_at is None:
            return
        day = mention.published_at.date()
        self._last_day = max(self._last_day, day)
        author = fold_value(mention.author.name) if mention.author else mention.id
        if (author, text_of(mention)) in self._seen:
            return
        self._seen.add((author, text_of(mention)))
        for key, label in _keys(mention):
            self._days[key][day].append(mention.id)
            self._labels.setdefault(key, label)

    def findings(self, limit: int, *, read_behind: dt.date | None) -> Iterator[Finding]:
        """Tell of the least likely bursts behind the day of which only a part was read."""
        last_day = min(self._last_day, dt.datetime.now(dt.UTC).date())
        found = []
        for key, days in self._days.items():
            counts = {
                day: len(ids)
                for day, ids in days.items()
                if read_behind is None or day > read_behind
            }
            found += [(key, burst) for burst in find_bursts(counts, last_day)]
        found.sort(key=lambda each: (each[1].chance, each[0], each[1].first_day))
        for key, burst in found[:limit]:
            yield self._tell(key, burst)

    def _tell(self, key: _Key, burst: Burst) -> Finding:
        days = f"{burst.first_day}"
        if burst.last_day != burst.first_day:
            days = f"{burst.first_day} to {burst.last_day}"
        usual = f"{burst.usual:g} a day are usual in the {burst.days_around} days around"
        chance = max(burst.chance, _SMALLEST)
        ids = [
            name
            for day, names in sorted(self._days[key].items())
            if burst.first_day <= day <= burst.last_day
            for name in names
        ]
        return Finding(
            kind="burst",
            about=f"{key.kind} {self._labels[key]}",
            counted=f"{burst.reviews:,} reviews on {days}, where {usual}; "
            f"by chance less than once in {1 / CHANCE:,.0f} days",
            harmless=HARMLESS["burst"],
            numbers={
                "first_day": str(burst.first_day),
                "last_day": str(burst.last_day),
                "reviews": burst.reviews,
                "usual_per_day": burst.usual,
                "days_around": burst.days_around,
                "chance": float(f"{chance:.2g}"),
            },
            mentions=tuple(ids[:MOST_NAMED]),
        )


def _keys(mention: Mention) -> Iterator[tuple[_Key, str]]:
    brands = Counter(mention.brands)
    for brand in brands:
        yield _Key("brand", brand), brand
    if mention.subject is not None:
        subject = mention.subject
        name = subject.url or subject.id or fold_value(subject.name)
        yield _Key("product", name), subject.name
