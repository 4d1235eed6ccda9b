"""What a page says about rights: licence, credit, contact routes; of its text and its pictures."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence

from selectolax.lexbor import LexborNode

from crawlers.platforms.landmarks import find_landmarks
from crawlers.platforms.licences import (
    MANY_LINKS,
    WHOLE_PAGES,
    Landmarks,
    attribute_value,
    licence_value,
    link_licence,
    metas,
    read_licence,
    stated_licence,
)
from crawlers.platforms.markup import Markup, is_inside
from crawlers.platforms.places import Place, place_of, text_of
from crawlers.platforms.schema_org import Node, local_name
from search.mention import Credit, Licence, Media, MediaKind, RightsSignal
from search.rights.effects import LONGEST_RAW, signal
from search.rights.spdx import recognise

MANY_PICTURES = 30

_ROUTES = ("acquireLicensePage", "usageInfo", "morePermissions", "tdm-policy")
"""Where to ask for, or read about, what the licence does not give."""

_CREDITS = {
    "attributionname": "name",
    "attributionurl": "url",
    "credittext": "text",
    "copyrightnotice": "notice",
    "copyrightholder": "holder",
}
"""Properties of ccREL and schema.org, in lower case, by the field of a `Credit`."""

_METAS = {
    "notice": ("dcterms.rights", "dc.rights", "copyright", "rights"),
    "holder": ("dcterms.rightsholder",),
}
_NOTICE = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_ATTRIBUTES = (*_CREDITS, "acquirelicensepage", "usageinfo", "morepermissions")


@dataclasses.dataclass(frozen=True, slots=True)
class PageRights:
    """What a page says about the rights in its text."""

    licence: Licence | None
    credit: Credit | None
    signals: tuple[RightsSignal, ...]


def read_page_rights(
    page: Markup,
    html: str,
    nodes: Sequence[Node],
    article: Node | None = None,
    link_header: str | None = None,
) -> PageRights:
    """Read everything; ``article`` is what the page states of its main text in JSON-LD."""
    marks = find_landmarks(html)
    licence, evidence = read_licence(page, marks, nodes, article, link_header)
    own = [node for node in nodes if node is article or node.types & WHOLE_PAGES]
    own.sort(key=lambda node: node is not article)
    attributes = list(_attributes(page, marks))
    said = [*_credits_in_json_ld(own), *_credits_in_attributes(page, attributes)]
    said += _credits_in_metas(page, marks)
    routes = [*_routes_in_json_ld(nodes), *_routes_in_attributes(page, attributes)]
    return PageRights(licence, _credit(said), tuple(dict.fromkeys([*evidence, *routes])))


def _credit(said: Iterable[tuple[str, str]]) -> Credit | None:
    """Make a credit of field and value pairs; the first of each field counts."""
    fields: dict[str, str] = {}
    for name, value in said:
        fields.setdefault(name, " ".join(value.split())[:LONGEST_RAW])
    return Credit(**fields) if fields else None


def _credits_in_json_ld(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        for name, field in (("creditText", "text"), ("copyrightNotice", "notice")):
            if text := node.text(name):
                yield field, text
        if holder := node.text("copyrightHolder"):
            yield "holder", holder


def _credits_in_metas(page: Markup, marks: Landmarks) -> Iterator[tuple[str, str]]:
    if not any((word, "<meta") in marks for word in ("rights", "copyright")):
        return
    for field, names in _METAS.items():
        for name in names:
            for text in metas(page, name):
                if recognise(text) is None or _NOTICE.search(text):
                    yield field, text


def _attributes(page: Markup, marks: Landmarks) -> Iterator[tuple[str, str, LexborNode]]:
    """Yield microdata and RDFa about rights: property in lower case, as written, element."""
    for wanted in _ATTRIBUTES:
        for name in ("itemprop", "property", "rel"):
            if (wanted, name) not in marks:
                continue
            for node in page.tree.css(f'[{name}*="{wanted}" i]')[:MANY_LINKS]:
                tokens = (node.attributes.get(name) or "").split()
                token = next((one for one in tokens if local_name(one).lower() == wanted), None)
                if token and place_of(node) is Place.PAGE:
                    yield wanted, f"{'microdata' if name == 'itemprop' else 'RDFa'} {token}", node


def _credits_in_attributes(
    page: Markup, attributes: Iterable[tuple[str, str, LexborNode]]
) -> Iterator[tuple[str, str]]:
    """Read them; where the link of ``attributionURL`` has no name of its own, its words are it."""
    names = []
    for wanted, _, node in attributes:
        field = _CREDITS.get(wanted)
        if field == "url":
            names.append(("name", text_of(node, LONGEST_RAW)))
        value = _text_value(node) if field != "url" else attribute_value(page, node)
        if field and value:
            yield field, value
    yield from (pair for pair in names if pair[1])


def _text_value(node: LexborNode) -> str | None:
    """Return words: a name is a link's text and not its address."""
    content = (node.attributes.get("content") or "").strip()
    return content or text_of(node, LONGEST_RAW) or None


def _routes_in_attributes(
    page: Markup, attributes: Iterable[tuple[str, str, LexborNode]]
) -> Iterator[RightsSignal]:
    for wanted, found_in, node in attributes:
        if wanted not in _CREDITS and (value := attribute_value(page, node)):
            yield signal(wanted, value, found_in)


def _routes_in_json_ld(nodes: Iterable[Node]) -> Iterator[RightsSignal]:
    for node in nodes:
        kind = " ".join(sorted(node.types))
        for name in _ROUTES[:2]:
            for value in node.texts(name):
                yield signal(name.lower(), value, f"JSON-LD {kind} {name}")


def read_pictures(page: Markup) -> Iterator[Media]:
    """Yield the pictures of a page's figures, each with the licence its figure states."""
    for figure in page.tree.css("figure")[:MANY_PICTURES]:
        if is_inside(figure, "aside", "nav", "footer"):
            continue
        picture = figure.css_first("img[src]")
        url = page.join(picture.attributes.get("src")) if picture is not None else None
        if picture is not None and url is not None:
            yield Media(
                url=url,
                kind=MediaKind.IMAGE,
                description=(picture.attributes.get("alt") or "").strip() or None,
                licence=_figure_licence(page, figure),
            )


def _figure_licence(page: Markup, figure: LexborNode) -> Licence | None:
    """Read the licence link of a figure; a plain link to a Creative Commons licence is weaker."""
    anchor = figure.css_first('a[rel~="license" i][href]')
    if anchor is not None:
        return link_licence(page, anchor, "figure a rel=license")
    plain = figure.css('a[href*="creativecommons.org/" i]')
    found = {url for one in plain if (url := page.join(one.attributes.get("href")))}
    known = {recognise(url): url for url in found if recognise(url)}
    return stated_licence(known.popitem()[1], "figure a without rel") if len(known) == 1 else None


def read_stated_pictures(page: Markup, nodes: Iterable[Node]) -> Iterator[Media]:
    """Yield the pictures of JSON-LD with their licence or credit, where they state one."""
    for node in nodes:
        if "ImageObject" not in node.types:
            continue
        url = page.join(node.text("contentUrl", "url"))
        licence = stated_licence(licence_value(node), "JSON-LD ImageObject license")
        credit = _credit(_picture_credits(node))
        if url is not None and (licence or credit):
            yield Media(
                url=url,
                kind=MediaKind.IMAGE,
                description=node.text("caption", "description", "name"),
                licence=licence,
                credit=credit,
            )


def _picture_credits(node: Node) -> Iterator[tuple[str, str]]:
    """Read whom a picture's statement names; its creator only beside something about rights."""
    said = list(_credits_in_json_ld([node]))
    if said or licence_value(node):
        yield from (("name", name) for name in node.texts("creator") if "://" not in name)
    yield from said
