"""Feeds over real HTTP: teasers and the pages behind them, changes, archives without end."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.crawling import crawl
from tests.serving import Asked, Reply, Routes, serve

COFFEE = {"Coffee": '"storm coffee"'}
FILLER = "There is a good deal more to say about this day in town, and it is said here. " * 8


def rss(address: str, *entries: str, head: str = "") -> Reply:
    body = (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>t</title>{head}{''.join(entries)}</channel></rss>"
    )
    return Reply(body.replace("HERE", address).encode(), "application/rss+xml")


def entry(name: str, text: str, *, tag: str = "description") -> str:
    return (
        f"<item><title>On {name}</title><link>HERE/{name}?utm_source=rss</link>"
        f"<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate><author>Tuva Test</author>"
        f"<{tag}>{text}</{tag}></item>"
    )


def article(text: str, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>Page</title>{head}</head><body><nav>Menu</nav>"
        f"<article><h1>Page</h1><p>{FILLER}</p><p>{text}</p><p>{FILLER}</p></article></body></html>"
    )


def test_reads_the_page_behind_a_teaser(tmp_path: Path) -> None:
    def routes(address: str) -> Routes:
        return {
            "/feed": rss(
                address,
                entry("bun", "It begins..."),
                entry("bike", "It begins..."),
                entry("whole", "All about storm coffee.", tag="content:encoded"),
            ),
            "/bun": article("At last somebody mentions Storm Coffee."),
            "/bike": article("Nobody mentions a drink."),
        }

    with serve(routes) as site:
        found = crawl(tmp_path, f"feed={site.address}/feed", brands=COFFEE)

    assert found.exit_code == 0, found.errors
    bun, whole = sorted(found.mentions, key=lambda mention: mention.source_id)
    assert f"{site.address}/bun" == bun.source_id
    assert "Storm Coffee" in bun.text
    assert ("On bun", "Tuva Test") == (bun.title, bun.author and bun.author.name)
    assert "2026-11-20T10:00:00+00:00" == (bun.published_at and bun.published_at.isoformat())
    assert "All about storm coffee." == whole.text
    assert "/whole" not in "".join(site.paths())


PAGES: Routes = {
    "/robots.txt": "User-agent: *\nDisallow: /disallowed",
    "/disallowed": article("Storm coffee, which robots may not read."),
    "/forbidden": Reply(status=403),
    "/gone": Reply(status=410),
    "/no-page": Reply(b"%PDF-1.7", "application/pdf"),
    "/about-nothing": article("Nothing."),
    "/noindex": article("Storm coffee.", '<meta name="robots" content="noindex">'),
    "/reserved": article("Storm coffee.", '<meta name="tdm-reservation" content="1">'),
}


def test_a_teaser_stays_unless_its_page_is_reserved(tmp_path: Path) -> None:
    names = [path.strip("/") for path in PAGES if path != "/robots.txt"]

    def routes(address: str) -> Routes:
        entries = [entry(name, f"Storm coffee {name}...") for name in names]
        return {**PAGES, "/feed": rss(address, *entries)}

    with serve(routes) as site:
        found = crawl(tmp_path, f"feed={site.address}/feed", brands=COFFEE)

    kept = {"disallowed", "forbidden", "gone", "no-page", "about-nothing"}
    asked = {path.partition("?")[0].strip("/") for path in site.paths()}
    assert {f"Storm coffee {name}..." for name in kept} == {m.text for m in found.mentions}
    assert set(names) - {"disallowed"} == asked & set(names)


def test_a_later_run_reads_only_pages_of_changed_entries(tmp_path: Path) -> None:
    texts = {"bun": "Storm coffee begins...", "bean": "Storm coffee grows..."}

    def routes(address: str) -> Routes:
        def feed(_: Asked) -> Reply:
            return rss(address, *(entry(name, text) for name, text in texts.items()))

        return {
            "/feed": feed,
            "/bun": article("Storm coffee, the bun."),
            "/bean": article("Storm coffee, the bean."),
        }

    with serve(routes) as site:
        crawl(tmp_path, f"feed={site.address}/feed", brands=COFFEE)
        first = len(site.asked)
        texts["bean"] = "Storm coffee has grown..."
        again = crawl(tmp_path, f"feed={site.address}/feed", brands=COFFEE)

    pages = [path.partition("?")[0] for path in site.paths()[first:]]
    assert ("/bean" in pages, "/bun" in pages) == (True, False)
    assert len(again.stored) == 2


def follow_up(number: int) -> Callable[[Asked], Reply]:
    """A feed page that always names a next one; beyond the third they repeat the third."""

    def answer(asked: Asked) -> Reply:
        address = f"http://{asked.headers['host']}"
        head = f'<atom:link rel="next" href="HERE/feed?page={number + 1}"/>'
        name = f"entry-{min(number, 3)}"
        return rss(address, entry(name, "Storm coffee", tag="content:encoded"), head=head)

    return answer


def test_an_archive_without_end_is_ended_where_it_repeats_itself(tmp_path: Path) -> None:
    pages = {f"/feed?page={number}": follow_up(number) for number in range(2, 9)}
    with serve({"/feed": follow_up(1), **pages}) as site:
        found = crawl(tmp_path, f"feed={site.address}/feed", brands=COFFEE)

    assert len(found.stored) == 3
    assert [path for path in site.paths() if "page=4" in path]
    assert not [path for path in site.paths() if "page=5" in path]
    assert ("finished", 1) == (
        found.report["state"],
        found.report["notes"]["stopped where pages repeat"],
    )


def test_an_archive_cut_by_max_pages_is_asked_for_again(tmp_path: Path) -> None:
    text = f"{FILLER} storm coffee"

    def routes(address: str) -> Routes:
        older = f'<atom:link rel="next" href="{address}/rss?page=2"/>'
        first = rss(address, entry("one", text), head=older)
        return {
            "/rss": Reply(first.body, first.content_type, headers={"ETag": '"v1"'}),
            "/rss?page=2": rss(address, entry("two", text)),
        }

    with serve(routes) as site:
        source = f"feed={site.address}/rss"
        cut = crawl(tmp_path, source, brands=COFFEE, options={"max_pages": 1})
        whole = crawl(tmp_path, source, brands=COFFEE)

    assert (1, 1) == (cut.report["new"], whole.report["new"])
    asked = [asked for asked in site.asked if asked.path.startswith("/rss")]
    assert ["/rss", "/rss", "/rss?page=2"] == [one.path for one in asked]
    assert all("if-none-match" not in one.headers for one in asked)


def test_a_feed_with_an_unreadable_entry_is_asked_for_again(tmp_path: Path) -> None:
    good = {"id": "1", "url": "https://blog.example/1", "content_text": f"storm coffee {FILLER}"}
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [good, "broken"]})
    reply = Reply(body.encode(), "application/feed+json", headers={"ETag": '"v1"'})
    with serve({"/feed.json": reply}) as site:
        for _ in range(2):
            found = crawl(tmp_path, f"feed={site.address}/feed.json", brands=COFFEE)

    assert {"AttributeError": 1} == found.report["unreadable"]
    feeds = [asked for asked in site.asked if asked.path == "/feed.json"]
    assert [None, None] == [asked.headers.get("if-none-match") for asked in feeds]
