"""schema.org statements are read as people write them, and reviews as people mean them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.platforms.badges import Badges
from crawlers.platforms.markup import parse_page
from crawlers.platforms.review import (
    find_reviews,
    has_subject,
    own_ids,
    read_number,
    read_review,
    without_page_number,
)
from crawlers.platforms.schema_org import read_json_ld, read_nodes
from search.mention import Mention, Rating

URL = "https://shop.example/mug"
SCRIPT = '<script type="application/ld+json">{}</script>'
REVIEW = {"@type": "Review", "author": "Abe", "reviewBody": "A mug."}


def read(html: str, url: str = URL) -> list[Mention]:
    reviews = find_reviews(html, url)
    page = parse_page(html, url)
    badges = Badges(page, html)
    return [read_review(review, page, "reviews", own_ids(reviews), badges) for review in reviews]


def stated(*things: Any) -> str:
    return "".join(SCRIPT.format(json.dumps(thing)) for thing in things)


@pytest.mark.parametrize(
    "block",
    [
        '{"@type": "Product"}',
        '{"@type": "Product",}',
        '// a comment\n{"@type": "Product" /* another */}',
        '<!-- {"@type": "Product"} -->',
        '//<![CDATA[\n{"@type": "Product"}\n//]]>',
        "{&quot;@type&quot;: &quot;Product&quot;}",
        '{"@type": "Product", "description": "two\nlines"}',
        '{"@type": "Product"};',
        '{"http://schema.org/name": "x", "@type": "http://schema.org/Product"}',
        '{"@graph": [{"@type": ["Thing", "schema:Product"]}]}',
        '\ufeff{"@type": "Product"}',
    ],
)
@pytest.mark.parametrize(
    "script", [SCRIPT, "<SCRIPT async type = application/ld+json >{}</SCRIPT >"]
)
def test_json_ld_is_read_leniently(script: str, block: str) -> None:
    html = script.replace("{}", block)

    assert any("Product" in found.node.types for found in read_nodes(html, URL))


@pytest.mark.parametrize("block", ["", "{", "[1, 2", "null", "<html>", '{"@type": ' * 5000])
def test_a_block_that_cannot_be_read_does_not_hide_the_next(block: str) -> None:
    html = SCRIPT.format(block) + stated({"@type": "Product"})

    assert any("Product" in found.node.types for found in read_nodes(html, URL))


def test_references_are_followed_and_circles_end() -> None:
    html = stated(
        {"@type": "Product", "@id": "#p", "name": "Mug", "review": [{"@id": "#r"}]},
        {"@graph": [{**REVIEW, "@id": "#r", "itemReviewed": {"@id": "#p"}}]},
    )
    (mention,) = read(html)

    assert mention.subject is not None
    assert mention.subject.name == "Mug"


@pytest.mark.parametrize(
    "things",
    [
        [{"@type": "Product", "name": "Mug", "review": REVIEW}],
        [{"@type": "Product", "name": "Mug", "reviews": [REVIEW]}],
        [{**REVIEW, "itemReviewed": {"@type": "Thing", "name": "Mug"}}],
        [{"@type": "Product", "name": "Mug", "aggregateRating": {"ratingValue": 4}}, REVIEW],
        [
            {"@type": "WebPage", "name": "A page", "mainEntity": {"@type": "Book", "name": "Mug"}},
            REVIEW,
        ],
        [{"@type": "Product", "name": "Mug", "review": [{"@id": "#r"}]}, {**REVIEW, "@id": "#r"}],
    ],
)
def test_the_subject_is_found_wherever_it_is_stated(things: list[Any]) -> None:
    (mention,) = read(stated(*things))

    assert mention.subject is not None
    assert mention.subject.name == "Mug"


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ({"ratingValue": 4}, Rating(stars=4, value=4)),
        ({"ratingValue": "4,5"}, Rating(stars=4.5, value=4.5)),
        ({"ratingValue": "4.5 stars"}, Rating(stars=4.5, value=4.5)),
        ({"ratingValue": "8/10"}, Rating(stars=4.11, value=8, best=10)),
        ({"ratingValue": "3 of 5"}, Rating(stars=3, value=3)),
        ({"ratingValue": 8}, Rating(stars=4.11, value=8, best=10)),
        ({"ratingValue": 80}, Rating(stars=4.19, value=80, best=100)),
        ({"ratingValue": "80%"}, Rating(stars=4.2, value=80, worst=0, best=100)),
        ({"ratingValue": 0}, Rating(stars=1, value=0, worst=0, best=5)),
        (
            {"ratingValue": 7, "bestRating": 10, "worstRating": 0},
            Rating(stars=3.8, value=7, worst=0, best=10),
        ),
        (
            {"ratingValue": -1, "bestRating": 1, "worstRating": -1},
            Rating(stars=1, value=-1, worst=-1, best=1),
        ),
        ({"ratingValue": 6, "bestRating": 5}, None),
        ({"ratingValue": 3, "bestRating": 3, "worstRating": 3}, None),
        ({"ratingValue": "good"}, None),
        ({}, None),
        ("4", Rating(stars=4, value=4)),
        (None, None),
    ],
)
def test_every_scale_becomes_stars(rating: Any, expected: Rating | None) -> None:
    (mention,) = read(stated({**REVIEW, "reviewRating": rating}))

    assert mention.rating == expected


def test_a_rating_without_a_scale_borrows_that_of_the_product() -> None:
    total = {"@type": "AggregateRating", "ratingValue": 7.5, "bestRating": 10}
    review = {**REVIEW, "reviewRating": {"ratingValue": 4}}
    (mention,) = read(
        stated({"@type": "Product", "name": "Mug", "aggregateRating": total, "review": review})
    )

    assert mention.rating == Rating.on_scale(4, best=10)


MICRODATA = """<div itemscope itemtype="http://schema.org/Product"><b itemprop="name">Mug</b>
<div itemprop="review" itemscope itemtype="http://schema.org/Review"><i itemprop="author">{}</i>
<p itemprop="reviewBody">{}</p></div></div>"""


@pytest.mark.parametrize(
    ("author", "body", "count"),
    [
        ("Abe", " A  MUG. ", 1),
        ("Bea", "A mug.", 2),
        ("Abe", "Another mug.", 2),
    ],
)
def test_what_two_syntaxes_say_alike_is_one_review(author: str, body: str, count: int) -> None:
    html = stated({"@type": "Product", "name": "Mug", "review": REVIEW})

    assert count == len(read(html + MICRODATA.format(author, body)))


@pytest.mark.parametrize(
    ("identifier", "source_id"),
    [
        ("https://shop.example/reviews/77", "https://shop.example/reviews/77"),
        ("#comment-12345", f"{URL}#comment-12345"),
        ("/mug?page=4#comment-12345", f"{URL}#comment-12345"),
    ],
)
def test_a_review_with_its_own_address_is_known_by_it(identifier: str, source_id: str) -> None:
    (mention,) = read(stated({**REVIEW, "@id": identifier}), f"{URL}?page=2")

    assert source_id == mention.source_id


@pytest.mark.parametrize("identifier", ["#review-3", URL, "https://other.example/r/12345", "_:b1"])
def test_a_review_without_one_is_known_by_its_words_on_any_page(identifier: str) -> None:
    (first,) = read(stated({**REVIEW, "@id": identifier}), f"{URL}?page=2")
    (second,) = read(stated(REVIEW), f"{URL}?page=7")

    assert first.id == second.id
    assert first.source_id.startswith(f"{URL}#")


def test_two_reviews_that_share_an_address_are_two() -> None:
    both = [
        {**REVIEW, "url": "/people/abe/9999"},
        {**REVIEW, "url": "/people/abe/9999", "reviewBody": "B"},
    ]

    assert 2 == len({mention.id for mention in read(stated(both))})


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["Mug"], True), (["Mug", "Mug"], True), (["Mug", "Cup"], False), ([], False)],
)
def test_a_product_page_is_about_one_rated_thing(names: list[str], *, expected: bool) -> None:
    things = [{"@type": "Product", "name": name, "review": []} for name in names]

    assert expected == has_subject(stated(*things), URL)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{URL}?page=2", URL),
        (f"{URL}?colour=red&page=2", f"{URL}?colour=red"),
        (f"{URL}?page=about", f"{URL}?page=about"),
    ],
)
def test_page_numbers_are_taken_off(url: str, expected: str) -> None:
    assert expected == without_page_number(url)


@pytest.mark.parametrize(
    ("text", "number"), [("4,5", 4.5), ("-1", -1), ("about 7.25!", 7.25), ("", None), (None, None)]
)
def test_numbers_are_read_with_comma_or_point(text: str | None, number: float | None) -> None:
    assert number == read_number(text)


names = st.sampled_from(
    [
        "@type",
        "@id",
        "@graph",
        "@value",
        "name",
        "review",
        "author",
        "reviewRating",
        "ratingValue",
        "itemReviewed",
        "aggregateRating",
        "url",
        "reviewBody",
        "bestRating",
        "datePublished",
    ]
)
values = st.sampled_from(["Review", "Product", "#r", "4", "http://[", "2026-01-01"]) | st.text(
    max_size=8
)
json_ld = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6),
    max_leaves=25,
)


@settings(deadline=None)
@given(json_ld)
def test_no_statement_breaks_the_reader(tree: Any) -> None:
    for mention in read(SCRIPT.format(json.dumps(tree).replace("</", "<\\/"))):
        assert mention.source_id


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_block_breaks_the_reader(block: str) -> None:
    assert list(read_json_ld(SCRIPT.format(block))) is not None
