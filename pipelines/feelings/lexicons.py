"""What words feel like, by language: lists of valences, and the words that change others'."""

import dataclasses
import functools
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent
_LISTS: Final = {
    "sv": ("vader_sv.tsv", "own_sv.tsv"),
    "nl": ("pattern_nl.tsv", "own_nl.tsv"),
    "fr": ("vader_fr.tsv", "own_fr.tsv"),
}
"""Later lists come before earlier ones."""

LANGUAGES: Final = ("en", *_LISTS)
VERSION: Final = 2
_ELISION: Final = {"fr": re.compile(r"\b(\w{1,2}|[qQ]u)['\u2019](?=\w)")}


@dataclasses.dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language that feeling is read from."""

    valences: Mapping[str, float]
    """From -4 to 4, by word in lower case, emoticon or emoji."""

    negations: frozenset[str]
    near_negations: frozenset[str]
    """Those of the next words only: *without*."""

    undoing: frozenset[str]
    """What makes a negation none: *only*, *doubt*."""

    boosters: frozenset[str]
    dampers: frozenset[str]
    contrasts: frozenset[str]

    elision: re.Pattern[str] | None = None
    """What is written together with the next word: *j'*, *d'*."""


@functools.cache
def lexicon(language: str) -> Lexicon:
    """Read the lists of a language, one of `LANGUAGES`."""
    rules = tomllib.loads((_FOLDER / "rules.toml").read_text("utf-8"))[language]
    valences = _english() if language == "en" else {}
    for name in _LISTS.get(language, ()):
        valences |= _read((_FOLDER / name).read_text("utf-8"))
    valences |= _read((_FOLDER / "emoji.tsv").read_text("utf-8"))
    groups = {name: frozenset(words.split()) for name, words in rules.items()}
    return Lexicon(valences=valences, elision=_ELISION.get(language), **groups)


def _english() -> dict[str, float]:
    listed = resources.files("vaderSentiment").joinpath("vader_lexicon.txt")
    return _read(listed.read_text("utf-8"))


def _read(text: str) -> dict[str, float]:
    """Read lines of a word and its valence between tabs; single letters are no words."""
    valences = {}
    for line in text.splitlines():
        word, _, rest = line.partition("\t")
        is_letter = len(word) == 1 and word.isalpha()
        if rest and not line.startswith("# ") and not is_letter:
            valences[word.lower()] = float(rest.partition("\t")[0])
    return valences
