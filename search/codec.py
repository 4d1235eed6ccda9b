"""
Mentions as JSON and back: what stores keep, exports write and imports read.

Stored JSON leaves out whatever equals its default. So changing a default in `search/mention.py`
changes what is already stored, and needs a migration.
"""

import dataclasses
import hashlib
import typing
from collections.abc import Mapping
from typing import Any, Final

import pydantic
import pydantic_core

from search.mention import Intent, Mention, Sentiment, State, StoredMention
from search.spelling import closest

_ADAPTER: Final = pydantic.TypeAdapter[Mention | None](
    Mention | None,  # pydantic takes a config for anything but a bare dataclass
    config=pydantic.ConfigDict(extra="forbid", ser_json_inf_nan="constants"),
)
_SENTIMENTS: Final = pydantic.TypeAdapter[Sentiment | None](Sentiment | None)
_INTENTS: Final = pydantic.TypeAdapter[Intent | None](Intent | None)
_STATES: Final = pydantic.TypeAdapter(State)
_HARVESTED_AT: Final = {"harvested_at"}
_EXPECTED: Final = {
    "bool_parsing": "is not true or false",
    "dataclass_exact_type": "is not an object",
    "dataclass_type": "is not an object",
    "float_parsing": "is not a number",
    "float_type": "is not a number",
    "int_from_float": "is not a whole number",
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "string_type": "is not text",
    "tuple_type": "is not a list",
}
_OVERFLOW: Final = "an instant lies outside the years 1 to 9999 in UTC"
_LONGEST_SHOWN: Final = 80


def to_json(mention: Mention) -> bytes:
    """Write a mention as compact JSON; lone surrogates, which UTF-8 cannot hold, become ``?``."""
    return encode(mention)[0]


def content_hash(mention: Mention) -> bytes:
    """Hash everything but `harvested_at`: equal hashes mean that the source says the same."""
    return encode(mention)[1]


def encode(mention: Mention) -> tuple[bytes, bytes]:
    """Return `to_json` and `content_hash` together, for the price of one."""
    content = _dump(mention, exclude=_HARVESTED_AT)
    digest = hashlib.blake2b(content, digest_size=16).digest()
    if mention.harvested_at is None:
        return content, digest
    harvested_at = mention.harvested_at.isoformat().encode()
    return content[:-1] + b',"harvested_at":"' + harvested_at + b'"}', digest


def state_to_json(state: State) -> str:
    """Write our own state as compact JSON."""
    return _STATES.dump_json(state).decode()


def stored_to_plain(stored: StoredMention) -> dict[str, Any]:
    """Return a stored mention as plain values: its id, what the source said, our own state."""
    state: dict[str, Any] = pydantic_core.from_json(_STATES.dump_json(stored.state))
    return {"id": stored.id, **to_plain(stored.mention), **state}


def state_from_json(text: str) -> State:
    """Read what `state_to_json` wrote; `ValueError` says what is wrong."""
    return _STATES.validate_json(text)


def sentiment_from_plain(plain: object) -> Sentiment | None:
    """Read a sentiment from what JSON gave; `ValueError` says what is wrong."""
    return _SENTIMENTS.validate_python(plain)


def intent_from_plain(plain: object) -> Intent | None:
    """Read an intent from what JSON gave; `ValueError` says what is wrong."""
    return _INTENTS.validate_python(plain)


def to_plain(mention: Mention) -> dict[str, Any]:
    """Return every field, unknown ones as ``None``, in types that JSON knows; instants as ISO."""
    plain: dict[str, Any] = pydantic_core.from_json(_dump(mention, exclude_defaults=False))
    return plain


def from_json(document: bytes | str) -> Mention:
    """Read what `to_json` wrote; `ValueError` says what is wrong."""
    try:
        return _present(_ADAPTER.validate_json(document))
    except pydantic.ValidationError as error:
        raise ValueError(_explain(error)) from None
    except OverflowError as error:
        raise ValueError(_OVERFLOW) from error


def from_plain(document: Mapping[str, Any]) -> Mention:
    """
    Read a mention from what JSON gave; fields that are missing are unknown.

    `ValueError` names each path, the value there and what is allowed.
    """
    try:
        return _present(_ADAPTER.validate_python(document))
    except pydantic.ValidationError as error:
        raise ValueError(_explain(error)) from None
    except OverflowError as error:
        raise ValueError(_OVERFLOW) from error


def _dump(mention: Mention, **options: Any) -> bytes:
    options.setdefault("exclude_defaults", True)
    try:
        return _ADAPTER.dump_json(mention, **options)
    except pydantic_core.PydanticSerializationError:
        return _ADAPTER.dump_json(_encodable(mention), **options)


def _encodable(part: Any) -> Any:
    """Replace lone surrogates the way `search.mention.mention_id` does, so that ids stay."""
    match part:
        case str() if type(part) is str:
            return part.encode("utf-8", "replace").decode()
        case tuple():
            return tuple(map(_encodable, part))
        case _ if dataclasses.is_dataclass(part) and not isinstance(part, type):
            members = (member.name for member in dataclasses.fields(part))
            return dataclasses.replace(
                part, **{name: _encodable(getattr(part, name)) for name in members}
            )
        case _:
            return part


def _present(mention: Mention | None) -> Mention:
    if mention is None:
        raise ValueError("null is not a mention: it must be an object")
    return mention


def _explain(error: pydantic.ValidationError) -> str:
    return "; ".join(_sentence(fault) for fault in error.errors(include_url=False))


def _sentence(fault: Any) -> str:
    path = ".".join(map(str, fault["loc"]))
    return f"{path}: {_complaint(fault)}".removeprefix(": ")


def _complaint(fault: Any) -> str:
    value = _shown(fault["input"])
    match fault["type"]:
        case "unexpected_keyword_argument":
            guess = closest(str(fault["loc"][-1]), _siblings(fault["loc"]))
            complaint = f"there is no such field{guess}"
        case "missing":
            complaint = "required, but missing"
        case "value_error":
            complaint = str(fault["ctx"]["error"])
        case "enum":
            complaint = f"{value} is not allowed; it must be {fault['ctx']['expected']}"
        case kind if kind.startswith("datetime"):
            complaint = f"{value} is not an instant such as 2026-01-31T12:00:00Z"
        case kind:
            complaint = f"{value} {_EXPECTED.get(kind) or fault['msg']}"
    return complaint


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _siblings(loc: tuple[int | str, ...]) -> list[str]:
    """List the names allowed where an unknown one stands."""
    owner: Any = Mention
    for step in loc[:-1]:
        if isinstance(step, str):
            owner = _dataclass_in(typing.get_type_hints(owner)[step])
    return [member.name for member in dataclasses.fields(owner)]


def _dataclass_in(hint: Any) -> Any:
    """Find the dataclass in ``Author | None`` or ``tuple[Media, ...]``."""
    if dataclasses.is_dataclass(hint):
        return hint
    return next(found for arg in typing.get_args(hint) if (found := _dataclass_in(arg)))
