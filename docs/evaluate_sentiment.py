"""The part of docs/accuracy.md on how texts feel, as a whole and towards each brand."""
# ruff: noqa: RUF001 - intervals have en dashes

import functools
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from vaderSentiment import vaderSentiment

from docs.labelled_sets import DOCS, read
from pipelines.context import Context
from pipelines.feelings.learned import shipped, shipped_names
from pipelines.feelings.measuring import interval, share
from pipelines.sentiment import from_text
from pipelines.towards.stage import tag_towards
from search.matcher import Matcher
from search.mention import Feeling, Kind, Mention
from search.parsing import parse
from search.vocabulary import UNKNOWN

POSTS = (
    ("en", "umsab"), ("en", "tweeteval_sentiment"), ("sv", "swe_twitter"), ("sv", "swe_emoji"),
    ("nl", "nl_political_tweets"), ("fr", "umsab"), ("de", "umsab"), ("da", "da_social"),
    ("da", "da_lcc"), ("nb", "norec_sentence"), ("es", "umsab"),
)  # fmt: skip
REVIEWS = (
    ("en", "uci_sentences"), ("en", "rt_polarity"), ("sv", "swe_reviews"), ("nl", "nl_bol_books"),
    ("fr", "fr_amazon_books"), ("de", "de_amazon_books"), ("de", "umsab"), ("da", "da_social"),
    ("da", "da_lcc"), ("nb", "norec_sentence"), ("es", "umsab"), ("es", "semeval16_rest"),
)  # fmt: skip
UNSEEN = ("semeval16_rest", "scandisent_mt_from_sv")
UNREAD = (("it", "umsab"), ("pt", "umsab"), ("sv", "swe_emoji"))


def posts(folder: Path) -> Iterator[str]:
    """Write how well posts without stars are judged."""
    yield from ("", "## Sentiment of posts", "")
    yield "Macro-F1 of negative, neutral and positive; what is *not known* counts as neutral."
    yield ""
    yield "| Language | Set | n | Sayso | vaderSentiment |"
    yield "|---|---|---|---|---|"
    for language, name in POSTS:
        yield _compared(folder, name, language, {"neg", "neu", "pos"}, three, vader_label)


def reviews(folder: Path) -> Iterator[str]:
    """Write how well words judge reviews."""
    yield from ("", "## Sentiment of reviews", "")
    yield "By words: macro-F1 of negative against positive by the sign of the value; 0 is wrong."
    yield "Where a review has stars, they decide, and none of this matters. Sets of posts stand"
    yield "here, too, where there is no set of reviews: without their neutral texts."
    yield ""
    yield "| Language | Set | n | Sayso | vaderSentiment |"
    yield "|---|---|---|---|---|"
    for language, name in REVIEWS:
        yield _compared(folder, name, language, {"neg", "pos"}, sign_of, vader_sign)


def models(folder: Path) -> Iterator[str]:
    """Write how well the shipped models judge reviews."""
    yield from ("", "## Models of reviews", "")
    yield "The models that Sayso ships judge reviews without stars. *Five folds*: each fifth of"
    yield "a set was judged by a model of the rest of it and of other sets. From the other sets"
    yield "here no text was learnt; they are of other kinds, the last is machine-translated. In en"
    yield "it is macro-F1 of negative against positive, in nb of three labels. What models look at"
    yield "was chosen on the sets with folds, by the same measure: those two flatter a little."
    yield ""
    yield "| Model | Set | n | Macro-F1 | By words |"
    yield "|---|---|---|---|---|"
    for name in shipped_names():
        judge = shipped(name)
        about = judge.model.manifest if judge is not None else {}
        measured = f"{about['measured_texts']:,} | {about['interval']} | –"
        yield f"| {name} | `{about['measured_on']}` | {measured} |"
    for name in UNSEEN:
        rows = [row for row in read(folder, name) if row.language == "en" and row.label != "neu"]
        gold = [row.label for row in rows]
        judged = interval(gold, [sign_of(row.text, "en", Kind.REVIEW) for row in rows])
        by_words = interval(gold, [sign_of(row.text, "en") for row in rows])
        yield f"| en-review | `{name}` | {len(rows):,} | {judged} | {by_words} |"


def emoji(folder: Path) -> Iterator[str]:
    """Write what emoji say where words cannot be read."""
    yield from ("", "## Sentiment by emoji alone", "")
    yield "As if the language had no list: positive or negative by emoji, or else *not known*."
    yield ""
    yield "| Language | Set | n | Get a sentiment | Of those right |"
    yield "|---|---|---|---|---|"
    for language, name in UNREAD:
        rows = [row for row in read(folder, name) if row.language == language]
        told = [(row.label, from_text(row.text, UNKNOWN)) for row in rows]
        said = [gold == found.label[:3] for gold, found in told if found is not None]
        shares = f"{share(len(said), len(rows))} | {share(sum(said), len(said))}"
        yield f"| {language} | `{name}` | {len(rows):,} | {shares} |"


def _compared(  # noqa: PLR0913, PLR0917 - a set, what of it, and who judges it
    folder: Path,
    name: str,
    language: str,
    labels: AbstractSet[str],
    ours: Callable[[str, str], str],
    theirs: Callable[[str], str],
) -> str:
    """Write the row of a set; VADER knows only English."""
    rows = [row for row in read(folder, name) if row.language == language and row.label in labels]
    gold = [row.label for row in rows]
    own = interval(gold, [ours(row.text, language) for row in rows])
    other = interval(gold, [theirs(row.text) for row in rows]) if language == "en" else "–"
    return f"| {language} | `{name}` | {len(rows):,} | {own} | {other} |"


def towards() -> Iterator[str]:
    """Write how well it is told of which brand a text speaks how."""
    yield from ("", "## Towards each brand", "")
    yield "How a text speaks of each brand that it names (`tests/towards/cases.tsv`, written by"
    yield "somebody who had not seen the rules): every second line was looked at while they were"
    yield "made, the others were not. *As the whole*: if each brand got the sentiment of the text."
    yield "*Opposite*: praise for blame or blame for praise."
    yield ""
    yield "| Language | Lines | Judgements | Right | Opposite | As the whole | Opposite |"
    yield "|---|---|---|---|---|---|---|"
    lines = (DOCS.parent / "tests/towards/cases.tsv").read_text("utf-8").splitlines()
    for language in ("en", "sv", "nl"):
        for seen, some in (("seen", lines[::2]), ("unseen", lines[1::2])):
            rows = [line.split("\t") for line in some if line.startswith(language)]
            pairs = [pair for _, gold, text in rows for pair in spoken_of(text, language, gold)]
            cells = [f"| {language} | {seen} | {len(pairs)} |"]
            for place in (1, 2):
                right = sum(pair[0] == pair[place] for pair in pairs)
                wrong = sum({pair[0], pair[place]} == {"positive", "negative"} for pair in pairs)
                cells.append(f" {share(right, len(pairs))} | {share(wrong, len(pairs))} |")
            yield "".join(cells)


def spoken_of(text: str, language: str, gold: str) -> Iterator[tuple[str, str, str]]:
    """Return for each brand what a person, the stage, and the sentiment of the whole say."""
    known = dict(each.replace("_", " ").split("=") for each in gold.split())
    queries = {brand: parse(f'"{brand}"') for brand in known}
    context = Context(matcher=Matcher(queries))
    mention = Mention(
        source="set", source_id="1", url="", text=text, language=language, brands=tuple(known)
    )
    found = tag_towards(mention, context).towards
    whole = from_text(text, language)
    as_whole = whole.label if whole is not None and whole.label else Feeling.NEUTRAL
    for brand, label in known.items():
        told = next(each for each in Feeling if found and brand in getattr(found, each))
        yield label, told, as_whole


def three(text: str, language: str) -> str:
    """Return our label as the sets write it."""
    found = from_text(text, language)
    return (Feeling.NEUTRAL if found is None else found.label)[:3]


def sign_of(text: str, language: str, kind: Kind = Kind.POST) -> str:
    """Return the sign of what a text says; what is not known has none."""
    found = from_text(text, language, kind=kind)
    return sign(0.0 if found is None else found.value)


def sign(value: float) -> str:
    """Turn a value into one of two labels; 0 is neither."""
    return "pos" if value > 0 else "neg" if value < 0 else "neu"


def vader_label(text: str) -> str:
    """Return VADER's label with its authors' thresholds."""
    compound = _vader().polarity_scores(text)["compound"]
    return "pos" if compound >= 0.05 else "neg" if compound <= -0.05 else "neu"


def vader_sign(text: str) -> str:
    """Return the sign of VADER's value."""
    return sign(float(_vader().polarity_scores(text)["compound"]))


@functools.cache
def _vader() -> vaderSentiment.SentimentIntensityAnalyzer:
    return vaderSentiment.SentimentIntensityAnalyzer()
