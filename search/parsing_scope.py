"""Field names in a query: which field is being spoken of, and what can be said of it."""

import dataclasses

from search.errors import QueryError
from search.fields import ALIASES, SEARCHED_TEXT, Field, FieldKind, fields, resolve
from search.parsing_values import closest

_SPECIAL = ("has", "raw", "stem", "since", "until")


@dataclasses.dataclass(frozen=True, slots=True)
class Scope:
    """What a value is looked for in: nothing named, a field, or a way of searching."""

    name: str = ""
    """As typed; empty outside of any field."""

    field: Field | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The fields to search."""
        return (self.field.path,) if self.field else SEARCHED_TEXT

    @property
    def is_text(self) -> bool:
        """Whether words are compared rather than whole values."""
        return self.field.kind is FieldKind.WORDS if self.field else self.name not in _SPECIAL

    @property
    def lists_values(self) -> bool:
        """Whether values side by side are alternatives, as in ``lang:(sv nl)``."""
        return self.field is not None and not self.is_text

    @property
    def takes_minus(self) -> bool:
        """Whether a ``-`` before a value belongs to it, as in ``sentiment.value:-1``."""
        if self.field is None:
            return self.name in {"since", "until"}
        return self.field.kind in {FieldKind.NUMBER, FieldKind.DATE}


def find_scope(name: str, position: int) -> Scope:
    """Find the field of this name."""
    folded = name.lower()
    if folded in _SPECIAL:
        return Scope(folded)
    field = resolve(folded)
    if field is None:
        raise QueryError(f"unknown field `{name}`", position=position, remedy=_remedy(folded))
    if not field.can_search:
        raise QueryError(
            f"`{name}` is kept but not searchable",
            position=position,
            remedy="leave out the field name to search the text",
        )
    return Scope(folded, field)


def _remedy(name: str) -> str:
    if name in {"http", "https"}:
        return 'put an address in quotes, or write url:"https://…"'
    searchable = (path for path, field in fields().items() if field.can_search)
    guess = closest(name, [*searchable, *ALIASES, *_SPECIAL])
    return f"did you mean `{guess}`?" if guess else "put text that contains a colon in quotes"
