"""How a query is read, and which part of it matched where: `brand test` and `search --explain`."""

import dataclasses
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text
from rich.tree import Tree

from search.matcher import Explanation, explain, find
from search.mention import Mention
from search.parsing import advise, parse
from search.query import (
    And,
    Everything,
    Exists,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Raw,
    Stem,
    Term,
)
from search.showing.printing import print_json


def show_reading(console: Console, text: str, query: Query) -> None:
    """Print the tree a query was read as, and what its author may not have meant."""
    console.print(_tree(query))
    for note in advise(text):
        console.print(f"[yellow]note:[/] {escape(note)}")
    console.print()


def show_test(query_text: str, mention: Mention, *, as_json: bool) -> bool:
    """Print whether a mention is about a query and why; return whether it is."""
    query = parse(query_text)
    explanation = explain(query, mention)
    if as_json:
        print_json(_plain(explanation) | {"advice": advise(query_text)})
        return explanation.matched
    console = Console()
    console.print("[green]matches[/]" if explanation.matched else "[red]does not match[/]")
    console.print(_marked(query, mention))
    console.print(_explained(explanation, mention))
    for note in advise(query_text):
        console.print(f"[yellow]note:[/] {escape(note)}")
    return explanation.matched


def name_of(query: Query) -> str:
    """Say in words what one node asks for."""
    match query:
        case And() | Or() | Not() | Everything():
            return _JOINERS[type(query)]
        case Phrase(path, words):
            return f"{path}: the {'words' if len(words) > 1 else 'word'} {' '.join(words)}"
        case Near(path, words, gap):
            return f"{path}: {', '.join(words)} with at most {gap} other words between"
        case Range():
            return _name_of_range(query)
        case _:
            return _name_of_value(query)


_JOINERS: dict[type, str] = {
    And: "all of",
    Or: "any of",
    Not: "not",
    Everything: "every mention",
}


def _name_of_value(leaf: Prefix | Raw | Stem | Term | Exists) -> str:
    match leaf:
        case Prefix(path, prefix):
            return f"{path}: begins with {prefix}"
        case Raw(path, text, _):
            return f"{path}: exactly {text}"
        case Stem(path, word):
            return f"{path}: a form of {word}"
        case Term(path, value):
            return f"{path} is {value}"
        case Exists(path):
            return f"{path} is known"


def _name_of_range(query: Range) -> str:
    bounds = [
        f"{sign}{'=' if including else ''} {bound}"
        for sign, bound, including in (
            (">", query.low, query.with_low),
            ("<", query.high, query.with_high),
        )
        if bound is not None
    ]
    return f"{query.path} {' and '.join(bounds) or 'is known'}"


def _tree(query: Query) -> Tree:
    tree = Tree(escape(name_of(query)))
    for part in _parts(query):
        tree.children.append(_tree(part))
    return tree


def _parts(query: Query) -> tuple[Query, ...]:
    if isinstance(query, And | Or):
        return query.parts
    return (query.part,) if isinstance(query, Not) else ()


def _explained(explanation: Explanation, mention: Mention) -> Tree:
    mark = "[green]✓[/]" if explanation.matched else "[red]✗[/]"
    found = "".join(
        f" [dim]{span.start}-{span.end}[/] {escape(mention.text[span.start : span.end])}"
        for span in explanation.spans
        if span.path == "text"
    )
    tree = Tree(f"{mark} {escape(name_of(explanation.node))}{found}")
    for part in explanation.parts:
        tree.children.append(_explained(part, mention))
    return tree


def _marked(query: Query, mention: Mention) -> Text:
    shown = Text(mention.text)
    for span in find(query, mention):
        shown.stylize("bold reverse", span.start, span.end)
    return shown


def _plain(explanation: Explanation) -> dict[str, Any]:
    return {
        "asks": name_of(explanation.node),
        "matched": explanation.matched,
        "spans": [
            {**dataclasses.asdict(span), "leaf": name_of(span.leaf)} for span in explanation.spans
        ],
        "parts": [_plain(part) for part in explanation.parts],
    }
