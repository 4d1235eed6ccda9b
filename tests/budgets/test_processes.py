"""Real crawls in processes of their own keep to one budget at a real server."""

import time
from typing import Any

import pytest

from crawlers.budgets.opening import NOTE
from search.config import Config
from tests.budgets.arriving import arriving
from tests.budgets.fetching import finish_fetching, polite, start_fetching
from tests.redis_server import redis_server
from tests.serving import Asked, Reply

FINE: dict[str, Any] = {"problems": [], "notes": {}}


def test_four_processes_together_keep_the_rate(shared: Config) -> None:
    config = polite(shared, rate=15, concurrent=16)
    with arriving() as site:
        crawls = [start_fetching(config, f"{site.address}/page", 6) for _ in range(4)]
        ended = [finish_fetching(crawl) for crawl in crawls]

    assert [FINE] * 4 == ended
    assert len(site.pages) == 24
    assert site.most_within(1) <= 16
    assert site.most_within(2) <= 31


def test_four_processes_together_keep_the_number_of_requests(shared: Config) -> None:
    config = polite(shared, rate=1000, concurrent=2)
    with arriving(0.05) as site:
        crawls = [start_fetching(config, f"{site.address}/page", 8) for _ in range(4)]
        ended = [finish_fetching(crawl) for crawl in crawls]

    assert [FINE] * 4 == ended
    assert (32, 2) == (len(site.pages), site.most)


def test_what_a_killed_process_held_is_free_again(shared: Config) -> None:
    config = polite(shared, rate=1000, concurrent=2)
    with arriving() as site:
        holding = start_fetching(config, f"{site.address}/held", 2)
        for _ in range(2):
            assert site.held.acquire(timeout=20)
        waiting = start_fetching(config, f"{site.address}/page", 3)
        before = len(site.times)
        time.sleep(3)
        meanwhile = len(site.times) - before
        holding.kill()
        holding.communicate()
        ended = finish_fetching(waiting, timeout=12)

    assert (FINE, 0, 2 + 3) == (ended, meanwhile, len(site.pages))


def test_when_one_is_told_to_wait_all_do(shared: Config) -> None:
    told: list[float] = []
    seen: set[str] = set()

    def refuse(asked: Asked) -> Reply | None:
        """Refuse once, when both processes have come."""
        seen.add(asked.path.partition("?")[0])
        if told or not {"/page", "/other"} <= seen:
            return None
        told.append(time.monotonic())
        return Reply(status=429, headers={"Retry-After": "2"})

    config = polite(shared, rate=10, concurrent=4)
    with arriving() as site:
        site.refuse = refuse
        crawls = [
            start_fetching(config, f"{site.address}/{name}", 10) for name in ("page", "other")
        ]
        ended = [finish_fetching(crawl) for crawl in crawls]

    assert [FINE] * 2 == ended
    assert [] == [at - told[0] for at in site.times if 0.4 < at - told[0] < 1.95]
    assert len(site.pages) == 21


def test_a_quota_is_kept_by_the_next_process_too(shared: Config) -> None:
    config = polite(shared, 1000, 2, "9/1d", "5/s")
    with arriving() as site:
        first = finish_fetching(start_fetching(config, f"{site.address}/page", 4))
        second = finish_fetching(start_fetching(config, f"{site.address}/page", 4))
        third = finish_fetching(start_fetching(config, f"{site.address}/page", 1))

    used_up = "busy: 127.0.0.1: the quota 9/1d is used up; it may go on at 20"
    problems = second["problems"] + third["problems"]
    assert (FINE, 9) == (first, len(site.times))
    assert [used_up] * 2 == [problem[: len(used_up)] for problem in problems]


def test_a_cancelled_request_keeps_no_permit(shared: Config) -> None:
    config = polite(shared, rate=1000, concurrent=1)
    with arriving() as site:
        cancelling = start_fetching(config, f"{site.address}/cancelled", 0)
        assert site.held.acquire(timeout=20)
        waiting = start_fetching(config, f"{site.address}/page", 1)
        ended = finish_fetching(waiting, timeout=5)
        still_there = cancelling.poll() is None
        cancelling.kill()
        cancelling.communicate()

    assert (FINE, True) == (ended, still_there)


@pytest.mark.redis
def test_a_crawl_survives_that_redis_starts_anew(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("redis")
    with redis_server(folder) as server, arriving() as site:
        config = polite(Config(folder=folder, queue=server.address), rate=20, concurrent=2)
        crawl = start_fetching(config, f"{site.address}/page", 170)
        site.wait_for_pages(10)
        server.stop()
        site.wait_for_pages(30)
        server.start()
        site.wait_for_pages(160)
        shared_again = server.keys("sayso:host:*")
        ended = finish_fetching(crawl)

    assert {"problems": [], "notes": {NOTE: 1}} == ended
    assert "sayso:host:{127.0.0.1}:pace" in shared_again
    assert site.most_within(1) <= 22
