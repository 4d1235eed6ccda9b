"""A run that was cut short, shut out or could not read anything never looks like an empty one."""

import asyncio
import datetime as dt
import json
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import HtmlResponse, Request
from scrapy.utils.test import get_crawler

from crawlers.base import Plan
from crawlers.bookmarks import Bookmarks, cursor_key, read_cursor
from crawlers.failures import Fault, FaultKind, classify
from crawlers.pauses import HostBusy
from crawlers.platforms import teasers
from crawlers.progress import remarks, worst_exit
from crawlers.running.reports import RunReport
from crawlers.spiders.feed import FeedSpider
from pipelines.context import Context
from pipelines.delivery import Delivery
from search.config import Brand, Config
from search.mention import Mention
from search.run_log import RunState
from search.stores.base import Outcome
from search.stores.embedded import EmbeddedStore
from search.stores.opening import open_store
from tests.crawling import crawl, run_sayso, start_crawl, write_config
from tests.serving import Asked, Reply, serve

TAG = "/api/v1/timelines/tag/coffee"
TEASER = Mention(source="feed", source_id="1", url="https://a.example/1", text="Coffee…")


def test_a_second_ctrl_c_is_no_success(tmp_path: Path) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(_: Asked) -> Reply:
        asked.set()
        go_on.wait(60)
        return Reply(b"late")

    with serve({"/rss": slow}) as site:
        sources = f'[[sources]]\nsource="feed"\naddresses=["{site.address}/rss"]\n'
        config = write_config(tmp_path, sources=sources)
        with start_crawl(config) as process:
            assert asked.wait(60)
            for _ in range(60):
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(timeout=1)
                except subprocess.TimeoutExpired:
                    continue
                break
            go_on.set()
            output, _ = process.communicate(timeout=60)

    assert (130, "interrupted") == (process.returncode, json.loads(output)["state"])


def test_a_source_with_nothing_to_ask_has_failed(tmp_path: Path) -> None:
    with serve({}) as site:
        found = crawl(tmp_path, f"mastodon={site.address}", brands={"Beer": "1664"})

    assert (3, "failed") == (found.exit_code, found.report["state"])
    assert "SAYSO_MASTODON_TOKEN" in found.report["problem"]


def test_a_new_layout_is_a_failure_and_moves_no_cursor(tmp_path: Path) -> None:
    changed = json.dumps([{"id": "1", "created_at": "2026-11-20T10:00:00Z", "body": "hm"}])
    with serve({TAG: Reply(changed.encode(), "application/json")}) as site:
        found = crawl(tmp_path, f"mastodon={site.address}", brands={"Coffee": "coffee"})
        plan = Plan(
            source="mastodon",
            brands=(Brand(name="Coffee", query="coffee"),),
            address=site.address,
        )

    assert (3, "failed") == (found.exit_code, found.report["state"])
    assert "layout" in found.report["problem"]
    with open_store(tmp_path / "sayso.db") as store:
        assert store.cursor(cursor_key(plan)) is None


def test_a_site_whose_pages_are_all_refused_is_blocked(tmp_path: Path) -> None:
    def sitemap(address: str) -> dict[str, Any]:
        pages = "".join(f"<url><loc>{address}/{n}</loc></url>" for n in range(9))
        refused = {f"/{n}": Reply(status=403) for n in range(9)}
        return {"/sitemap.xml": Reply(f"<urlset>{pages}</urlset>".encode(), "text/xml"), **refused}

    with serve(sitemap) as site:
        found = crawl(tmp_path, f"website={site.address}/sitemap.xml")

    assert (3, "blocked") == (found.exit_code, found.report["state"])


def test_foreign_json_never_puts_anything_unreadable_into_the_store(tmp_path: Path) -> None:
    entries = [
        {"id": "1", "content_text": "coffee", "title": 5},
        {"id": "2", "content_text": "coffee", "title": ["a"]},
        {"id": "3", "content_text": "coffee", "authors": [{"name": {"a": 1}}]},
        {"id": "4", "content_text": "coffee", "attachments": [
            {"mime_type": "image/png", "url": "https://a.example/a.png", "title": 7}]},
    ]  # fmt: skip
    feed = {"version": "https://jsonfeed.org/version/1", "items": entries}
    with serve({"/feed": Reply(json.dumps(feed).encode(), "application/json")}) as site:
        found = crawl(tmp_path, f"feed={site.address}/feed")

    assert len(found.stored) == 4
    assert run_sayso("store", "check", cwd=tmp_path).returncode == 0


NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def days_ago(days: int) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("asked_first", "then", "at_last", "continues"),
    [(30, 20, 30, True), (30, 1, 30, False), (30, 1, 1, True), (None, 1, None, False)],
    ids=["overlapping", "a gap between", "the gap is not asked for", "since ever"],
)
def test_a_gap_between_two_runs_is_not_forgotten(
    tmp_path: Path, asked_first: int | None, then: int, at_last: int | None, *, continues: bool
) -> None:
    config = Config(store="sayso.db", folder=tmp_path)

    def plan(days: int | None) -> Plan:
        since = None if days is None else days_ago(days)
        return Plan(source="hackernews", brands=(Brand(name="a", query="a"),), since=since)

    def run(days: int | None, on: dt.datetime) -> None:
        asked = plan(days)
        asked = Plan(source=asked.source, brands=asked.brands, since=asked.since,
                     cursor=read_cursor(asked, config))  # fmt: skip
        bookmarks = Bookmarks(get_crawler(settings_dict={"SAYSO_CONFIG": config}))
        bookmarks.began_at = on
        bookmarks.write(asked, {"a": on.isoformat()})

    run(asked_first, days_ago(10))
    run(then, days_ago(0))

    assert bool(read_cursor(plan(at_last), config)) == continues


def test_a_page_that_breaks_its_reader_leaves_the_teaser(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(teasers, "read_article", broken)
    brands = (Brand(name="Coffee", query="coffee"),)
    spider = FeedSpider(Plan(source="feed", brands=brands, address="https://a.example/rss"))
    request = Request("https://a.example/1", meta={"teaser": TEASER})
    read = spider.parse_page(HtmlResponse(request.url, body=b"<p>coffee</p>", request=request))

    assert next(read) == TEASER
    with pytest.raises(RecursionError):
        next(read)


def test_a_busy_host_keeps_the_cursor_where_it_is() -> None:
    kind, problem = classify(HostBusy("a.example"))

    assert kind is FaultKind.BUSY
    assert Fault(kind, "https://a.example/1", problem, needed=False).passing


class BrokenStore(EmbeddedStore):
    """A store with a defect that no `StoreError` describes."""

    def put(self, mentions: Sequence[Mention]) -> list[Outcome]:
        raise ValueError(f"a defect met {len(mentions)} mentions")


class Engine:
    """As much of Scrapy's engine as delivery needs in order to stop a run."""

    reason = ""

    async def close_spider_async(self, *, reason: str) -> None:
        self.reason = reason


def test_a_defect_in_the_store_leaves_nobody_waiting(tmp_path: Path) -> None:
    async def deliver() -> list[Any]:
        crawler: Any = get_crawler()
        crawler.engine = Engine()
        store = BrokenStore(tmp_path / "sayso.db")
        delivery = Delivery(crawler, store, Context(keep_unmatched=True))
        waiting = [delivery.process_item(TEASER) for _ in range(200)]
        outcomes = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 60)
        store.close()
        assert crawler.engine.reason == "store_failed"
        return outcomes

    assert {ValueError} == {type(outcome) for outcome in asyncio.run(deliver())}


def report(state: RunState, **more: Any) -> RunReport:
    return RunReport(source="website", address=None, brands=("a",), state=state, **more)


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([RunState.FINISHED], 0),
        ([RunState.FINISHED, RunState.BLOCKED], 3),
        ([RunState.FAILED, RunState.INTERRUPTED], 130),
    ],
)
def test_the_exit_code_says_how_it_ended(states: list[RunState], code: int) -> None:
    assert worst_exit([report(state) for state in states]) == code


@pytest.mark.parametrize(
    "more", [{"notes": {"stopped by max_pages": 1}}, {"skipped": {"max_pages": 40}}]
)
def test_pages_left_unread_are_said(more: dict[str, Any]) -> None:
    (sentence,) = remarks(report(RunState.FINISHED, **more))

    assert "max_pages" in sentence
