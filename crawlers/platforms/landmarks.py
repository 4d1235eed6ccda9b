"""
Which words about rights stand where on a page, found in one pass over its bytes.

Nearly every page says nothing about rights, and a selector asks each of its elements: so what is
nowhere on the page, or in no such element, is not looked for.
"""

import functools
from collections.abc import Iterator
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from search.page_folding import uncased

WORDS: Final = (
    *("acquirelicensepage", "attributionname", "attributionurl", "copyrightholder"),
    *("copyrightnotice", "credittext", "morepermissions", "usageinfo", "rights", "copyright"),
    *("license", "licence", "creativecommons.org/", "cc-by", "cc by"),
)
"""Of words that begin at the same place, the first is found."""

ELEMENTS: Final = ("itemprop", "property", "rel", "<meta")
"""What a tag must hold for a word in it to matter: an attribute, or its beginning."""

_LONGEST_TAG = 4_000
_MANY_PLACES = 20_000


def find_landmarks(html: str) -> frozenset[tuple[str, str]]:
    """
    Return each word on a page with each of the elements in whose tag it stands.

    A word anywhere counts with ``""``. A page on which they stand in endless places may have
    everything.
    """
    page = uncased(html.encode("utf-8", "replace"))
    places = _finder().find_matches_as_indexes(page)
    if len(places) > _MANY_PLACES:
        return frozenset((word, element) for word in WORDS for element in ("", *ELEMENTS))
    return frozenset(_around(page, places))


@functools.cache
def _finder() -> BytesAhoCorasick:
    sought = [uncased(word.encode()) for word in WORDS]
    return BytesAhoCorasick(sought, matchkind=MatchKind.LeftmostFirst)


def _around(page: bytes, places: list[tuple[int, int, int]]) -> Iterator[tuple[str, str]]:
    for index, start, end in places:
        yield WORDS[index], ""
        begin = page.rfind(b"<", max(0, start - _LONGEST_TAG), start)
        if begin < 0 or page.find(b">", begin, start) >= 0:
            continue
        close = page.find(b">", end, end + _LONGEST_TAG)
        tag = page[begin : close if close >= 0 else end + _LONGEST_TAG].decode("latin-1")
        for element in ELEMENTS:
            if element in tag:
                yield WORDS[index], element
