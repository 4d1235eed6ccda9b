"""Whom a page wants named, and where a licence may be had; of its text and its pictures."""

import pytest

from search.mention import Credit, RightsSignal
from tests.rights.pages import BY, json_ld, read, said

SHOP = "https://news.example/buy"


@pytest.mark.parametrize(
    ("head", "around", "expected"),
    [
        (
            json_ld(creditText="Photo: Ida", copyrightNotice="© 2026 Ida"),
            "",
            Credit(text="Photo: Ida", notice="© 2026 Ida"),
        ),
        (
            json_ld(copyrightHolder={"@type": "Organization", "name": "Quay News"}),
            "",
            Credit(holder="Quay News"),
        ),
        (
            "",
            '<a property="cc:attributionName" rel="cc:attributionURL" href="/ida">Ida</a>',
            Credit(name="Ida", url="https://news.example/ida"),
        ),
        (
            "",
            '<p>By <a rel="cc:attributionURL" href="https://ida.example/">Ida B</a></p>',
            Credit(name="Ida B", url="https://ida.example/"),
        ),
        ("", '<meta itemprop="copyrightHolder" content="Quay">', Credit(holder="Quay")),
        ('<meta name="copyright" content="© 2026 Quay">', "", Credit(notice="© 2026 Quay")),
        ('<meta name="dcterms.rightsHolder" content="Quay">', "", Credit(holder="Quay")),
        (f'<link rel="license" href="{BY}">', "", None),
    ],
)
def test_the_credit_of_a_text_is_read(head: str, around: str, expected: Credit | None) -> None:
    assert expected == read(head, around=around).credit


@pytest.mark.parametrize(
    ("head", "around", "expected"),
    [
        (
            json_ld(acquireLicensePage="https://news.example/buy"),
            "",
            ("acquirelicensepage", "JSON-LD NewsArticle acquireLicensePage"),
        ),
        (
            json_ld(usageInfo="https://news.example/buy"),
            "",
            ("usageinfo", "JSON-LD NewsArticle usageInfo"),
        ),
        (
            "",
            '<p><a rel="cc:morePermissions" href="/buy">more</a></p>',
            ("morepermissions", "RDFa cc:morePermissions"),
        ),
        (
            "",
            '<p><a itemprop="acquireLicensePage" href="/buy">buy</a></p>',
            ("acquirelicensepage", "microdata acquireLicensePage"),
        ),
    ],
)
def test_where_more_may_be_had_is_a_signal_without_effect(
    head: str, around: str, expected: tuple[str, str]
) -> None:
    name, found_in = expected

    assert (RightsSignal(name=name, raw=SHOP, found_in=found_in),) == read(
        head, around=around
    ).rights_signals


def test_a_picture_s_credit_stands_with_the_picture() -> None:
    picture = {
        "contentUrl": "/p.jpg",
        "license": BY,
        "creator": {"name": "Bo"},
        "creditText": "Bo/Q",
    }
    mention = read(json_ld() + json_ld("ImageObject", **picture))
    (medium,) = mention.media

    assert mention.credit is None
    assert Credit(name="Bo", text="Bo/Q") == medium.credit
    assert (BY, "JSON-LD ImageObject license") == said(medium.licence)


def test_a_plain_link_in_a_figure_is_the_picture_s_licence() -> None:
    figure = (
        f'<figure><img src="/p.jpg"><figcaption>Ida, <a href="{BY}">CC</a></figcaption></figure>'
    )
    mention = read(body=figure)

    assert mention.licence is None
    assert [(BY, "figure a without rel")] == [said(medium.licence) for medium in mention.media]
