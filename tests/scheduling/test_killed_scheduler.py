"""
A scheduler killed with -9 at random moments, again and again, loses and doubles nothing.

`tests/test_crashes.py` kills crawls; here it is who starts them, and now and then what it started.
"""

from pathlib import Path

from tests.scheduling.killing import (
    KILLS,
    assert_nothing_is_lost,
    growing,
    kill_again_and_again,
)
from tests.scheduling.staging import Service


def test_a_scheduler_killed_forty_times(tmp_path: Path) -> None:
    started: list[Service] = []
    with growing(tmp_path) as (config, feeds):

        def start() -> Service:
            started.append(Service("--config", str(config), "schedule"))
            return started[-1]

        kill_again_and_again(config, feeds, start)
        assert_nothing_is_lost(config, feeds)

    assert sum(len(one.events("run started")) for one in started) > KILLS / 2
