"""A worker killed with -9 at random moments, again and again, loses and doubles nothing."""

import contextlib
from pathlib import Path

import pytest

from search.run_log import RunState
from tests.redis_server import redis_server
from tests.scheduling.killing import (
    KILLS,
    assert_nothing_is_lost,
    growing,
    kill_again_and_again,
)
from tests.scheduling.staging import Service, runs_of, service


@pytest.mark.redis
def test_a_worker_killed_forty_times(tmp_path: Path) -> None:
    with growing(tmp_path) as (config, feeds):
        with contextlib.ExitStack() as stack:
            redis = stack.enter_context(redis_server(tmp_path))
            queue = {"SAYSO_QUEUE": redis.address}
            stack.enter_context(service("--config", str(config), "schedule", environment=queue))
            steady = ("--config", str(config), "worker")
            stack.enter_context(service(*steady, environment=queue))
            kill_again_and_again(config, feeds, lambda: Service(*steady, environment=queue))
        assert_nothing_is_lost(config, feeds)
        finished = [run for run in runs_of(config) if run.state is RunState.FINISHED]

    assert len(finished) > KILLS / 4
