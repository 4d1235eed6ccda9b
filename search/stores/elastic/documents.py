"""Mentions as documents of Elasticsearch, and back."""

import dataclasses
import datetime as dt
import functools
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from search import codec
from search.errors import StoreCorrupt
from search.fields import Field, FieldKind
from search.likeness import Likeness
from search.mention import Mention, State, StoredMention
from search.stemming import stem_tokens
from search.stores.elastic.layout import (
    LONGEST_VALUE,
    LONGEST_WORD,
    SORTED_BY,
    STEMMERS,
    VERSION,
)
from search.stores.elastic.sharing import written
from search.stores.leaves import Leaves
from search.stores.numbers import clamped, microseconds, real
from search.stores.outcomes import Encoded
from search.stores.ranks import RANKS
from search.words import fold_value, folded_words

Document = dict[str, Any]

_INFINITE: Final = sys.float_info.max
LARGEST: Final = math.nextafter(_INFINITE, 0)

RECORDS: Final = ["sayso.content.record", "sayso.own.record"]
"""What of a document is needed to read the mention."""


def whole(encoded: Encoded, state: State, *, order: int, writer: str) -> Document:
    """
    Make the document of a mention that is not kept yet.

    ``order`` grows in the order in which mentions are first kept; ``writer`` names who writes.
    """
    ours = own(state)
    return {
        **_shown(encoded.mention, complete=False),
        **ours,
        "sayso": {
            "id": encoded.mention.id,
            "order": order,
            "put": writer,
            "version": VERSION,
            "content": [_content(encoded)],
            **ours["sayso"],
        },
    }


def content(encoded: Encoded, *, writer: str) -> Document:
    """Make the part of a document that a crawl writes; what is unknown now is emptied."""
    hidden = {"put": writer, "version": VERSION, "content": [_content(encoded)]}
    return {**_shown(encoded.mention, complete=True), "sayso": hidden}


def own(state: State) -> Document:
    """Make the part of a document that is ours."""
    record = codec.state_to_json(state)
    hidden = {"record": record, **_derived(None, state)}
    return {**_shown(state, complete=True), "sayso": {"own": [hidden]}}


def read(source: Mapping[str, Any], where: str, mention_id: str) -> StoredMention:
    """Read a mention out of `RECORDS`; `StoreCorrupt` when somebody changed them."""
    try:
        hidden = source["sayso"]
        mention = codec.from_json(hidden["content"][0]["record"])
        state = codec.state_from_json(hidden["own"][0]["record"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        problem = f"the mention {mention_id} cannot be read: {error}"
        raise StoreCorrupt(where, problem) from error
    return StoredMention(mention=mention, state=state)


def _content(encoded: Encoded) -> Document:
    mention = encoded.mention
    return {
        "record": encoded.body.decode(),
        "hash": encoded.content_hash.hex(),
        "rank": {str(sort): RANKS[sort](mention) for sort in SORTED_BY},
        **_keys(mention),
        **_derived(mention, None),
        **_stemmed(mention),
    }


def _derived(mention: Mention | None, state: State | None) -> Document:
    known: list[str] = []
    made: Document = {"exists": known}
    language = None if mention is None else mention.language
    for path, add, values in _LEAVES.known(mention, state):
        known.append(path)
        add(made, values, language)
    return made


def _keys(mention: Mention) -> Document:
    """Make the keys by which what may be a copy is found; a short text has none."""
    keys = Likeness(mention.text).keys
    return {"keys": list(map(written, keys))} if keys else {}


def _stemmed(mention: Mention) -> Document:
    """Give the built-in analyzer of the mention's language what there is to read."""
    if mention.language not in STEMMERS:
        return {}
    texts = [encodable(text) for text in (mention.title, mention.text) if text]
    return {"stemmed": {mention.language: texts}}


_Add = Callable[[Document, tuple[Any, ...], str | None], None]


def _adding(field: Field) -> _Add:
    match field.kind:
        case FieldKind.WORDS:
            return functools.partial(_add_words, field.path)
        case FieldKind.DATE:
            return functools.partial(_add, "at", field.path, microseconds)
        case FieldKind.FLAG:
            return functools.partial(_add, "folded", field.path, lambda flag: str(flag).lower())
        case FieldKind.KEYWORD | FieldKind.IDENTIFIER if not field.values:
            return functools.partial(_add, "folded", field.path, _folded)
        case _:
            return lambda _made, _values, _language: None


def _add(
    into: str,
    path: str,
    convert: Callable[[Any], Any],
    made: Document,
    values: tuple[Any, ...],
    _language: str | None,
) -> None:
    converted = [convert(value) for value in values]
    made.setdefault(into, {})[path] = converted if len(converted) > 1 else converted[0]


def _add_words(path: str, made: Document, values: tuple[str, ...], language: str | None) -> None:
    texts = [[word[:LONGEST_WORD] for word in folded_words(value)] for value in values]
    made.setdefault("words", {})[path] = [" ".join(words) for words in texts]
    stems = [" ".join(stem_tokens(words, language)) for words in texts]
    made.setdefault("stems", {})[path] = stems


@functools.lru_cache(maxsize=10_000)
def _folded(value: str) -> str:
    return fold_value(encodable(value))[:LONGEST_VALUE]


def encodable(text: str) -> str:
    """Replace what UTF-8 cannot hold, the way `search.codec` does."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _shown(part: Any, *, complete: bool) -> Document:
    """Write a dataclass for people; ``complete`` with ``None`` for what is unknown."""
    shown = {}
    for name in _members(type(part)):  # type: ignore[arg-type]  # mypy doubts that classes hash
        value = _shown_value(getattr(part, name), complete=complete)
        if value is not None or complete:
            shown[name] = value
    return shown


def _shown_value(value: Any, *, complete: bool) -> Any:  # noqa: PLR0911 - one for each type
    match value:
        case None | bool():
            return value
        case str():
            return encodable(value)
        case int():
            return clamped(value)
        case float():
            number = real(value)
            return number if number is None else finite(number)
        case dt.datetime():
            return value.isoformat()
        case tuple():
            return [_shown_value(each, complete=False) for each in value] or None
        case _:
            return _shown(value, complete=complete)


@functools.cache
def _members(cls: Any) -> tuple[str, ...]:
    return tuple(member.name for member in dataclasses.fields(cls))


def finite(number: float) -> float:
    """Bring infinite numbers, which Elasticsearch refuses, into reach, beyond all others."""
    if isinstance(number, int):
        return number
    if math.isinf(number):
        return math.copysign(_INFINITE, number)
    return min(max(number, -LARGEST), LARGEST)


_LEAVES: Final = Leaves(_adding)
