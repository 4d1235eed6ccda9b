"""One mention as the index keeps it, and the numbers it is sorted by."""

import functools
import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

import tantivy

from search.fields import Field, FieldKind, fields
from search.mention import Mention, State
from search.stemming import stem_tokens
from search.stores.base import Sort
from search.stores.index_schema import (
    EXISTS,
    LONGEST,
    ROW,
    clamped,
    facet_field,
    microseconds,
    sort_field,
    stem_field,
)
from search.words import fold_value, folded_words

_ROW_BITS: Final = 30
_LAST: Final = 2**34 - 1
_BEFORE_EPOCH: Final = 2**33  # seconds: sorting tells apart the years 1697 to 2242
_STAR_STEPS: Final = 1_000_000


def document(row: int, mention: Mention, state: State, schema: tantivy.Schema) -> tantivy.Document:
    """Make what the index keeps of one mention."""
    known: list[str] = []
    made: dict[str, Any] = {ROW: row, EXISTS: known}
    for name, rank in _RANKS:
        made[name] = rank(mention) << _ROW_BITS | row
    for owner in _OWNERS:
        parents = owner.read(state if owner.own else mention)
        if not parents:
            continue
        for path, read, add in owner.leaves:
            values = read(parents[0]) if len(parents) == 1 else _gathered(read, parents)
            if values is not None and values != ():
                known.append(path)
                add(made, values if type(values) is tuple else (values,), mention)
    return tantivy.Document.from_dict(made, schema)


def row_of(key: int) -> int:
    """Read the row out of the number a mention is sorted by."""
    return key & ((1 << _ROW_BITS) - 1)


def _gathered(read: Callable[[Any], Any], parents: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(value for parent in parents for value in _several(read(parent)))


def _several(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


_Add = Callable[[dict[str, Any], tuple[Any, ...], Mention], None]
"""Puts the values of one field into what becomes the index's document."""


def _adding(field: Field) -> _Add:
    match field.kind:
        case FieldKind.WORDS:
            return _adding_words(field.path, stem_field(field.path))
        case FieldKind.KEYWORD | FieldKind.FLAG:
            return _adding_counted(field.path, facet_field(field.path))
        case FieldKind.IDENTIFIER:
            return _adding_exact(field.path)
        case FieldKind.DATE:
            return _adding_numbers(field.path, microseconds)
        case FieldKind.NUMBER:
            return _adding_numbers(field.path, clamped if field.integer else _real)
        case FieldKind.KEPT:
            return lambda _made, _values, _mention: None


def _adding_words(name: str, stems: str) -> _Add:
    def add(made: dict[str, Any], values: tuple[str, ...], mention: Mention) -> None:
        texts = [[word[:LONGEST] for word in folded_words(value)] for value in values]
        made[name] = [" ".join(words) for words in texts]
        made[stems] = [" ".join(stem_tokens(words, mention.language)) for words in texts]

    return add


def _adding_exact(name: str) -> _Add:
    def add(made: dict[str, Any], values: tuple[str, ...], _mention: Mention) -> None:
        made[name] = [fold_value(_encodable(value))[:LONGEST] for value in values]

    return add


def _adding_counted(name: str, facet: str) -> _Add:
    def add(made: dict[str, Any], values: tuple[str | bool, ...], _mention: Mention) -> None:
        if len(values) == 1:  # nearly always
            made[name], made[facet] = _counted(values[0])
            return
        pairs = [_counted(value) for value in dict.fromkeys(values)]
        made[name] = [folded for folded, _ in pairs]
        made[facet] = [shown for _, shown in pairs]

    return add


def _adding_numbers(name: str, convert: Callable[[Any], float | None]) -> _Add:
    def add(made: dict[str, Any], values: tuple[Any, ...], _mention: Mention) -> None:
        numbers = map(convert, values)
        made[name] = [number for number in numbers if number is not None]

    return add


def _real(number: float) -> float | None:
    # Adding 0 turns -0.0, which tantivy sorts before 0.0, into 0.0.
    return None if math.isnan(number) else number + 0.0


@functools.lru_cache(maxsize=10_000)
def _counted(value: str | bool) -> tuple[str, str]:  # noqa: FBT001 - a value of a flag
    """Return a value folded, and as it is shown."""
    shown = str(value).lower() if isinstance(value, bool) else _encodable(value)
    return fold_value(shown)[:LONGEST], shown[:LONGEST]


def _encodable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class _Leaf(NamedTuple):
    path: str
    read: Callable[[Any], Any]
    add: _Add


class _Owner(NamedTuple):
    """A dataclass in the document and the leaves it has."""

    own: bool
    read: Callable[[Any], tuple[Any, ...]]
    leaves: tuple[_Leaf, ...]


def _owners() -> tuple[_Owner, ...]:
    by_owner: dict[tuple[bool, str], list[_Leaf]] = {}
    for field in fields().values():
        owner, _, name = field.path.rpartition(".")
        leaf = _Leaf(field.path, attrgetter(name), _adding(field))
        by_owner.setdefault((field.own, owner), []).append(leaf)
    return tuple(
        _Owner(own, _reading(path), tuple(leaves)) for (own, path), leaves in by_owner.items()
    )


def _reading(path: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return what finds every dataclass at a path, none where one on the way is unknown."""
    steps = [attrgetter(step) for step in path.split(".") if step]

    def read(document: Any) -> tuple[Any, ...]:
        found: tuple[Any, ...] = (document,)
        for step in steps:
            found = _gathered(step, found)
        return found

    return read


_OWNERS: Final = _owners()


def _newest(mention: Mention) -> int:
    published = _seconds(mention)
    return _LAST if published is None else _LAST - 1 - published


def _oldest(mention: Mention) -> int:
    published = _seconds(mention)
    return _LAST if published is None else published


def _seconds(mention: Mention) -> int | None:
    if mention.published_at is None:
        return None
    return _ranked(microseconds(mention.published_at) // 1_000_000 + _BEFORE_EPOCH)


def _most_likes(mention: Mention) -> int:
    likes = mention.engagement.likes
    return _LAST if likes is None else _LAST - 1 - _ranked(likes)


def _most_stars(mention: Mention) -> int:
    stars = _stars(mention)
    return _LAST if stars is None else _LAST - 1 - stars


def _fewest_stars(mention: Mention) -> int:
    stars = _stars(mention)
    return _LAST if stars is None else stars


def _stars(mention: Mention) -> int | None:
    if mention.rating is None or math.isnan(mention.rating.stars):
        return None
    return _ranked(clamped(mention.rating.stars * _STAR_STEPS))


def _ranked(number: int) -> int:
    return min(max(number, 0), _LAST - 1)


def _as_found(_mention: Mention) -> int:
    return 0


_RANKS: Final = tuple(
    (sort_field(sort), rank)
    for sort, rank in {
        Sort.NEWEST: _newest,
        Sort.OLDEST: _oldest,
        Sort.FOUND: _as_found,
        Sort.LIKES: _most_likes,
        Sort.STARS: _most_stars,
        Sort.FEWEST_STARS: _fewest_stars,
    }.items()
)
"""What comes first has the lowest number; what is unknown has the highest."""
