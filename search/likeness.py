"""
What of a text tells its copies: its own words, their order, and a few short keys for a look-up.

Keys are bands of a MinHash signature (Broder, *On the resemblance and containment of documents*,
1997; banding: Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*, chapter 3) over runs of
three words. Texts that share no key are hardly alike; those that do may be, and are then compared
themselves.
"""

import functools
import hashlib
import html
import re
import struct
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

import rensa

from search.words import Word, folded_words, words

LEAST_WORDS: Final = 8
"""
Texts with fewer own words are copies of nothing: people write *great product, fast delivery*
without knowing of each other. A word of one character counts half, as most in Chinese are.
"""

READ_WORDS: Final = 3_000
"""Words of a text that are looked at, so that a book takes no longer than a long article."""

_READ_CHARACTERS: Final = 30_000
_RUN: Final = 3
_BANDS: Final = 10
_ROWS: Final = 2
"""Texts that have half of their runs in common share a key in 94 %, with a tenth in 10 %."""

_SEED: Final = 20261128
_VERSION: Final = 1
"""Counts up when own words are told otherwise, so that keys made before match none of now."""

KEYS: Final = f"{_VERSION}/{rensa.RMinHash.ALGORITHM_VERSION}"
"""How keys are made; those made in another way are of no use beside them."""

_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|@[\w.@-]+")
_LINE: Final = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_PASSED_ON: Final = re.compile(r"\s*RT\s+@[\w.@-]+:?")
_WITH_COMMENT: Final = re.compile(r"\bRT\s+@[\w.@-]+.*", re.DOTALL)
_MARKS: Final = re.compile(
    r'"(?:[^"\n]|\n(?!\n))*"|“(?:[^“”\n]|\n(?!\n))*”|„(?:[^„“”\n]|\n(?!\n))*[“”]'
    r"|”(?:[^”\n]|\n(?!\n))*”|«(?:[^«»\n]|\n(?!\n))*»|»(?:[^«»\n]|\n(?!\n))*«"
)
_QUOTED_WORDS: Final = 8
_SENTENCE_END: Final = re.compile(r"(?:^|[.!?:…\n»”\"])\W*$")


class Likeness:
    """One text, made ready to be compared; what takes longer is made when it is asked for."""

    def __init__(self, text: str) -> None:
        self._text = own_text(text)
        self.words = [word for word in folded_words(self._text) if word[0].isalnum()][:READ_WORDS]

    @property
    def is_long_enough(self) -> bool:
        """Whether so many words are not the same by chance."""
        return sum(1 if len(word) > 1 else 0.5 for word in self.words) >= LEAST_WORDS

    @functools.cached_property
    def runs(self) -> frozenset[str]:
        """All runs of three words."""
        last = len(self.words) - _RUN + 1
        return frozenset(" ".join(self.words[at : at + _RUN]) for at in range(last))

    @functools.cached_property
    def counts(self) -> Counter[str]:
        """How often each word occurs."""
        return Counter(self.words)

    @functools.cached_property
    def keys(self) -> tuple[int, ...]:
        """48-bit numbers, for a text that is long enough; the same on every machine."""
        if not self.is_long_enough:
            return ()
        sketch = rensa.RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
        sketch.update(list(self.runs))
        digest = sketch.digest()
        return tuple(
            _key(band, digest[band * _ROWS : (band + 1) * _ROWS]) for band in range(_BANDS)
        )

    @functools.cached_property
    def facts(self) -> dict["Place", frozenset[str]]:
        """Numbers and names by the words around them: what somebody fills into a form."""
        found: dict[Place, set[str]] = {}
        for place, fact in _facts(self._text):
            found.setdefault(place, set()).add(fact)
        return {place: frozenset(said) for place, said in found.items()}


class Place(NamedTuple):
    """The two words before and the one behind a fact, other facts left out."""

    first: str
    second: str
    behind: str


def own_text(text: str) -> str:
    """
    Leave out what an author only repeats, and addresses.

    Repeated are lines behind ``>``, passages of eight words or more in quotation marks, and what
    stands as ``RT @name`` behind a comment. Accounts addressed are addresses too.
    """
    text = html.unescape(text[:_READ_CHARACTERS])
    text = _WITH_COMMENT.sub(
        "", _PASSED_ON.sub("", text, count=1) if _PASSED_ON.match(text) else text
    )
    text = _MARKS.sub(_unless_quoted, _LINE.sub("", text))
    return _ADDRESS.sub(" ", text)


def is_passed_on(text: str) -> bool:
    """Whether a text says itself that it is another one's: ``RT @name`` in front of it."""
    return _PASSED_ON.match(text) is not None


def _unless_quoted(found: re.Match[str]) -> str:
    return " " if len(folded_words(found[0])) >= _QUOTED_WORDS else found[0]


def _key(band: int, rows: list[int]) -> int:
    packed = struct.pack(f"<B{len(rows)}I", band, *rows)
    return int.from_bytes(hashlib.blake2b(packed, digest_size=6, key=KEYS.encode()).digest())


def _facts(text: str) -> Iterator[tuple[Place, str]]:
    found = [word for word in words(text) if word.text[0].isalnum()][:READ_WORDS]
    are_facts = [_is_fact(text, word) for word in found]
    plain = [word.text for word, is_fact in zip(found, are_facts, strict=True) if not is_fact]
    at = 0
    run: list[str] = []
    for word, is_fact in zip(found, are_facts, strict=True):
        if is_fact:
            run.append(word.text)
            continue
        if run:
            if at > 1:  # in front of a text stand bylines and agencies
                yield Place(*plain[at - 2 : at + 1]), " ".join(sorted(run))
            run = []
        at += 1


def _is_fact(text: str, word: Word) -> bool:
    """Whether a word is a number, or has a capital though no sentence begins with it."""
    first = text[word.start]
    if any(map(str.isdigit, word.text)):
        return True
    return first.isupper() and not _SENTENCE_END.search(text, max(0, word.start - 4), word.start)
