"""Any mention at all, as hypothesis invents it: what foreign sources may send."""

import datetime as dt
import math

from hypothesis import strategies as st

from search.mention import (
    Author,
    Confidence,
    Engagement,
    Feeling,
    Kind,
    Licence,
    Media,
    MediaKind,
    Mention,
    Rating,
    Sentiment,
    Subject,
)

WORDS = st.sampled_from(
    ["coffee", "Storm", "åäö", "A\u030a", "咖啡", "☕", "&", "\x00", "  ", "\n", "x"]
)
TEXT = st.one_of(
    st.lists(WORDS, max_size=6).map(" ".join), st.text(st.characters(exclude_categories=["Cs"]))
)
INSTANTS = st.datetimes(
    dt.datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis makes it aware
    dt.datetime(9999, 12, 30),  # noqa: DTZ001 - likewise
    timezones=st.just(dt.UTC),
)
NUMBERS = st.floats(allow_nan=False)
COUNTS = st.one_of(st.integers(-3, 3), st.integers(-(2**62), 2**62))


@st.composite
def ratings(draw: st.DrawFn) -> Rating:
    """Invent a rating on any scale."""
    worst, value, best = sorted(draw(st.lists(NUMBERS, min_size=3, max_size=3, unique=True)))
    return Rating(stars=draw(NUMBERS), value=value, worst=worst, best=best)


AUTHORS = st.builds(
    Author,
    name=TEXT,
    id=st.none() | TEXT,
    display_name=st.none() | TEXT,
    url=st.none() | TEXT,
    followers=st.none() | COUNTS,
    reviews=st.none() | COUNTS,
    automated=st.none() | st.booleans(),
)
ENGAGEMENTS = st.builds(
    Engagement,
    likes=st.none() | COUNTS,
    replies=st.none() | COUNTS,
    reposts=st.none() | COUNTS,
    views=st.none() | COUNTS,
)
LICENCES = st.builds(
    Licence,
    id=st.none() | TEXT,
    raw=TEXT,
    found_in=TEXT,
    url=st.none() | TEXT,
    confidence=st.sampled_from(Confidence),
)
SUBJECTS = st.builds(
    Subject,
    name=TEXT,
    url=st.none() | TEXT,
    id=st.none() | TEXT,
    brand=st.none() | TEXT,
    rating_average=st.none() | NUMBERS | st.just(math.inf),
    rating_count=st.none() | COUNTS,
)
MEDIA = st.builds(
    Media,
    url=TEXT,
    kind=st.sampled_from(MediaKind),
    description=st.none() | TEXT,
    licence=st.none() | LICENCES,
)
SENTIMENTS = st.builds(Sentiment, label=st.sampled_from(Feeling), value=NUMBERS, method=TEXT)


def several(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Invent a tuple of values."""
    return st.lists(values, max_size=3).map(tuple)


MENTIONS = st.builds(
    Mention,
    source=TEXT,
    source_id=TEXT,
    url=TEXT,
    text=TEXT,
    kind=st.sampled_from(Kind),
    title=st.none() | TEXT,
    site=st.none() | TEXT,
    published_at=st.none() | INSTANTS,
    edited_at=st.none() | INSTANTS,
    harvested_at=st.none() | INSTANTS,
    author=st.none() | AUTHORS,
    engagement=ENGAGEMENTS,
    rating=st.none() | ratings(),
    subject=st.none() | SUBJECTS,
    media=st.lists(MEDIA, max_size=2).map(tuple),
    hashtags=several(TEXT),
    handles=several(TEXT),
    links=several(TEXT),
    reply_to=st.none() | TEXT,
    declared_language=st.none() | TEXT,
    licence=st.none() | LICENCES,
    brands=several(TEXT),
    language=st.none() | st.sampled_from(["en", "sv", "nl", "und", "xx"]),
    sentiment=st.none() | SENTIMENTS,
)
"""Mentions with nothing but encodable text and numbers, and all the oddities allowed there."""
