"""
Scheduler and workers killed with -9 at random moments, again and again, lose and double nothing.

Feeds grow all the while. `tests/test_crashes.py` kills crawls; here it is whoever starts them, and
what they have started.
"""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawlers.running.children import kill_tree
from crawlers.running.processes import process_id
from search.run_log import RunState
from tests.crawling import run_sayso
from tests.redis_server import redis_server
from tests.scheduling.staging import (
    GrowingFeeds,
    Service,
    configure,
    faults_of,
    looking_into,
    runs_of,
    service,
    texts_of,
)
from tests.serving import serve

KILLS = 40
SEED = 20261128


@pytest.fixture
def feeds() -> GrowingFeeds:
    feeds = GrowingFeeds(4)
    feeds.seconds = 0.2
    return feeds


@pytest.fixture
def config(feeds: GrowingFeeds, tmp_path: Path) -> Iterator[Path]:
    with serve(feeds.routes) as site:
        yield configure(tmp_path, [site.address + path for path in feeds.paths])


def kill_again_and_again(config: Path, feeds: GrowingFeeds, start: Callable[[], Service]) -> None:
    moments = random.Random(SEED)  # noqa: S311 - not for secrets
    for number in range(KILLS):
        victim = start()
        time.sleep(moments.uniform(0.6, 3))
        feeds.grow()
        victim.kill()
        if number % 3 == 0:  # and the runs it has begun, which else go on by themselves
            kill_runs(config)


def kill_runs(config: Path) -> None:
    for run in runs_of(config):
        if pid := process_id(run.worker):
            kill_tree(pid)


def assert_nothing_is_lost(config: Path, feeds: GrowingFeeds) -> None:
    """After one more crawl every entry there ever was is there once, and every run is over."""
    settle(config)
    last = run_sayso("--config", str(config), "crawl")

    assert last.returncode == 0, last.stdout + last.stderr
    assert faults_of(config) == []
    texts = texts_of(config)
    assert feeds.total() == len(texts) == len(set(texts))
    assert feeds.overlaps == 0
    assert all(run.state.is_over for run in runs_of(config))


def settle(config: Path) -> None:
    """Close what nobody will carry out any more, as a next scheduler would carry it out."""
    kill_runs(config)
    with looking_into(config) as store:
        for run in store.runs.recent(states=[RunState.QUEUED, RunState.RUNNING], limit=10_000):
            store.runs.end(run, RunState.INTERRUPTED)


def test_a_scheduler_killed_forty_times(config: Path, feeds: GrowingFeeds) -> None:
    started = []

    def start() -> Service:
        started.append(Service("--config", str(config), "schedule"))
        return started[-1]

    kill_again_and_again(config, feeds, start)

    assert sum(len(one.events("run started")) for one in started) > KILLS / 2
    assert_nothing_is_lost(config, feeds)


@pytest.mark.redis
def test_a_worker_killed_forty_times(config: Path, feeds: GrowingFeeds, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        redis = stack.enter_context(redis_server(tmp_path))
        queue = {"SAYSO_QUEUE": redis.address}
        stack.enter_context(service("--config", str(config), "schedule", environment=queue))
        steady = ("--config", str(config), "worker")
        stack.enter_context(service(*steady, environment=queue))
        kill_again_and_again(config, feeds, lambda: Service(*steady, environment=queue))

    assert_nothing_is_lost(config, feeds)
    finished = [run for run in runs_of(config) if run.state is RunState.FINISHED]
    assert len(finished) > KILLS / 2
