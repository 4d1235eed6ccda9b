"""One mention as the index keeps it, and the numbers it is sorted by."""

import datetime as dt
import math
from collections.abc import Callable, Iterator
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


def document(row: int, mention: Mention, state: State) -> tantivy.Document:
    """Make what the index keeps of one mention."""
    made = tantivy.Document()
    made.add_unsigned(ROW, row)
    for sort, rank in _RANKS.items():
        made.add_unsigned(sort_field(sort), rank(mention) << _ROW_BITS | row)
    for field, values in _values(mention, state):
        made.add_text(EXISTS, field.path)
        if field.can_search:
            _ADDERS[field.kind](made, field, values, mention)
    return made


def row_of(key: int) -> int:
    """Read the row out of the number a mention is sorted by."""
    return key & ((1 << _ROW_BITS) - 1)


class _Owner(NamedTuple):
    """A dataclass in the document and the leaves it has."""

    read: Callable[[Any], tuple[Any, ...]]
    own: bool
    leaves: tuple[tuple[Callable[[Any], Any], Field], ...]


def _owners() -> tuple[_Owner, ...]:
    by_owner: dict[tuple[bool, str], list[Field]] = {}
    for field in fields().values():
        by_owner.setdefault((field.own, field.path.rpartition(".")[0]), []).append(field)
    return tuple(
        _Owner(
            _reader(path),
            own,
            tuple((attrgetter(leaf.path.rpartition(".")[2]), leaf) for leaf in leaves),
        )
        for (own, path), leaves in by_owner.items()
    )


def _reader(path: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return what finds every dataclass at a path, none where one on the way is unknown."""
    steps = [attrgetter(step) for step in path.split(".") if step]

    def read(document: Any) -> tuple[Any, ...]:
        found: tuple[Any, ...] = (document,)
        for step in steps:
            found = tuple(part for parent in found for part in _several(step(parent)))
        return found

    return read


def _several(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


_OWNERS: Final = _owners()


def _values(mention: Mention, state: State) -> Iterator[tuple[Field, tuple[Any, ...]]]:
    """Find each field that has values: what `search.fields.read_values` does, for all at once."""
    for owner in _OWNERS:
        parents = owner.read(state if owner.own else mention)
        if not parents:
            continue
        for read, field in owner.leaves:
            if len(parents) == 1:
                values = _several(read(parents[0]))
            else:
                values = tuple(value for parent in parents for value in _several(read(parent)))
            if values:
                yield field, values


def _add_words(
    made: tantivy.Document, field: Field, values: tuple[str, ...], mention: Mention
) -> None:
    for value in values:
        words = [word[:LONGEST] for word in folded_words(value)]
        made.add_text(field.path, " ".join(words))
        made.add_text(stem_field(field.path), " ".join(stem_tokens(words, mention.language)))


def _add_exact(
    made: tantivy.Document, field: Field, values: tuple[Any, ...], _mention: Mention
) -> None:
    for value in dict.fromkeys(values):
        made.add_text(field.path, _fold(value)[:LONGEST])


def _add_counted(
    made: tantivy.Document, field: Field, values: tuple[Any, ...], mention: Mention
) -> None:
    _add_exact(made, field, values, mention)
    for value in dict.fromkeys(_shown(value)[:LONGEST] for value in values):
        made.add_text(facet_field(field.path), value)


def _add_number(
    made: tantivy.Document, field: Field, values: tuple[float, ...], _mention: Mention
) -> None:
    for value in values:
        if field.integer:
            made.add_integer(field.path, clamped(value))
        elif not math.isnan(value):
            made.add_float(field.path, value + 0.0)  # never -0.0, which sorts apart


def _add_date(
    made: tantivy.Document, field: Field, values: tuple[dt.datetime, ...], _mention: Mention
) -> None:
    for value in values:
        made.add_integer(field.path, microseconds(value))


_ADDERS: Final[dict[FieldKind, Callable[[tantivy.Document, Field, Any, Mention], None]]] = {
    FieldKind.WORDS: _add_words,
    FieldKind.KEYWORD: _add_counted,
    FieldKind.FLAG: _add_counted,
    FieldKind.IDENTIFIER: _add_exact,
    FieldKind.NUMBER: _add_number,
    FieldKind.DATE: _add_date,
}


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _encodable(str(value))


def _fold(value: object) -> str:
    return fold_value(_shown(value))


def _encodable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


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


_RANKS: Final[dict[Sort, Callable[[Mention], int]]] = {
    Sort.NEWEST: _newest,
    Sort.OLDEST: _oldest,
    Sort.FOUND: _as_found,
    Sort.LIKES: _most_likes,
    Sort.STARS: _most_stars,
    Sort.FEWEST_STARS: _fewest_stars,
}
"""What comes first has the lowest number; what is unknown has the highest."""
