"""Where on a page a statement about rights stands, and so what it speaks of."""

import enum
import re

from selectolax.lexbor import LexborNode

from crawlers.platforms.schema_org import local_name

PICTURES = frozenset({"ImageObject", "Photograph", "VideoObject", "AudioObject", "MediaObject"})
"""schema.org types of what stands beside a text."""

_OTHERS = frozenset({"Comment", "Review", "UserReview", "CriticReview", "Answer"})
_COMMENTS = frozenset(
    {"comment", "comments", "commentlist", "comment-list", "comment-body", "comment-content"}
    | {"comments-area", "comment-respond", "respond", "disqus_thread"}
)
_CAPTION = re.compile(
    r"caption|(?:image|photo|img|picture|media)[-_]?(?:credit|source|licen[cs]e)|gallery",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    {"p", "li", "td", "dd", "div", "section", "footer", "aside", "address", "article", "body"}
)
_DEEPEST = 500
"""Elements around a node that are looked at."""


class Place(enum.Enum):
    """What a statement speaks of by where it stands."""

    PAGE = enum.auto()
    """The page's own text, sidebars and footers included."""

    PICTURE = enum.auto()
    """A picture: inside a figure, a caption, an ``ImageObject``."""

    OTHER = enum.auto()
    """Somebody else's words: a comment, a quotation, a review."""


def place_of(node: LexborNode) -> Place:
    """
    Say what a statement speaks of.

    A sidebar is part of the page: HTML says that ``rel=license`` covers the main content wherever
    it stands, and four of nine recorded pages with a licence state it in a sidebar.
    """
    around = node.parent
    for _ in range(_DEEPEST):
        if around is None or around.tag in {"body", "html"}:
            return Place.PAGE
        found = _place_within(around)
        if found is not None:
            return found
        around = around.parent
    return Place.OTHER


def _place_within(element: LexborNode) -> Place | None:
    if element.tag in {"figure", "picture", "video", "audio"}:
        return Place.PICTURE
    if element.tag in {"blockquote", "q", "template", "noscript"}:
        return Place.OTHER
    attributes = element.attributes
    types = f"{attributes.get('itemtype') or ''} {attributes.get('typeof') or ''}".split()
    named = {local_name(name) for name in types}
    if named & PICTURES:
        return Place.PICTURE
    classes = attributes.get("class") or ""
    words = {*classes.lower().split(), (attributes.get("id") or "").lower()}
    if named & _OTHERS or words & _COMMENTS:
        return Place.OTHER
    return Place.PICTURE if _CAPTION.search(classes) else None


def block_of(node: LexborNode) -> LexborNode:
    """Return the paragraph, list item or other block around a node."""
    around = node.parent
    while around is not None and around.parent is not None and around.tag not in _BLOCKS:
        around = around.parent
    return around if around is not None else node


def text_of(node: LexborNode, longest: int) -> str:
    """Return an element's text in one line, cut."""
    return " ".join(node.text(separator=" ")[: 4 * longest].split())[:longest]


def stands_by_picture(node: LexborNode) -> bool:
    """Whether its block holds a picture besides a badge inside the link itself."""
    own = {picture.mem_id for picture in node.css("img")}
    return any(picture.mem_id not in own for picture in block_of(node).css("img"))
