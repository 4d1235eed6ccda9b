"""The columns of an export: what may be asked for, and how a mention fills them."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from search.errors import SaysoError
from search.fields import ALIASES, Field, FieldKind, fields, read_values, resolve
from search.mention import StoredMention
from search.spelling import closest


class ExportError(SaysoError):
    """An export that cannot be written; no file is left half-done."""


Row = TypeVar("Row")
_Row_contra = TypeVar("_Row_contra", contravariant=True)


class ColumnOf(Protocol[_Row_contra]):
    """One column of a table: its heading, and how a row fills it."""

    @property
    def name(self) -> str:
        """The heading."""
        ...

    @property
    def kind(self) -> FieldKind:
        """What its values are, which decides how wide it is shown."""
        ...

    @property
    def is_link(self) -> bool:
        """Whether its values are addresses to click on."""
        ...

    def read(self, row: _Row_contra, /) -> Any:
        """Return the value, a tuple of them where there can be several, ``None`` for unknown."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One field of the document as a column."""

    field: Field

    @property
    def name(self) -> str:
        """The heading: the field's path."""
        return self.field.path

    @property
    def kind(self) -> FieldKind:
        """How the field is searched."""
        return self.field.kind

    @property
    def is_link(self) -> bool:
        """None is: everything that was crawled may have addresses, and most are long."""
        return False

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
