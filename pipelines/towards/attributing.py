"""
Which clauses of a text speak of which name, and how they feel.

A text is cut into sentences, and these into clauses: at contrasts, colons and commas, but only
before another name, so that each clause has its name. A sentence without one continues the one
before it where it begins with what points back (*it*, *they*, *but*) or with a feeling
(*Overpriced!*); else it speaks of something else, as does a clause in which a name only says where
something was.
"""

import dataclasses
import functools
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pipelines.feelings.lexicons import Lexicon, lexicon
from pipelines.feelings.scoring import score
from pipelines.towards.comparing import NAME, ranks

_TABLES: Final = Path(__file__).with_name("clauses.toml")
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"')\]\u201d]*\s+(?=\S)|\n+")
_NAMED: Final = re.compile("\ue000(\\d+)\ue001")
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019\-/][^\W_]+)*")
READS: Final = tuple(tomllib.loads(_TABLES.read_text("utf-8")))
"""ISO 639-1 codes of the languages that are read so."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Rules:
    """How one language joins and parts clauses."""

    cut: re.Pattern[str]
    back: frozenset[str]
    place: re.Pattern[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where a name stands."""

    start: int
    end: int
    """The offset behind its last character."""
    name: int
    """Its number."""


def attribute(text: str, places: Sequence[Place], language: str) -> dict[int, float]:
    """Return how each name is spoken of, from -1 to 1; 0 where nothing is said of it."""
    marked = _marked(text, places)
    rules = _rules()[language]
    said: dict[int, list[float]] = defaultdict(list)
    ranked: dict[int, float] = {}
    before: int | None = None
    for sentence in _SENTENCE.split(marked):
        names = _names(sentence)
        if names:
            ranked |= ranks(sentence, language)
            for name, value in _clauses(sentence, rules, language):
                said[name].append(value)
            before = names[-1]
        elif before is not None and _points_back(sentence, rules, lexicon(language)):
            said[before].append(_feeling(sentence, language))
        elif _WORD.search(sentence):
            before = None
    return {place.name: ranked.get(place.name, _together(said[place.name])) for place in places}


def _marked(text: str, places: Sequence[Place]) -> str:
    """Put numbers in place of names, so that *Great Coffee* is not praise by being mentioned."""
    parts, reached = [], 0
    for place in sorted(places, key=lambda place: (place.start, -place.end)):
        if place.start >= reached:
            parts += [text[reached : place.start], NAME.format(place.name)]
            reached = place.end
    return "".join([*parts, text[reached:]])


def _clauses(sentence: str, rules: _Rules, language: str) -> Iterator[tuple[int, float]]:
    """Hand out each name of a sentence with the feeling of each clause that speaks of it."""
    for clause in _cut(sentence, rules):
        value = 0.0 if rules.place.search(clause) else _feeling(clause, language)
        for name in _names(clause):
            yield name, value


def _cut(sentence: str, rules: _Rules) -> Iterator[str]:
    """Cut at contrasts, commas and the like where another name follows."""
    held = ""
    for part in rules.cut.split(sentence):
        names, known = _names(part), _names(held)
        if held and known and names and set(names) != set(known):
            yield held
            held = part
        else:
            held += part
    yield held


def _points_back(sentence: str, rules: _Rules, words: Lexicon) -> bool:
    """Whether a sentence without a name goes on about the last one."""
    found = _WORD.search(sentence)
    word = found[0].lower().replace("\u2019", "'") if found else ""
    return not word or word in rules.back or bool(words.valences.get(word))


def _feeling(clause: str, language: str) -> float:
    return score(_NAMED.sub(" ", clause), lexicon(language)).value


def _names(text: str) -> list[int]:
    return [int(number) for number in _NAMED.findall(text)]


def _together(values: Sequence[float]) -> float:
    """Let the strongest feeling count, and half of the others: one good word heals no bad one."""
    if not values:
        return 0.0
    strongest = max(values, key=abs)
    rest = sum(values) - strongest
    return max(-1.0, min(1.0, strongest + rest / 2))


@functools.cache
def _rules() -> Mapping[str, _Rules]:
    tables = tomllib.loads(_TABLES.read_text("utf-8"))
    return {language: _compiled(table) for language, table in tables.items()}


def _compiled(table: Mapping[str, str]) -> _Rules:
    cuts = "|".join(table["cuts"].split())
    places = "|".join([*table["places"].split(), *map(re.escape, table["place_phrases"])])
    return _Rules(
        cut=re.compile(
            rf"(?=\b(?:{cuts})\b)|(?<=[,;:\u2013\u2014])|(?= [-\u2013] )", re.IGNORECASE
        ),
        back=frozenset((*table["back"].split(), *table["cuts"].split())),
        place=re.compile(rf"\b(?:{places}) (?:\w+ )?\ue000", re.IGNORECASE),
    )
