"""
The query tree: what a person asked for, reduced to a few frozen nodes.

`search.parsing.parse` makes a tree from text. Three interpreters read it: the matcher
(`search/matcher.py`), the embedded index and Elasticsearch; all three must find the same mentions.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable


@dataclasses.dataclass(frozen=True, slots=True)
class Everything:
    """Matches every mention: ``*``."""


@dataclasses.dataclass(frozen=True, slots=True)
class Phrase:
    """These words, one directly after the other, in one field; a phrase may be a single word."""

    path: str
    """A ``words`` field."""

    words: tuple[str, ...]
    """Folded words (`search/words.py`), at least one."""


@dataclasses.dataclass(frozen=True, slots=True)
class Near:
    """All these words inside a window with at most ``gap`` other words, in any order."""

    path: str
    words: tuple[str, ...]
    """At least two; a word that stands here twice must occur twice."""
    gap: int


@dataclasses.dataclass(frozen=True, slots=True)
class Prefix:
    """A word (in a ``words`` field) or a whole value (elsewhere) that begins like this."""

    path: str
    prefix: str
    """Folded, at least one character."""


@dataclasses.dataclass(frozen=True, slots=True)
class Raw:
    """
    These letters, case and punctuation exactly as written, beginning and ending at word limits.

    ``words`` are the folded words of ``text``: an index finds candidates by them, the matcher
    confirms.
    """

    path: str
    text: str
    words: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Stem:
    """A word that shares its stem with this one in the mention's own language."""

    path: str
    word: str
    """Folded."""


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """A keyword, identifier or flag field that has this value, whatever its case."""

    path: str
    value: str
    """Folded with `search.words.fold_value`."""


@dataclasses.dataclass(frozen=True, slots=True)
class Range:
    """A number or date field between two bounds; ``None`` is open."""

    path: str
    low: float | dt.datetime | None = None
    high: float | dt.datetime | None = None
    with_low: bool = True
    with_high: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Exists:
    """A field that has a value: ``author:*``."""

    path: str


@dataclasses.dataclass(frozen=True, slots=True)
class And:
    """All parts match; two parts at least."""

    parts: "tuple[Query, ...]"


@dataclasses.dataclass(frozen=True, slots=True)
class Or:
    """Any part matches; two parts at least."""

    parts: "tuple[Query, ...]"


@dataclasses.dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: "Query"


Leaf = Everything | Phrase | Near | Prefix | Raw | Stem | Term | Range | Exists
Query = Leaf | And | Or | Not


def levels(query: Query) -> int:
    """Count how many ANDs, ORs and NOTs stand inside one another; ``NOT (a OR b)`` is one."""
    match query:
        case And(parts) | Or(parts):
            return 1 + max(_levels_of_part(part, inside=type(query)) for part in parts)
        case Not(part):
            return 1 + max(map(levels, alternatives(part)))
        case _:
            return 0


def _levels_of_part(part: Query, *, inside: type[And | Or]) -> int:
    # An AND takes a NOT among its parts in without another level.
    return levels(part) - (inside is And and isinstance(part, Not))


def alternatives(query: Query) -> "tuple[Query, ...]":
    """Return the parts of an OR, or else the query itself."""
    return query.parts if isinstance(query, Or) else (query,)


Anchor = Phrase | Near | Prefix | Raw | Term
"""A leaf that says something positive and can be looked up quickly."""


def anchors(
    query: Query, usable: Callable[[Anchor], bool] = lambda _: True
) -> frozenset[Anchor] | None:
    """
    Return leaves of which at least one holds wherever the query matches.

    ``None`` when there is no such set, as for ``NOT a`` or ``likes:>5``. Of several possible sets
    for an AND, the one with the fewest leaves is taken, and among those the longest words.
    Interfaces that only know plain search are asked for these (``usable`` leaves out what one
    cannot be asked), and the matcher tries a query only where one of them occurs.
    """
    match query:
        case Phrase() | Near() | Prefix() | Raw() | Term():
            return frozenset({query}) if usable(query) else None
        case And(parts):
            known = [found for part in parts if (found := anchors(part, usable)) is not None]
            return min(known, key=_cost) if known else None
        case Or(parts):
            sets = [anchors(part, usable) for part in parts]
            if any(found is None for found in sets):
                return None
            return frozenset(leaf for found in sets if found is not None for leaf in found)
        case _:
            return None


def _cost(found: frozenset[Anchor]) -> tuple[int, int]:
    return len(found), -min(map(_length, found), default=0)


def _length(leaf: Anchor) -> int:
    match leaf:
        case Phrase(_, words) | Near(_, words, _) | Raw(_, _, words):
            return sum(map(len, words))
        case Prefix(_, text) | Term(_, text):
            return len(text)
