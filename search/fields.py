"""The fields of the document, derived from `Mention` and `State`: the one table all else uses."""

import ast
import dataclasses
import datetime as dt
import enum
import functools
import inspect
import textwrap
import types
import typing
from collections.abc import Iterator
from typing import Any

from search.mention import Mention, State


class FieldKind(enum.StrEnum):
    """How a field is searched."""

    WORDS = "words"
    KEYWORD = "keyword"
    IDENTIFIER = "identifier"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"
    KEPT = "kept"


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One leaf of the document."""

    path: str
    """Dotted, as typed in a query: ``author.name``."""

    kind: FieldKind
    """How it is searched."""

    many: bool
    """Whether a mention can have several values."""

    values: tuple[str, ...]
    """The closed set of values, or ``()``."""

    doc: str
    """The docstring below the field in the class."""

    own: bool
    """Whether it is our own state rather than something the source said."""

    integer: bool = False
    """Whether a number is always whole."""

    @property
    def can_facet(self) -> bool:
        """Whether counting by value makes sense."""
        return self.kind in {FieldKind.KEYWORD, FieldKind.FLAG}

    @property
    def can_search(self) -> bool:
        """Whether a query may name it."""
        return self.kind is not FieldKind.KEPT


ALIASES = {
    "author": "author.name",
    "brand": "brands",
    "criticised": "towards.negative",
    "disclosure": "disclosure.level",
    "from": "source",
    "handle": "handles",
    "hashtag": "hashtags",
    "intent": "intent.label",
    "lang": "language",
    "licence": "licence.id",
    "license": "licence.id",
    "likes": "engagement.likes",
    "praised": "towards.positive",
    "product": "subject.name",
    "rating": "rating.stars",
    "replies": "engagement.replies",
    "reposts": "engagement.reposts",
    "reserved": "rights_signals.effects",
    "second_opinion": "second_opinion.label",
    "sentiment": "sentiment.label",
    "signal": "authenticity.signal",
    "stars": "rating.stars",
    "subject": "subject.name",
    "tag": "hashtags",
    "views": "engagement.views",
}
"""Short names a query may use."""

SEARCHED_TEXT = ("text", "title", "subject.name")
"""Where a word without a field name is looked for; a phrase never spans two of them."""


@functools.cache
def fields() -> dict[str, Field]:
    """Every leaf by its path, in the order of the classes."""
    found = [*_walk(Mention, "", own=False, many=False), *_walk(State, "", own=True, many=False)]
    return {field.path: field for field in found}


def resolve(name: str) -> Field | None:
    """Find a field by path or alias; ``None`` when there is none."""
    return fields().get(ALIASES.get(name, name))


def read_values(document: object, path: str) -> tuple[Any, ...]:
    """Read every value at a dotted path below a dataclass; ``()`` when it is unknown."""
    found: tuple[Any, ...] = (document,)
    for step in path.split("."):
        found = tuple(
            value
            for parent in found
            for value in _several(getattr(parent, step))
            if value is not None
        )
    return found


def _several(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _walk(cls: type, prefix: str, *, own: bool, many: bool) -> Iterator[Field]:
    docs = field_docstrings(cls)
    hints = typing.get_type_hints(cls, include_extras=True)
    for member in dataclasses.fields(cls):
        path = prefix + member.name
        mark, leaf, several = _unwrap(hints[member.name])
        if dataclasses.is_dataclass(leaf):
            yield from _walk(leaf, f"{path}.", own=own, many=many or several)
            continue
        values = tuple(leaf) if issubclass(leaf, enum.StrEnum) else ()
        kind = FieldKind(mark) if mark else _KINDS.get(leaf, FieldKind.KEYWORD)
        yield Field(path, kind, many or several, values, docs[member.name], own, leaf is int)


_KINDS = {
    int: FieldKind.NUMBER,
    float: FieldKind.NUMBER,
    bool: FieldKind.FLAG,
    dt.datetime: FieldKind.DATE,
}


def _unwrap(hint: Any) -> tuple[str | None, type, bool]:
    """Take ``Annotated``, ``| None`` and ``tuple[..., ...]`` off: mark, type, several."""
    mark, several = None, False
    while True:
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            mark, hint = hint.__metadata__[0], args[0]
        elif origin in (typing.Union, types.UnionType):
            (hint,) = (arg for arg in args if arg is not type(None))
        elif origin is tuple:
            several, hint = True, args[0]
        else:
            return mark, hint, several


def field_docstrings(cls: type) -> dict[str, str]:
    """Read the string below each annotated member of a class from its source."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - what a class's source parses to
    docs = {}
    for member, doc in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(member, ast.AnnAssign)
            and isinstance(member.target, ast.Name)
            and isinstance(doc, ast.Expr)
            and isinstance(doc.value, ast.Constant)
        ):
            docs[member.target.id] = inspect.cleandoc(str(doc.value.value))
    return docs
