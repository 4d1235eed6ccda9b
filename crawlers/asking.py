"""What to ask an interface that knows only plain search, so that no mention is missed."""

from collections.abc import Iterator

from search.fields import SEARCHED_TEXT
from search.query import Anchor, Near, Phrase, Prefix, Query, Raw, Term, anchors


def search_terms(query: Query) -> list[str] | None:
    """
    Return search-box texts that together find everything a query can match.

    ``"espresso house"`` in quotes for words in order, ``#tag`` and ``@name`` as they are written.
    ``None`` when nothing narrower than everything would do, as for ``NOT a``.
    """
    found = anchors(query, _askable)
    return None if found is None else sorted({_term(leaf) for leaf in found})


def hashtags(query: Query) -> list[str] | None:
    """
    Return the hashtags, without ``#``, under which posts about a brand are found.

    Words in order are also looked for as one: *espresso house* as ``espressohouse``.
    """
    found = anchors(query, _askable)
    if found is None:
        return None
    tags = {tag for leaf in found for tag in _tags(leaf)}
    return sorted(tag for tag in tags if not tag.isdigit())


def _askable(leaf: Anchor) -> bool:
    return leaf.path in {*SEARCHED_TEXT, "hashtags", "handles"}


def _term(leaf: Anchor) -> str:
    match leaf:
        case Phrase(_, words) | Raw(_, _, words):
            return f'"{" ".join(words)}"' if len(words) > 1 else words[0]
        case Near(_, words, _):
            return " ".join(words)
        case Term("hashtags", value) | Prefix("hashtags", value):
            return f"#{value}"
        case Term("handles", value) | Prefix("handles", value):
            return f"@{value.removesuffix('@')}"
        case Term(_, value) | Prefix(_, value):
            return value


def _tags(leaf: Anchor) -> Iterator[str]:
    match leaf:
        case Phrase(_, words) | Raw(_, _, words) | Near(_, words, _):
            yield "".join(words)
        case Term("hashtags", value) | Prefix("hashtags", value):
            yield value
        case Prefix(path, value) if path in SEARCHED_TEXT:
            yield value
