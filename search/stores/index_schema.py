"""
What the index keeps: its schema, generated from the fields of the document.

By path: its words or its folded value. Beside that, ``facet.<path>`` holds values as written, for
counting; ``stem.<path>`` stems with their language; ``sort.<order>`` a unique number that puts
mentions in that order; ``exists`` the paths that have a value.
"""

import hashlib
import importlib.metadata
import unicodedata
from typing import Final

import tantivy

from search.fields import Field, FieldKind, fields
from search.stores.base import Sort

_VERSION: Final = 1
"""Counts up when documents are made differently, so that older indexes are rebuilt."""

ROW: Final = "row"
EXISTS: Final = "exists"

LONGEST: Final = 1_000
"""Characters of one word or value that are indexed: tantivy drops a term over 65,530 bytes."""


def schema() -> tantivy.Schema:
    """Build the index schema."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(ROW, indexed=True, fast=True)
    _add_values(builder, EXISTS, fast=True)
    for sort in Sort:
        builder.add_unsigned_field(sort_field(sort), fast=True)
    for field in fields().values():
        if field.can_search:
            _add_field(builder, field)
    return builder.build()


def fingerprint() -> str:
    """Identify the schema and the meaning of words: an index with another one is rebuilt."""
    described = [
        _VERSION,
        LONGEST,
        *((field.path, field.kind, field.integer) for field in fields().values()),
        *Sort,
        unicodedata.unidata_version,
        *map(importlib.metadata.version, ("regex", "PyStemmer", "tantivy")),
    ]
    return hashlib.blake2b(repr(described).encode(), digest_size=8).hexdigest()


def facet_field(path: str) -> str:
    """Name the index field to count a path by."""
    return f"facet.{path}"


def stem_field(path: str) -> str:
    """Name the index field with the stems of a path."""
    return f"stem.{path}"


def sort_field(sort: Sort) -> str:
    """Name the index field that orders."""
    return f"sort.{sort}"


def _add_field(builder: tantivy.SchemaBuilder, field: Field) -> None:
    match field.kind:
        case FieldKind.WORDS:
            builder.add_text_field(field.path, tokenizer_name="whitespace")
            builder.add_text_field(
                stem_field(field.path), tokenizer_name="whitespace", index_option="basic"
            )
        case FieldKind.NUMBER if not field.integer:
            builder.add_float_field(field.path, fast=True)
        case FieldKind.NUMBER | FieldKind.DATE:
            builder.add_integer_field(field.path, fast=True)
        case _:
            _add_values(builder, field.path)
            if field.can_facet:
                _add_values(builder, facet_field(field.path), fast=True)


def _add_values(builder: tantivy.SchemaBuilder, name: str, *, fast: bool = False) -> None:
    builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=fast)
