"""A page with something about rights, read as the website source reads it."""

import json
from typing import Any

from crawlers.platforms.article import read_article_text
from search.mention import Licence, Mention

URL = "https://news.example/2026/ferry"
BODY = """<p>The ferry was late again, and the whole quay knew about it before the captain did.</p>
<p>Two crates of coffee beans were left standing in the rain, which nobody has forgiven yet.</p>"""
CC = "https://creativecommons.org"
BY, BY_SA = f"{CC}/licenses/by/4.0/", f"{CC}/licenses/by-sa/4.0/"


def read(head: str = "", body: str = "", *, around: str = "", link: str | None = None) -> Mention:
    """Read a page with something in its head, in its article, and around that."""
    html = (
        f"<html><head><title>Ferry late</title>{head}</head>"
        f"<body><article>{BODY}{body}</article>{around}</body></html>"
    )
    mention = read_article_text(html, URL, "website", link)
    assert mention is not None
    return mention


def said(licence: Licence | None) -> tuple[str, str] | None:
    """Shorten a licence to its statement and where it stood."""
    return None if licence is None else (licence.raw, licence.found_in)


def json_ld(kind: str = "NewsArticle", **properties: Any) -> str:
    """Write a statement of schema.org."""
    thing = {"@type": kind, "headline": "Ferry late again", **properties}
    return f'<script type="application/ld+json">{json.dumps(thing)}</script>'
