"""Real crawls of sites that refuse, reserve, redirect, drip and never end."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.crawling import Crawled, crawl
from tests.serving import Asked, Reply, Routes, Site, serve

STORY = """<html lang="en"><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>
<p>The {title} was told in the harbour for a whole week, and everybody added something to it.</p>
<p>By Sunday it had a whale in it, two weddings, and a kettle that nobody could account for.</p>
</article>{links}</body></html>"""

LINKS = "".join(
    f'<a href="{path}">to</a> '
    for path in (
        "/plain",
        "/hidden/page",
        "/header",
        "/meta",
        "/listed-only",
        "/reserved/page",
        "/moved",
        "/inward",
        "/list?page=1",
        "/nofollow",
        "/gone",
        "/a/b/a/b/a/b",
        "/paper.pdf",
        "/other-sort",
    )
)


def story(title: str, *, head: str = "", links: str = "") -> str:
    return STORY.format(title=title, head=head, links=links)


def endless(asked: Asked) -> Reply:
    """Answer page N of a list that always has a page N + 1 with the same three products."""
    number = int(parse_qs(urlsplit(asked.path).query)["page"][0])
    more = f'<p>Page {number}</p><a rel="next" href="/list?page={number + 1}">more</a>'
    return Reply(f"<html><body><h1>All products</h1>{more}</body></html>".encode())


def routes(address: str) -> Routes:
    inner = address.replace("127.0.0.1", "localhost")
    return {
        "/robots.txt": Reply(b"User-agent: *\nDisallow: /hidden/\n", content_type="text/plain"),
        "/.well-known/tdmrep.json": Reply(
            b'[{"location": "/reserved/", "tdm-reservation": 1}]', content_type="application/json"
        ),
        "/": f"<html><body>{LINKS}</body></html>",
        "/plain": story("plain tale"),
        "/hidden/page": story("hidden tale"),
        "/header": Reply(story("header tale").encode(), headers={"tdm-reservation": "1"}),
        "/meta": story("meta tale", head='<meta name="robots" content="noai">'),
        "/listed-only": story(
            "listed tale",
            head='<meta name="robots" content="noindex">',
            links='<a href="/behind-noindex">on</a>',
        ),
        "/behind-noindex": story("tale behind noindex"),
        "/nofollow": story(
            "nofollow tale",
            head='<meta name="robots" content="nofollow">',
            links='<a href="/behind-nofollow">on</a>',
        ),
        "/behind-nofollow": story("tale behind nofollow"),
        "/reserved/page": story("reserved tale"),
        "/moved": Reply(status=301, headers={"Location": "/landed"}),
        "/landed": story("moved tale"),
        "/inward": Reply(status=302, headers={"Location": f"{inner}/secret"}),
        "/secret": story("secret tale"),
        "/list": endless,
        "/other-sort": Reply(b"{}", content_type="application/json"),
        "/paper.pdf": b"%PDF",
    }


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawled, Site]]:
    with serve(routes) as site:
        yield crawl(tmp_path_factory.mktemp("polite"), f"website={site.address}/"), site


def test_only_what_may_be_read_is_stored(crawled: tuple[Crawled, Site]) -> None:
    titles = {mention.title for mention in crawled[0].mentions}

    assert titles == {"plain tale", "nofollow tale", "tale behind noindex", "moved tale"}


def test_every_refusal_is_counted_by_its_reason(crawled: tuple[Crawled, Site]) -> None:
    assert crawled[0].report["refused"] == {"noai": 1, "noindex": 1, "robots.txt": 1} | {
        "tdm-reservation": 2
    }


def test_what_robots_txt_disallows_is_never_asked_for(crawled: tuple[Crawled, Site]) -> None:
    assert "/hidden/page" not in crawled[1].paths()


def test_a_redirect_to_a_private_name_is_not_followed(crawled: tuple[Crawled, Site]) -> None:
    problems = [fault["problem"] for fault in crawled[0].report["faults"]]

    assert "/secret" not in crawled[1].paths()
    assert any("localhost has no public address" in problem for problem in problems)


def test_links_that_are_not_to_be_followed_are_not(crawled: tuple[Crawled, Site]) -> None:
    unwanted = {"/behind-nofollow", "/paper.pdf", "/a/b/a/b/a/b"}

    assert unwanted.isdisjoint(crawled[1].paths())


def test_an_endless_list_ends(crawled: tuple[Crawled, Site]) -> None:
    pages = [path for path in crawled[1].paths() if path.startswith("/list?")]

    assert pages == ["/list?page=1", "/list?page=2"]


def test_the_site_s_files_are_read_once_and_before_its_pages(
    crawled: tuple[Crawled, Site],
) -> None:
    paths = crawled[1].paths()

    assert paths.count("/.well-known/tdmrep.json") == 1
    assert paths.index("/robots.txt") < paths.index("/.well-known/tdmrep.json") < paths.index("/")


@pytest.mark.parametrize(("status", "state"), [(403, "blocked"), (500, "failed")])
def test_a_site_that_does_not_show_its_robots_txt_is_not_read(
    tmp_path: Path, status: int, state: str
) -> None:
    with serve({"/robots.txt": Reply(status=status), "/story": story("tale")}) as site:
        found = crawl(tmp_path, f"website={site.address}/story")

    assert found.report["state"] == state
    assert "robots.txt" in found.report["problem"]
    assert "/story" not in site.paths()


def test_a_busy_host_is_asked_again_when_it_said(tmp_path: Path) -> None:
    answers = [Reply(status=429, headers={"Retry-After": "1"}), Reply(story("late tale").encode())]

    with serve({"/story": lambda _: answers.pop(0) if len(answers) > 1 else answers[0]}) as site:
        found = crawl(tmp_path, f"website={site.address}/story")

    assert [mention.title for mention in found.mentions] == ["late tale"]
    assert site.paths().count("/story") == 2


def test_a_host_that_is_busy_for_hours_is_not_waited_for(tmp_path: Path) -> None:
    with serve({"/story": Reply(status=503, headers={"Retry-After": "7200"})}) as site:
        found = crawl(tmp_path, f"website={site.address}/story")

    assert found.report["state"] == "failed"
    assert site.paths().count("/story") == 1


def test_the_crawl_delay_of_robots_txt_is_kept(tmp_path: Path) -> None:
    robots = Reply(b"User-agent: *\nCrawl-delay: 1", content_type="text/plain")
    pages = {f"/{n}": story(f"tale {n}") for n in range(3)}
    links = "".join(f'<a href="{path}">x</a>' for path in pages)
    with serve({"/robots.txt": robots, "/list": f"<html>{links}</html>", **pages}) as site:
        found = crawl(tmp_path, f"website={site.address}/list")

    assert len(found.mentions) == 3
    assert found.report["seconds"] >= 3
