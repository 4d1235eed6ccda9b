"""
Conditions in one form, read from KQL and from Elasticsearch's queries alike.

A set of tests that must all hold. Only as much of KQL is read as we write: the point is that two
readers who know nothing of each other's text find the same.
"""

import json
import re
from typing import Any

Atom = tuple[Any, ...]


def read_kql(text: str) -> frozenset[Atom]:
    """Read a text from Kibana's query bar."""
    words = re.findall(r'"(?:[^"\\]|\\.)*"|[():*]|>=|<|[^\s():*<>"]+', text)
    found = _read_all(words)
    assert not words, f"left over: {words}"
    return found


def _read_all(words: list[str]) -> frozenset[Atom]:
    if not words:
        return frozenset()
    atoms = {_read_one(words)}
    while words and words[0] == "and":
        words.pop(0)
        atoms.add(_read_one(words))
    return frozenset(atoms)


def _read_one(words: list[str]) -> Atom:
    name = words.pop(0)
    if name == "not":
        return ("not", _bracketed(words, _read_all))
    match words.pop(0):
        case ":" if words[0] == "*":
            words.pop(0)
            return ("exists", name)
        case ":" if words[0] == "(":
            return ("is", name, _bracketed(words, _read_choices))
        case ":":
            return ("is", name, (_value(words.pop(0)),))
        case sign:
            return ({">=": "gte", "<": "lt"}[sign], name, _value(words.pop(0)))


def _bracketed(words: list[str], read: Any) -> Any:
    assert words.pop(0) == "("
    inner = read(words)
    assert words.pop(0) == ")"
    return inner


def _read_choices(words: list[str]) -> tuple[Any, ...]:
    values = [_value(words.pop(0))]
    while words[0] == "or":
        words.pop(0)
        values.append(_value(words.pop(0)))
    return tuple(values)


def _value(word: str) -> Any:
    try:
        return json.loads(word)
    except ValueError:
        return word


def read_dsl(query: dict[str, Any]) -> frozenset[Atom]:
    """Read an Elasticsearch query."""
    ((kind, inner),) = query.items()
    match kind:
        case "match_all":
            return frozenset()
        case "exists":
            return frozenset({("exists", inner["field"])})
        case "bool":
            must = (atom for part in inner.get("filter", ()) for atom in read_dsl(part))
            refused = (("not", read_dsl(part)) for part in inner.get("must_not", ()))
            return frozenset({*must, *refused})
    ((field, value),) = inner.items()
    match kind:
        case "term":
            return frozenset({("is", field, (value,))})
        case "terms":
            return frozenset({("is", field, tuple(value))})
        case "range":
            return frozenset((sign, field, end) for sign, end in value.items())
    raise ValueError(f"a kind of query nobody writes: {kind}")
