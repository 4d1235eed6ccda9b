"""
schema.org statements on a page, in one form: JSON-LD, microdata and RDFa become `Node` objects.

JSON-LD is read leniently, as people write it: comments, trailing commas, HTML entities, line
breaks inside strings. microdata and RDFa are read by extruct, and only where their attributes
occur, since that costs far more than finding out that they do not.
"""

import dataclasses
import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

import jstyleson  # type: ignore[import-untyped]  # has no types
from lxml.etree import LxmlError

DEEPEST = 60
"""Levels of nesting that are read."""

MANY_NODES = 20_000
"""Nodes that are read on one page."""

_JSON_LD = re.compile(
    r"<script\b[^<>]*\btype\s*=\s*[\"']?\s*application/ld\+json\b[^<>]*>", re.IGNORECASE
)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_WRAPPING = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*\Z")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_RDFA = re.compile(r"\stypeof\s*=", re.IGNORECASE)
_MICRODATA = re.compile(r"\sitemtype\s*=", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One typed thing and what is said of it."""

    raw: Mapping[str, Any]
    """Property names without prefix or vocabulary; ``@type`` and ``@id`` as in JSON-LD."""

    graph: Mapping[str, Mapping[str, Any]]
    """What an ``@id`` elsewhere on the page stands for."""

    syntax: str
    """``JSON-LD``, ``microdata`` or ``RDFa``."""

    @property
    def types(self) -> frozenset[str]:
        """Type names without vocabulary: ``Product``."""
        return frozenset(
            local_name(name) for name in _list(self.raw.get("@type")) if _is_text(name)
        )

    @property
    def id(self) -> str | None:
        """Its ``@id``; ``None`` for one that is only a number inside this page."""
        value = self.raw.get("@id")
        return value if _is_text(value) and not value.startswith("_:") else None

    def values(self, name: str) -> "Iterator[str | float | Node]":
        """Yield every value of a property, with references followed."""
        for value in _list(self.raw.get(name)):
            if isinstance(value, Mapping):
                yield Node(self._target(value), self.graph, self.syntax)
            elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
                yield value

    def nodes(self, *names: str) -> "Iterator[Node]":
        """Yield the values of some properties that are things."""
        for name in names:
            yield from (value for value in self.values(name) if isinstance(value, Node))

    def texts(self, *names: str) -> Iterator[str]:
        """Yield the values of some properties as text; a thing is its name, or its address."""
        for name in names:
            for value in self.values(name):
                text = value.label if isinstance(value, Node) else str(value).strip()
                if text:
                    yield text

    def text(self, *names: str) -> str | None:
        """Return the first known value of some properties as text."""
        return next(self.texts(*names), None)

    @property
    def label(self) -> str | None:
        """What a thing is called, or else where it is."""
        for name in ("name", "@value", "url", "@id"):
            for value in _list(self.raw.get(name)):
                if isinstance(value, (str, int, float)) and str(value).strip():
                    return str(value).strip()
        return None

    def _target(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = value.get("@id")
        if _is_text(reference) and "@type" not in value:
            return {**self.graph.get(reference, {}), **value}
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A thing and what it was found inside of, outermost first."""

    node: Node
    inside: tuple[Node, ...]


def read_nodes(html: str, url: str, *, attributes: bool = True) -> list[Found]:
    """
    Read every typed thing on a page; each syntax in document order.

    Without ``attributes`` only JSON-LD is read, and not what stands in the markup itself.
    """
    found: list[Found] = []
    for syntax, trees in _read_syntaxes(html, url, attributes=attributes):
        graph = dict(_identified(trees))
        for tree in trees:
            found += _walk(tree, graph, syntax)
            if len(found) > MANY_NODES:
                return found[:MANY_NODES]
    return found


def _read_syntaxes(html: str, url: str, *, attributes: bool) -> Iterator[tuple[str, list[Any]]]:
    yield "JSON-LD", list(read_json_ld(html))
    if not attributes:
        return
    if _MICRODATA.search(html):
        yield "microdata", [_from_microdata(thing) for thing in _extract_microdata(html, url)]
    if _RDFA.search(html):
        yield "RDFa", _extract_rdfa(html, url)


def read_json_ld(html: str) -> Iterator[Any]:
    """Yield the JSON-LD blocks of a page; one that cannot be read is left out."""
    for start in _JSON_LD.finditer(html):
        end = _SCRIPT_END.search(html, start.end())
        if end is None:
            return
        block = html[start.end() : end.start()]
        parsed = _read_json(_WRAPPING.sub("", _WRAPPING.sub("", block)))
        if parsed is not None:
            yield _plain_names(parsed)


def _read_json(text: str) -> Any:
    """Read JSON, first as it is and then ever more generously; ``None`` when nothing helps."""
    for attempt in (
        str,
        _without_comments,
        lambda block: _without_comments(entities.unescape(block)),
    ):
        try:
            return json.loads(attempt(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _without_comments(text: str) -> str:
    text = _CONTROLS.sub(" ", text.strip("\ufeff \t\r\n;"))
    return re.sub(r",(\s*[}\]])", r"\1", str(jstyleson.dispose(text)))


def _extract_microdata(html: str, url: str) -> list[Any]:
    from extruct.w3cmicrodata import MicrodataExtractor  # noqa: PLC0415 - half a second to import

    try:
        return list(MicrodataExtractor().extract(html, base_url=url))
    except (LxmlError, ValueError, RecursionError, TypeError):
        return []


def _extract_rdfa(html: str, url: str) -> list[Any]:
    from extruct.rdfa import RDFaExtractor  # noqa: PLC0415 - half a second to import

    try:
        things = RDFaExtractor().extract(html, base_url=url)
    except (LxmlError, ValueError, RecursionError, TypeError, LookupError, AttributeError):
        return []
    plain = [_plain_names(thing) for thing in things]
    return sorted(plain, key=lambda thing: json.dumps(thing, sort_keys=True))


def _from_microdata(thing: Any, depth: int = 0) -> Any:
    """Turn extruct's microdata into the form of JSON-LD."""
    if isinstance(thing, list):
        return [_from_microdata(value, depth) for value in thing]
    if not isinstance(thing, dict) or depth > DEEPEST:
        return thing if isinstance(thing, (str, int, float)) else None
    properties = thing.get("properties", {})
    plain = {
        local_name(name): _from_microdata(value, depth + 1) for name, value in properties.items()
    }
    return {**plain, "@type": thing.get("type"), "@id": thing.get("id")}


def _plain_names(tree: Any, depth: int = 0) -> Any:
    """Take vocabularies off names, and values out of ``@value``, ``@list`` and ``@set``."""
    if depth > DEEPEST:
        return None
    if isinstance(tree, list):
        return [_plain_names(value, depth + 1) for value in tree]
    if not isinstance(tree, dict):
        return tree
    for wrapper in ("@value", "@list", "@set"):
        if wrapper in tree:
            return _plain_names(tree[wrapper], depth + 1)
    return {local_name(name): _plain_names(value, depth + 1) for name, value in tree.items()}


def _identified(trees: Any, depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what says more of a thing than that it exists, by its ``@id``."""
    if isinstance(trees, list):
        for tree in trees:
            yield from _identified(tree, depth + 1)
    elif isinstance(trees, dict) and depth <= DEEPEST:
        if _is_text(trees.get("@id")) and len(trees) > 1:
            yield trees["@id"], trees
        for value in trees.values():
            yield from _identified(value, depth + 1)


def _walk(
    tree: Any, graph: Mapping[str, Mapping[str, Any]], syntax: str, inside: tuple[Node, ...] = ()
) -> Iterator[Found]:
    """Yield every typed thing below a tree, and those that a typed thing refers to."""
    if len(inside) > DEEPEST:
        return
    if isinstance(tree, list):
        for value in tree:
            yield from _walk(value, graph, syntax, inside)
    elif isinstance(tree, Mapping):
        node = Node(tree, graph, syntax)
        if node.types:
            yield Found(node, inside)
            inside = (*inside, node)
        for name, value in tree.items():
            if name not in {"@type", "@id", "@context"}:
                yield from _walk(value, graph, syntax, inside)


def local_name(name: str) -> str:
    """Return the last part of a name: ``Product`` of ``http://schema.org/Product``."""
    if name.startswith("@"):
        return name
    return re.split(r"[/#:]", name.rstrip("/#"))[-1]


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [
            inner for outer in value for inner in (outer if isinstance(outer, list) else [outer])
        ]
    return [] if value is None else [value]


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())
