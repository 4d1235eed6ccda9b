"""A crawl from link to link ends, on its own site, and goes nowhere it was asked not to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.platforms.links import (
    MOST_VARIANTS,
    Frontier,
    Link,
    is_next_page,
    is_trap,
    read_links,
)
from crawlers.platforms.markup import Markup, parse_page

START = "https://shop.example/beans"


@pytest.mark.parametrize(
    ("url", "trap"),
    [
        (START, False),
        ("https://shop.example/a/b/a/b", False),
        ("https://shop.example/a/b/a/b/a/b", True),
        ("https://shop.example/" + "x/" * 16, True),
        ("https://shop.example/?q=" + "x" * 1000, True),
        ("https://shop.example/price-list.pdf", True),
        ("https://shop.example/photo.JPG", True),
        ("https://shop.example/feed.xml", True),
        ("https://shop.example/about.html", False),
        ("https://shop.example/v1.2/notes", False),
    ],
)
def test_files_and_endless_addresses_are_traps(url: str, *, trap: bool) -> None:
    assert trap == is_trap(url)


@pytest.mark.parametrize(
    ("url", "admitted"),
    [
        ("https://shop.example/other", True),
        ("https://www.shop.example/other", True),
        ("https://shop.example:8443/other", False),
        ("https://other.example/", False),
        ("https://shop.example.evil.example/", False),
        ("mailto:desk@shop.example", False),
    ],
)
def test_only_the_site_itself_is_asked(url: str, *, admitted: bool) -> None:
    assert admitted == Frontier(START, budget=5).admit(url)


def test_an_address_is_asked_for_once_however_it_is_written() -> None:
    frontier = Frontier(START, budget=5)

    assert frontier.admit(f"{START}?utm_source=x")
    assert not frontier.admit(f"{START}#reviews")


def test_the_budget_ends_the_crawl() -> None:
    frontier = Frontier(START, budget=3)

    assert 3 == sum(frontier.admit(f"{START}/{n}") for n in range(10))


def test_one_path_has_only_so_many_variants() -> None:
    frontier = Frontier(START, budget=10_000)

    assert MOST_VARIANTS == sum(frontier.admit(f"{START}?day={n}") for n in range(1000))


def test_pages_that_differ_only_in_digits_are_the_same_page() -> None:
    frontier = Frontier(START, budget=5)

    assert frontier.is_new_content("Page 1 of 9, all beans")
    assert not frontier.is_new_content("Page 2 of  9, all beans")
    assert frontier.is_new_content("Page 2 of 9, all mugs")


@pytest.mark.parametrize(
    ("url", "other", "expected"),
    [
        (START, f"{START}?page=2", True),
        (f"{START}?page=2&sort=new", f"{START}?page=3&sort=new", True),
        (f"{START}?page=2", START, True),
        (f"{START}?page=2", f"{START}?page=3&sort=new", False),
        (START, f"{START}?colour=2", False),
        (START, f"{START}?page=about", False),
        (START, f"{START}/2?page=2", False),
        (START, START, False),
    ],
)
def test_the_next_page_of_a_list_is_recognised(url: str, other: str, *, expected: bool) -> None:
    assert expected == is_next_page(url, other)


def test_links_are_read_in_order_with_the_base_of_the_page() -> None:
    html = """<html><head><base href="/deep/"><link rel="next" href="list?page=2"></head><body>
    <a href="one">1</a><a href="two" rel="nofollow">2</a><a>3</a><a href="javascript:x()">4</a>
    <a href="http://[">5</a><a href="//other.example/six">6</a></body></html>"""
    links = list(read_links(parse_page(html, START)))

    assert links == [
        Link("https://shop.example/deep/list?page=2", is_next=True),
        Link("https://shop.example/deep/one", is_next=False),
        Link("https://other.example/six", is_next=False),
    ]


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_link_breaks_the_reader(href: str) -> None:
    page = parse_page(f'<a href="{href}">x</a>', START)
    frontier = Frontier(START, budget=5)
    for link in read_links(page):
        frontier.admit(link.url)

    assert frontier.budget >= 4


def test_what_addresses_are_relative_to_is_sought_once_however_many_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sought for each, a page of 11 MB with a quarter of a million links took ten minutes."""
    sought: list[str] = []
    seek = Markup.attribute

    def count(page: Markup, selector: str, name: str) -> str | None:
        sought.append(selector)
        return seek(page, selector, name)

    monkeypatch.setattr(Markup, "attribute", count)
    page = parse_page("<base href='/shop/'>" + "<a href='x'>x</a>" * 1_000, "https://a.example/")

    assert {"https://a.example/shop/x"} == {link.url for link in read_links(page)}
    assert ["base[href]"] == sought
