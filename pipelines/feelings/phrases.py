"""Phrases that mean something else than their words: *can't wait*, *nicht schlecht*."""

import re
from collections.abc import Iterable
from typing import Final

_GAP: Final = r"(?:\s{1,3}[\w'\u2019]{1,20}){0,3}?"
"""What ``*`` stands for: up to three words."""


class Phrases:
    """The phrases of a language, each of which is to be read as one word."""

    def __init__(self, phrases: Iterable[str]) -> None:
        ordered = sorted(phrases, key=len, reverse=True)
        self._words = [as_one_word(phrase) for phrase in ordered]
        self._any = _any_of(ordered) if ordered else None

    def joined(self, text: str) -> str:
        """Put one word in the place of each phrase; of those that begin alike, of the longest."""
        return self._any.sub(self._word, text) if self._any else text

    def _word(self, found: re.Match[str]) -> str:
        return self._words[(found.lastindex or 1) - 1]


def as_one_word(phrase: str) -> str:
    """Join the words of a phrase, as its valence is listed: ``can't-wait``."""
    return "-".join(word for word in phrase.split() if word != "*")


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    """Match each as a group; to say which letters begin one makes it three times as fast."""
    letters = "".join(sorted({phrase[0] for phrase in phrases}))
    each = "|".join(f"({_pattern(phrase)})" for phrase in phrases)
    return re.compile(rf"(?=[{letters}])(?<![\w'\u2019-])(?:{each})(?![\w-])", re.IGNORECASE)


def _pattern(phrase: str) -> str:
    """Allow for a missing apostrophe, and for line breaks between the words."""
    words = [re.escape(word).replace("'", "['\u2019]?") for word in phrase.split()]
    return r"\s{1,3}".join(words).replace(rf"\s{{1,3}}{re.escape('*')}", _GAP)
