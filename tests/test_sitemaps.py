"""Sitemaps are read whole, and hostile ones only so far."""

import datetime as dt
import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.platforms.sitemap import (
    DEEPEST,
    LARGEST_BYTES,
    MOST_ENTRIES,
    MOST_FILES,
    Entry,
    SitemapWalk,
    is_sitemap_address,
    read_robots_sitemaps,
    read_sitemap,
    unpack,
)

DAY = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
PAGE = "https://a.example/1"


def urlset(inner: str) -> bytes:
    return f'<?xml version="1.0"?><urlset xmlns="http://x.example/">{inner}</urlset>'.encode()


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        (urlset(f"<url><loc> {PAGE}\n</loc></url>"), [Entry(PAGE)]),
        (urlset(f"<url><loc>{PAGE}</loc><lastmod>2026-10-01</lastmod></url>"), [Entry(PAGE, DAY)]),
        (urlset(f"<url><loc>{PAGE}</loc><lastmod>soon</lastmod></url>"), [Entry(PAGE)]),
        (f"<urlset><url><loc>{PAGE}</loc></url>".encode(), [Entry(PAGE)]),
        (
            f"<urlset><url><loc>{PAGE}?a=1&b=2</loc></url></urlset>".encode(),
            [Entry(f"{PAGE}?a=1=2")],
        ),
        (urlset("<url><loc>javascript:alert(1)</loc></url><url><loc>/1</loc></url>"), []),
        (
            urlset(f"<sitemap><loc>{PAGE}</loc></sitemap>"),
            [Entry(PAGE, is_sitemap=True)],
        ),
        (gzip.compress(urlset(f"<url><loc>{PAGE}</loc></url>"), mtime=0), [Entry(PAGE)]),
        (f"{PAGE}\n\nnot an address\n{PAGE}/b\n".encode(), [Entry(PAGE), Entry(f"{PAGE}/b")]),
        (f"\ufeff{PAGE}".encode(), [Entry(PAGE)]),
        (b"<html><body>Not found</body></html>", []),
        (b"", []),
    ],
)
def test_every_sort_of_sitemap_is_read(body: bytes, entries: list[Entry]) -> None:
    assert entries == list(read_sitemap(body))


def test_entities_are_neither_fetched_nor_multiplied() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = (
        f'<!DOCTYPE urlset [<!ENTITY l0 "ha"><!ENTITY file SYSTEM "file:///etc/hostname">{laughs}]>'
        f"<urlset><url><loc>{PAGE}&l9;&file;</loc></url></urlset>"
    ).encode()

    assert [entry.url for entry in read_sitemap(body)] in ([], [PAGE])


def test_a_packed_bomb_is_unpacked_only_so_far() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join([*(packer.compress(b" " * 2**20) for _ in range(60)), packer.flush()])

    assert LARGEST_BYTES == len(unpack(bomb))


def test_a_file_with_too_many_entries_is_read_only_so_far() -> None:
    body = urlset("<url><loc>https://a.example/</loc></url>" * (MOST_ENTRIES + 5))

    assert MOST_ENTRIES == sum(1 for _ in read_sitemap(body))


def test_the_newest_pages_are_kept_in_order() -> None:
    walk = SitemapWalk(limit=3, after=DAY)
    for number in (4, 1, 3, 2, 4):
        walk.add_page(Entry(f"https://a.example/{number}", DAY + dt.timedelta(days=number)))
    walk.add_page(Entry("https://a.example/old", DAY - dt.timedelta(days=1)))
    walk.add_page(Entry("https://a.example/undated"))

    assert [f"https://a.example/{number}" for number in (4, 3, 2)] == walk.pages()
    assert (7, 1, 2) == (walk.listed, walk.older, walk.beyond)
    assert walk.newest_at == DAY + dt.timedelta(days=4)


def test_undated_pages_come_last_in_the_order_listed() -> None:
    walk = SitemapWalk(limit=3)
    for name, day in (("b", None), ("a", None), ("dated", DAY)):
        walk.add_page(Entry(f"https://a.example/{name}", day))

    assert [f"https://a.example/{name}" for name in ("dated", "b", "a")] == walk.pages()


def test_loops_depth_and_number_of_files_are_bounded() -> None:
    walk = SitemapWalk(limit=1)

    assert walk.add_file("https://a.example/s.xml")
    assert not walk.add_file("https://a.example/s.xml#again")
    assert not walk.add_file("https://a.example/deep.xml", DEEPEST + 1)
    assert MOST_FILES - 1 == sum(walk.add_file(f"https://a.example/{n}.xml") for n in range(2000))


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/sitemap.xml", True), ("/Sitemap.XML.GZ", True), ("/list.txt", True), ("/xml", False)],
)
def test_an_address_shows_whether_it_is_a_sitemap(path: str, *, expected: bool) -> None:
    assert expected == is_sitemap_address(path)


def test_robots_txt_names_sitemaps_anywhere_and_each_once() -> None:
    body = (
        b"sitemap: https://a.example/1\n User-agent: *\nSITEMAP:https://b.example/2 # main\n" * 2
    )

    assert ["https://a.example/1", "https://b.example/2"] == read_robots_sitemaps(body)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(urlset))
def test_no_file_breaks_the_reader(body: bytes) -> None:
    for entry in read_sitemap(body):
        assert entry.url.startswith(("http://", "https://"))
