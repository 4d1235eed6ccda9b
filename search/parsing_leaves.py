"""The leaves of a query: one written value in its scope → nodes of `search.query`."""

import datetime as dt
import string
from collections.abc import Iterable
from typing import NoReturn

from search.errors import QueryError
from search.fields import SEARCHED_TEXT, Field, FieldKind
from search.parsing_presence import read_has
from search.parsing_ranges import read_exactly, read_since, read_until
from search.parsing_scope import Scope
from search.parsing_values import Written, read_choice, read_flag
from search.query import And, Exists, Near, Or, Phrase, Prefix, Query, Raw, Stem, Term
from search.words import fold_value, folded_words, words

_SIGILS = {"hashtags": "#", "handles": "@", "author.name": "@"}
_NEVER_IN_HASHTAG = frozenset(string.punctuation) - {"_"}
_NEVER_IN_HANDLE = frozenset(string.punctuation) - set("_.-@")


def any_of(parts: Iterable[Query]) -> Query:
    """Join with OR: nested ones become one, and the same part twice is one."""
    flat = dict.fromkeys(
        inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))
    )
    return Or(tuple(flat)) if len(flat) > 1 else next(iter(flat))


def all_of(parts: Iterable[Query]) -> Query:
    """Join with AND: nested ones become one, and the same part twice is one."""
    flat = dict.fromkeys(
        inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))
    )
    return And(tuple(flat)) if len(flat) > 1 else next(iter(flat))


def read_value(written: Written, scope: Scope, now: dt.datetime) -> Query:
    """Read one value in its scope."""
    if scope.field and written.prefix and not written.text:
        return Exists(scope.field.path)
    if scope.is_text:
        return _read_text(written, scope)
    if scope.field is None or scope.field.kind not in {FieldKind.KEYWORD, FieldKind.IDENTIFIER}:
        _refuse_prefix(written, f"`{scope.name}:`")
    if scope.field is None:
        return _read_special(written, scope.name, now)
    return _read_field(written, scope.field, now)


def read_near(written: Written, gap: int, scope: Scope) -> Query:
    """Read ``"a b"~gap``."""
    if not scope.is_text:
        _refuse(written, f"`{scope.name}:` cannot be searched with ~", "leave it out")
    found = _words_of(written)
    if len(found) == 1:
        return any_of(Phrase(path, found) for path in scope.paths)
    return any_of(Near(path, found, gap) for path in scope.paths)


def _read_special(written: Written, name: str, now: dt.datetime) -> Query:
    match name:
        case "has":
            return read_has(written)
        case "since":
            return read_since(written, now)
        case "until":
            return read_until(written, now)
        case "stem":
            return _read_stem(written)
        case _:
            return _read_raw(written)


def _read_field(written: Written, field: Field, now: dt.datetime) -> Query:
    if field.kind is FieldKind.FLAG:
        return Term(field.path, read_flag(written, field.path))
    if field.kind in {FieldKind.NUMBER, FieldKind.DATE}:
        return read_exactly(written, field, now)
    value = fold_value(written.text).removeprefix(_SIGILS.get(field.path, ""))
    if not value:
        _refuse(written, "the value is empty", f"write {field.path}:* for any value")
    if written.prefix:
        return Prefix(field.path, value)
    return Term(field.path, read_choice(written, field) if field.values else value)


def _read_text(written: Written, scope: Scope) -> Query:
    if scope.field is None and not written.quoted and len(written.text) > 1:
        if written.text[0] == "#":
            return _read_hashtag(written)
        if written.text[0] == "@":
            return _read_handle(written)
    if written.prefix:
        prefix = _prefix_of(written)
        return any_of(Prefix(path, prefix) for path in scope.paths)
    found = _words_of(written)
    return any_of(Phrase(path, found) for path in scope.paths)


def _read_hashtag(written: Written) -> Query:
    tag = _name_of(written, _NEVER_IN_HASHTAG, "a hashtag holds letters, digits and _ only")
    return Prefix("hashtags", tag) if written.prefix else Term("hashtags", tag)


def _read_handle(written: Written) -> Query:
    name = _name_of(written, _NEVER_IN_HANDLE, "write @name or @name@host")
    if written.prefix:
        return Prefix("handles", name)
    if "@" in name:
        return Term("handles", name)
    return Or((Term("handles", name), Prefix("handles", f"{name}@")))


def _name_of(written: Written, never: frozenset[str], rule: str) -> str:
    name = fold_value(written.text[1:])
    if not name or never.intersection(name) or not folded_words(name):
        _refuse(written, f"`{written.text}` is no name", rule)
    return name


def _read_raw(written: Written) -> Query:
    text = written.text.strip()
    found = _words_of(written)
    return any_of(Raw(path, text, found) for path in SEARCHED_TEXT)


def _read_stem(written: Written) -> Query:
    found = _words_of(written)
    if len(found) > 1:
        _refuse(written, "`stem:` takes one word at a time", "write stem:one AND stem:two")
    return any_of(Stem(path, found[0]) for path in SEARCHED_TEXT)


def _words_of(written: Written) -> tuple[str, ...]:
    found = tuple(folded_words(written.text))
    if not found:
        _refuse(
            written,
            f"`{written.text}` has no letters or digits to search",
            'put it in quotes with its neighbours, such as "H & M"',
        )
    return found


def _prefix_of(written: Written) -> str:
    found = words(written.text)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(written.text)):
        _refuse(
            written,
            f"`{written.text}*` is not the beginning of one word",
            "write * directly after letters or digits, without punctuation",
        )
    return found[0].text


def _refuse_prefix(written: Written, place: str) -> None:
    if written.prefix:
        _refuse(written, f"{place} takes no *", "leave it out, or put the text in quotes")


def _refuse(written: Written, problem: str, remedy: str) -> NoReturn:
    raise QueryError(problem, position=written.position, remedy=remedy)
