"""
Whether a web page is worth reading at all: much cheaper than reading it, and never wrong about no.

The page is not parsed (`search/page_folding.py`). Of each query it is known which words must all
occur; where they stand does not matter, for tags may separate them.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation, MatchKind

from search.fields import SEARCHED_TEXT
from search.page_folding import (
    fold_accents,
    fold_page,
    fold_page_to_ascii,
    fold_rarely_disguised,
    longest_unaccented,
    uncased,
)
from search.query import Anchor, Prefix, Query, Term, anchors
from search.words import Word, folded_words, words

_ON_PAGE = {*SEARCHED_TEXT, "hashtags", "handles"}
_LONG = 4
"""Characters from which a word is looked for without regard to its limits, which is faster."""

_SHORT_WORD = re.compile(r"[a-z0-9_]+")
_ESCAPED_SHORT_WORD = re.compile(r"\\[nrtbf]([a-z0-9_]+)")

Need = frozenset[str]
"""Folded words, or pieces of words, that must all occur."""


class PageGate:
    """What must occur on a page for any of some queries to match."""

    def __init__(self, queries: Iterable[Query]) -> None:
        found = [anchors(query, _is_on_page) for query in queries]
        needs = {_need(leaf) for leaves in found for leaf in leaves or ()}
        self._is_open = None in found or frozenset() in needs
        self._short = [need for need in needs if all(map(_is_short, need))]
        self._long: dict[str, list[Need]] = {}
        for need in needs.difference(self._short):
            pieces = frozenset(piece for piece in need if not _is_short(piece))
            for piece in pieces:
                self._long.setdefault(piece, []).append(pieces)
        self._find = _finder(self._long)

    def may_match(self, page: str | bytes) -> bool:
        """Return whether any query could match something read from this page; bytes are UTF-8."""
        if self._is_open:
            return True
        found = self._find(page)
        if any(pieces <= found for piece in found for pieces in self._long[piece]):
            return True
        return bool(self._short) and self._has_short(page)

    def _has_short(self, page: str | bytes) -> bool:
        plain = fold_page_to_ascii(_encoded(page)).decode("ascii", "replace")
        found = {*_SHORT_WORD.findall(plain), *_ESCAPED_SHORT_WORD.findall(plain)}
        return any(need <= found for need in self._short)


def _finder(needs: Mapping[str, Iterable[Need]]) -> Callable[[str | bytes], set[str]]:
    """Return what finds which pieces occur on a page; for each it is given where it is needed."""
    pieces = list(needs)
    if not pieces:
        return lambda _: set()
    if all(map(str.isascii, pieces)):
        find = _finder_in_bytes(pieces)
        together = {need for with_piece in needs.values() for need in with_piece}
        clues = {max(map(longest_unaccented, need), key=len) for need in together}
        find_clues = _finder_in_bytes(sorted(clues))
        longest = max(map(len, pieces))

        def find_in_bytes(page: str | bytes) -> set[str]:
            page = _encoded(page)
            plain = uncased(page)
            found = find(plain) | find(fold_rarely_disguised(page, plain))
            if found or "" in clues or find_clues(plain):
                found |= find(fold_accents(page, longest))
            return {pieces[index] for index in found}

        return find_in_bytes

    in_text = AhoCorasick([fold_page(piece) for piece in pieces])

    def find_in_text(page: str | bytes) -> set[str]:
        text = page if isinstance(page, str) else page.decode("utf-8", "replace")
        found = in_text.find_matches_as_indexes(fold_page(text), overlapping=True)
        return {pieces[index] for index, _, _ in found}

    return find_in_text


def _finder_in_bytes(pieces: list[str]) -> Callable[[bytes], set[int]]:
    """
    Return what finds which pieces occur in bytes that are uncased.

    On most pages none does, which is seen ten times as fast by an automaton that need not find
    those that overlap, when the pieces are few.
    """
    needles = [uncased(piece.encode()) for piece in pieces if piece]
    first, every = (
        BytesAhoCorasick(needles, matchkind=kind, implementation=Implementation.DFA)
        for kind in (MatchKind.LeftmostFirst, MatchKind.Standard)
    )

    def find(text: bytes) -> set[int]:
        if not first.find_matches_as_indexes(text):
            return set()
        return {index for index, _, _ in every.find_matches_as_indexes(text, overlapping=True)}

    return find


def _encoded(page: str | bytes) -> bytes:
    return page if isinstance(page, bytes) else page.encode("utf-8", "replace")


def _is_on_page(leaf: Anchor) -> bool:
    """Whether what a leaf asks for is read from the page's words, unlike ``source:website``."""
    return leaf.path in _ON_PAGE


def _need(leaf: Anchor) -> Need:
    match leaf:
        case Prefix(_, prefix):
            *whole, last = words(prefix) or (Word("", 0, 0),)
            is_whole = last.end < len(prefix)  # as in "name@"
            pieces = [word.text for word in whole]
            return frozenset(
                [*pieces, last.text] if is_whole or len(last.text) >= _LONG else pieces
            )
        case Term(_, value):
            return frozenset(folded_words(value))
        case _:
            return frozenset(leaf.words)


def _is_short(piece: str) -> bool:
    return len(piece) < _LONG and piece.isascii()
