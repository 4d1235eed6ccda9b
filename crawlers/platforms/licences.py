"""
The licence that a page states for its text, from every place that can say it (rights.md §2.1).

A statement made for programs counts before one made for readers. Of several, the most restrictive
counts (`search/rights/strictness.py`), and the others stay as evidence. A statement about a
picture, or in somebody else's words, is not one about the text (`crawlers/platforms/places.py`).
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence

from selectolax.lexbor import LexborNode

from crawlers.platforms.markup import Markup
from crawlers.platforms.places import (
    Place,
    block_of,
    place_of,
    stands_by_picture,
    text_of,
)
from crawlers.platforms.schema_org import Node, local_name
from search.mention import Licence, RightsSignal
from search.rights.spdx import find_codes, find_creative_commons, recognise, reserves_all
from search.rights.strictness import as_evidence, name_of, says_no_more, strictest
from search.rights.wording import SPEAKS_OF_LICENCES, SPEAKS_OF_PAGE, SPEAKS_OF_PICTURES

Landmarks = frozenset[tuple[str, str]]

MANY_LINKS = 60
"""Links, of each sort, that are looked at on one page."""

LONGEST_BLOCK = 600
"""Characters around a link that are read."""

WHOLE_PAGES = frozenset({"WebPage", "WebSite", "Blog", "AboutPage", "ItemPage", "CreativeWork"})
"""schema.org types whose licence is that of the text on the page."""

_LICENCE_LINK = re.compile(r'<([^<>]*)>[^<>,]*;\s*rel\s*=\s*"?[^"<>,]*\blicense\b', re.IGNORECASE)
_FOOTERS = "footer, [class*=copyright i], [class*=footer i], [id*=footer i], [class*=license i]"
_METAS = ("dcterms.license", "dc.license", "dc.rights.license", "dcterms.rights", "dc.rights",
          "copyright", "rights", "license", "licence")  # fmt: skip


def read_licence(
    page: Markup,
    marks: Landmarks,
    nodes: Iterable[Node],
    article: Node | None,
    link_header: str | None,
) -> tuple[Licence | None, tuple[RightsSignal, ...]]:
    """
    Read the licence of a page's text, and statements that say something else.

    ``marks`` say which words stand where (`crawlers/platforms/landmarks.py`): the rest is not
    looked for.
    """
    stated = [
        *_in_json_ld(nodes, article),
        *_in_links(page, marks),
        *_in_attributes(page, marks),
    ]
    stated += [*_in_metas(page, marks), *_in_header(link_header or "")]
    weaker = list(_for_readers(page, marks))
    if not stated:
        return strictest(weaker)
    licence, evidence = strictest(stated)
    others = [
        one
        for one in weaker
        if not any(says_no_more(one, name_of(one), by, name_of(by)) for by in stated)
    ]
    return licence, (*evidence, *as_evidence(others))


def stated_licence(raw: str | None, found_in: str) -> Licence | None:
    """Keep a statement as evidence; a later stage says which licence it is."""
    if not raw:
        return None
    is_address = raw.startswith(("http://", "https://"))
    return Licence(id=None, raw=raw, url=raw if is_address else None, found_in=found_in)


def licence_value(node: Node, name: str = "license") -> str | None:
    """Return what a schema.org thing names as its licence; of several names the one known here."""
    return next(_licence_values(node, name), None)


def _licence_values(node: Node, name: str) -> Iterator[str]:
    for value in node.values(name):
        if isinstance(value, Node):
            names = [*value.texts("url"), value.id, *value.texts("name"), value.label]
            said = [text for text in names if text]
        else:
            said = [str(value).strip()]
        yield from [next(filter(recognise, said), said[0])] if said and said[0] else []


def link_licence(page: Markup, anchor: LexborNode, found_in: str) -> Licence | None:
    """Read where a licence link leads, or what it says where only its words name a licence."""
    url = page.join(anchor.attributes.get("href"))
    licence = stated_licence(url, found_in)
    if licence is None or recognise(licence.raw):
        return licence
    words = text_of(anchor, 200)
    return dataclasses.replace(licence, raw=words) if recognise(words) else licence


def _in_json_ld(nodes: Iterable[Node], article: Node | None) -> Iterator[Licence]:
    wholes = (node for node in nodes if node.types & WHOLE_PAGES and node is not article)
    for node in (*([article] if article is not None else []), *wholes):
        for value in _licence_values(node, "license"):
            yield from _known(stated_licence(value, "JSON-LD license"))
        for value in filter(recognise, _licence_values(node, "usageInfo")):
            yield from _known(stated_licence(value, "JSON-LD usageInfo"))


def _in_links(page: Markup, marks: Landmarks) -> Iterator[Licence]:
    if ("license", "rel") not in marks:
        return
    for link in page.tree.css('link[rel~="license" i][href]')[:MANY_LINKS]:
        if place_of(link) is Place.PAGE:
            yield from _known(link_licence(page, link, "link rel=license"))
    for anchor in page.tree.css('a[rel~="license" i][href]')[:MANY_LINKS]:
        if place_of(anchor) is Place.PAGE and not stands_by_picture(anchor):
            yield from _known(link_licence(page, anchor, "a rel=license"))


def _in_attributes(page: Markup, marks: Landmarks) -> Iterator[Licence]:
    """Read microdata and RDFa; extruct would take 60 ms to say what one attribute says."""
    for name in ("itemprop", "property", "rel"):
        if ("license", name) not in marks:
            continue
        for node in page.tree.css(f'[{name}*="license" i]')[:MANY_LINKS]:
            token = _licence_token(node.attributes.get(name) or "", name)
            if token and place_of(node) is Place.PAGE:
                syntax = "microdata" if name == "itemprop" else "RDFa"
                value = attribute_value(page, node)
                yield from _known(stated_licence(value, f"{syntax} {token}"))


def _licence_token(value: str, name: str) -> str | None:
    """Find ``cc:license``, ``dct:license`` or the like; a bare ``rel=license`` is no RDFa."""
    tokens = [token for token in value.split() if local_name(token).lower() == "license"]
    return next((one for one in tokens if name != "rel" or one.lower() != "license"), None)


def attribute_value(page: Markup, node: LexborNode) -> str | None:
    """Return the value of a microdata or RDFa property: an address, its ``content``, its text."""
    attributes = node.attributes
    if content := (attributes.get("content") or "").strip():
        return content
    for name in ("resource", "href", "src"):
        if url := page.join(attributes.get(name)):
            return url
    return text_of(node, 300) or None


def _in_metas(page: Markup, marks: Landmarks) -> Iterator[Licence]:
    if not any((word, "<meta") in marks for word in ("rights", "copyright", "license", "licence")):
        return
    for name in _METAS:
        for said in metas(page, name):
            found = set(find_creative_commons(said))
            if recognise(said) or len(found) == 1 or "license" in name or reserves_all(said):
                yield from _known(stated_licence(said, f"meta {name}"))


def metas(page: Markup, name: str) -> list[str]:
    """Return the contents of every ``<meta>`` of one name."""
    found = page.tree.css(f'meta[name="{name}" i][content], meta[property="{name}" i][content]')
    texts = (" ".join((node.attributes.get("content") or "").split()) for node in found)
    return [text for text in texts if text]


def _in_header(header: str) -> Iterator[Licence]:
    for found in _LICENCE_LINK.finditer(header):
        if found[1].startswith(("http://", "https://")):
            yield from _known(stated_licence(found[1], "Link header"))


def _for_readers(page: Markup, marks: Landmarks) -> Iterator[Licence]:
    """
    Read plain links to licences, else codes in the footer; only what leaves no doubt.

    A sentence about this page or its content decides among several: the pages of Creative Commons
    link to all six licences and are under one. Without one, there must be just one licence.
    """
    links = list(_plain_links(page)) if ("creativecommons.org/", "") in marks else []
    own = [licence for licence, speaks_of_page in links if speaks_of_page]
    found = own or [licence for licence, _ in links]
    if not links and not marks.isdisjoint({("cc-by", ""), ("cc by", "")}):
        found = list(_footer_codes(page))
    if len({name_of(licence) for licence in found}) == 1:
        yield found[0]


def _plain_links(page: Markup) -> Iterator[tuple[Licence, bool]]:
    """Yield links to licences, and whether their sentence speaks of this page or its content."""
    for anchor in page.tree.css('a[href*="creativecommons.org/" i]')[:MANY_LINKS]:
        licence = stated_licence(page.join(anchor.attributes.get("href")), "a without rel")
        if licence is None or name_of(licence) is None or _has_rel(anchor):
            continue
        if place_of(anchor) is not Place.PAGE or stands_by_picture(anchor):
            continue
        around = text_of(block_of(anchor), LONGEST_BLOCK)
        if SPEAKS_OF_PAGE.search(around):
            yield licence, True
        elif not SPEAKS_OF_PICTURES.search(around) and _is_about_licence(anchor, around):
            yield licence, False


def _has_rel(anchor: LexborNode) -> bool:
    return "license" in (anchor.attributes.get("rel") or "").lower()


def _is_about_licence(anchor: LexborNode, around: str) -> bool:
    """Whether a block is little more than a link to a licence, or says that this is one."""
    return len(around) <= 2 * len(text_of(anchor, 200)) + 40 or bool(
        SPEAKS_OF_LICENCES.search(around)
    )


def _footer_codes(page: Markup) -> Iterator[Licence]:
    for footer in page.tree.css(_FOOTERS)[:20]:
        text = text_of(footer, LONGEST_BLOCK)
        if place_of(footer) is not Place.PAGE or SPEAKS_OF_PICTURES.search(text):
            continue
        for written, _ in find_codes(text):
            yield Licence(
                id=None, raw=written, found_in="footer", url=_link_of(page, footer, written)
            )


def _link_of(page: Markup, footer: LexborNode, written: str) -> str | None:
    anchors: Sequence[LexborNode] = footer.css("a[href]")[:MANY_LINKS]
    named = (one for one in anchors if written in text_of(one, 200))
    return next((page.join(one.attributes.get("href")) for one in named), None)


def _known(licence: Licence | None) -> Iterator[Licence]:
    if licence is not None:
        yield licence
