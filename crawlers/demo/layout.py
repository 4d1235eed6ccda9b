"""The frame around every page of the demo web, which an extractor must remove."""

import dataclasses
from collections.abc import Mapping, Sequence
from html import escape

from crawlers.demo import answers
from crawlers.demo.answers import Answer

_STYLE = """
:root { --accent: %s }
* { box-sizing: border-box }
body { margin: 0; font: 17px/1.6 Georgia, serif; color: #222; background: #faf8f5 }
header, footer { background: var(--accent); color: #fff; padding: 1rem 2rem }
header a, footer a { color: #fff; text-decoration: none; margin-right: 1.2rem }
header strong { font-size: 1.5rem; margin-right: 2rem }
.columns { display: flex; gap: 3rem; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
main { flex: 3; min-width: 0 } aside { flex: 1; font-size: .85rem }
h1 { line-height: 1.2 } img { max-width: 100%% } .byline { color: #777; font-size: .85rem }
.review, .post { background: #fff; border: 1px solid #e4ded5; border-radius: 8px }
.review, .post { padding: .6rem 1rem; margin: 1rem 0 }
@media (max-width: 44rem) { .columns { display: block } }
"""

_WORDS = {
    "en": {
        "skip": "Skip to content",
        "related": "More from us",
        "about": "About",
        "privacy": "Privacy",
        "letter": "Our letter comes on Fridays. Enter your address to get it.",
        "send": "Sign up",
        "rights": "All rights reserved. Every person and place on this site is invented.",
    },
    "sv": {
        "skip": "Hoppa till innehållet",
        "related": "Mer från oss",
        "about": "Om oss",
        "privacy": "Integritet",
        "letter": "Vårt brev kommer på fredagar. Skriv din adress för att få det.",
        "send": "Anmäl",
        "rights": "Alla rättigheter förbehållna. Alla personer och platser här är påhittade.",
    },
    "nl": {
        "skip": "Naar de inhoud",
        "related": "Meer van ons",
        "about": "Over ons",
        "privacy": "Privacy",
        "letter": "Onze brief komt op vrijdag. Vul je adres in om hem te krijgen.",
        "send": "Aanmelden",
        "rights": "Alle rechten voorbehouden. Alle mensen en plaatsen hier zijn verzonnen.",
    },
}

_NOTICE = (
    "This site is part of the demo web of Sayso. It runs on this machine only; "
    "its people, places and products are invented."
)

Link = tuple[str, str]
"""A path and the words that lead there."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What all pages of one site share."""

    name: str
    colour: str
    menu: Mapping[str, Sequence[Link]]
    """The links at the top, by language."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One page, before it is framed."""

    language: str
    title: str
    main: str
    """HTML."""

    head: str = ""
    """More HTML for the head."""

    related: Sequence[Link] = ()
    """What the column beside the text leads to."""


def frame(look: Look, sheet: Sheet) -> str:
    """Put a page into its site's frame."""
    words = _WORDS[sheet.language]
    menu = _links(look.menu[sheet.language])
    related = "".join(f"<li>{_link(link)}</li>\n" for link in sheet.related)
    return f"""<!doctype html>
<html lang="{sheet.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(sheet.title)} | {escape(look.name)}</title>
<style>{_STYLE % look.colour}</style>
{sheet.head}</head>
<body>
<a href="#content" class="skip">{words["skip"]}</a>
<header><strong><a href="/">{escape(look.name)}</a></strong><nav>{menu}</nav></header>
<div class="columns">
<main id="content">
{sheet.main}
</main>
<aside class="sidebar related"><h2>{words["related"]}</h2>
<ul>
{related}</ul>
<form action="/letter"><p>{words["letter"]}</p>
<input type="email" name="address"><button>{words["send"]}</button></form>
</aside>
</div>
<footer><nav><a href="/about">{words["about"]}</a><a href="/privacy">{words["privacy"]}</a></nav>
<p>© 2026 {escape(look.name)}. {words["rights"]}</p></footer>
</body>
</html>
"""


def list_page(look: Look, language: str, title: str, links: Sequence[Link]) -> str:
    """Frame a page that is nothing but links."""
    entries = "\n".join(f"<li>{_link(link)}</li>" for link in links)
    main = f"<h1>{escape(title)}</h1>\n<ul>\n{entries}\n</ul>"
    return frame(look, Sheet(language=language, title=title, main=main))


def language_menu() -> dict[str, list[Link]]:
    """Return a menu that leads from every language to every language."""
    links = [(f"/{language}/", language.upper()) for language in _WORDS]
    return dict.fromkeys(_WORDS, links)


def notice_page(look: Look, path: str) -> Answer:
    """Answer with one of the pages that every footer leads to, or that there is no such page."""
    if path not in {"/about", "/privacy"}:
        return answers.missing()
    main = f"<h1>{escape(look.name)}</h1>\n<p>{_NOTICE}</p>"
    return answers.page(frame(look, Sheet(language="en", title=look.name, main=main)))


def _links(links: Sequence[Link]) -> str:
    return "".join(map(_link, links))


def _link(link: Link) -> str:
    path, words = link
    return f'<a href="{escape(path)}">{escape(words)}</a>'
