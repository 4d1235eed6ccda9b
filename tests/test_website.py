"""Real crawls of whole sites: by sitemap, from link to link, again, and in another process."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crawling import crawl
from tests.serving import Reply, Routes, serve

BRAND = {"Kettle Lane": '"kettle lane"'}


def story(number: int, *, brand: bool = True) -> str:
    """Build one article; the names differ, since pages that differ only in digits are one."""
    name = "Kettle Lane" if brand else "Nobody in particular"
    visitor = chr(ord("A") + number // 26) + chr(ord("a") + number % 26) + "ra"
    return (
        f"<html lang=en><head><title>Story {number}</title></head><body><article>"
        f"<h1>Story {number}</h1><p>{name} opened its door number {number} on a rainy Tuesday, "
        "and the queue reached all the way around the corner of the market square.</p>"
        f"<p>{visitor}, visitor number {number * 7}, left with a bag of beans, a mug and a new "
        "friend, which the local paper thought was worth a photograph and half a page.</p>"
        "</article></body></html>"
    )


def sitemap(address: str, pages: dict[str, str]) -> str:
    """Build a sitemap of paths and dates."""
    entries = "".join(
        f"<url><loc>{address}{path}</loc><lastmod>{date}</lastmod></url>"
        for path, date in pages.items()
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def sitemap_site(dates: dict[str, str]) -> Callable[[str], Routes]:
    """Build a site whose robots.txt names an index of one packed and one looping sitemap."""

    def routes(address: str) -> Routes:
        index = (
            f"<sitemapindex><sitemap><loc>{address}/pages.xml.gz</loc></sitemap>"
            f"<sitemap><loc>{address}/index.xml</loc></sitemap></sitemapindex>"
        )
        packed = gzip.compress(sitemap(address, dates).encode())
        return {
            "/robots.txt": f"User-agent: *\nDisallow:\nSitemap: {address}/index.xml",
            "/index.xml": Reply(index.encode(), content_type="application/xml"),
            "/pages.xml.gz": Reply(packed, content_type="application/gzip"),
            **{path: story(n, brand=n % 2 == 0) for n, path in enumerate(dates)},
        }

    return routes


def test_a_site_with_sitemaps_is_read_by_them_and_then_only_what_changed(tmp_path: Path) -> None:
    dates = {f"/story/{n}": f"2026-10-{n + 1:02}" for n in range(6)}
    with serve(sitemap_site(dates)) as site:
        first = crawl(tmp_path, f"website={site.address}/", brands=BRAND)
        asked = len(site.asked)
        second = crawl(tmp_path, f"website={site.address}/", brands=BRAND)
        again = [path for path in site.paths()[asked:] if path.startswith("/story")]

    assert {mention.title for mention in first.mentions} == {"Story 4", "Story 2", "Story 0"}
    assert second.report["new"] == 0
    assert set(again) == {"/story/5", "/story/4"}


def test_the_newest_pages_are_read_when_there_are_too_many(tmp_path: Path) -> None:
    dates = {f"/story/{n}": f"2026-10-{n + 1:02}" for n in range(6)}
    with serve(sitemap_site(dates)) as site:
        found = crawl(tmp_path, f"website={site.address}/", brands=BRAND, options={"max_pages": 2})

    assert {path for path in site.paths() if path.startswith("/story")} == {"/story/5", "/story/4"}
    assert [mention.title for mention in found.mentions] == ["Story 4"]


def test_a_sitemap_that_fails_is_read_again_next_time(tmp_path: Path) -> None:
    def routes(address: str) -> Routes:
        usual = sitemap_site({"/story/0": "2026-10-01"})(address)
        return {**usual, "/index.xml": Reply(status=500)}

    with serve(routes) as site:
        found = crawl(tmp_path, f"website={site.address}/", brands=BRAND)

    assert found.report["faults"][0]["kind"] == "unreachable"


def test_a_site_without_sitemaps_is_read_from_link_to_link(tmp_path: Path) -> None:
    pages = {f"/s/{n}": story(n) + f'<a href="/s/{n + 1}">next story</a>' for n in range(9)}
    start = '<html><body><a href="/s/0">first</a></body></html>'
    with serve({"/": start, **pages}) as site:
        found = crawl(tmp_path, f"website={site.address}/", brands=BRAND)

    assert {mention.title for mention in found.mentions} == {f"Story {n}" for n in range(5)}


def test_many_articles_are_read_in_another_process_with_the_same_outcome(tmp_path: Path) -> None:
    pages = {f"/s/{n}": story(n) for n in range(60)}
    start = "".join(f'<a href="{path}">x</a>' for path in pages)
    with serve({"/start.html": f"<html><body>{start}</body></html>", **pages}) as site:
        found = crawl(tmp_path, f"website={site.address}/start.html", brands=BRAND)

    assert {mention.title for mention in found.mentions} == {f"Story {n}" for n in range(60)}
    assert all(mention.text.count("\n\n") == 1 for mention in found.mentions)


def test_a_product_page_is_read_with_its_further_pages_and_no_other_product(
    tmp_path: Path,
) -> None:
    def product(words: str, more: str) -> str:
        review = f'{{"@type": "Review", "author": "{words}", "reviewBody": "The mug of {words}."}}'
        return (
            '<html><script type="application/ld+json">{"@type": "Product", "name": "Kettle Lane '
            f'Mug", "review": [{review}]}}</script><a href="/p/other">other</a>{more}</html>'
        )

    routes: Routes = {
        "/p/mug?page=2": product("Bea", '<a href="/p/mug?page=3">3</a>'),
        "/p/mug?page=3": product("Cyd", '<a href="/p/mug?page=2">2</a><a href="?page=4">4</a>'),
        "/p/mug?page=4": product("Cyd", '<a href="?page=2">2</a><a href="?page=5">5</a>'),
        "/p/mug": product("Abe", '<a rel="next" href="/p/mug?page=2">2</a>'),
        "/p/other": product("Dag", ""),
    }
    with serve(routes) as site:
        found = crawl(tmp_path, f"reviews={site.address}/p/mug", brands=BRAND)

    assert {mention.author and mention.author.name for mention in found.mentions} == {
        "Abe",
        "Bea",
        "Cyd",
    }
    assert {"/p/other", "/p/mug?page=5"}.isdisjoint(site.paths())


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/page", "http://nowhere.invalid/"])
def test_a_site_that_cannot_be_reached_fails_the_run(tmp_path: Path, address: str) -> None:
    found = crawl(tmp_path, f"website={address}")

    assert found.exit_code != 0
    assert found.report["state"] == "failed"


BESIDE = (
    "<nav>{}</nav>",
    "<aside><p>{}</p></aside>",
    "<script>x = '{}'</script>",
    "<i id='{}'></i>",
)


def test_a_brand_beside_the_text_of_an_article_is_no_mention(tmp_path: Path) -> None:
    """Only the story whose own text names the brand is one, and the others are counted."""
    pages = {
        f"/story/{n}": story(n, brand=n == len(BESIDE)).replace(
            "<article>", f"{(*BESIDE, '')[n].format('Kettle Lane')}<article>"
        )
        for n in range(len(BESIDE) + 1)
    }
    in_a_list = story(9, brand=False).replace(
        "</article>", "</article><div class=related><ul><li><a href=/x>Kettle Lane</a></ul></div>"
    )

    def routes(address: str) -> Routes:
        dates = dict.fromkeys([*pages, "/story/9"], "2026-10-01")
        return {"/sitemap.xml": sitemap(address, dates), **pages, "/story/9": in_a_list}

    with serve(routes) as site:
        found = crawl(tmp_path, f"website={site.address}/sitemap.xml", brands=BRAND)

    assert [mention.title for mention in found.mentions] == ["Story 4"]
    assert found.report["dropped"] == {"no brand in the main text": 1}


def test_a_page_that_sends_its_reader_on_is_followed_in_every_encoding(tmp_path: Path) -> None:
    def on(to: str) -> str:
        return f'<html><head><meta http-equiv="Refresh" content="0; url={to}"></head></html>'

    def routes(address: str) -> Routes:
        return {
            "/sitemap.xml": sitemap(address, {"/one": "2026-10-01", "/two": "2026-10-01"}),
            "/one": on("/story/2"),
            "/two": Reply(on("/story/4").encode("utf-16"), content_type="text/html"),
            "/story/2": story(2),
            "/story/4": story(4),
        }

    with serve(routes) as site:
        found = crawl(tmp_path, f"website={site.address}/sitemap.xml", brands=BRAND)

    assert {mention.title for mention in found.mentions} == {"Story 2", "Story 4"}
