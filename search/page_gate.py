"""
Whether a web page is worth reading at all: much cheaper than reading it, and never wrong about no.

The page is not parsed. Each query has words of which all must occur somewhere; entities, escapes
of JSON, diacritics and soft hyphens are undone first, and tags may stand between the words.
"""

import functools
import html
import re
import unicodedata
from collections.abc import Iterable

import regex
from ahocorasick_rs import AhoCorasick

from search.fields import SEARCHED_TEXT
from search.query import Anchor, Near, Phrase, Prefix, Query, Raw, Term, anchors
from search.words import folded_words, strip

_ON_PAGE = {*SEARCHED_TEXT, "hashtags", "handles"}
_LONG = 4
"""Characters from which a word is looked for without its limits, which costs less."""

# The commonest entities stand for no letter and are left alone; &amp;ouml; is a twice escaped ö.
_DISGUISED = re.compile(
    r"[^\x00-\x7f]+"
    r"|&(?:amp;)*(?!amp;|quot;|nbsp;|lt;|gt;|apos;)(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});"
    r"|\\u[0-9a-fA-F]{4}|\\[nrtbf]"
)
_SEPARATOR = regex.compile(
    r"[^\p{L}\p{N}\p{M}\p{Cf}\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}]"
    r"|[©®™]"
)
_SHORT_WORD = re.compile(r"[a-z0-9_]+")


class PageGate:
    """What must occur on a page for any of some queries to match."""

    def __init__(self, queries: Iterable[Query]) -> None:
        needs = {need for query in queries for need in _needs(query)}
        self._is_open = None in needs
