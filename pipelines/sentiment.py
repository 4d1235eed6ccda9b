"""
The sentiment stage: stars where there are stars, then words or emoji, otherwise not known.

Stars decide alone, since they are the author's own verdict: 4 and more positive, 2 and less
negative, as is usual for review corpora (1 and 2 of 5 against 4 and 5, 3 left between). What the
text says is kept beside them, and a contradiction is marked.

Of a text without stars the words decide (`feelings.scoring`), in the languages that have a list.
It takes more to be called positive (`POSITIVE`) than negative (`NEGATIVE`): friendly words are
cheap. A text of fewer than `FEWEST_WORDS` words in which nothing was found is *not known*; a
longer one is neutral. A text in any other language, or in none that is known, is read by its emoji
and emoticons alone. They must say clearly which (`CLEAR`), or it is not known: without the words
nobody can tell that a text is neutral. How often all that is right stands in docs/accuracy.md.
"""

import dataclasses
import re
from typing import Final

from pipelines.context import Context
from pipelines.feelings.lexicons import LANGUAGES, VERSION, lexicon, signs
from pipelines.feelings.scoring import Score, score
from pipelines.hashtags import without_addresses
from search.mention import Feeling, Mention, Rating, Sentiment

POSITIVE_STARS: Final = 4
NEGATIVE_STARS: Final = 2
POSITIVE: Final = 0.3
NEGATIVE: Final = -0.1
CLEAR: Final = 0.3
"""How far emoji alone must go: a thinking face is not yet a complaint."""

CONFLICT: Final = 0.5
"""How far the words must go against the stars, or what they say is no contradiction."""

FEWEST_WORDS: Final = 3

READ_CHARACTERS: Final = 5_000
"""How much of a text is read: some fifty sentences; the tone of an article is clear by then."""

_HANDLE: Final = re.compile(r"(?<!\w)@[\w.\-]+")
"""What somebody is called says nothing, not even ``@happy_customer``."""


def tag_sentiment(mention: Mention, _: Context) -> Mention:
    """Set the sentiment from the rating, else from the text; else ``None``, not known."""
    head = mention.text[:READ_CHARACTERS]
    text = f"{mention.title}\n{head}" if mention.title else head
    sentiment = from_text(text, mention.language)
    if mention.rating is not None:
        sentiment = from_stars(mention.rating, sentiment)
    return dataclasses.replace(mention, sentiment=sentiment)


def from_stars(rating: Rating, said: Sentiment | None = None) -> Sentiment:
    """Put the stars on the scale -1 to 1; what the text has ``said`` decides nothing."""
    if rating.stars >= POSITIVE_STARS:
        label = Feeling.POSITIVE
    elif rating.stars <= NEGATIVE_STARS:
        label = Feeling.NEGATIVE
    else:
        label = Feeling.NEUTRAL
    value = round((rating.stars - 3) / 2, 4)
    if said is None:
        return Sentiment(label=label, value=value, method="stars")
    return Sentiment(
        label=label,
        value=value,
        method="stars",
        text_value=said.value,
        conflict=value * said.value < 0 and min(abs(value), abs(said.value)) >= CONFLICT,
    )


def from_text(text: str, language: str | None) -> Sentiment | None:
    """Rate a text by its words, without a list by its emoji; ``None`` when that says nothing."""
    text = _HANDLE.sub(" ", without_addresses(text))
    if language not in LANGUAGES:
        found = score(text, signs())
        return _said(found, f"emoji/{VERSION}") if abs(found.value) >= CLEAR else None
    found = score(text, lexicon(language))
    if not found.hits and len(text.split()) < FEWEST_WORDS:
        return None
    return _said(found, f"words-{language}/{VERSION}")


def _said(found: Score, method: str) -> Sentiment:
    return Sentiment(label=_label(found), value=found.value, method=method, text_value=found.value)


def _label(found: Score) -> Feeling:
    if found.value >= POSITIVE:
        return Feeling.POSITIVE
    return Feeling.NEGATIVE if found.value <= NEGATIVE else Feeling.NEUTRAL
