"""
Models learnt from the user's own stars and corrections, and what they are worth.

Stars are the author's own verdict on the text beside them; what people corrected, and what a table
says, counts for posts as well. A model is for one language and one kind of text. It is judged on
texts that it has not seen, beside what judges them without it, and used only when it is better.
"""

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from pipelines.context import Context
from pipelines.feelings.fitting import Example, Recipe, fit, held_out
from pipelines.feelings.learned import keep
from pipelines.feelings.measuring import macro_f1
from pipelines.intent import tag_intent
from pipelines.lessons import INTENT, Lesson
from pipelines.sentiment import from_text, own_words, tag_sentiment
from search.mention import Feeling, Kind, Mention
from search.notes import Notes
from search.words import folded_words

FEWEST: Final = 100
"""Texts of each sort: with 100 rated reviews a model is about as good as a list of words."""

MOST: Final = 20_000
"""Texts of one model, the newest: more cost minutes and gain little."""

CORRECTED: Final = 3.0
"""How often a text counts that a person looked at."""

WORDS_ALONE: Final = frozenset({"en"})
"""Languages with few compounds, where parts of words only get in each other's way."""

PARTS: Final = (3, 5)
"""Characters of parts of words: measured on Swedish and Dutch reviews."""

POLES: Final = (Feeling.NEGATIVE, Feeling.POSITIVE)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """What came of the texts of one language and kind."""

    name: str
    """Such as ``sv-review``."""

    counts: dict[str, int]
    """How many texts there are of each label."""

    version: int | None = None
    """What it is kept under; ``None``: there were too few texts, see `refused`."""

    refused: str | None = None
    """Why nothing was learnt, in a sentence."""

    macro_f1: float | None = None
    """On texts that it had not seen."""

    macro_f1_without: float | None = None
    """What judges such texts without it, on the same ones; not known counts as neutral."""

    polar: float | None = None
    """The share of positive and negative texts on whose side the model is."""

    polar_without: float | None = None
    is_used: bool = False
    """Whether it judges from now on: it is better."""


def train(lessons: Iterable[Lesson], notes: Notes, now: dt.datetime) -> Iterator[Trained]:
    """Learn what there is enough of; every model is kept, the better ones are used."""
    groups: dict[tuple[str, str], dict[str, Lesson]] = defaultdict(dict)
    for lesson in lessons:
        group = groups[lesson.language, lesson.kind]
        same = " ".join(folded_words(lesson.text))
        if len(group) < MOST and not (same in group and group[same].is_corrected):
            group[same] = lesson  # a text that stands twice would be seen before it is judged
    for (language, kind), group in sorted(groups.items()):
        yield _learn(Recipe(language, kind, parts_of(language)), list(group.values()), notes, now)


def parts_of(language: str) -> tuple[int, int] | None:
    """Return the sizes of parts of words that are looked at."""
    return None if language in WORDS_ALONE else PARTS


def _learn(recipe: Recipe, lessons: Sequence[Lesson], notes: Notes, now: dt.datetime) -> Trained:
    counts = Counter(lesson.label for lesson in lessons)
    name = f"{recipe.language}-{recipe.kind}"
    labels = {label for label, count in counts.items() if count >= FEWEST}
    too_few = recipe.kind != INTENT and not labels >= set(POLES)
    if too_few or len(labels) < 2:
        wanted = "of two intents" if recipe.kind == INTENT else "negative and positive ones"
        refused = f"at least {FEWEST} texts each are needed, {wanted}"
        return Trained(name=name, counts=dict(counts), refused=refused)
    used = [lesson for lesson in lessons if lesson.label in labels]
    examples = [
        Example(own_words(lesson.text), lesson.label, CORRECTED if lesson.is_corrected else 1.0)
        for lesson in used
    ]
    told = held_out(recipe, examples)
    gold = [lesson.label for lesson in used]
    theirs = [_without(lesson) for lesson in used]
    ours = [max(shares, key=shares.__getitem__) for shares in told]
    if recipe.kind == INTENT:  # where terms decide, a model is not asked
        ours = [known or found for (known, _), found in zip(theirs, ours, strict=True)]
    result = Trained(
        name=name,
        counts=dict(counts),
        macro_f1=round(macro_f1(gold, ours), 4),
        macro_f1_without=round(macro_f1(gold, [label for label, _ in theirs]), 4),
        polar=_polar(gold, [_value(shares) for shares in told]),
        polar_without=_polar(gold, [value for _, value in theirs]),
    )
    is_better = (result.macro_f1 or 0) > (result.macro_f1_without or 0)
    model = fit(recipe, examples, _manifest(result, now))
    version = keep(notes, model, use=is_better)
    return dataclasses.replace(result, version=version, is_used=is_better)


def _manifest(result: Trained, now: dt.datetime) -> dict[str, Any]:
    return {
        "made_at": now.isoformat(timespec="seconds"),
        "texts": result.counts,
        "macro_f1": result.macro_f1,
        "macro_f1_without": result.macro_f1_without,
        "polar": result.polar,
        "polar_without": result.polar_without,
    }


def _without(lesson: Lesson) -> tuple[str, float]:
    """Return label and value of what judges a text when nothing was trained."""
    if lesson.kind == INTENT:
        return _purpose(lesson), 0.0
    kind = Kind.REVIEW if lesson.kind == "review" else Kind.POST
    said = from_text(lesson.text, lesson.language, kind=kind)
    if said is None:
        return Feeling.NEUTRAL, 0.0
    return said.label or Feeling.NEUTRAL, said.value


def _purpose(lesson: Lesson) -> str:
    mention = Mention(
        source="lesson", source_id="1", url="", text=lesson.text, language=lesson.language
    )
    intent = tag_intent(tag_sentiment(mention, Context()), Context()).intent
    return "" if intent is None else intent.label


def _value(shares: dict[str, float]) -> float:
    return shares.get(Feeling.POSITIVE, 0.0) - shares.get(Feeling.NEGATIVE, 0.0)


def _polar(gold: Sequence[str], values: Sequence[float]) -> float | None:
    sides = [
        value > 0 if label == Feeling.POSITIVE else value < 0
        for label, value in zip(gold, values, strict=True)
        if label in POLES
    ]
    return round(sum(sides) / len(sides), 4) if sides else None
