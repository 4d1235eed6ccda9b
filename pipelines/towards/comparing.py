"""Which of several names a sentence ranks above the others: patterns of words around them."""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

_TABLES: Final = Path(__file__).with_name("comparisons.toml")
NAME: Final = "\ue000{}\ue001"
"""How a name stands in a text that is compared: its number between two private characters."""

_NAMED: Final = "\ue000(?P<name>\\d+)\ue001"
_ANY: Final = "\ue000\\d+\ue001"
_GAP: Final = r"(?:[^\s.!?]+\s+){0,4}?"
RANKED: Final = 0.5
"""The value of a name that a comparison ranks: clearly on one side."""

_VALUES: Final = (("below", 0.0), ("win", RANKED), ("lose", -RANKED), ("draw", 0.0))


def ranks(sentence: str, language: str | None) -> dict[int, float]:
    """
    Return the value of each name that a sentence ranks, by its number.

    0 where it only leans to one side.
    """
    found: dict[int, float] = {}
    for value, pattern in _patterns().get(language or "", ()):
        for match in pattern.finditer(sentence):
            found[int(match["name"])] = value
    return found


@functools.cache
def _patterns() -> Mapping[str, Sequence[tuple[float, re.Pattern[str]]]]:
    tables = tomllib.loads(_TABLES.read_text("utf-8"))
    return {language: list(_compiled(table)) for language, table in tables.items()}


def _compiled(table: Mapping[str, Sequence[str]]) -> Iterator[tuple[float, re.Pattern[str]]]:
    """Later ones decide: who is only leant against is not ill spoken of."""
    for kind, value in _VALUES:
        for pattern in table[kind]:
            yield value, re.compile(_expression(pattern), re.IGNORECASE)


def _expression(pattern: str) -> str:
    """Write a pattern as a regular expression: ``B`` is judged, ``A`` another name."""
    words = []
    for word in pattern.split():
        if word == "…":
            words.append(_GAP)
        elif word in {"A", "B"}:
            words.append((_NAMED if word == "B" else _ANY) + r"\s*")
        else:
            edge = r"\b" if word[-1].isalnum() else ""
            words.append(re.escape(word).replace("'", "['\u2019]?") + edge + r"\s*")
    begins = r"\b" if pattern[0].islower() else ""
    return begins + "".join(words)
