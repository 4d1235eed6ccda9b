"""What Kibana says about an import, object by object, as sentences."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Imported:
    """An object that Kibana took."""

    kind: str
    """Kibana's word for it, such as ``dashboard``."""
    id: str
    """The id it has there."""
    title: str


@dataclasses.dataclass(frozen=True, slots=True)
class Installed:
    """What an import changed."""

    created: tuple[Imported, ...] = ()
    overwritten: tuple[Imported, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """An import as Kibana tells of it."""

    success: bool
    count: int
    """How many objects it took, whether or not it lists them."""
    installed: Installed
    failures: tuple[str, ...]
    """A sentence for every object it refused."""


def read_answer(body: bytes) -> Answer | None:
    """Read the answer to an import; ``None`` when it is not one."""
    said = read_json(body)
    success, count = said.get("success"), said.get("successCount")
    if not isinstance(success, bool) or not isinstance(count, int):
        return None
    taken = list(_objects(said.get("successResults")))
    installed = Installed(
        created=tuple(_imported(each) for each in taken if each.get("overwrite") is not True),
        overwritten=tuple(_imported(each) for each in taken if each.get("overwrite") is True),
    )
    failures = tuple(_explain(each) for each in _objects(said.get("errors")))
    return Answer(success, count, installed, failures)


def read_json(body: bytes) -> dict[str, Any]:
    """Read an object; anything else is an empty one."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def plain(text: object, longest: int = 300) -> str:
    """Make what a server says safe to print: one line, without control characters, not long."""
    words = "".join(sign if sign.isprintable() else " " for sign in str(text)).split()
    line = " ".join(words)
    return line if len(line) <= longest else f"{line[:longest]}…"


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    yield from (each for each in (value if isinstance(value, list) else ()) if _is_object(each))


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _imported(said: dict[str, Any]) -> Imported:
    """Prefer the id it got: a data view whose id another space has gets a new one."""
    name = said.get("destinationId") or said.get("destination_id") or said.get("id")
    return Imported(plain(said.get("type", "object")), plain(name or ""), _title(said))


def _title(said: dict[str, Any]) -> str:
    meta = said.get("meta")
    title = meta.get("title") if isinstance(meta, dict) else None
    return plain(title or said.get("title") or "")


def _explain(said: dict[str, Any]) -> str:
    """Say which object was refused and why."""
    kind, name = plain(said.get("type", "object")), plain(said.get("id", ""))
    error = said.get("error")
    return (
        f"{kind} {(_title(said) or name)!r}: {_reason(error if isinstance(error, dict) else {})}"
    )


def _reason(error: dict[str, Any]) -> str:
    match error.get("type"):
        case "conflict":
            return "Kibana has another object with this id, and kept that one"
        case "ambiguous_conflict":
            return f"Kibana has several objects it could be: {_names(error.get('destinations'))}"
        case "missing_references":
            return f"it needs what Kibana does not have: {_names(error.get('references'))}"
        case "unsupported_type":
            return "this Kibana does not know objects of this type"
        case "unknown":
            status = error.get("statusCode", error.get("status_code", "no status"))
            return f"{plain(error.get('message') or 'no reason given')} ({plain(status)})"
        case other:
            return f"refused for a reason unknown here: {plain(other or 'none named')}"


def _names(value: Any) -> str:
    names = [f"{each.get('type', '')} {each.get('id', '')}".strip() for each in _objects(value)]
    return plain(", ".join(names) or "no names given")
