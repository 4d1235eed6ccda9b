"""Every site of the demo web behaves as the software it imitates, and as the truth says."""

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
from crawlers.demo.links import REACHABLE
from crawlers.demo.posts import BRAND_TAGS
from crawlers.demo.quirks import GONE, MOVED
from crawlers.demo.shop import SCRIPTED_PATH
from crawlers.demo.shop_pages import number
from crawlers.demo.web import ANY_PORTS, DemoWeb, demo_web
from search.mention import Rating
from tests.demo_fetching import Reply, fetch

CRAWLED_TAGS = ("storm", *BRAND_TAGS.values())


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with demo_web(ANY_PORTS) as running:
        yield running


def of_site(web: DemoWeb, name: str) -> list[Document]:
    return [document for document in web.world.documents if document.site == name]


def timeline(web: DemoWeb, tag: str) -> list[dict[str, Any]]:
    """Follow a hashtag to its end."""
    url: str | None = f"{web.sites['fediverse']}/api/v1/timelines/tag/{tag}?limit=40"
    found: list[dict[str, Any]] = []
    while url:
        reply = fetch(url)
        found += reply.value
        following = re.search(r'<([^>]+)>; rel="next"', reply.headers.get("Link", ""))
        url = following[1] if following else None
    return found


def test_timelines_show_every_post_about_the_brand(web: DemoWeb) -> None:
    statuses = [status for tag in CRAWLED_TAGS for status in timeline(web, tag)]

    shown = {(status["reblog"] or status)["uri"] for status in statuses}

    about_brand = {one.source_id for one in of_site(web, "fediverse") if one.about_brand}
    assert about_brand - shown == set()


def test_a_timeline_is_in_order_and_says_nothing_twice(web: DemoWeb) -> None:
    numbers = [int(status["id"]) for status in timeline(web, "storm")]

    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) > 200


def test_a_timeline_can_be_read_from_a_mark_onwards(web: DemoWeb) -> None:
    everything = [status["id"] for status in timeline(web, "storm")]
    url = f"{web.sites['fediverse']}/api/v1/timelines/tag/storm?limit=5"

    newest = [status["id"] for status in fetch(f"{url}&since_id={everything[20]}").value]
    next_ones = [status["id"] for status in fetch(f"{url}&min_id={everything[20]}").value]

    assert newest == everything[:5]
    assert next_ones == everything[15:20]


@pytest.mark.parametrize(("limit", "count"), [("", 20), ("&limit=7", 7), ("&limit=900", 40)])
def test_a_timeline_limits_its_pages(web: DemoWeb, limit: str, count: int) -> None:
    url = f"{web.sites['fediverse']}/api/v1/timelines/tag/storm?max_id=9{'0' * 20}{limit}"

    assert len(fetch(url).value) == count


def test_timelines_hold_what_a_reader_must_cope_with(web: DemoWeb) -> None:
    statuses = [status for tag in CRAWLED_TAGS for status in timeline(web, tag)]
    accounts = [status["account"] for status in statuses]
    uris = {status["uri"] for status in statuses}

    assert any(status["reblog"] for status in statuses)
    assert any(status["reblog"] and status["reblog"]["uri"] not in uris for status in statuses)
    assert any(status["edited_at"] for status in statuses)
    assert any(status["in_reply_to_id"] for status in statuses)
    assert any(media["description"] for one in statuses for media in one["media_attachments"])
    assert any(status["mentions"] for status in statuses)
    assert any(status["language"] is None for status in statuses)
    assert {account.get("indexable") for account in accounts} == {True, False, None}
    assert any("#nobot" in account["note"] for account in accounts)
    assert any(account["noindex"] for account in accounts)
    assert any("@" in account["acct"] for account in accounts)


def test_search_wants_a_token(web: DemoWeb) -> None:
    url = f"{web.sites['fediverse']}/api/v2/search?type=statuses&q=storm+coffee"

    refused, found = fetch(url), fetch(url, authorization="Bearer t0ken")

    assert (refused.status, set(refused.value)) == (401, {"error"})
    assert found.value["statuses"]
    assert all("torm" in status["content"] for status in found.value["statuses"])


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


def hits(web: DemoWeb, query: str) -> dict[str, Any]:
    url = f"{web.sites['links']}/api/v1/search_by_date?{query}"
    value: dict[str, Any] = fetch(url).value
    return value


def test_search_reaches_a_thousand_hits_and_no_more(web: DemoWeb) -> None:
    pages = [hits(web, f"query=storm&hitsPerPage=300&page={page}") for page in range(5)]

    assert pages[0]["nbHits"] > REACHABLE
    assert pages[0]["nbPages"] == 4
    assert [len(page["hits"]) for page in pages] == [300, 300, 300, 100, 0]


def test_search_goes_back_in_time_without_gaps(web: DemoWeb) -> None:
    found: set[str] = set()
    before = 1 << 40
    while page := hits(web, f"query=storm&hitsPerPage=100&numericFilters=created_at_i<{before}")[
        "hits"
    ]:
        found |= {hit["objectID"] for hit in page}
        before = page[-1]["created_at_i"]

    assert len(found) == hits(web, "query=storm")["nbHits"]


@pytest.mark.parametrize(
    ("query", "tones"),
    [
        ("query=%22storm+coffee%22&tags=comment", 40),
        ("query=%22storm+coffee%22&tags=story", 6),
        ("query=%22storm+coffee%22&tags=(story,comment)", 46),
        ("query=%22coffee+storm%22", 0),
        ("query=coffee+storm&tags=story", 6),
        ("query=%22storm+coffee%22&tags=story,author_nobody", 0),
    ],
)
def test_search_understands_phrases_and_tags(web: DemoWeb, query: str, tones: int) -> None:
    found = [hit for hit in hits(web, f"{query}&hitsPerPage=100")["hits"] if hit["author"]]

    assert len(found) == tones


@pytest.mark.parametrize(("sign", "count"), [(">", 2), (">=", 3), ("<", 3), ("<=", 4)])
def test_search_compares_numbers(web: DemoWeb, sign: str, count: int) -> None:
    times = sorted(hit["created_at_i"] for hit in hits(web, "tags=story&query=coffee")["hits"])

    found = hits(web, f"tags=story&query=coffee&numericFilters=created_at_i{sign}{times[3]}")

    assert found["nbHits"] == count


def test_search_refuses_a_filter_it_does_not_know(web: DemoWeb) -> None:
    assert fetch(f"{web.sites['links']}/api/v1/search?numericFilters=karma>5").status == 400


def test_a_deleted_comment_has_neither_author_nor_words(web: DemoWeb) -> None:
    found = hits(web, "query=%22storm+coffee%22&tags=comment&hitsPerPage=100")["hits"]

    assert [hit["comment_text"] for hit in found if not hit["author"]] == [None]
