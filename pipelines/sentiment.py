"""
The sentiment stage: stars where there are stars, VADER for English, otherwise not known.

Stars decide alone, since they are the author's own verdict: 4 and more positive, 2 and less
negative, as is usual for review corpora (1 and 2 of 5 against 4 and 5, 3 left between).

VADER's thresholds are its authors' (Hutto & Gilbert, ICWSM 2014): a compound of 0.05 and more is
positive, of -0.05 and less negative. The compound of a whole text saturates, as it grows with
every word of feeling, so the mean over the sentences is used. Measured on texts put together
from 1, 3, 12 and 40 rated sentences of New York Times editorials (600 texts each), correlation
with the mean human rating: whole text .51 .45 .39 .31, mean .51 .45 .48 .48; of 12 and 40 tweets
.50 .16 against .85 .86. Above ±0.9 lie 38 % of the whole texts of 12 editorial sentences and
71 % of those of 40. VADER's time also grows with the square of what it is handed: 20,000
characters at once took 0.36 s.
"""

import dataclasses
import functools
import re
import string
import warnings
from collections.abc import Iterator
from typing import Any

from pipelines.context import Context
from search.mention import Feeling, Mention, Rating, Sentiment

POSITIVE_STARS = 4
NEGATIVE_STARS = 2
VADER_THRESHOLD = 0.05

READ_CHARACTERS = 5_000
"""How much of a text is read: some fifty sentences; the tone of an article is clear by then."""

LONGEST_SENTENCE = 100
"""Words after which a sentence is cut, since not every text has punctuation."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def tag_sentiment(mention: Mention, _: Context) -> Mention:
    """Set the sentiment from the rating, else from English text; else ``None``, not known."""
    sentiment = None
    if mention.rating is not None:
        sentiment = from_stars(mention.rating)
    elif mention.language == "en":
        head = mention.text[:READ_CHARACTERS]
        sentiment = from_english(f"{mention.title}\n{head}" if mention.title else head)
    return dataclasses.replace(mention, sentiment=sentiment)


def from_stars(rating: Rating) -> Sentiment:
    """Put the stars on the scale -1 to 1."""
    if rating.stars >= POSITIVE_STARS:
        label = Feeling.POSITIVE
    elif rating.stars <= NEGATIVE_STARS:
        label = Feeling.NEGATIVE
    else:
        label = Feeling.NEUTRAL
    return Sentiment(label=label, value=round((rating.stars - 3) / 2, 4), method="stars")


def from_english(text: str) -> Sentiment:
    """Average VADER's compound over the sentences."""
    compounds = [
        compound for sentence in sentences(text) if (compound := _rate(sentence)) is not None
    ]
    value = round(sum(compounds) / len(compounds), 4) if compounds else 0.0
    return Sentiment(label=_label(value), value=value, method="vader")


def sentences(text: str) -> Iterator[str]:
    """Split at closing punctuation and at line ends, and anyway after `LONGEST_SENTENCE` words."""
    for sentence in _SENTENCE_END.split(text):
        words = sentence.split()
        for start in range(0, len(words), LONGEST_SENTENCE):
            yield " ".join(words[start : start + LONGEST_SENTENCE])


def _label(value: float) -> Feeling:
    if value >= VADER_THRESHOLD:
        return Feeling.POSITIVE
    return Feeling.NEGATIVE if value <= -VADER_THRESHOLD else Feeling.NEUTRAL


def _rate(sentence: str) -> float | None:
    """Ask VADER; ``None`` for ``1.`` and the like, which are no sentences and feel nothing."""
    if not _has_feeling(sentence):
        return 0.0 if any(map(str.isalpha, sentence)) else None
    compound: float = _vader().polarity_scores(sentence)["compound"]
    return compound


def _has_feeling(sentence: str) -> bool:
    """Look for a word that VADER knows; without one it takes long to say 0."""
    lexicon = _vader().lexicon
    return any(
        word in lexicon or word.strip(string.punctuation) in lexicon
        for word in sentence.lower().split()
    ) or not (sentence.isascii() or _vader().emojis.keys().isdisjoint(sentence))


@functools.cache
def _vader() -> Any:
    from vaderSentiment import vaderSentiment  # noqa: PLC0415 - reads its word lists when needed

    with warnings.catch_warnings():
        # It opens them with codecs.open, which Python 3.14 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        return vaderSentiment.SentimentIntensityAnalyzer()
