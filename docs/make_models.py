"""
Make the models that Sayso ships, from labelled texts kept elsewhere: ``make models SETS=FOLDER``.

Only sets whose licence lets a model of them be given away, for any use: see the manifest of each
model, and `pipelines/feelings/NOTICE.md`. The same texts give the same model.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from docs.labelled_sets import SETS, read
from pipelines.feelings.fitting import Example, Recipe, fit, held_out
from pipelines.feelings.linear import LinearModel
from pipelines.feelings.measuring import interval, macro_f1
from search.mention import Feeling

FOLDER: Final = Path(__file__).parent.parent / "pipelines" / "feelings" / "models"
LARGEST: Final = 200_000
"""Bytes a model may have in the repository."""

LABELS: Final = {"neg": Feeling.NEGATIVE, "neu": Feeling.NEUTRAL, "pos": Feeling.POSITIVE}
LICENCES: Final = {
    "uci_sentences": "CC BY 4.0 (Kotzias et al., KDD 2015)",
    "rt_polarity": "CC BY 4.0 in nltk_data (Pang & Lee, ACL 2005)",
    "huliu_products2": "CC BY 4.0 in nltk_data (Liu)",
    "pros_cons": "CC BY 4.0 in nltk_data (Liu)",
    "hutto_amazon": "MIT (Hutto & Gilbert, ICWSM 2014)",
    "hutto_movie": "MIT (Hutto & Gilbert, ICWSM 2014)",
    "hutto_tweets": "MIT (Hutto & Gilbert, ICWSM 2014)",
    "norec_sentence": "CC BY-NC 4.0; models of it free for commercial use (README of NoReC)",
}

VERSION: Final = 1
"""Of the shipped models, as the tags name it; grows when one is made anew."""

ENGLISH: Final = (
    "uci_sentences", "rt_polarity", "huliu_products2", "pros_cons", "hutto_amazon", "hutto_movie",
    "hutto_tweets",
)  # fmt: skip
"""Measured on the first, whose texts are whole sentences of reviews, and weigh three times."""


def main() -> None:
    """Make and write them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SETS
    if not folder.is_dir():
        sys.exit(f"{folder}: there is no such folder of labelled texts")
    FOLDER.mkdir(exist_ok=True)
    polar = (Feeling.NEGATIVE, Feeling.POSITIVE)
    write(make(folder, Recipe("en", "review", None), ENGLISH, polar))
    write(make(folder, Recipe("nb", "review", (3, 5)), ("norec_sentence",), tuple(Feeling)))


def make(
    folder: Path, recipe: Recipe, sets: Sequence[str], labels: Sequence[Feeling]
) -> LinearModel:
    """Learn from all sets; measure on the first, by models that have not seen what they judge."""
    first, *others = (examples(folder, name, recipe.language, labels) for name in sets)
    beside = [each for some in others for each in some]
    if others:
        first = [Example(each.text, each.label, 3.0) for each in first]
    gold = [each.label for each in first]
    told = held_out(recipe, first, beside)
    labels_told = [max(each, key=each.__getitem__) for each in told]
    manifest: dict[str, Any] = {
        "sets": {name: LICENCES[name] for name in sets},
        "rows": len(first) + len(beside),
        "measured_on": f"{sets[0]}, five folds",
        "macro_f1": round(macro_f1(gold, labels_told), 4),
        "interval": interval(gold, labels_told),
        "measured_texts": len(first),
        "seed": 0,
        "version": VERSION,
    }
    return fit(recipe, [*first, *beside], manifest)


def examples(folder: Path, name: str, language: str, labels: Sequence[Feeling]) -> list[Example]:
    """Read the texts of a set that have one of these labels."""
    rows = [row for row in read(folder, name) if row.language == language]
    return [Example(row.text, LABELS[row.label]) for row in rows if LABELS[row.label] in labels]


def write(model: LinearModel) -> None:
    """Write a model, which must not be too large for the repository."""
    path = FOLDER / f"{model.language}-{model.kind}.json"
    text = json.dumps(model.to_plain(), indent=1, sort_keys=True) + "\n"
    if len(text) > LARGEST:
        sys.exit(f"{path.name} would have {len(text):,} bytes")
    path.write_text(text, "utf-8")
    print(f"{path.name}: {len(text):,} bytes, macro-F1 {model.manifest['macro_f1']}")


if __name__ == "__main__":
    main()
