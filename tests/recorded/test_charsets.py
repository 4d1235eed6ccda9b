"""Recorded pages and feeds in nineteen encodings, with and without a header that names theirs."""

import pytest
from scrapy.http import TextResponse

from crawlers.charsets import page_text
from tests.recorded.origin import read_origin

pytestmark = pytest.mark.recorded

LANGUAGES = ("bulgarian", "greek", "hebrew", "hungarian", "russian")

AS_BROWSERS = {"shift_jis": "cp932"}
"""
What the web calls Shift_JIS is Microsoft's superset of it, which writes the wave dash as another
character (WHATWG Encoding Standard).
"""


def charset(name: str) -> str:
    """Take the language off a recording's charset, and name it as browsers do."""
    for language in LANGUAGES:
        name = name.removesuffix(f"-{language}")
    return AS_BROWSERS.get(name.lower(), name)


@pytest.mark.parametrize("header", ["none", "plain", "declared"])
def test_every_recording_is_read_by_its_declared_charset(header: str) -> None:
    origin = read_origin("charsets")
    for name, page in origin.items():
        own = charset(page.expected["charset"])
        types = {"none": None, "plain": "text/html", "declared": f"text/html; charset={own}"}
        headers = {"Content-Type": types[header]} if types[header] else {}
        response = TextResponse(f"https://a.example/{name}", body=page.body, headers=headers)

        assert page.body.decode(own).lstrip("\ufeff") == page_text(response), name
