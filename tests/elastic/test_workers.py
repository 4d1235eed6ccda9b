"""Schedulers and workers whose common store is Elasticsearch, killed at random moments."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.run_log import RunState
from tests.redis_server import redis_server
from tests.scheduling.killing import assert_nothing_is_lost, growing, kill_again_and_again
from tests.scheduling.staging import GrowingFeeds, Service, runs_of, service, wait_until

KILLS = 10


@pytest.fixture
def staged(tmp_path: Path, elastic_location: str) -> Iterator[tuple[Path, GrowingFeeds]]:
    """Serve feeds that grow, and write a configuration that keeps them on Elasticsearch."""
    with growing(tmp_path) as (config, feeds):
        text = config.read_text("utf-8")
        config.write_text(re.sub(r'store = ".*"', f'store = "{elastic_location}"', text), "utf-8")
        yield config, feeds


def test_a_scheduler_killed_again_and_again_loses_nothing(
    staged: tuple[Path, GrowingFeeds],
) -> None:
    config, feeds = staged

    kill_again_and_again(
        config, feeds, lambda: Service("--config", str(config), "schedule"), KILLS
    )

    assert_nothing_is_lost(config, feeds)


@pytest.mark.redis
def test_workers_that_know_queue_and_store_alone_lose_nothing_when_killed(
    staged: tuple[Path, GrowingFeeds], tmp_path: Path, elastic_location: str
) -> None:
    config, feeds = staged
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with redis_server(tmp_path) as redis:
        known = {"SAYSO_QUEUE": redis.address, "SAYSO_STORE": elastic_location}

        def start() -> Service:
            return Service("worker", environment=known, cwd=elsewhere)

        queue = {"SAYSO_QUEUE": redis.address}
        with service("--config", str(config), "schedule", environment=queue) as scheduler:
            kill_again_and_again(config, feeds, start, KILLS)
            with service("worker", environment=known, cwd=elsewhere) as last:
                wait_until(finished(config), "a run to be finished by the last worker")
                assert 0 == last.stop()[0]
            scheduler.stop()

    assert_nothing_is_lost(config, feeds)


def finished(config: Path) -> Callable[[], bool]:
    before = len(runs_of(config))

    def more() -> bool:
        runs = runs_of(config)
        return any(run.state is RunState.FINISHED for run in runs[: len(runs) - before])

    return more
