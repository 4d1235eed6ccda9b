"""A crawl takes in nothing that retention would delete again."""

import datetime as dt
import json
from email.utils import format_datetime
from pathlib import Path

import pytest

from pipelines.outdated import Outdated
from search.config import validate
from search.mention import Mention
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import LedgerDamaged
from search.stores.embedded import EmbeddedStore
from tests.crawling import run_sayso, write_config
from tests.permissions.inventing import DAY, NOW, event, post
from tests.privacy.aging import ALL, ago, keep, seen
from tests.serving import Reply, serve
from tests.stores.conftest import path

__all__ = ["path"]


def test_by_its_date_and_by_what_its_author_said(path: Path) -> None:
    config = validate({"privacy": {"retention": ALL}}, "here")
    with EmbeddedStore(path) as store:
        keep(store, seen(1, 20))
        permissions = Permissions(store, clock=lambda: ago(8))
        for step in (Step.QUEUE, Step.SEND, Step.DECLINE):
            permissions.record(event(step, mention=post(1).id))
        read = Outdated.of(config, store, {"mastodon": 30})
        silent = Outdated.of(validate({}, "here"), store, {"mastodon": 30})

    assert silent is None
    assert read is not None
    outdated = Outdated(rules=read.rules, cases=read.cases, clock=lambda: NOW)
    assert outdated.would_go(post(1, published_at=NOW))  # its author said no
    assert outdated.would_go(post(2, published_at=ago(31)))
    assert not outdated.would_go(post(2, published_at=ago(29)))
    assert not outdated.would_go(post(2, published_at=NOW + 9 * DAY))
    assert not outdated.would_go(post(2))


def test_a_ledger_that_cannot_be_read_is_refused_and_not_passed_over(path: Path) -> None:
    config = validate({"privacy": {"retention": ALL}}, "here")
    with EmbeddedStore(path) as store:
        keep(store, seen(1, 20))
        Permissions(store).record(event(Step.QUEUE, mention=post(1).id))
        ((key, note),) = store.notes.under("ledger/").items()
        store.notes.write(key, {**note.value, "event": 7}, note.version)

        with pytest.raises(LedgerDamaged):
            Outdated.of(config, store, {"mastodon": 30})


def feed(*days_ago: int) -> Reply:
    """Write a feed with one entry for each age."""
    now = dt.datetime.now(dt.UTC)
    entries = "".join(
        f"<item><guid>{days}</guid><title>Storm coffee</title><link>https://b.example/{days}</link>"
        f"<pubDate>{format_datetime(now - days * DAY)}</pubDate></item>"
        for days in days_ago
    )
    body = f"<rss version='2.0'><channel><title>b</title>{entries}</channel></rss>"
    return Reply(body.encode(), "application/rss+xml")


def test_over_http_what_is_too_old_is_left_out_unless_it_is_kept_already(tmp_path: Path) -> None:
    name = "https://b.example/300"
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        store.put([Mention(source="feed", source_id=name, url=name, text="Storm coffee")])
    with serve({"/feed": feed(300, 200, 10)}) as site:
        source = f"[[sources]]\nsource = 'feed'\naddresses = ['{site.address}/feed']\n"
        rules = "[privacy.retention]\nmentions_days = 250\n"
        config = write_config(tmp_path, sources=source + rules)

        done = run_sayso("--config", str(config), "crawl", "--json")

    assert 0 == done.returncode, done.stderr
    report = json.loads(done.stdout)
    assert {"older than it may be kept": 1} == report["skipped"]  # the limit of feeds is 90 days
    assert (1, 1) == (report["new"], report["changed"])
