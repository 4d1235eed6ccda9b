"""The demo web's blog, newspaper and shop hold what the truth says, in every notation."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

import extruct
import feedparser
import pytest
from protego import Protego

from crawlers.demo.blog import FEEDS
from crawlers.demo.documents import Document
from crawlers.demo.quirks import GONE, MOVED
from crawlers.demo.shop import SCRIPTED_PATH
from crawlers.demo.shop_pages import SCALES, number
from crawlers.demo.web import ANY_PORTS, DemoWeb, demo_web
from search.mention import Rating
from tests.demo_fetching import Reply, fetch


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with demo_web(ANY_PORTS) as running:
        yield running


def of_site(web: DemoWeb, name: str) -> list[Document]:
    return [document for document in web.world.documents if document.site == name]


@pytest.mark.parametrize("language", FEEDS)
def test_feeds_list_every_entry_but_the_deleted(web: DemoWeb, language: str) -> None:
    listed = [entry["url"] for entry in feed_entries(web, language)]

    blog = [one for one in of_site(web, "blog") if one.language == language]
    assert listed == [one.url for one in blog if one.refused is None]


@pytest.mark.parametrize("language", FEEDS)
def test_teasers_keep_the_brand_to_the_article(web: DemoWeb, language: str) -> None:
    known = {one.url: one for one in of_site(web, "blog")}
    teasers = [entry for entry in feed_entries(web, language) if not entry["whole"]]
    with_brand = [entry for entry in teasers if known[entry["url"]].about_brand]

    assert len(with_brand) >= 8
    for entry in with_brand:
        last = known[entry["url"]].text.split("\n\n")[1]
        assert "Storm" not in entry["title"] + entry["summary"]
        assert last in fetch(entry["url"]).text.replace("&amp;", "&")


def feed_entries(web: DemoWeb, language: str) -> list[dict[str, Any]]:
    """Read a feed with a reader of its format, all pages."""
    url: str | None = web.sites["blog"] + FEEDS[language]
    if language == "nl":
        entries = fetch(str(url)).value["items"]
        return [{**entry, "whole": "content_html" in entry} for entry in entries]
    found = []
    while url:
        feed = feedparser.parse(fetch(url).body)
        assert not feed.bozo
        found += [
            {
                "url": entry.link,
                "title": entry.title,
                "summary": entry.summary,
                "whole": "content" in entry,
            }
            for entry in feed.entries
        ]
        url = next((link.href for link in feed.feed.links if link.rel == "next"), None)
    return found


def test_a_deleted_entry_leaves_a_tombstone(web: DemoWeb) -> None:
    (deleted,) = [one for one in of_site(web, "blog") if one.refused == "deleted"]

    assert f'<at:deleted-entry ref="{deleted.url}"' in fetch(web.sites["blog"] + FEEDS["sv"]).text
    assert fetch(deleted.url).status == 410


def test_the_blog_states_licences_and_advertisements(web: DemoWeb) -> None:
    pages = [fetch(one.url).text for one in of_site(web, "blog") if one.is_expected]
    licensed = [page for page in pages if 'rel="license"' in page]

    pictures = [page for page in licensed if '"license": "https://creativecommons.org/' in page]

    assert (len(licensed), len(pictures)) == (9, 6)
    for words in ("Ad: this post was paid", "Reklam för Storm", "Advertentie: Storm"):
        assert sum(words in page for page in pages) == 1


def sitemap_paths(web: DemoWeb) -> list[str]:
    """Follow robots.txt to every page it leads to."""
    base = web.sites["news"]
    (index,) = Protego.parse(fetch(f"{base}/robots.txt").text).sitemaps
    found: list[str] = []
    for sitemap in re.findall(r"<loc>([^<]+)</loc>", fetch(index).text):
        body = fetch(sitemap).body
        text = (gzip.decompress(body) if sitemap.endswith(".gz") else body).decode()
        assert text.count("<lastmod>") == text.count("<loc>")
        found += [
            location.removeprefix(base).replace("&amp;", "&")
            for location in re.findall(r"<loc>([^<]+)</loc>", text)
        ]
    return found


def test_sitemaps_list_every_article(web: DemoWeb) -> None:
    listed = set(sitemap_paths(web))
    paths = {one.url.removeprefix(web.sites["news"]) for one in of_site(web, "news")}

    extra = {path.partition("?")[0] for path in listed - paths}

    assert paths - listed == set()
    assert extra - paths == {*MOVED, *GONE, "/old/story-119.html"}


def test_articles_in_sitemaps_answer(web: DemoWeb) -> None:
    statuses = {path: fetch(web.sites["news"] + path).status for path in sitemap_paths(web)}
    unusual = {path: status for path, status in statuses.items() if status != 200}

    assert unusual == {
        "/old/story-117.html": 301,
        "/old/story-118.html": 410,
        "/old/story-119.html": 404,
    }


def test_the_paper_says_why_it_must_be_left_alone(web: DemoWeb) -> None:
    base = web.sites["news"]
    robots = Protego.parse(fetch(f"{base}/robots.txt").text)
    refused = {one.url: one.refused for one in of_site(web, "news")}

    found = {url: refusal(fetch(url), url.removeprefix(base)) for url in refused}
    disallowed = {url for url in refused if not robots.can_fetch(url, "Sayso")}

    assert found | dict.fromkeys(disallowed, "robots.txt") == refused
    assert fetch(f"{base}/.well-known/tdmrep.json").value[0]["location"] == "/partner/*"


def refusal(page: Reply, path: str) -> str | None:
    """Read the refusals this test knows of, in the plainest way."""
    text = page.body.decode("utf-8", "replace")
    if "noindex" in page.headers.get("X-Robots-Tag", "") or 'content="noindex' in text:
        return "noindex"
    in_page = page.headers.get("tdm-reservation") == "1" or 'name="tdm-reservation"' in text
    return "tdm-reservation" if in_page or path.startswith("/partner/") else None


def test_some_pages_are_mislabelled_or_broken(web: DemoWeb) -> None:
    pages = [fetch(one.url) for one in of_site(web, "news") if one.is_expected]

    mislabelled = [page for page in pages if b"\xe5" in page.body and not is_utf8(page.body)]
    unlabelled = [page for page in pages if "charset" not in page.headers["Content-Type"]]
    broken = [page for page in pages if b"</html>" not in page.body]

    assert (len(mislabelled), len(unlabelled), len(broken)) == (2, 2, 2)
    assert all("utf-8" in page.headers["Content-Type"] for page in mislabelled)
    assert all(is_utf8(page.body) and not page.body.isascii() for page in unlabelled)
    assert not any(b"charset" in page.body for page in unlabelled)


def is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_an_address_with_tracking_names_the_one_without(web: DemoWeb) -> None:
    tracked = [path for path in sitemap_paths(web) if "utm_source" in path]

    assert len(tracked) == 3
    for path in tracked:
        url = web.sites["news"] + path.partition("?")[0]
        assert f'rel="canonical" href="{url}"' in fetch(web.sites["news"] + path).text


def product_reviews(web: DemoWeb, path: str) -> list[tuple[str, str, float | None]]:
    """Read a product's reviews with a general reader, all pages: author, body, stars."""
    found, following = [], path
    while following:
        text = fetch(web.sites["shop"] + following).text
        known = extruct.extract(text, syntaxes=["json-ld", "microdata"], uniform=True)
        products = [*known["json-ld"], *known["microdata"]]
        reviews = [review for one in products for review in as_list(one.get("review", []))]
        found += [(one["author"]["name"], one["reviewBody"], stars(one)) for one in reviews]
        after = re.search(r'<link rel="next" href="([^"]+)"', text)
        following = after[1] if after else ""
    return found


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def stars(review: dict[str, Any]) -> float | None:
    rating = review.get("reviewRating")
    if rating is None:
        return None
    worst, best = float(rating.get("worstRating", 1)), float(rating.get("bestRating", 5))
    return Rating.on_scale(number(rating["ratingValue"]), worst=worst, best=best).stars


def test_product_pages_carry_every_review(web: DemoWeb) -> None:
    reviews = [one for one in of_site(web, "shop") if not one.needs_browser]
    paths = {one.url.removeprefix(web.sites["shop"]) for one in reviews}

    found = {(path, *review) for path in paths for review in product_reviews(web, path)}

    base = web.sites["shop"]
    assert found == {
        (one.url.removeprefix(base), one.author, one.text, one.stars) for one in reviews
    }


def test_reviews_differ_in_scale_and_some_have_no_stars(web: DemoWeb) -> None:
    reviews = [one for one in of_site(web, "shop") if one.about_brand]
    given = {one.stars for one in reviews}
    pages = " ".join(fetch(url).text for url in {one.url for one in reviews})

    assert sum(one.stars is None for one in reviews) == 3
    assert all(1 <= value <= 5 for value in given if value is not None)
    for written in ("96%", "4,8", '"bestRating" content="10"', '"ratingValue": "5"'):
        assert written in pages


@pytest.mark.parametrize(
    ("scale", "normalised"),
    [
        ("five", {5: 5, 3: 3, 1: 1}),
        ("ten", {5: 5, 4: 4.11, 3: 2.78, 1: 1}),
        ("percent", {5: 4.84, 4: 4.2, 3: 3.08, 2: 2, 1: 1.2}),
        ("comma", {5: 4.8, 3: 3.1, 2: 1.9}),
    ],
)
def test_every_scale_comes_to_stars_between_one_and_five(
    scale: str, normalised: dict[int, float]
) -> None:
    found = {meant: SCALES[scale].normalised(meant) for meant in normalised}

    assert found == normalised


def test_a_review_with_an_identifier_stands_on_its_page(web: DemoWeb) -> None:
    reviews = [one for one in of_site(web, "shop") if one.source_id and one.about_brand]
    one = next(one for one in reviews if not one.needs_browser)

    assert re.fullmatch(rf"{one.url}#review-\d{{5}}", str(one.source_id))
    assert str(one.source_id) in fetch(one.url).text


def test_the_list_of_bargains_has_no_end(web: DemoWeb) -> None:
    pages = [fetch(f"{web.sites['shop']}/sv/bargains?page={n}").text for n in (1, 2, 500)]
    products = [re.findall(r'<li><a href="(/sv/product/[^"]+)"', page) for page in pages]

    assert products[0] == products[1] == products[2]
    assert len(products[0]) == 4
    assert '<link rel="next" href="/sv/bargains?page=501">' in pages[2]


def test_the_scripted_page_holds_no_review_before_its_script_ran(web: DemoWeb) -> None:
    page = fetch(web.sites["shop"] + SCRIPTED_PATH).text
    (endpoint,) = re.findall(r'fetch\("([^"]+)"\)', page)
    product = fetch(web.sites["shop"] + endpoint).value
    scripted = [one for one in of_site(web, "shop") if one.needs_browser]

    assert "reviewBody" not in page.replace("review.reviewBody", "")
    assert {one["reviewBody"] for one in product["review"]} == {one.text for one in scripted}
