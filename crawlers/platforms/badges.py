"""
What a page says of a review beside its schema.org: that the shop knows its author as a buyer.

schema.org has no word for it, and labels are in any language, so only what shop software writes
for programs counts: the class that WooCommerce gives its label (`single-product/review-meta.php`),
and the attribute of Judge.me's widget. A review without WooCommerce's label may be a buyer's as
well, for a shop can leave the labels out: nothing is known of it.
"""

import re

from selectolax.lexbor import LexborNode

from crawlers.platforms.markup import Markup

_SIGNS = "woocommerce-review__verified", "data-verified-buyer"
_COMMENT = re.compile(r"comment-\d+")
_LEVELS = 12
"""Elements between a label and its review that are looked at."""

_READ_CHARACTERS = 2_000_000
"""Of all reviews together, so that a page of reviews within reviews is not slow."""

_FLAGS = {"true": True, "false": False}


class Badges:
    """The marks of one page's reviews, by the identifier or the words of each."""

    def __init__(self, page: Markup, html: str) -> None:
        self._by_id: dict[str, bool] = {}
        self._by_words: dict[str, bool | None] = {}
        woocommerce, judgeme = (sign in html for sign in _SIGNS)
        if woocommerce:
            self._read_woocommerce(page)
        if judgeme:
            self._read_judgeme(page)

    def verified(self, identifier: str | None, text: str) -> bool | None:
        """Return what is said of the review with an ``@id`` or, else, with these words."""
        if not (self._by_id or self._by_words):
            return None
        place = (identifier or "").partition("#")[2]
        return self._by_id.get(place, self._by_words.get(_folded(text)) if text else None)

    def _read_woocommerce(self, page: Markup) -> None:
        for label in page.tree.css(".woocommerce-review__verified"):
            place = _comment_around(label)
            if place is not None:
                self._by_id[place] = True

    def _read_judgeme(self, page: Markup) -> None:
        read = 0
        for review in page.tree.css(".jdgm-rev[data-verified-buyer]"):
            if read > _READ_CHARACTERS:
                return
            body = review.css_first(".jdgm-rev__body")
            flag = _FLAGS.get((review.attributes.get("data-verified-buyer") or "").lower())
            words = _folded(body.text(separator=" ")) if body is not None else ""
            read += len(words)
            if words:  # two that say the same, and differ in this, cannot be told apart
                same = self._by_words.setdefault(words, flag) == flag
                self._by_words[words] = flag if same else None


def _comment_around(node: LexborNode) -> str | None:
    """Find the identifier that WooCommerce gives to the whole review."""
    around = node.parent
    for _ in range(_LEVELS):
        if around is None:
            return None
        identifier = around.attributes.get("id") or ""
        if _COMMENT.fullmatch(identifier):
            return identifier
        around = around.parent
    return None


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
