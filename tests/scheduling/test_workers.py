"""Runs through RQ on a real Redis: any worker does them, once, whatever becomes of Redis."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.running.keeping import run_of
from crawlers.running.queueing import Dispatcher
from crawlers.scheduling.schedules import schedules
from search.config import load
from search.run_log import RunState
from tests.crawling import run_sayso
from tests.redis_server import RedisServer, redis_server
from tests.scheduling.staging import (
    GrowingFeeds,
    Service,
    configure,
    looking_into,
    runs_of,
    service,
    texts_of,
    wait_until,
)
from tests.serving import Site

pytestmark = pytest.mark.redis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as running:
        yield running


@pytest.fixture
def config(site: Site, feeds: GrowingFeeds, redis: RedisServer, tmp_path: Path) -> Path:
    path = configure(tmp_path, [site.address + path for path in feeds.paths])
    path.write_text(f'queue = "{redis.address}"\n{path.read_text("utf-8")}', encoding="utf-8")
    return path


@contextlib.contextmanager
def a_worker(config: Path, redis: RedisServer) -> Iterator[Service]:
    """Run a worker that knows the queue and the store, and no configuration."""
    folder = config.parent / "elsewhere"
    folder.mkdir(exist_ok=True)
    store = str(config.parent / "sayso.db")
    with service(
        "worker", environment={"SAYSO_QUEUE": redis.address, "SAYSO_STORE": store}, cwd=folder
    ) as worker:
        yield worker


def test_workers_do_what_the_scheduler_asks_for(
    config: Path, redis: RedisServer, feeds: GrowingFeeds
) -> None:
    with (
        service("--config", str(config), "schedule") as scheduler,
        a_worker(config, redis) as first,
        a_worker(config, redis) as second,
    ):
        wait_until(
            lambda: len(first.events("run ended") + second.events("run ended")) >= 6, "runs"
        )
        stopped = [worker.stop() for worker in (first, second)]
        scheduler.stop()

    assert all(code == 0 and seconds < 10 for code, seconds in stopped)
    assert first.events("run ended")
    assert second.events("run ended")
    assert scheduler.events("run ended") == []
    assert feeds.overlaps == 0


def test_what_redis_forgets_is_offered_again(
    config: Path, redis: RedisServer, feeds: GrowingFeeds
) -> None:
    with service("--config", str(config), "schedule") as scheduler:
        scheduler.wait_for("run queued", 3)
        wait_until(lambda: len(redis.keys("rq:job:*")) == 3, "three offers")
        redis.stop()
        redis.start()
        assert [] == redis.keys("rq:job:*")
        with a_worker(config, redis) as worker:
            worker.wait_for("run ended", 3)
            wait_until(lambda: feeds.total() == len(texts_of(config)), "all there is")


def test_a_worker_goes_on_when_redis_is_back(config: Path, redis: RedisServer) -> None:
    with (
        service("--config", str(config), "schedule") as scheduler,
        a_worker(config, redis) as worker,
    ):
        worker.wait_for("run ended")
        redis.stop()
        time.sleep(3)
        redis.start()
        before = len(worker.events("run ended"))
        worker.wait_for("run ended", before + 2)
        assert worker.process.poll() is None
        assert scheduler.process.poll() is None

    assert len(scheduler.events("queue unavailable")) <= 1


def test_a_run_whose_worker_was_killed_is_done_by_another(
    config: Path, redis: RedisServer, feeds: GrowingFeeds, site: Site
) -> None:
    configure(config.parent, [site.address + feeds.paths[0]], every="1h")
    feeds.seconds = 4
    with (
        service("--config", str(config), "schedule", environment={"SAYSO_QUEUE": redis.address}),
        a_worker(config, redis) as first,
    ):
        wait_until(lambda: bool(site.asked), "the feed to be asked for")
        first.kill()
        _kill_children_of(config)
        with a_worker(config, redis) as second:
            second.wait_for("run ended")

    (run,) = runs_of(config)
    assert (RunState.FINISHED, 2) == (run.state, run.attempt)
    assert 5 == len(texts_of(config))


def _kill_children_of(config: Path) -> None:
    from crawlers.running.children import kill_tree  # noqa: PLC0415 - here alone
    from crawlers.running.processes import process_id  # noqa: PLC0415 - here alone

    for run in runs_of(config):
        if pid := process_id(run.worker):
            kill_tree(pid)


def test_a_run_that_is_offered_twice_is_done_once(
    config: Path, redis: RedisServer, site: Site
) -> None:
    with looking_into(config) as store:
        plan = next(iter(schedules(load(config)).values())).plan
        from crawlers.running.work import pack  # noqa: PLC0415 - here alone

        store.runs.queue(run_of(plan, "test", pack(plan, load(config))))
        for offers in (1, 2):
            Dispatcher(store.runs, redis.address).fill([])
            assert offers == len(redis.keys("rq:job:*"))
            if offers == 1:  # as when a worker took the word and died
                _forget(redis, ["rq:queue:sayso"])
    with a_worker(config, redis) as worker:
        worker.wait_for("run ended")
        time.sleep(2)

    assert 1 == site.paths().count("/feed-0")


def _forget(redis: RedisServer, keys: list[str]) -> None:
    import redis as client  # noqa: PLC0415 - here alone

    with client.Redis.from_url(redis.address) as connection:
        connection.delete(*keys)


def test_what_is_stopped_with_a_worker_is_done_again(
    config: Path, redis: RedisServer, feeds: GrowingFeeds, site: Site
) -> None:
    configure(config.parent, [site.address + feeds.paths[0]], every="1h")
    feeds.seconds = 30
    with service("--config", str(config), "schedule", environment={"SAYSO_QUEUE": redis.address}):
        with a_worker(config, redis) as first:
            wait_until(lambda: bool(site.asked), "the feed to be asked for")
            code, seconds = first.stop()
        feeds.seconds = 0
        with a_worker(config, redis) as second:
            second.wait_for("run ended")

    assert code == 0
    assert seconds < 10
    (run,) = runs_of(config)
    assert (RunState.FINISHED, 0) == (run.state, run.deaths)


@pytest.mark.parametrize("command", [("worker",), ("schedule",)])
def test_a_queue_that_is_not_there_is_said(tmp_path: Path, command: tuple[str, ...]) -> None:
    config = configure(tmp_path, ["http://127.0.0.1:9/rss"])
    done = run_sayso(
        *("--config", str(config), *command),
        environment={"SAYSO_QUEUE": "redis://:secret@127.0.0.1:9/0"},
    )

    assert done.returncode == 1
    assert "no queue at 127.0.0.1:9/0" in done.stderr
    assert "secret" not in done.stderr


def test_a_wrong_queue_is_said(tmp_path: Path) -> None:
    done = run_sayso("worker", "--queue", "http://a.example", cwd=tmp_path)

    assert done.returncode == 1
    assert "--queue is no queue; allowed: redis://" in done.stderr


def test_a_worker_without_a_queue_says_how_to_name_one(tmp_path: Path) -> None:
    done = run_sayso("worker", cwd=tmp_path)

    assert done.returncode == 1
    assert "give --queue redis://" in done.stderr


def test_no_secret_goes_through_redis(config: Path, redis: RedisServer) -> None:
    with service(
        *("--config", str(config), "schedule"),
        environment={"SAYSO_MASTODON_TOKEN": "s3cret"},
    ) as scheduler:
        scheduler.wait_for("run queued")
        wait_until(lambda: bool(redis.keys("rq:job:*")), "an offer")
        import redis as client  # noqa: PLC0415 - here alone

        with client.Redis.from_url(redis.address) as connection:
            offered = [connection.hgetall(key) for key in redis.keys("rq:job:*")]

    assert offered
    assert "s3cret" not in repr(offered)
