"""One mention as the index keeps it, and the numbers it is sorted by."""

import functools
from collections.abc import Callable
from typing import Any, Final

import tantivy

from search.fields import Field, FieldKind
from search.mention import Mention, State
from search.stemming import stem_tokens
from search.stores.index_schema import (
    EXISTS,
    LONGEST,
    ROW,
    facet_field,
    sort_field,
    stem_field,
)
from search.stores.leaves import Leaves
from search.stores.numbers import clamped, microseconds, real
from search.stores.ranks import RANKS
from search.words import fold_value, folded_words

_ROW_BITS: Final = 30


def document(row: int, mention: Mention, state: State, schema: tantivy.Schema) -> tantivy.Document:
    """Make what the index keeps of one mention."""
    known: list[str] = []
    made: dict[str, Any] = {ROW: row, EXISTS: known}
    for sort, rank in RANKS.items():
        made[sort_field(sort)] = rank(mention) << _ROW_BITS | row
    for path, add, values in _LEAVES.known(mention, state):
        known.append(path)
        add(made, values, mention)
    return tantivy.Document.from_dict(made, schema)


def row_of(key: int) -> int:
    """Read the row out of the number a mention is sorted by."""
    return key & ((1 << _ROW_BITS) - 1)


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
            return _adding_numbers(field.path, clamped if field.integer else real)
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


@functools.lru_cache(maxsize=10_000)
def _counted(value: str | bool) -> tuple[str, str]:  # noqa: FBT001 - a value of a flag
    """Return a value folded, and as it is shown."""
    shown = str(value).lower() if isinstance(value, bool) else _encodable(value)
    return fold_value(shown)[:LONGEST], shown[:LONGEST]


def _encodable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


_LEAVES: Final = Leaves(_adding)
