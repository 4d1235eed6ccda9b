"""
Licences and reservations of recorded pages, against what people found there.

`licence_pages`: nine pages with a gold licence, all nine read. Four state it in a sidebar, one by
a plain link there, one in its footer without a version; one links to six licences fourteen times
and says in a sentence which is its own.
"""

import json
import re

import pytest
from scrapy.http import HtmlResponse

from crawlers.platforms.article import read_article_text
from crawlers.preferences import preferences
from crawlers.reservations import read_tdmrep, reservation
from pipelines.context import Context
from pipelines.licence import tag_licence
from search.vocabulary import Effect
from tests.recorded.origin import read_origin

pytestmark = pytest.mark.recorded

FOUND_IN = {
    "anarc.at.cdpath.html": "footer",
    "creativecommons.ch.wie.html": "a without rel",
    "seelenradio.de.leo.html": "a without rel",
}
"""Where a licence was found; the others by ``rel=license`` on a link."""

REFUSED = {"cookieandkate.com.html": "noai", "chefsavvy.com.html": "noai"}


def spdx(gold: str) -> str:
    """Write a gold licence such as ``CC BY-SA 3.0 DE`` as an SPDX identifier."""
    name = gold.replace(" ", "-")
    return name if re.search(r"\d\.\d", name) else f"LicenseRef-{name}"


def test_every_gold_licence_is_read() -> None:
    origin = read_origin("licence_pages")
    gold = json.loads(origin.pop("gold_open.json").body)
    found = {}
    for name, recording in origin.items():
        html = recording.body.decode("utf-8", "replace")
        mention = read_article_text(html, gold[name]["url"], "website")
        assert mention is not None, name
        licence = tag_licence(mention, Context()).licence
        assert licence is not None, name
        found[name] = (licence.id, licence.found_in)

    expected = {
        name: (spdx(page["license"]), FOUND_IN.get(name, "a rel=license"))
        for name, page in gold.items()
    }
    assert expected == found


def test_pages_that_reserve_themselves_are_refused_and_others_keep_what_they_say() -> None:
    origin = read_origin("ai_optout")
    pages = {name: one for name, one in origin.items() if name.endswith(".html")}
    answers = {
        name: HtmlResponse(f"https://a.example/{name}", body=one.body)
        for name, one in pages.items()
    }
    signals = {name: preferences(answer, "sayso") for name, answer in answers.items()}

    assert {name: REFUSED.get(name) for name in pages} == {
        name: reservation(answer) for name, answer in answers.items()
    }
    assert {name for name, one in pages.items() if one.expected["noimageai"]} == {
        name
        for name, said in signals.items()
        if any(Effect.NO_IMAGE_AI in signal.effects for signal in said)
    }


def test_every_deployed_tdmrep_file_is_read() -> None:
    origin = read_origin("ai_optout")
    files = {name: one for name, one in origin.items() if name.startswith("tdmrep")}

    assert {
        name: (one.expected["entries"], one.expected["reserved"]) for name, one in files.items()
    } == {
        name: (len(rules), sum(rule.reserved is True for rule in rules))
        for name, one in files.items()
        for rules in [read_tdmrep(one.body)]
    }
