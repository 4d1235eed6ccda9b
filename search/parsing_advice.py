"""Notes on a query that is correct but may not mean what its author thinks."""

import re
from collections.abc import Iterator

from luqum import tree

from search.errors import QueryError
from search.parsing_scope import find_scope
from search.parsing_syntax import read_syntax, unescape
from search.words import folded_words

_OPERATORS = {"and": "AND", "or": "OR", "not": "NOT"}
_SYMBOL = re.compile(r"[^\w\s.,;:'’()-]")  # noqa: RUF001 - an apostrophe
_SIGIL = ("#", "@")


def advise(text: str) -> list[str]:
    """Say what in a correct query is searched otherwise than it looks, one sentence each."""
    notes = (note for node in _text_leaves(read_syntax(text)) for note in _notes(node))
    return list(dict.fromkeys(notes))


def _text_leaves(root: tree.Item) -> Iterator[tree.Term]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tree.SearchField) and not _is_text(node):
            continue
        if isinstance(node, tree.Word | tree.Phrase):
            yield node
        waiting += reversed(node.children)


def _is_text(node: tree.SearchField) -> bool:
    try:
        return find_scope(node.name, node.pos).is_text
    except QueryError:
        return False


def _notes(node: tree.Term) -> Iterator[str]:
    quoted = isinstance(node, tree.Phrase)
    text = unescape(node.value[1:-1] if quoted else node.value)
    if not quoted and text in _OPERATORS:
        yield f"`{text}` in lower case is searched as a word; write {_OPERATORS[text]}"
    if quoted and "*" in text:
        yield f"`*` inside quotes is not a wildcard in `{text}`"
    if not quoted and text.startswith(_SIGIL):
        return
    bare = text.rstrip("*")
    found = folded_words(bare)
    if found and _SYMBOL.search(bare) and not any(map(_SYMBOL.search, found)):
        kind = "words" if len(found) > 1 else "word"
        yield (
            f"`{bare}` is searched as the {kind} `{' '.join(found)}`; "
            f"write raw:{_quote(bare)} to require the punctuation"
        )


def _quote(text: str) -> str:
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))
