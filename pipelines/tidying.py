"""The tidy stage: foreign strings become text that every store, index and terminal can take."""

import dataclasses
import functools
import math
import re
import types
import typing
from typing import Any

from pipelines.context import Context
from search.mention import (
    Author,
    Engagement,
    Licence,
    Media,
    Mention,
    Rating,
    Sentiment,
    Subject,
)

LONGEST_TEXT = 500_000
"""Characters of a text that are kept, about the length of a long novel; the rest is cut off."""

LONGEST_DESCRIPTION = 2_000
"""Characters of what a page says of its product: it is stored with each of its reviews."""

LARGEST_NUMBER = 2**53
"""Above it not every whole number has a place in a double, which is what JSON readers use."""

_PARTS = (Author, Engagement, Licence, Media, Rating, Sentiment, Subject)
_CUT = "\N{HORIZONTAL ELLIPSIS}"
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_REMOVED = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters except tab and line ends
    "\ud800-\udfff"  # surrogates, alone in a string and so not encodable
    "\ufeff\ufff9-\ufffb\ufffe\uffff"  # byte-order mark, annotation marks, non-characters
    "\u202a-\u202e\u2066-\u2069"  # direction overrides, which let a text disguise its words
    "]"
)
_SUSPICIOUS = re.compile(f"[\r\x0b\x0c\x85\u2028\u2029{_REMOVED.pattern[1:]}")


def tidy(mention: Mention, _: Context) -> Mention:
    r"""
    Clean every string of the mention; an optional one that is empty becomes ``None``.

    So does an optional number that is infinite, not a number, or beyond `LARGEST_NUMBER`, and a
    rating on an infinite scale.

    Control characters, lone surrogates and direction overrides go, line ends become ``\n``, and
    a text longer than `LONGEST_TEXT` ends in an ellipsis, like a description of a product longer
    than `LONGEST_DESCRIPTION`.

    A value of another type than its field's, as a careless reader takes it from foreign JSON,
    raises `TypeError`: stored, it could never be read again.
    """
    tidied: Mention = _tidy(mention)
    if tidied.rating is not None and not all(
        map(math.isfinite, dataclasses.astuple(tidied.rating))
    ):
        tidied = dataclasses.replace(tidied, rating=None)
    if len(tidied.text) > LONGEST_TEXT:
        tidied = dataclasses.replace(tidied, text=cut(tidied.text, LONGEST_TEXT))
    described = tidied.subject
    if described and described.description and len(described.description) > LONGEST_DESCRIPTION:
        short = cut(described.description, LONGEST_DESCRIPTION)
        subject = dataclasses.replace(described, description=short)
        tidied = dataclasses.replace(tidied, subject=subject)
    return tidied


def cut(text: str, longest: int) -> str:
    """Cut a text so that it has so many characters with the ellipsis at its end."""
    return text if len(text) <= longest else text[: longest - 1] + _CUT


def clean(text: str) -> str:
    """Remove what is not text, unify line ends and strip the ends."""
    if not text.isprintable() and _SUSPICIOUS.search(text):
        text = _REMOVED.sub("", _LINE_END.sub("\n", text))
    return text.strip()


def _tidy(part: Any) -> Any:
    changed = {}
    for name, optional, allowed, inner in _members(part.__class__):
        before = getattr(part, name)
        if before is None and optional:
            continue
        if not isinstance(before, allowed) or not all(
            isinstance(one, inner) for one in _in(before)
        ):
            raise TypeError(f"{part.__class__.__name__}.{name} is not what it should be")
        after = _tidy_value(before)
        if optional and (after == "" or _is_no_number(after)):
            after = None
        if after is not before and after != before:
            changed[name] = after
    return dataclasses.replace(part, **changed) if changed else part


def _tidy_value(value: Any) -> Any:
    if type(value) is str:  # an enum's members are strings too, and never need it
        return clean(value)
    if type(value) is tuple:
        return tuple(tidied for part in value if (tidied := _tidy_value(part)) != "")
    return _tidy(value) if isinstance(value, _PARTS) else value


def _is_no_number(value: Any) -> bool:
    """Tell a count or mean that no counter reaches, and that JSON readers would not keep."""
    return type(value) in {int, float} and not abs(value) <= LARGEST_NUMBER


def _in(value: Any) -> tuple[Any, ...]:
    return value if type(value) is tuple else ()


Types = tuple[type, ...]


@functools.cache
def _members(cls: type[Any]) -> tuple[tuple[str, bool, Types, Types], ...]:
    """List name, whether ``None`` is the default, and the types allowed, also within a tuple."""
    hints = typing.get_type_hints(cls)
    return tuple(
        (member.name, member.default is None, *_types(hints[member.name]))
        for member in dataclasses.fields(cls)
    )


def _types(hint: Any) -> tuple[Types, Types]:
    if typing.get_origin(hint) is tuple:
        return (tuple,), _types(typing.get_args(hint)[0])[0]
    if typing.get_origin(hint) in {types.UnionType, typing.Union}:
        return tuple(one for part in typing.get_args(hint) for one in _types(part)[0]), ()
    return ((int, float) if hint is float else (hint,)), ()
