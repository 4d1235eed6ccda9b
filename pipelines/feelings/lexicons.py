"""What words feel like, by language: lists of valences, and the words that change others'."""

import dataclasses
import functools
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Final

from pipelines.feelings.phrases import Phrases, as_one_word

_FOLDER: Final = Path(__file__).parent
_LISTS: Final = {
    "sv": ("vader_sv.tsv", "own_sv.tsv"),
    "nl": ("pattern_nl.tsv", "own_nl.tsv"),
    "fr": ("vader_fr.tsv", "own_fr.tsv"),
    "de": ("own_de.tsv",),
    "da": ("own_da.tsv",),
    "nb": ("own_nb.tsv",),
    "es": ("own_es.tsv",),
}
"""Later lists come before earlier ones."""

LANGUAGES: Final = ("en", *_LISTS)
VERSION: Final = 3
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
    verbs: frozenset[str]
    """Those that a negation turns from behind: *gillar inte*."""

    phrases: Phrases
    """What counts as one word; its valence stands under its words, joined by hyphens."""

    elision: re.Pattern[str] | None = None
    """What is written together with the next word: *j'*, *d'*."""


@functools.cache
def lexicon(language: str) -> Lexicon:
    """Read the lists of a language, one of `LANGUAGES`."""
    rules = tomllib.loads((_FOLDER / "rules.toml").read_text("utf-8"))[language]
    phrases = rules.pop("phrases", {})
    valences = _listed("emoticons.tsv") | (_english() if language == "en" else {})
    for name in (*_LISTS.get(language, ()), "emoji.tsv"):
        valences |= _listed(name)
    return Lexicon(
        valences=valences | {as_one_word(phrase): float(phrases[phrase]) for phrase in phrases},
        phrases=Phrases(phrases),
        elision=_ELISION.get(language),
        **{name: frozenset(words.split()) for name, words in rules.items()},
    )


@functools.cache
def signs() -> Lexicon:
    """Read the emoji and emoticons alone, which are the same in every language."""
    none: frozenset[str] = frozenset()
    return Lexicon(
        valences=_listed("emoticons.tsv") | _listed("emoji.tsv"),
        negations=none,
        near_negations=none,
        undoing=none,
        boosters=none,
        dampers=none,
        contrasts=none,
        verbs=none,
        phrases=Phrases(()),
    )


@functools.cache
def own_words(language: str) -> frozenset[str]:
    """Return the words, in lower case, of the list that was written for Sayso; often no others."""
    return frozenset(word for word in _listed(f"own_{language}.tsv") if word.isalpha())


def _english() -> dict[str, float]:
    listed = resources.files("vaderSentiment").joinpath("vader_lexicon.txt")
    return _read(listed.read_text("utf-8"))


def _listed(name: str) -> dict[str, float]:
    return _read((_FOLDER / name).read_text("utf-8"))


def _read(text: str) -> dict[str, float]:
    """Read lines of a word and its valence between tabs; single letters are no words."""
    valences = {}
    for line in text.splitlines():
        word, _, rest = line.partition("\t")
        is_letter = len(word) == 1 and word.isalpha()
        if rest and not line.startswith("# ") and not is_letter:
            valences[word.lower()] = float(rest.partition("\t")[0])
    return valences
