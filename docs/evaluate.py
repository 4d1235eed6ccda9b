"""
Measure the tags on labelled texts and write docs/accuracy.md: ``make eval SETS=FOLDER``.

The folder holds one folder for each set, with files of tab-separated text, label (neg, neu, pos,
or a length for languages) and lang; by default ``../shared/sentiment``. Other people's words are
not part of this repository. Intervals are 95 %: Wilson's for shares, of 500 bootstrap samples for
macro-F1.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from docs import evaluate_sentiment
from docs.labelled_sets import DOCS, SETS, read
from pipelines.context import Context
from pipelines.copies.judging import is_copy
from pipelines.feelings.measuring import share
from pipelines.intent import tag_intent
from pipelines.language import detect
from pipelines.sentiment import tag_sentiment
from search.config import DEFAULT_LANGUAGES
from search.likeness import Likeness
from search.mention import Mention
from search.vocabulary import UNKNOWN
from tests.copies.edits import COPIES, OTHERS, Text, articles, bases

SIX = ("en", "sv", "nl", "de", "da", "nb")


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
    yield from evaluate_sentiment.posts(folder)
    yield from evaluate_sentiment.reviews(folder)
    yield from evaluate_sentiment.models(folder)
    yield from evaluate_sentiment.emoji(folder)
    yield from evaluate_sentiment.towards()
    yield from _intent()
    yield from _copies()
    yield from _rest()


def _languages(folder: Path) -> Iterator[str]:
    yield from ("", "## Language", "")
    yield "`lid_social`, short posts and review sentences, nine languages configured. How much"
    yield "each kind of evidence weighs was chosen on this very set: expect less elsewhere."
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


if __name__ == "__main__":
    main()
