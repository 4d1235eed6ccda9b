"""
The sentiment stage: stars where there are stars, else a model, words or emoji, else not known.

Stars decide alone, since they are the author's own verdict: 4 and more positive, 2 and less
negative, as is usual for review corpora (1 and 2 of 5 against 4 and 5, 3 left between). What the
text says is kept beside them, and a contradiction is marked.

Of a text without stars a linear model decides where there is one for its language and kind of text
(`feelings.learned`): those shipped judge reviews in en and nb, `sayso train` makes others. A model
is *unsure*, without a label, where none is clearly the likeliest.

Otherwise the words decide (`feelings.scoring`), in the languages that have a list. It takes more
to be called positive (`POSITIVE`) than negative (`NEGATIVE`): friendly words are cheap. A text of
fewer than `FEWEST_WORDS` words in which nothing was found is *not known*; a longer one is neutral.
A text in any other language, or in none that is known, is read by its emoji and emoticons alone.
They must say clearly which (`CLEAR`), or it is not known: without the words nobody can tell that a
text is neutral. How often all that is right stands in docs/accuracy.md. A transformer of the
user's own may say otherwise afterwards (`pipelines/transformers`).
"""

import dataclasses
import re
from typing import Final

from pipelines.context import Context
from pipelines.feelings.learned import SHIPPED_ONLY, Judge, Learned
from pipelines.feelings.lexicons import LANGUAGES, VERSION, lexicon, signs
from pipelines.feelings.scoring import Score, score
from pipelines.hashtags import without_addresses
from search.mention import Feeling, Kind, Mention, Rating, Sentiment

POSITIVE_STARS: Final = 4
NEGATIVE_STARS: Final = 2
POSITIVE: Final = 0.3
NEGATIVE: Final = -0.1
CLEAR: Final = 0.3
"""How far emoji alone must go: a thinking face is not yet a complaint."""

CONFLICT: Final = 0.5
"""How far the text must go against the stars, or what it says is no contradiction."""

SURE: Final = 1.2
"""How many times as likely as by chance the likeliest label of a model must be."""

FEWEST_WORDS: Final = 3

READ_CHARACTERS: Final = 5_000
"""How much of a text is read: some fifty sentences; the tone of an article is clear by then."""

_HANDLE: Final = re.compile(r"(?<!\w)@[\w.\-]+")
"""What somebody is called says nothing, not even ``@happy_customer``."""


def tag_sentiment(mention: Mention, context: Context) -> Mention:
    """Set the sentiment from the rating, else from the text; else ``None``, not known."""
    text = readable_text(mention)
    sentiment = from_text(text, mention.language, kind=mention.kind, learned=context.learned)
    if mention.rating is not None:
        sentiment = from_stars(mention.rating, sentiment)
    return dataclasses.replace(mention, sentiment=sentiment, second_opinion=None)


def readable_text(mention: Mention) -> str:
    """Return what is read of a mention: its title, and the beginning of its text."""
    head = mention.text[:READ_CHARACTERS]
    return f"{mention.title}\n{head}" if mention.title else head


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


def from_text(
    text: str,
    language: str | None,
    *,
    kind: Kind = Kind.POST,
    learned: Learned = SHIPPED_ONLY,
) -> Sentiment | None:
    """Rate a text; ``None`` when it says nothing, or is in a language that cannot be read."""
    text = own_words(text)
    judge = learned.find(language, kind_of_text(kind))
    if judge is not None and len(text.split()) >= FEWEST_WORDS:
        return _by_model(text, judge)
    return _by_words(text, language)


def own_words(text: str) -> str:
    """Return what a text says itself, without addresses and names of accounts."""
    return _HANDLE.sub(" ", without_addresses(text))


def kind_of_text(kind: Kind) -> str:
    """Name what is written alike: a model that learnt from reviews judges no posts."""
    return "review" if kind is Kind.REVIEW else "post"


def _by_model(text: str, judge: Judge) -> Sentiment:
    """Take the likeliest label, if it is clearly likelier than chance."""
    shares = judge.model.probabilities(text)
    label, share = max(shares.items(), key=lambda pair: pair[1])
    value = round(shares.get(Feeling.POSITIVE, 0.0) - shares.get(Feeling.NEGATIVE, 0.0), 4)
    is_sure = share * len(shares) >= SURE
    return Sentiment(
        label=Feeling(label) if is_sure else None,
        value=value,
        method=judge.name,
        text_value=value,
    )


def _by_words(text: str, language: str | None) -> Sentiment | None:
    if language not in LANGUAGES:
        found = score(text, signs())
        return _said(found, f"emoji/{VERSION}") if abs(found.value) >= CLEAR else None
    found = score(text, lexicon(language))
    if not found.hits and len(text.split()) < FEWEST_WORDS:
        return None
    return _said(found, f"words-{language}/{VERSION}")


def _said(found: Score, method: str) -> Sentiment:
    value = found.value
    return Sentiment(label=label_of(value), value=value, method=method, text_value=value)


def label_of(value: float) -> Feeling:
    """Name what the words of a text come to."""
    if value >= POSITIVE:
        return Feeling.POSITIVE
    return Feeling.NEGATIVE if value <= NEGATIVE else Feeling.NEUTRAL
