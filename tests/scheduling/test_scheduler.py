"""`sayso schedule` on real processes: it starts what is due, stops in order, and is taken over."""

import json
import time
import urllib.request
from pathlib import Path

import pytest

from search.run_log import RunState
from tests.crawling import run_sayso
from tests.scheduling.staging import (
    GrowingFeeds,
    configure,
    looking_into,
    runs_of,
    service,
    texts_of,
    wait_until,
)
from tests.serving import Site, serve


@pytest.fixture
def config(site: Site, feeds: GrowingFeeds, tmp_path: Path) -> Path:
    return configure(tmp_path, [site.address + path for path in feeds.paths])


def schedule(config: Path, *more: str) -> tuple[str, ...]:
    return ("--config", str(config), "schedule", *more)


def test_what_is_due_is_crawled_and_crawled_again(config: Path, feeds: GrowingFeeds) -> None:
    with service(*schedule(config)) as scheduler:
        scheduler.wait_for("run ended", 3)
        feeds.grow()
        wait_until(lambda: feeds.total() == len(texts_of(config)), "what was added")
        code, seconds = scheduler.stop()

    assert code == 0
    assert seconds < 10
    runs = runs_of(config)
    given_back = [run for run in runs if run.state is RunState.QUEUED]
    assert {RunState.FINISHED} == {run.state for run in runs if run not in given_back}
    assert all((run.worker, run.deaths) == (None, 0) for run in given_back)
    assert {(1, "schedule")} == {
        (run.attempt, run.by.split()[0]) for run in runs if run not in given_back
    }
    assert feeds.overlaps == 0


def test_a_second_one_waits_and_takes_over_when_the_first_dies(config: Path) -> None:
    with service(*schedule(config)) as first:
        first.wait_for("active")
        with service(*schedule(config)) as second:
            second.wait_for("waiting: another scheduler is active", 0)
            first.wait_for("run started")
            time.sleep(4)
            assert second.events("active") == []
            began = time.monotonic()
            first.kill()
            second.wait_for("active")
            took = time.monotonic() - began
            second.wait_for("run ended")

    assert took < 60


def test_a_changed_configuration_is_taken_over_and_a_wrong_one_is_not(
    config: Path, site: Site, feeds: GrowingFeeds
) -> None:
    all_feeds = [site.address + path for path in feeds.paths]
    configure(config.parent, all_feeds[:1])
    with service(*schedule(config)) as scheduler:
        scheduler.wait_for("run ended")
        assert {all_feeds[0]} == {run.address for run in runs_of(config)}
        config.write_text("nonsense = 1", encoding="utf-8")
        scheduler.wait_for("configuration not taken over")
        configure(config.parent, all_feeds)
        scheduler.wait_for("configuration taken over")
        wait_until(
            lambda: {*all_feeds} == {run.address for run in runs_of(config)}, "runs of new feeds"
        )

    assert 1 == len(scheduler.events("configuration not taken over"))


@pytest.mark.parametrize("seconds", [3, 30], ids=["stops in time", "is ended"])
def test_a_run_that_is_stopped_is_done_again_by_the_next_scheduler(
    config: Path, site: Site, feeds: GrowingFeeds, seconds: float
) -> None:
    configure(config.parent, [site.address + feeds.paths[0]], every="1h")
    feeds.seconds = seconds
    with service(*schedule(config)) as scheduler:
        wait_until(lambda: "/feed-0" in site.paths(), "the feed to be asked for")
        code, took = scheduler.stop()
    feeds.seconds = 0
    with service(*schedule(config)) as scheduler:
        scheduler.wait_for("run ended")

    assert code == 0
    assert took < 10
    (run,) = runs_of(config)
    assert (RunState.FINISHED, 2, 0) == (run.state, run.attempt, run.deaths)
    assert 5 == len(texts_of(config))


def test_health_and_metrics_are_served(config: Path) -> None:
    with service(*schedule(config, "--port", "0")) as scheduler:
        scheduler.wait_for("monitoring")
        (listening,) = scheduler.events("monitoring")
        address = f"http://127.0.0.1:{listening['port']}"
        found = 'sayso_mentions_total{outcome="new",source="feed"} 15.0'
        wait_until(lambda: found in page(f"{address}/metrics"), found)
        metrics = page(f"{address}/metrics")
        health = json.loads(page(f"{address}/healthz"))

    assert {"status": "ok"} == health
    assert 'sayso_runs_total{source="feed",state="finished"}' in metrics


def page(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def test_the_list_says_what_is_due_and_how_it_went(config: Path, site: Site) -> None:
    with service(*schedule(config)) as scheduler:
        scheduler.wait_for("run ended", 3)
        listed = run_sayso("--config", str(config), "schedule", "list", "--json")
        plain = run_sayso("--config", str(config), "schedule", "list")

    lines = [json.loads(line) for line in listed.stdout.splitlines()]
    host = site.address.removeprefix("http://")
    assert [f"feed@{host}/feed-{n}" for n in range(3)] == [line["name"] for line in lines]
    assert {line["last_state"] for line in lines} <= {"finished", "running", "queued"}
    assert "scheduled by" in plain.stderr
    assert 3 == len(plain.stdout.splitlines())


def test_what_will_be_due_is_listed_before_anything_was(config: Path) -> None:
    listed = run_sayso("--config", str(config), "schedule", "list")

    assert 3 == listed.stdout.count("never")
    assert "nobody schedules now" in listed.stderr


def test_one_schedule_can_be_run_now(config: Path, site: Site) -> None:
    name = f"feed@{site.address.removeprefix('http://')}/feed-1"
    done = run_sayso("--config", str(config), "schedule", "run", name, "--json")

    assert done.returncode == 0, done.stderr
    assert 5 == json.loads(done.stdout)["new"]
    (run,) = runs_of(config)
    assert f"schedule {name}, by hand" == run.by


def test_a_run_by_hand_is_refused_while_the_same_is_under_way(
    config: Path, site: Site, feeds: GrowingFeeds
) -> None:
    feeds.seconds = 8
    name = f"feed@{site.address.removeprefix('http://')}/feed-0"
    with service(*schedule(config)):
        wait_until(lambda: "/feed-0" in site.paths(), "the feed to be asked for")
        done = run_sayso("--config", str(config), "schedule", "run", name, "--json")
        feeds.seconds = 0

    assert done.returncode == 3
    assert "is already running" in json.loads(done.stdout)["problem"]


def test_a_source_that_refuses_is_blocked_and_no_empty_one(tmp_path: Path) -> None:
    from tests.serving import Reply  # noqa: PLC0415 - here alone

    with serve({"/rss": Reply(status=403)}) as site:
        config = configure(tmp_path, [f"{site.address}/rss"])
        with service(*schedule(config)) as scheduler:
            scheduler.wait_for("run ended")

    run = runs_of(config)[-1]
    assert RunState.BLOCKED == run.state
    assert "403" in str(run.problem)
    assert 1 == run.count("requests", "403")


def test_a_response_that_never_ends_ends_its_run(tmp_path: Path, feeds: GrowingFeeds) -> None:
    feeds.seconds = 300
    with serve(feeds.routes) as site:
        config = configure(tmp_path, [site.address + feeds.paths[0]], "[runs]\nlongest = '10s'\n")
        with service(*schedule(config)) as scheduler:
            scheduler.wait_for("run ended")
            code, seconds = scheduler.stop()
        feeds.seconds = 0

        run = runs_of(config)[-1]
        assert (RunState.FAILED, 0) == (run.state, code)
        assert "longer than runs.longest" in str(run.problem)
        assert seconds < 10
        with looking_into(config) as store:
            assert store.check() == []
