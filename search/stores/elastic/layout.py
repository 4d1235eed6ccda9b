"""
The design of the indices, generated from the fields of the document.

What Kibana shows stands under the document's own names. What our queries need stands below
``sayso``: ``content`` is made from what the source says and is written by crawls, ``own`` is what
we know ourselves. Both are lists of one object, since a partial update replaces a list as a whole,
but merges objects. Nothing is nested: our query language asks of each field by itself.
"""

import hashlib
import json
from typing import Any, Final

from search.fields import Field, FieldKind, fields
from search.stores.base import Sort
from search.stores.marks import LONGEST_PAGE

VERSION: Final = 1
"""Grows when documents are made differently."""

LONGEST_WORD: Final = 100
"""Characters of a word: the ``whitespace`` analyzer cuts at 255 UTF-16 units."""

LONGEST_VALUE: Final = 1_000
"""Characters of a value: Lucene takes 32,766 bytes."""

STEMMERS: Final = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "sv": "swedish",
}
"""
Built-in analyzers for ``sayso.content.stemmed.<language>``, for people who type into Kibana.

`stem:` of our query language does not use them: they leave out frequent words, and differ from the
stemmers of the matcher, which decides on every store.
"""

_COUNTED_TEXTS: Final = ("title", "subject.name")
_UNSEARCHED: Final = {"type": "keyword", "index": False, "doc_values": False}
_ONLY_SEARCHED: Final = {"type": "keyword", "doc_values": False}
_KEYWORD: Final = {"type": "keyword", "ignore_above": LONGEST_VALUE}
_DATE: Final = {"type": "date", "format": "strict_date_optional_time"}
_STEMS: Final = {
    "type": "text",
    "analyzer": "whitespace",
    "norms": False,
    "index_options": "docs",
}
_WORDS: Final = {"type": "text", "analyzer": "whitespace", "norms": False}
SORTED_BY: Final = tuple(sort for sort in Sort if sort is not Sort.FOUND)


def part(field: Field) -> str:
    """Name the object below which our queries find a field."""
    return "sayso.own" if field.own else "sayso.content"


def name_of(field: Field) -> str:
    """Name what a query for one whole value, word or number of a field searches."""
    match field.kind:
        case FieldKind.WORDS:
            return f"{part(field)}.words.{field.path}"
        case FieldKind.DATE:
            return f"{part(field)}.at.{field.path}"
        case FieldKind.NUMBER:
            return field.path
        case _:
            return field.path if field.values else f"{part(field)}.folded.{field.path}"


def facet_of(field: Field) -> str:
    """Name what a field is counted by."""
    return name_of(field) if field.kind is FieldKind.FLAG else field.path


def mentions_mapping() -> dict[str, Any]:
    """Map every field; what is not mapped would not be searched, so the tests compare."""
    tree: dict[str, Any] = {}
    for path, mapping in _leaves():
        *owners, name = path.split(".")
        at = tree
        for owner in owners:
            at = at.setdefault(owner, {"properties": {}})["properties"]
        at[name] = mapping
    return {"dynamic": False, "date_detection": False, "properties": tree}


def mentions_settings(shards: int = 1) -> dict[str, Any]:
    """Say what every index of mentions is like; replicas come as there are nodes for them."""
    return {
        "number_of_shards": str(shards),
        "auto_expand_replicas": "0-1",
        "refresh_interval": "5s",
        "max_result_window": str(LONGEST_PAGE + 1),
        "mapping.total_fields.limit": "500",
        "query.default_field": ["text", "title", "subject.name"],
    }


OWN: Final[dict[str, dict[str, Any]]] = {
    "runs": {
        **{key: {"type": "keyword"} for key in ("id", "key", "source", "state", "worker")},
        "queued_at": {"type": "long"},
        "body": _UNSEARCHED,
    },
    "run-locks": {"body": _UNSEARCHED},
    "notes": {"key": {"type": "keyword"}, "value": _UNSEARCHED},
    "cursors": {"key": {"type": "keyword"}, "value": _UNSEARCHED, "saved_at": _DATE},
    "quarantine": {
        **dict.fromkeys(("id", "source", "stage"), _KEYWORD),
        "at": {"type": "long"},
        "body": _UNSEARCHED,
    },
}
"""The small indices beside the mentions, by the end of their names: their fields."""


def own_mapping(name: str) -> dict[str, Any]:
    """Map the documents of one of the small indices."""
    return {"dynamic": False, "date_detection": False, "properties": OWN[name]}


OWN_SETTINGS: Final[dict[str, Any]] = {
    "number_of_shards": "1",
    "auto_expand_replicas": "0-1",
    "refresh_interval": "5s",
}


def mark(body: Any) -> dict[str, Any]:
    """Make what tells our indices and templates from others, and one version from the next."""
    text = json.dumps(body, sort_keys=True)
    digest = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return {"sayso": {"version": VERSION, "digest": digest}}


def visible(field: Field) -> dict[str, Any]:  # noqa: PLR0911 - one for each kind
    """Map a field under its own name, as Kibana and its users see it."""
    match field.kind:
        case FieldKind.WORDS if field.path in _COUNTED_TEXTS:
            whole = {"keyword": {"type": "keyword", "ignore_above": 256}}
            return {"type": "text", "norms": False, "fields": whole}
        case FieldKind.WORDS:
            return {"type": "text", "norms": False}
        case FieldKind.KEYWORD:
            return _KEYWORD
        case FieldKind.IDENTIFIER:
            return {**_KEYWORD, "doc_values": False}
        case FieldKind.FLAG:
            return {"type": "boolean"}
        case FieldKind.NUMBER:
            return {"type": "long" if field.integer else "double"}
        case FieldKind.DATE:
            return _DATE
        case FieldKind.KEPT:
            return _UNSEARCHED


def _leaves() -> list[tuple[str, dict[str, Any]]]:
    leaves: list[tuple[str, dict[str, Any]]] = [
        ("sayso.id", {"type": "keyword"}),
        ("sayso.order", {"type": "long"}),
        ("sayso.put", _UNSEARCHED),
        ("sayso.version", {"type": "integer"}),
        ("sayso.content.hash", _UNSEARCHED),
        ("sayso.content.keys", _ONLY_SEARCHED),
        *((f"sayso.{half}.record", _UNSEARCHED) for half in ("content", "own")),
        *((f"sayso.{half}.exists", {"type": "keyword"}) for half in ("content", "own")),
        *((f"sayso.content.rank.{sort}", {"type": "long", "index": False}) for sort in SORTED_BY),
        *(
            (f"sayso.content.stemmed.{code}", {"type": "text", "analyzer": name, "norms": False})
            for code, name in STEMMERS.items()
        ),
    ]
    for field in fields().values():
        leaves.append((field.path, visible(field)))
        leaves += _hidden(field)
    return leaves


def _hidden(field: Field) -> list[tuple[str, dict[str, Any]]]:
    match field.kind:
        case FieldKind.WORDS:
            return [(name_of(field), _WORDS), (f"{part(field)}.stems.{field.path}", _STEMS)]
        case FieldKind.DATE:
            return [(name_of(field), {"type": "long", "doc_values": False})]
        case FieldKind.FLAG:
            return [(name_of(field), {"type": "keyword"})]
        case FieldKind.NUMBER | FieldKind.KEPT:
            return []
        case _:
            return [] if field.values else [(name_of(field), _ONLY_SEARCHED)]
