"""Killing with -9 at random moments, again and again, while feeds grow; what must then hold."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crawlers.running.children import kill_tree
from crawlers.running.processes import process_id
from search.run_log import RunState
from tests.crawling import run_sayso
from tests.scheduling.staging import (
    GrowingFeeds,
    Service,
    configure,
    faults_of,
    looking_into,
    runs_of,
    texts_of,
)
from tests.serving import serve

KILLS = 40
SEED = 20261128


def kill_again_and_again(
    config: Path, feeds: GrowingFeeds, start: Callable[[], Service], kills: int = KILLS
) -> None:
    moments = random.Random(SEED)  # noqa: S311 - not for secrets
    for number in range(kills):
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


@contextmanager
def growing(folder: Path) -> Iterator[tuple[Path, GrowingFeeds]]:
    """Serve four feeds, and yield the configuration that reads them."""
    feeds = GrowingFeeds(4)
    feeds.seconds = 0.2
    with serve(feeds.routes) as site:
        yield configure(folder, [site.address + path for path in feeds.paths]), feeds
