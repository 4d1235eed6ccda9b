"""How Kibana shows each field of the document: links, badges, whole numbers, descriptions."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from search.fields import Field, FieldKind, fields
from search.kibana.colours import FEELINGS, PERMISSIONS, Badge

TIME_FIELD: Final = "published_at"
OWN_FIELDS: Final = "sayso.*"
"""What the store needs and nobody reads."""

_DECIMALS: Final = {
    "rating.stars": "0.0", "subject.rating_average": "0.0", "sentiment.value": "0.00",
}  # fmt: skip
_BADGES: Final[Mapping[str, Mapping[Any, Badge]]] = {
    "sentiment.label": FEELINGS, "permission": PERMISSIONS,
}  # fmt: skip
_LONGEST_DESCRIPTION: Final = 300


def identify(prefix: str, key: str) -> str:
    """Name an object: the same on every call, so that importing again replaces it."""
    return str(uuid.uuid5(uuid.UUID("6c0cdf0e-5f0f-4a61-9f0c-2f0b6f6f3b1d"), f"{prefix}/{key}"))


def data_view_id(prefix: str) -> str:
    """Name the one data view, to which all else refers."""
    return identify(prefix, "data view")


def data_view_attributes(prefix: str) -> dict[str, Any]:
    """Describe the mentions of one prefix; settings of fields are JSON inside JSON."""
    return {
        "title": f"{prefix}-mentions",
        "name": f"[{prefix}] Mentions",
        "timeFieldName": TIME_FIELD,
        "fieldFormatMap": json.dumps(field_formats()),
        "fieldAttrs": json.dumps(_field_descriptions(), ensure_ascii=False),
        "sourceFilters": json.dumps([{"value": OWN_FIELDS}]),
        "runtimeFieldMap": "{}",
    }


def field_formats() -> dict[str, dict[str, Any]]:
    """Choose a format for every field that is not best shown as it is."""
    formats = {path: _choose_format(field) for path, field in fields().items()}
    return {path: form for path, form in formats.items() if form is not None}


def _choose_format(field: Field) -> dict[str, Any] | None:
    if field.path in _BADGES:
        return _badges(_BADGES[field.path])
    if field.kind is FieldKind.IDENTIFIER and field.path.split(".")[-1] == "url":
        return {"id": "url", "params": {"type": "a"}}
    if field.kind is FieldKind.NUMBER and (field.integer or field.path in _DECIMALS):
        return {"id": "number", "params": {"pattern": _DECIMALS.get(field.path, "0,0")}}
    return None


def _badges(badges: Mapping[Any, Badge]) -> dict[str, Any]:
    """Match whole values; Kibana wants a range as well, and ignores it for text."""
    colours = [
        {
            "range": "-Infinity:Infinity",
            "regex": f"^{value}$",
            "text": badge.text,
            "background": badge.ground,
        }
        for value, badge in badges.items()
    ]
    return {"id": "color", "params": {"fieldType": "string", "colors": colours}}


def _field_descriptions() -> dict[str, dict[str, str]]:
    """Say what each field means; the documentation's backquotes are not for reading here."""
    return {
        path: {"customDescription": field.doc.replace("`", "")[:_LONGEST_DESCRIPTION]}
        for path, field in fields().items()
    }
