"""The licence of a page's text: where it may be stated, and which of several counts."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.platforms.article import read_article_text
from search.mention import RightsSignal
from tests.rights.pages import BODY, BY, BY_SA, CC, URL, json_ld, read, said


@pytest.mark.parametrize(
    ("head", "around", "expected"),
    [
        (f'<link rel="license" href="{BY}">', "", (BY, "link rel=license")),
        ("", f'<footer><a rel="license" href="{BY}">CC</a></footer>', (BY, "a rel=license")),
        ("", f'<aside><a rel="license" href="{BY}">CC</a></aside>', (BY, "a rel=license")),
        ("", '<a rel=license href="/terms">CC BY-SA 3.0</a>', ("CC BY-SA 3.0", "a rel=license")),
        (
            "",
            '<a rel="license" href="/terms">Terms</a>',
            ("https://news.example/terms", "a rel=license"),
        ),
        (json_ld(license=BY), "", (BY, "JSON-LD license")),
        (json_ld(license={"@type": "CreativeWork", "url": BY}), "", (BY, "JSON-LD license")),
        (
            json_ld(license={"@type": "CreativeWork", "name": "Free", "url": BY}),
            "",
            (BY, "JSON-LD license"),
        ),
        (json_ld(usageInfo=BY), "", (BY, "JSON-LD usageInfo")),
        (json_ld("WebPage", license=BY), "", (BY, "JSON-LD license")),
        ("", f'<div><a itemprop="license" href="{BY}">CC</a></div>', (BY, "microdata license")),
        ("", f'<p><a property="dct:license" href="{BY}">CC</a></p>', (BY, "RDFa dct:license")),
        ("", f'<p><a rel="x:license" href="{BY}">CC</a></p>', (BY, "RDFa x:license")),
        (
            "",
            f'<span property="http://creativecommons.org/ns#license" resource="{BY}"></span>',
            (BY, "RDFa http://creativecommons.org/ns#license"),
        ),
        (f'<meta name="DCTERMS.license" content="{BY}">', "", (BY, "meta dcterms.license")),
        ('<meta name="dc.rights" content="CC BY 4.0">', "", ("CC BY 4.0", "meta dc.rights")),
        (
            '<meta name="copyright" content="© 2026 Quay. All rights reserved.">',
            "",
            ("© 2026 Quay. All rights reserved.", "meta copyright"),
        ),
        ('<meta name="copyright" content="© 2026 Quay">', "", None),
        ("", f'<div class="side"><a href="{BY}">CC</a></div>', (BY, "a without rel")),
        ("", f'<p>This site is under <a href="{BY}">CC</a>.</p>', (BY, "a without rel")),
        ("", "<footer>Copyleft, CC-BY-SA</footer>", ("CC-BY-SA", "footer")),
        ("", "<footer>Pictures: CC BY-SA</footer>", None),
        ("", f'<p><a href="{CC}/licenses/">About licences</a></p>', None),
    ],
)
def test_a_licence_is_found_wherever_it_is_stated(
    head: str, around: str, expected: tuple[str, str] | None
) -> None:
    assert expected == said(read(head, around=around).licence)


def test_a_header_states_a_licence() -> None:
    assert (BY, "Link header") == said(read(link=f'<{BY}>; rel="license"').licence)


@pytest.mark.parametrize(
    "elsewhere",
    [
        '<figure><img src="/p.jpg">{}</figure>',
        '<div class="wp-caption"><img src="/p.jpg"><p>{}</p></div>',
        '<p class="photo-credit">{}</p>',
        '<div id="comments"><p>{}</p></div>',
        '<li class="comment even"><p>{}</p></li>',
        "<blockquote>{}</blockquote>",
        '<div itemscope itemtype="https://schema.org/ImageObject">{}</div>',
        '<div itemscope itemtype="https://schema.org/Comment">{}</div>',
        '<div typeof="schema:ImageObject">{}</div>',
        "<template>{}</template>",
    ],
)
@pytest.mark.parametrize(
    "link",
    [
        f'<a rel="license" href="{BY}">CC</a>',
        f'<a href="{BY}">CC</a>',
        f'<a rel="cc:license" href="{BY}">CC</a>',
        f'<link itemprop="license" href="{BY}">',
    ],
)
def test_a_licence_of_something_else_is_not_that_of_the_text(elsewhere: str, link: str) -> None:
    assert read(around=elsewhere.format(link)).licence is None


@pytest.mark.parametrize("rel", ["", "rel=license"])
def test_a_link_beside_a_picture_in_one_block_speaks_of_the_picture(rel: str) -> None:
    credit = f'<div><img src="/p.jpg"> Ida, <a {rel} href="{BY}">CC</a></div>'

    assert read(around=credit).licence is None


def test_a_badge_inside_a_licence_link_is_no_picture_beside_it() -> None:
    badge = f'<div><a rel="license" href="{BY}"><img src="/badge.png"></a></div>'

    assert (BY, "a rel=license") == said(read(around=badge).licence)


def test_the_most_restrictive_of_several_counts_and_the_others_stay_as_evidence() -> None:
    nc = f"{CC}/licenses/by-nc/4.0/"
    mention = read(json_ld(license=BY), around=f'<p><a rel="license" href="{nc}">CC</a></p>')

    assert (nc, "a rel=license") == said(mention.licence)
    assert (
        RightsSignal(name="licence", raw=BY, found_in="JSON-LD license"),
    ) == mention.rights_signals


def test_an_unknown_statement_is_stricter_than_an_open_one() -> None:
    mention = read(
        '<link rel="license" href="/terms">', around=f'<a rel=license href="{BY}">c</a>'
    )

    assert ("https://news.example/terms", "link rel=license") == said(mention.licence)


def test_a_statement_made_for_programs_counts_before_one_made_for_readers() -> None:
    nc = f"{CC}/licenses/by-nc/4.0/"
    mention = read(f'<link rel="license" href="{BY}">', around=f'<div><a href="{nc}">CC</a></div>')

    assert (BY, "link rel=license") == said(mention.licence)
    assert [(nc, "a without rel")] == [(one.raw, one.found_in) for one in mention.rights_signals]


def test_the_same_licence_said_twice_is_no_contradiction() -> None:
    mention = read(
        f'<link rel="license" href="{BY}">',
        around=f'<footer><a href="{CC}/licenses/by/4.0/deed.en">CC</a> CC-BY</footer>',
    )

    assert () == mention.rights_signals


def test_a_page_that_links_to_many_licences_is_under_none() -> None:
    links = "".join(f'<p><a href="{one}">CC</a></p>' for one in (BY, BY_SA))

    assert read(around=links).licence is None


def test_a_page_about_licences_is_under_the_one_that_its_sentence_names() -> None:
    links = "".join(f'<p><a href="{one}">CC</a></p>' for one in (BY, BY_SA))
    own = f'<p>Inhalte dieser Website stehen unter <a href="{BY_SA}">CC</a></p>'

    assert (BY_SA, "a without rel") == said(read(around=links + own).licence)


def test_a_licence_that_prose_mentions_is_not_the_page_s() -> None:
    words = "They quarrelled for a whole evening about how one may pass on what others wrote"

    assert read(body=f'<p>{words}, and <a href="{BY}">this</a> was no help.</p>').licence is None


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "<a rel=license href=",
                    "<link rel=license href=",
                    "<meta name=copyright content=",
                ),
                *("<div itemprop=license>", "<p property='cc:attributionName'>", "<figure>"),
                *(
                    BY,
                    BY_SA,
                    "http://[",
                    ">",
                    '"',
                    "CC-BY",
                    "©",
                    "</p>",
                    "<footer>",
                    "<aside>",
                    "\x00",
                ),
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_no_page_breaks_the_reader(body: str) -> None:
    read_article_text(f"<article>{BODY}</article>{body}", URL, "website", body)


@pytest.mark.parametrize(
    "piece",
    [
        f'<a href="{BY}">CC</a> ',
        f'<a rel=license href="{BY}">CC</a>',
        "<div class=footer>CC-BY ",
        "<div itemprop=license>",
        "<meta name=copyright content=rights>",
        "license rel= ",
    ],
)
def test_endless_statements_are_read_in_one_pass(piece: str) -> None:
    started = time.perf_counter()
    read_article_text(f"<article>{BODY}</article>{piece * 30_000}", URL, "website")

    assert time.perf_counter() - started < 20
