"""
What a linear model sees of a text: hashed words, pairs of words, negated words, parts of words.

Hashing (Weinberger et al., ICML 2009) needs no dictionary, so that a model is one array. Beside it
stands what the words of a list say (`scoring`), which carries a model over to texts unlike those
that it learnt from: measured in docs/accuracy.md.
"""

import dataclasses
import math
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from pipelines.feelings.lexicons import LANGUAGES, Lexicon, lexicon
from pipelines.feelings.scoring import score

VERSION: Final = 1
"""Of how texts are cut and hashed; a model of another version is not used."""

BUCKETS: Final = 1 << 16

_TOKEN: Final = re.compile(
    r"(?:(?<!\w)[=8xX]|(?<!\d)(?<!\b\w)[:;])['\-o^]?[)(DPpOo/\\|3*\]\[](?!\w)|<3"
    r"|[^\W_]+(?:['\u2019\-][^\W_]+)*"
    r"|[!?]+|[.,;:…\n]"
    r"|[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50]"
)
_PAUSES: Final = frozenset(".;:…\n!?")
_REACH: Final = 5
"""Words behind a negation that are marked as negated, within its clause."""

_LONGEST_WORD: Final = 40
"""Characters of a word that are cut into parts; a longer one is no word."""


@dataclasses.dataclass(frozen=True, slots=True)
class Features:
    """One text as numbers."""

    buckets: Sequence[int]
    """Which features it has, each once, below `BUCKETS`."""

    words: tuple[float, ...]
    """What the list of its language says: see `said_by_words`; `()` without a list."""

    @property
    def weight(self) -> float:
        """What each bucket counts, so that long texts weigh no more than short ones."""
        return 1 / math.sqrt(len(self.buckets) or 1)


def features(text: str, language: str, parts: tuple[int, int] | None) -> Features:
    """Read a text; ``parts`` are the shortest and longest part of a word, ``None``: none."""
    words = lexicon(language) if language in LANGUAGES else None
    tokens = [token.lower().replace("\u2019", "'") for token in _TOKEN.findall(text)]
    found = set(map(_hashed, _of_words(tokens, words)))
    if parts is not None:
        found.update(map(_hashed, _of_parts(tokens, *parts)))
    return Features(sorted(found), () if words is None else said_by_words(text, words))


def said_by_words(text: str, words: Lexicon) -> tuple[float, ...]:
    """Return value, its positive and negative side, whether nothing was found, and how much."""
    found = score(text, words)
    sides = max(0.0, found.value), max(0.0, -found.value)
    return (found.value, *sides, float(not found.hits), min(found.hits, 5) / 5)


def _hashed(feature: str) -> int:
    return zlib.crc32(feature.encode("utf-8", "replace")) % BUCKETS


def _of_words(tokens: Sequence[str], words: Lexicon | None) -> Iterator[str]:
    before, negated = "^", 0
    for word in tokens:
        yield f"w {word}"
        if word[0] in _PAUSES:
            negated = 0
        elif word != ",":
            yield f"b {before} {word}"
            if negated:
                yield f"n {word}"
            negated = _reach(word, words, negated)
        before = word


def _reach(word: str, words: Lexicon | None, negated: int) -> int:
    """Return how many words behind this one are negated."""
    if words is not None and (word in words.negations or word.endswith("n't")):
        return _REACH
    is_over = words is not None and word in words.contrasts
    return 0 if is_over else max(0, negated - 1)


def _of_parts(tokens: Sequence[str], shortest: int, longest: int) -> Iterator[str]:
    for token in tokens:
        word = f" {token[:_LONGEST_WORD]} "
        for size in range(shortest, longest + 1):
            for start in range(len(word) - size + 1):
                yield f"c {word[start : start + size]}"
