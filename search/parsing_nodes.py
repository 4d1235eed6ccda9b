"""Single nodes of luqum's syntax tree: what they say, and what is wrong with them."""

import re

from luqum import tree

from search.errors import QueryError
from search.parsing_syntax import unescape
from search.parsing_values import Written

WIDEST_GAP = 1000
"""The most other words that ``"a b"~n`` may ask for."""

_CHARACTER = re.compile(r"\\.|.", re.DOTALL)
_SIGNS = {"&&": "AND", "||": "OR", "|": "OR"}


def read_word(node: tree.Word) -> Written:
    """Read an unquoted word; a ``*`` at its end makes it a prefix."""
    characters = _CHARACTER.findall(node.value)
    for index, character in enumerate(characters):
        if character in {"*", "?"} and (character == "?" or index < len(characters) - 1):
            raise QueryError(
                f"`{character}` cannot stand here",
                position=node.pos + len("".join(characters[:index])),
                remedy="only a * at the end of a word is a wildcard; put text in quotes",
            )
    prefix = characters[-1] == "*"
    return Written(
        unescape(node.value.removesuffix("*") if prefix else node.value), node.pos, prefix=prefix
    )


def read_quoted(node: tree.Phrase) -> Written:
    """Read what stands in quotes: text as it is, without wildcards."""
    return Written(unescape(node.value[1:-1]), node.pos, quoted=True)


def read_end(node: tree.Item) -> Written | None:
    """Read one end of a range; ``None`` when it is open."""
    match node:
        case tree.Word(value="*"):
            return None
        case tree.Phrase():
            return read_quoted(node)
        case tree.Word():
            return read_word(node)
        case tree.Prohibit(a=tree.Word()):
            return Written(f"-{node.a.value}", node.pos)
    raise unsupported(node)


def read_gap(node: tree.Proximity) -> int:
    """Read the number after ``~``."""
    if node._implicit_degree or node.degree > WIDEST_GAP:  # noqa: SLF001 - luqum shows it nowhere else
        raise QueryError(
            "`~` needs a number of words",
            position=node.pos + len(node.term.value),
            remedy=f"at most {WIDEST_GAP}, such as {node.term.value}~3",
        )
    return int(node.degree)


def check_sign(node: tree.Item) -> None:
    """Refuse a ``-`` or ``+`` that stands alone: in ``a - b`` it is a dash, not a NOT."""
    if isinstance(node, tree.Prohibit | tree.Plus) and node.children[0].head:
        raise QueryError(
            f"`{node.op}` stands alone",
            position=node.pos,
            remedy=f"write {node.op}word, or put the whole text in quotes",
        )


def check_operators(node: tree.Word) -> None:
    """Refuse operators of other query languages, which are plain characters to luqum."""
    for sign, operator in _SIGNS.items():
        if sign in node.value and (len(sign) == 2 or node.value == sign):
            raise QueryError(
                f"`{sign}` is no operator here",
                position=node.pos + node.value.index(sign),
                remedy=f"write {operator}, or put the text in quotes",
            )
    if node.value.startswith("!") and len(node.value) > 1:
        raise QueryError(
            "`!` is no operator here", position=node.pos, remedy=f"write NOT {node.value[1:]}"
        )


def unsupported(node: tree.Item) -> QueryError:
    """Say that a part of Lucene's syntax has no meaning here, and what to write instead."""
    match node:
        case tree.Fuzzy():
            problem = "fuzzy search (`~` after a word) is not supported"
            remedy = 'write word* for a beginning or stem:word, or "two words"~3 for near words'
        case tree.Boost():
            problem = "boosts (`^`) are not supported"
            remedy = "leave it out, for results are ordered by date, likes or stars"
        case tree.Regex():
            problem = "regular expressions are not supported"
            remedy = "put text with slashes in quotes"
        case _:
            problem = f"`{str(node).strip()}` cannot stand here"
            remedy = "put it in quotes if it is text"
    return QueryError(problem, position=node.pos, remedy=remedy)
