"""Every crawl is in the run log, with what it counted and how it ended; `sayso runs` shows it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from search.run_log import RunState
from search.stores.opening import open_store
from tests.crawling import run_sayso, start_crawl, write_config
from tests.scheduling.staging import wait_until
from tests.serving import Asked, Reply, Routes, serve

ENTRY = """<item><title>{n}</title><link>{address}/{n}</link>
<description>{text}</description>{more}</item>"""
WHOLE = "tea " * 250


def feed(address: str, count: int, more: str = "", first: int = 0) -> Reply:
    entries = "".join(
        ENTRY.format(n=n, address=address, text=WHOLE, more=more)
        for n in range(first, first + count)
    )
    body = f"<rss version='2.0'><channel><title>t</title>{entries}</channel></rss>"
    return Reply(body.encode(), "application/rss+xml")


def configure(folder: Path, *addresses: str) -> Path:
    return write_config(
        folder, sources=f'[[sources]]\nsource = "feed"\naddresses = {json.dumps(addresses)}\n'
    )


def runs(config: Path, *arguments: str) -> list[dict[str, Any]]:
    done = run_sayso("--config", str(config), "runs", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_crawl_is_written_down_with_what_it_counted(tmp_path: Path) -> None:
    with serve(lambda address: {"/rss": feed(address, 3)}) as site:
        config = configure(tmp_path, f"{site.address}/rss")
        crawled = run_sayso("--config", str(config), "crawl", "--json")

    (run,) = runs(config)
    assert json.loads(crawled.stdout)["id"] == run["id"]
    assert ("finished", "crawl", "feed", f"{site.address}/rss", ["all"], 1) == (
        *(run["state"], run["by"], run["source"], run["address"], run["brands"]),
        run["attempt"],
    )
    assert {"new": 3} == run["counts"]["mentions"]
    assert 3 == run["counts"]["missing"]["author"]
    assert 1 == run["counts"]["requests"]["200"]
    assert run["started_at"] <= run["finished_at"]
    assert "work" not in run


def test_a_refusal_is_shown_as_blocked_with_its_advice(tmp_path: Path) -> None:
    with serve({"/rss": Reply(status=403)}) as site:
        config = configure(tmp_path, f"{site.address}/rss")
        run_sayso("--config", str(config), "crawl")

    (run,) = runs(config, "--state", "blocked")
    shown = run_sayso("--config", str(config), "runs", "show", run["id"][:6])
    assert "blocked: " in shown.stdout
    assert "HTTP 403: the source refuses this program" in shown.stdout
    assert "requests" in shown.stdout
    assert [] == runs(config, "--state", "finished")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("runs", "show", "ffff"), "no run has an id that begins with 'ffff'"),
        (("runs", "--state", "runing"), "there is no state 'runing', did you mean `running`?"),
    ],
)
def test_what_there_is_not_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    open_store(tmp_path / "sayso.db").close()
    config = configure(tmp_path, "http://127.0.0.1:9/rss")

    done = run_sayso("--config", str(config), *arguments)

    assert done.returncode == 1
    assert said in done.stderr


def test_a_killed_crawl_is_interrupted_and_may_be_begun_again(tmp_path: Path) -> None:
    def routes(address: str) -> Routes:
        def late(_: Asked) -> Reply:
            time.sleep(0.0 if fast else 20)
            return feed(address, 2)

        return {"/rss": late}

    fast: list[int] = []
    with serve(routes) as site:
        config = configure(tmp_path, f"{site.address}/rss")
        with start_crawl(config) as crawl:
            wait_until(lambda: "/rss" in site.paths(), "the feed to be asked for")
            (running,) = runs(config)
            refused = run_sayso("--config", str(config), "crawl", "--json")
            crawl.kill()
            crawl.wait()
        (killed,) = runs(config)
        fast.append(1)
        again = run_sayso("--config", str(config), "crawl", "--json")

    assert "running" == running["state"]
    assert 3 == refused.returncode
    assert (
        f"is already running (run {running['id']}, by crawl)"
        in json.loads(refused.stdout)["problem"]
    )
    assert ("interrupted", running["id"]) == (killed["state"], killed["id"])
    assert ("finished", 2) == (json.loads(again.stdout)["state"], json.loads(again.stdout)["new"])


def test_a_crawl_beats_while_it_waits(tmp_path: Path) -> None:
    def routes(address: str) -> Routes:
        def late(_: Asked) -> Reply:
            time.sleep(12)
            return feed(address, 1)

        return {"/rss": late}

    with serve(routes) as site:
        config = configure(tmp_path, f"{site.address}/rss")
        run_sayso("--config", str(config), "crawl")

    (run,) = runs(config)
    assert run["beats"] >= 2
    assert "finished" == run["state"]


def test_fields_that_vanish_are_reported_as_a_changed_layout(tmp_path: Path) -> None:
    answers = [("<author>ida@a.example (Ida)</author>", 0), ("", 100)]

    def routes(address: str) -> Routes:
        return {"/rss": lambda _: feed(address, 30, *answers.pop(0))}

    with serve(routes) as site:
        config = configure(tmp_path, f"{site.address}/rss")
        run_sayso("--config", str(config), "crawl")
        changed = run_sayso("--config", str(config), "crawl")

    assert (
        "layout changed? author was given for 100% of 30 mentions, now for 0 of 30"
        in changed.stdout
    )
    latest, first = runs(config)
    assert ([], 1) == (first["warnings"], len(latest["warnings"]))
    with open_store(tmp_path / "sayso.db") as store:
        assert RunState.FINISHED == store.runs.get(latest["id"]).state


def test_runs_are_told_in_plain_lines_in_a_pipe(tmp_path: Path) -> None:
    with serve(lambda address: {"/rss": feed(address, 1), "/b": feed(address, 1)}) as site:
        config = configure(tmp_path, f"{site.address}/rss", f"{site.address}/b")
        run_sayso("--config", str(config), "crawl")

    done = run_sayso("--config", str(config), "runs", "-n", "1")

    (line,) = done.stdout.splitlines()
    assert ["feed", f"{site.address}/b", "all", "finished"] == line.split("\t")[1:5]
