"""How a crawl ends: blocked, failed, interrupted and empty never look like one another."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.query import Everything
from search.stores.opening import open_store
from tests.crawling import crawl, process_environment, run_sayso, start_crawl, write_config
from tests.serving import Asked, Reply, Routes, Site, serve

ENTRY = """<item><title>{title}</title><link>{address}/{slug}</link>
<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate>
<description>{text}</description></item>"""


def rss(address: str, *texts: str) -> Reply:
    """A feed of entries long enough to be no teasers."""
    entries = "".join(
        ENTRY.format(title=f"Entry {n}", slug=f"entry-{n}", text=text, address=address)
        for n, text in enumerate(texts)
    )
    body = f"<rss version='2.0'><channel><title>t</title>{entries}</channel></rss>"
    return Reply(body.encode(), "application/rss+xml; charset=utf-8", headers={"ETag": '"v1"'})


def feed_site(address: str) -> Routes:
    """A feed with two entries about coffee and one about tea, and their pages."""
    long = " It was a long day and there is more to tell about it, in many more words." * 12
    page = (
        "<html><head><title>Entry</title></head><body><article><p>{}</p></article></body></html>"
    )
    texts = [f"Storm coffee is good.{long}", f"More storm coffee.{long}", f"Tea.{long}"]

    def feed(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == '"v1"':
            return Reply(status=304)
        return rss(address, *texts)

    return {
        "/rss": feed,
        **{f"/entry-{n}": page.format(text) for n, text in enumerate(texts)},
    }


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(feed_site) as running:
        yield running


COFFEE = {"Coffee": '"storm coffee"'}


def test_what_is_about_no_brand_is_counted_and_not_kept(site: Site, tmp_path: Path) -> None:
    found = crawl(tmp_path, f"feed={site.address}/rss", brands=COFFEE)

    assert found.exit_code == 0, found.errors
    assert [("Coffee",)] * 2 == [mention.brands for mention in found.mentions]
    assert (2, "finished") == (found.report["new"], found.report["state"])


def test_a_second_crawl_asks_conditionally_and_finds_nothing_new(
    site: Site, tmp_path: Path
) -> None:
    crawl(tmp_path, f"feed={site.address}/rss", brands=COFFEE)
    again = crawl(tmp_path, f"feed={site.address}/rss", brands=COFFEE)

    feeds = [asked for asked in site.asked if asked.path == "/rss"]
    assert [None, '"v1"'] == [asked.headers.get("if-none-match") for asked in feeds]
    assert (0, 0, "finished") == tuple(again.report[key] for key in ("new", "changed", "state"))
    assert len(again.stored) == 2


def test_a_changed_query_begins_anew(site: Site, tmp_path: Path) -> None:
    crawl(tmp_path, f"feed={site.address}/rss", brands=COFFEE)
    other = crawl(tmp_path, f"feed={site.address}/rss", brands={"Tea": "tea"})

    assert other.report["new"] == 1


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (Reply(status=403), "blocked", "403"),
        (Reply(status=401), "blocked", "key or a login"),
        (Reply(status=451), "blocked", "legal"),
        (Reply(status=404), "failed", "404"),
        (Reply(status=500), "failed", "500"),
        (Reply(b"<html>login</html>"), "failed", "feed"),
    ],
)
def test_a_source_that_does_not_answer_is_never_an_empty_one(
    tmp_path: Path, reply: Reply, state: str, words: str
) -> None:
    with serve({"/rss": reply}) as broken:
        found = crawl(tmp_path, f"feed={broken.address}/rss")

    assert (3, state) == (found.exit_code, found.report["state"])
    assert words in found.report["problem"]


def test_after_a_failure_the_cursor_has_not_moved(tmp_path: Path) -> None:
    replies = {"status": 500}

    def routes(address: str) -> Routes:
        good = feed_site(address)
        first = good["/entry-0"]
        assert isinstance(first, str)
        teaser = rss(address, "Only a teaser").body
        return {
            "/rss": Reply(teaser, "application/rss+xml", headers={"ETag": '"v1"'}),
            "/entry-0": lambda _: Reply(first.encode(), status=replies["status"]),
        }

    with serve(routes) as flaky:
        first = crawl(tmp_path, f"feed={flaky.address}/rss", brands=COFFEE)
        replies["status"] = 200
        second = crawl(tmp_path, f"feed={flaky.address}/rss", brands=COFFEE)

    assert (0, 1) == (first.report["new"], second.report["new"])
    assert [None] * 2 == [
        asked.headers.get("if-none-match") for asked in flaky.asked if asked.path == "/rss"
    ]


def test_a_host_that_is_not_there_has_failed(tmp_path: Path) -> None:
    with serve({}) as gone:
        address = gone.address
    found = crawl(tmp_path, f"feed={address}/rss")

    assert (3, "failed") == (found.exit_code, found.report["state"])
    assert "refused" in found.report["problem"].lower()


def test_robots_that_forbid_block(tmp_path: Path) -> None:
    robots = Reply(b"User-agent: *\nDisallow: /", "text/plain")
    with serve(lambda address: {**feed_site(address), "/robots.txt": robots}) as closed:
        found = crawl(tmp_path, f"feed={closed.address}/rss")

    assert (3, "blocked") == (found.exit_code, found.report["state"])
    assert "robots" in found.report["problem"]
    assert "/rss" not in closed.paths()


def test_private_addresses_are_refused_unless_allowed(site: Site, tmp_path: Path) -> None:
    done = run_sayso(
        "crawl", "--json", "--brand", "coffee", "--source", f"feed={site.address}/rss",
        cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 3
    assert "private" in json.loads(done.stdout)["problem"]
    assert site.asked == []


def test_ctrl_c_keeps_what_was_found(tmp_path: Path) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(_: Asked) -> Reply:
        asked.set()
        go_on.wait(60)
        return Reply(b"late")

    def routes(address: str) -> Routes:
        feed = rss(address, "Storm coffee. " * 120, "a teaser").body
        return {"/rss": Reply(feed, "application/rss+xml"), "/entry-1": slow}

    with serve(routes) as site:
        config = write_config(
            tmp_path, sources=f'[[sources]]\nsource="feed"\naddresses=["{site.address}/rss"]\n'
        )
        with start_crawl(config) as process:
            assert asked.wait(60)
            process.send_signal(signal.SIGINT)
            threading.Timer(1.0, go_on.set).start()
            output, _ = process.communicate(timeout=60)

    report = json.loads(output)
    assert (130, "interrupted") == (process.returncode, report["state"])
    with open_store(tmp_path / "sayso.db") as store:
        assert store.search(Everything()).total >= 1


def test_scrapy_s_own_command_works(site: Site, tmp_path: Path) -> None:
    write_config(tmp_path)
    arguments = ["-a", "brand=storm coffee", "-a", f"address={site.address}/rss"]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "feed", *arguments],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        env=process_environment({"SCRAPY_SETTINGS_MODULE": "crawlers.settings"}),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    with open_store(tmp_path / "sayso.db", create=False) as store:
        assert store.search(Everything()).total == 3
    assert "Storm coffee is good" not in done.stderr
    assert "Remote control" not in done.stderr
    assert "Deprecat" not in done.stderr
    assert "ERROR" not in done.stderr
