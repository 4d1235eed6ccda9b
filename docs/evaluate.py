"""
Measure the tags on labelled texts and write docs/accuracy.md: ``make eval SETS=FOLDER``.

The folder holds one folder for each set, with files of tab-separated text, label (neg, neu, pos,
or a length for languages) and lang; by default ``../shared/sentiment``. Other people's words are
not part of this repository. Intervals are 95 %: Wilson's for shares, of 500 bootstrap samples for
macro-F1.
"""
# ruff: noqa: RUF001 - intervals have en dashes

import csv
import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

from vaderSentiment import vaderSentiment

from pipelines.context import Context
from pipelines.copies.judging import is_copy
from pipelines.feelings.learned import shipped, shipped_names
from pipelines.feelings.measuring import interval, share
from pipelines.intent import tag_intent
from pipelines.language import detect
from pipelines.sentiment import from_text, tag_sentiment
from search.config import DEFAULT_LANGUAGES
from search.likeness import Likeness
from search.mention import Feeling, Kind, Mention
from search.vocabulary import UNKNOWN
from tests.copies.edits import COPIES, OTHERS, Text, articles, bases

DOCS = Path(__file__).parent
SETS = DOCS.parent.parent / "shared" / "sentiment"

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
SIX = ("en", "sv", "nl", "de", "da", "nb")


class Row(NamedTuple):
    """One labelled text."""

    text: str
    label: str
    language: str


def main() -> None:
    """Measure and write."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SETS
    if not folder.is_dir():
        sys.exit(f"{folder}: there is no such folder of labelled texts")
    (DOCS / "accuracy.md").write_text("\n".join(page(folder)) + "\n", "utf-8")


def page(folder: Path) -> Iterator[str]:
    """Write the page line by line; a set that is not there is left out."""
    yield "<!-- Written by docs/evaluate.py (`make eval`) from labelled texts kept elsewhere. -->"
    yield ""
    yield "# Accuracy"
    yield ""
    yield "How often the tags are what people said, on texts that people labelled, with n and 95 %"
    yield "intervals. Expect less on texts of another kind: across domains sentiment loses 10 to"
    yield "25 points; people agree on posts only moderately (Krippendorff's alpha .56 on"
    yield "`swe_emoji`, kappa .56 on `nl_political_tweets`). The sets are not quite unseen:"
    yield "thresholds, and which everyday words have no feeling, were chosen with an eye on them."
    yield from _languages(folder)
    yield from _posts(folder)
    yield from _reviews(folder)
    yield from _models(folder)
    yield from _emoji(folder)
    yield from _intent()
    yield from _copies()
    yield from _rest()


def _languages(folder: Path) -> Iterator[str]:
    yield from ("", "## Language", "")
    yield "`lid_social`, short posts and review sentences, nine languages configured."
    yield ""
    yield "| Characters | Languages | n | Get a language | Of those right |"
    yield "|---|---|---|---|---|"
    rows = read(folder, "lid_social")
    for length in ("<40", "40-140"):
        for languages in (SIX, *((each,) for each in SIX)):
            some = [row for row in rows if row.label == length and row.language in languages]
            told = [(row.language, detect(row.text, DEFAULT_LANGUAGES)) for row in some]
            answered = [pair for pair in told if pair[1] != UNKNOWN]
            right = sum(gold == found for gold, found in answered)
            shares = f"{share(len(answered), len(some))} | {share(right, len(answered))}"
            yield f"| {length} | {', '.join(languages)} | {len(some):,} | {shares} |"


def _posts(folder: Path) -> Iterator[str]:
    yield from ("", "## Sentiment of posts", "")
    yield "Macro-F1 of negative, neutral and positive; what is *not known* counts as neutral."
    yield ""
    yield "| Language | Set | n | Sayso | vaderSentiment |"
    yield "|---|---|---|---|---|"
    for language, name in POSTS:
        yield _compared(folder, name, language, {"neg", "neu", "pos"}, three, vader_label)


def _reviews(folder: Path) -> Iterator[str]:
    yield from ("", "## Sentiment of reviews", "")
    yield "By words: macro-F1 of negative against positive by the sign of the value; 0 is wrong."
    yield "Where a review has stars, they decide, and none of this matters. Sets of posts stand"
    yield "here, too, where there is no set of reviews: without their neutral texts."
    yield ""
    yield "| Language | Set | n | Sayso | vaderSentiment |"
    yield "|---|---|---|---|---|"
    for language, name in REVIEWS:
        yield _compared(folder, name, language, {"neg", "pos"}, sign_of, vader_sign)


def _models(folder: Path) -> Iterator[str]:
    yield from ("", "## Models of reviews", "")
    yield "The models that Sayso ships judge reviews without stars. *Five folds*: each fifth of"
    yield "a set was judged by a model of the rest of it and of other sets. From the other sets"
    yield "here no text was learnt; they are of other kinds, the last is machine-translated. In en"
    yield "it is macro-F1 of negative against positive, in nb of three labels."
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


def _emoji(folder: Path) -> Iterator[str]:
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


def _intent() -> Iterator[str]:
    yield from ("", "## Intent", "")
    yield "What an author writes for, on posts written for this (`tests/intent/held_out.tsv`) by"
    yield "somebody who had not seen the terms and was asked to avoid stock phrases. Where nothing"
    yield "is found, it is *not known*."
    yield ""
    yield "| Language | n | Get an intent | Of those right |"
    yield "|---|---|---|---|"
    lines = (DOCS.parent / "tests/intent/held_out.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    for language in ("en", "sv", "nl"):
        pairs = [(label, intent_of(text, of)) for label, of, text in rows if of == language]
        said = [label == found for label, found in pairs if found != "none"]
        wanted = [found != "none" for label, found in pairs if label != "none"]
        yield (
            f"| {language} | {len(wanted)} | {share(sum(wanted), len(wanted))} "
            f"| {share(sum(said), len(said))} |"
        )


def intent_of(text: str, language: str) -> str:
    """Return the intent that a post in a known language gets, ``none`` where it gets none."""
    mention = Mention(source="set", source_id="1", url="", text=text, language=language)
    found = tag_intent(tag_sentiment(mention, Context()), Context()).intent
    return "none" if found is None else found.label


def _copies() -> Iterator[str]:
    yield from ("", "## Copies", "")
    yield "Texts of ours in en, sv and nl, each edited in known ways (`tests/copies`): how many of"
    yield "the edited ones are found, by look-up and comparison. Where words stand in place of"
    yield "others, only a long text stays a copy: a short one may be a form with others filled in."
    yield ""
    yield f"| Edit | n | Found, of {_lengths(bases())} | n | Found, of {_lengths(articles())} |"
    yield "|---|---|---|---|---|"
    right = 0
    for kind, edit in COPIES.items():
        cells = [kind]
        for texts in (bases(), articles()):
            edited = [(each.text, text) for each in texts if (text := edit(each)) is not None]
            found = sum(is_found(*pair) for pair in edited)
            right += found
            cells += [str(len(edited)), share(found, len(edited))]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield from _no_copies(right)


def _no_copies(right: int) -> Iterator[str]:
    yield "Pairs that are none; *other texts* are the shorter ones above, translations among them."
    yield from ("", "| Pair | n | Taken for copies |", "|---|---|---|")
    wrong = 0
    for kind, pairs in OTHERS.items():
        told = [is_found(*pair) for pair in pairs()]
        wrong += sum(told)
        yield f"| {kind} | {len(told)} | {share(sum(told), len(told))} |"
    yield ""
    yield f"Of those taken for copies {share(right, right + wrong)} are."
    yield "The limits were chosen with an eye on these texts and on the 480 posts of `sayso demo`,"
    yield "which are put together from the same sentences: none of them is taken for a copy."


def _lengths(texts: Sequence[Text]) -> str:
    lengths = [len(each.text.split()) for each in texts]
    return f"{min(lengths)} to {max(lengths)} words"


def is_found(one: str, other: str) -> bool:
    """Whether a look-up brings two texts together, and they are then taken for copies."""
    texts = Likeness(one), Likeness(other)
    return not set(texts[0].keys).isdisjoint(texts[1].keys) and is_copy(*texts)


def _rest() -> Iterator[str]:
    yield from ("", "## Negation and disclosure", "")
    cases = len((DOCS.parent / "tests/disclosure/cases.tsv").read_text("utf-8").splitlines())
    yield "Own sentences, in the tests: of the negated ones at least 90 % turn negative in each of"
    yield "en, sv and nl (`tests/test_sentiment.py`) and of de, da, nb and es"
    yield f"(`tests/test_negation.py`); all of {cases} cases of disclosure in nine"
    yield "languages get the level a person gave them (`tests/disclosure/cases.tsv`)."


def read(folder: Path, name: str) -> list[Row]:
    """Read all files of a set; none where it is not there."""
    rows: list[Row] = []
    for path in sorted((folder / name).glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            rows += [Row(line["text"], line["label"], line["lang"]) for line in reader]
    return rows


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


if __name__ == "__main__":
    main()
