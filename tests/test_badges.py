"""What shop software says of a review in the markup: that its author is a known buyer."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.platforms.badges import Badges
from crawlers.platforms.markup import parse_page
from crawlers.platforms.review import find_reviews, own_ids, read_review
from search.mention import Mention

URL = "https://shop.example/product/mug/"
LABEL = '<em class="woocommerce-review__verified verified">(geverifieerde eigenaar)</em>'


def badges(html: str) -> Badges:
    return Badges(parse_page(html, URL), html)


def read(html: str) -> list[Mention]:
    reviews = find_reviews(html, URL)
    page = parse_page(html, URL)
    own = own_ids(reviews)
    return [read_review(review, page, "reviews", own, Badges(page, html)) for review in reviews]


def woocommerce(number: int, label: str) -> str:
    return (
        f'<li class="review" id="li-comment-{number}"><div id="comment-{number}">'
        f'<div class="comment-text"><p class="meta"><strong>Eva</strong> {label}</p>'
        f"<p>Mug number {number} is fine.</p></div></div></li>"
    )


def judgeme(flag: str, text: str) -> str:
    return (
        f"<div class='jdgm-rev' data-verified-buyer='{flag}' data-review-id='1'>"
        f"<div class='jdgm-rev__body'><p>{text}</p></div></div>"
    )


def stated(*reviews: dict[str, str]) -> str:
    whole = {
        "@type": "Product",
        "name": "Mug",
        "description": "A mug &amp; a <b>saucer</b>. " * 400,
        "review": [{"@type": "Review", "author": "Eva", **each} for each in reviews],
    }
    return f'<script type="application/ld+json">{json.dumps(whole)}</script>'


def test_the_label_of_woocommerce_makes_its_review_verified_and_no_other() -> None:
    said = [
        {"@id": f"{URL}#comment-{number}", "reviewBody": f"Mug number {number} is fine."}
        for number in (41, 42)
    ]
    html = stated(*said) + woocommerce(41, LABEL) + woocommerce(42, "")

    assert [True, None] == [mention.verified for mention in read(html)]


@pytest.mark.parametrize(("flag", "verified"), [("true", True), ("false", False), ("", None)])
def test_the_widget_of_judgeme_says_yes_or_no(
    flag: str,
    verified: bool | None,  # noqa: FBT001 - a case
) -> None:
    html = stated({"reviewBody": "Fine mug, keeps warm."}) + judgeme(
        flag, "Fine mug,\nkeeps warm."
    )

    assert [verified] == [mention.verified for mention in read(html)]


def test_two_reviews_that_say_the_same_are_not_told_apart() -> None:
    html = judgeme("true", "Fine mug.") + judgeme("false", "Fine mug.") + judgeme("true", "Mine.")

    assert [None, True] == [badges(html).verified(None, text) for text in ("Fine mug.", "Mine.")]


@pytest.mark.parametrize(
    "html",
    [
        stated({"reviewBody": "Verified purchase. Fine mug."}),
        stated({"reviewBody": "Fine mug."}) + "<em>Verified buyer</em>",
        stated({"reviewBody": "Fine mug."}) + LABEL,
        stated({"reviewBody": ""}) + judgeme("true", ""),
        stated({"reviewBody": "Fine mug."}) + "<style>.woocommerce-review__verified{}</style>",
    ],
)
def test_nothing_is_guessed_from_words(html: str) -> None:
    assert [None] == [mention.verified for mention in read(html)]


def test_the_description_of_the_product_is_read_as_text() -> None:
    (mention,) = read(stated({"reviewBody": "Fine mug."}))

    assert mention.subject is not None
    assert (mention.subject.description or "").startswith("A mug & a saucer. A mug & a saucer.")
    assert len(mention.subject.description or "") <= 10_000


@given(st.text(), st.text(), st.text())
def test_any_page_can_be_looked_through(flag: str, text: str, identifier: str) -> None:
    html = judgeme(flag, text) + woocommerce(1, LABEL) + text

    assert badges(html).verified(identifier, text) in {True, False, None}


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + LABEL * 5_000,
        "<div class='jdgm-rev' data-verified-buyer='true'><div class='jdgm-rev__body'>mug "
        * 20_000,
    ],
)
def test_deep_pages_are_not_slow(html: str) -> None:
    page = parse_page(html, URL)
    started_at = time.perf_counter()
    Badges(page, html)

    assert time.perf_counter() - started_at < 3
