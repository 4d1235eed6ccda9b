"""The document as Elasticsearch has it: every visible field and its type."""

from typing import Final

from search.fields import Field, FieldKind, fields

KEPT: Final = "kept"
NUMBERS: Final = frozenset({"long", "double"})
VALUES: Final = frozenset({"keyword", "boolean"})
"""What can be counted by."""


def field_types() -> dict[str, str]:
    """Name the type of each field that a panel or search may use."""
    types = {path: _type(field) for path, field in fields().items()}
    return types | {"title.keyword": "keyword", "subject.name.keyword": "keyword"}


def _type(field: Field) -> str:
    match field.kind:
        case FieldKind.WORDS:
            return "text"
        case FieldKind.KEYWORD | FieldKind.IDENTIFIER:
            return "keyword"
        case FieldKind.NUMBER:
            return "long" if field.integer else "double"
        case FieldKind.DATE:
            return "date"
        case FieldKind.FLAG:
            return "boolean"
        case FieldKind.KEPT:
            return KEPT
