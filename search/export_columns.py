"""The columns of an export: what may be asked for, and how a mention fills them."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from search.errors import SaysoError
from search.fields import ALIASES, Field, FieldKind, fields, read_values, resolve
from search.mention import StoredMention
from search.spelling import closest


class ExportError(SaysoError):
    """An export that cannot be written; no file is left half-done."""


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One field of the document as a column."""

    field: Field

    @property
    def name(self) -> str:
        """The heading: the field's path."""
        return self.field.path

    def read(self, stored: StoredMention) -> Any:
        """Return the value, a tuple of them where there can be several, ``None`` for unknown."""
        if self.field.path == "id":
            return stored.id
        part = stored.state if self.field.own else stored.mention
        values = read_values(part, self.field.path)
        if self.field.many:
            return values
        return values[0] if values else None


_ID = Field("id", FieldKind.IDENTIFIER, many=False, values=(), doc="", own=False)


def choose_columns(names: Sequence[str] | None) -> tuple[Column, ...]:
    """
    Find columns by path or short name, in the order asked for; ``None``: ``id`` and all fields.

    A name that is no field raises `ExportError`.
    """
    if names is None:
        return tuple(Column(field) for field in (_ID, *fields().values()))
    return tuple(dict.fromkeys(_find(name) for name in names))


def _find(name: str) -> Column:
    field = _ID if name == "id" else resolve(name)
    if field is None:
        remedy = closest(name, ["id", *fields(), *ALIASES])
        raise ExportError(f"there is no column `{name}`{remedy}")
    return Column(field)
