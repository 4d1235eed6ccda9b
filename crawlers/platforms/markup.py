"""What a page says of itself outside its text: address, licence, language, pictures, links."""

import dataclasses
import functools
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.reading import canonical_url, read_language, site_of

_UNSEEN = ("script", "style", "noscript", "template", "svg", "iframe")
_BESIDE_THE_TEXT = (
    *_UNSEEN,
    *("math", "canvas", "object", "audio", "video", "map"),
    *("nav", "footer", "aside", "menu", "dialog", "select", "button"),
)
"""Elements in which no article says anything; trafilatura leaves them out as well."""


@dataclasses.dataclass(frozen=True)
class Markup:
    """One parsed page."""

    tree: LexborHTMLParser
    url: str
    """Where it was fetched from."""

    @functools.cached_property
    def base(self) -> str:
        """What relative addresses are relative to; sought once, for it may stand nowhere."""
        named = self.attribute("base[href]", "href")
        return urljoin(self.url, named) if named else self.url

    @property
    def language(self) -> str | None:
        """The ISO 639-1 code the page declares."""
        return read_language(self.attribute("html[lang]", "lang")) or read_language(
            self.meta("og:locale")
        )

    def attribute(self, selector: str, name: str) -> str | None:
        """Return an attribute of the first match."""
        found = self.tree.css_first(selector)
        return (found.attributes.get(name) or "").strip() or None if found is not None else None

    def meta(self, *names: str) -> str | None:
        """Return the content of the first ``<meta>`` with one of these names or properties."""
        for name in names:
            for key in ("property", "name", "itemprop"):
                if content := self.attribute(f'meta[{key}="{name}" i]', "content"):
                    return content
        return None

    def join(self, href: str | None) -> str | None:
        """Return the absolute web address of a link; ``None`` when it is none."""
        try:
            joined = urljoin(self.base, (href or "").strip())
            parts = urlsplit(joined)
        except ValueError:
            return None
        return joined if href and parts.scheme in {"http", "https"} and parts.hostname else None

    def essence(self) -> str:
        """Return what tells this page from another: what is seen, and statements for programs."""
        statements = self.tree.css('script[type="application/ld+json"]')
        seen = _text(_without(_UNSEEN, self.tree.clone()))
        return "\n".join([seen, *(node.text() for node in statements)])


def parse_page(html: str | bytes, url: str) -> Markup:
    """Parse a page as browsers do; bytes are UTF-8."""
    return Markup(LexborHTMLParser(html), url)


def own_text(html: bytes) -> str:
    """Return a page's title, and the text that a reader may see as its own; bytes are UTF-8."""
    return _text(_without(_BESIDE_THE_TEXT, LexborHTMLParser(html)))


def own_text_html(tree: LexborHTMLParser) -> str:
    """
    Return a page without what is beside its text; the tree is left as it was.

    The main text is found in it in two thirds of the time. On 24 recorded pages it is the same,
    but for one heading of an ``<aside>`` that did not belong there.
    """
    return _without(_BESIDE_THE_TEXT, tree.clone()).html or ""


def has_crowd(tree: LexborHTMLParser, html: str, most: int) -> bool:
    """Whether some element of a page holds more than ``most`` others."""
    if html.count("<") <= most or tree.root is None:
        return False
    counts = Counter(
        node.parent.mem_id for node in tree.root.traverse() if node.parent is not None
    )
    return max(counts.values(), default=0) > most


def text_at_large(tree: LexborHTMLParser) -> str:
    """Return a page's article, or main part, or body, as text; the tree is left as it was."""
    own = _without((*_BESIDE_THE_TEXT, "h1"), tree.clone())
    part = next(filter(None, map(own.css_first, ("article", "main", "body"))), None)
    return " ".join(part.text(separator=" ").split()) if part is not None else ""


def _without(tags: Sequence[str], tree: LexborHTMLParser) -> LexborHTMLParser:
    tree.strip_tags(list(tags))
    return tree


def _text(tree: LexborHTMLParser) -> str:
    """Return it twice: with a space between elements, and without, for words cut in two."""
    title = tree.css_first("title")
    texts = [tree.body.text(separator=" "), tree.body.text()] if tree.body is not None else []
    return "\n".join([title.text() if title is not None else "", *texts])


def read_canonical(page: Markup) -> str:
    """
    Return the one address of a page.

    What the page itself names is believed only on its own site, since an address is a mention's
    identity, and not when it names the front page, as careless templates do everywhere.
    """
    own = canonical_url(page.url)
    named = page.join(page.attribute('link[rel~="canonical" i][href]', "href"))
    if named is None or site_of(named) != site_of(own):
        return own
    named = canonical_url(named)
    is_front = urlsplit(named).path == "/" and not urlsplit(named).query
    if is_front and urlsplit(own).path != "/":
        return own
    return named.replace("http://", "https://", 1) if own.startswith("https://") else named


def is_inside(node: LexborNode, *tags: str) -> bool:
    """Whether some element around a node has one of these tags."""
    parent = node.parent
    while parent is not None and parent.tag not in tags:
        parent = parent.parent
    return parent is not None
