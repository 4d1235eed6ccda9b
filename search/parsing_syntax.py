"""
The grammar of a query: text → luqum's syntax tree, or an error that names the place.

luqum reads Lucene's syntax. What it must not be given (too long, too deep) is refused before, what
it reports too tersely is said again with a remedy.
"""

import re
from typing import NoReturn

from luqum import tree
from luqum.exceptions import ParseError
from luqum.thread import parse as parse_lucene

from search.errors import QueryError

LONGEST_QUERY = 10_000
"""Characters."""

DEEPEST_QUERY = 50
"""Parentheses inside one another; with fields and negations between them twice as many."""

_CURLY = re.compile("[“”„‟«»＂]")  # noqa: RUF001 - what word processors and keyboards write
_NEGATIVE = re.compile(r"(:[<>]=?)-(?=\d)")  # which luqum would take for an operator
_QUOTED = re.compile(r'(?<![^\s(\[{:+<>=-])"(?:[^"\\]|\\.)*"', re.DOTALL)
_UNQUOTED = re.compile(r"\\.|[()]", re.DOTALL)
_AT_PLACE = re.compile(r"unexpected  '(?P<sign>.*)' at position (?P<position>\d+)", re.DOTALL)
_ILLEGAL = re.compile(r"at position (?P<position>\d+)$")
_OPERATORS = {"AND", "OR", "NOT", "+", "-"}


def read_syntax(query: str) -> tree.Item:
    """Read a query's syntax; every position in the tree is one in ``query``."""
    if len(query) > LONGEST_QUERY:
        raise QueryError(
            f"the query has {len(query):,} characters", remedy=f"{LONGEST_QUERY:,} are allowed"
        )
    if not query.strip():
        raise QueryError("the query is empty", remedy="write * to find everything")
    straight = _NEGATIVE.sub("\\1\N{MINUS SIGN}", straighten_quotes(query))
    _check_quotes(straight)
    _check_parentheses(straight)
    try:
        root = parse_lucene(straight)
    except ParseError as error:
        _explain(straight, str(error))
    except (ValueError, ArithmeticError):  # luqum converts the number after ~ or ^ itself
        raise QueryError(
            "the number after ~ or ^ cannot be read", remedy='write it like "two words"~3'
        ) from None
    _check_depth(root)
    return root


def straighten_quotes(query: str) -> str:
    """Replace curly quotation marks, which word processors write, one character for one."""
    if not _CURLY.search(query):
        return query
    kept = 0
    pieces = []
    for quoted in _QUOTED.finditer(query):
        pieces += [_CURLY.sub('"', query[kept : quoted.start()]), quoted[0]]
        kept = quoted.end()
    return "".join([*pieces, _CURLY.sub('"', query[kept:])])


def unescape(text: str) -> str:
    """Remove the backslashes that make the next character an ordinary one."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _check_quotes(query: str) -> None:
    for quoted in _QUOTED.finditer(query):
        if query.startswith("*", quoted.end()):
            raise QueryError(
                "`*` after quotes means nothing",
                position=quoted.end(),
                remedy="only a single word can end with *",
            )


def _check_parentheses(query: str) -> None:
    unquoted = _QUOTED.sub(lambda found: "_" * len(found[0]), query)
    opened: list[int] = []
    for found in _UNQUOTED.finditer(unquoted):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")":
            _close(opened, found.start(), unquoted)
        if len(opened) > DEEPEST_QUERY:
            _refuse_depth(found.start())
    if opened and '"' not in unquoted:  # a quote that is never closed is the likelier slip
        raise QueryError("`(` is never closed", position=opened[-1], remedy="add a `)`")


def _close(opened: list[int], position: int, query: str) -> None:
    if not opened:
        raise QueryError(
            "`)` closes nothing", position=position, remedy="remove it, or put it in quotes"
        )
    if not query[opened.pop() + 1 : position].strip():
        raise QueryError(
            "nothing stands in the parentheses", position=position, remedy="remove them"
        )


def _check_depth(root: tree.Item) -> None:
    """Walk without recursion, for this is what keeps later recursion shallow."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if not isinstance(node, tree.BaseOperation):
            depth += 1
        if depth > 2 * DEEPEST_QUERY:
            _refuse_depth(node.pos or 0)
        waiting += [(child, depth) for child in node.children]


def _refuse_depth(position: int) -> NoReturn:
    raise QueryError(
        "the query is nested too deeply", position=position, remedy=f"{DEEPEST_QUERY} are allowed"
    )


def _explain(query: str, message: str) -> NoReturn:
    illegal = _ILLEGAL.search(message)
    if illegal:
        _explain_illegal(query, int(illegal["position"]))
    found = _AT_PLACE.search(message)
    if found is None:
        _explain_end(query)
    sign, position = found["sign"], int(found["position"])
    remedy = "put it in quotes if it is text"
    if sign in _OPERATORS:
        remedy = f'write something to search before {sign}, or "{sign}" for the word'
    elif sign == ":":
        remedy = "put the value in quotes"
    elif sign in {"]", "}"} or query[position : position + 1] in {"]", "}"}:
        remedy = "write a range as likes:[5 TO 10]"
    raise QueryError(
        f"`{sign or query[position]}` cannot stand here",
        position=position,
        remedy=remedy,
    )


def _explain_illegal(query: str, position: int) -> NoReturn:
    problems = {
        '"': ("the quote is never closed", 'add a `"`, or write \\" for the character'),
        "/": ("regular expressions are not supported", "put text with a slash in quotes"),
        "\\": ("a backslash stands alone", "write \\\\ for the character"),
    }
    problem, remedy = problems.get(
        query[position], (f"`{query[position]}` cannot stand here", "put it in quotes")
    )
    raise QueryError(problem, position=position, remedy=remedy)


def _explain_end(query: str) -> NoReturn:
    ending = query.rstrip()
    last = re.split(r"[\s(]", ending)[-1]
    if ending.endswith(":"):
        problem, remedy = f"`{last}` has no value", "write one, or * for any"
    elif last in _OPERATORS:
        problem = f"nothing follows {last}"
        remedy = f'write something to search after it, or "{last}" for the word'
    else:
        problem, remedy = "the query breaks off", "complete it, or put it in quotes"
    raise QueryError(problem, position=len(ending), remedy=remedy)
