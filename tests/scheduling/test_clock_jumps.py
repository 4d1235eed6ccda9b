"""A machine whose clock jumps, forth and back, goes on crawling and loses and doubles nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.run_log import RunState
from tests.requiring import require
from tests.scheduling.staging import (
    GrowingFeeds,
    configure,
    faults_of,
    runs_of,
    service,
    texts_of,
    wait_until,
)
from tests.serving import serve


@pytest.fixture
def wrong_clock(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """Return what makes a process take its clock from a file, and that file."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    require("faketime", present=bool(found), why="there is no libfaketime")
    file = tmp_path / "clock"
    file.write_text("+0d", encoding="utf-8")
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "SAYSO_DEBUG": "1",
    }, file


@pytest.fixture
def feeds() -> GrowingFeeds:
    return GrowingFeeds(2)


@pytest.fixture
def config(feeds: GrowingFeeds, tmp_path: Path) -> Iterator[Path]:
    with serve(feeds.routes) as site:
        yield configure(tmp_path, [site.address + path for path in feeds.paths])


@pytest.mark.parametrize("jump", ["+400d", "-400d"])
def test_a_clock_that_jumps_and_is_set_right_again(
    config: Path, feeds: GrowingFeeds, wrong_clock: tuple[dict[str, str], Path], jump: str
) -> None:
    environment, clock = wrong_clock

    def all_is_there() -> bool:
        return feeds.total() == len(texts_of(config))

    with service("--config", str(config), "schedule", environment=environment) as scheduler:
        wait_until(all_is_there, "what there was at first")
        for offset in (jump, "+0d"):
            clock.write_text(offset, encoding="utf-8")
            feeds.grow()
            wait_until(all_is_there, f"what was added at {offset}")
        code, seconds = scheduler.stop()

    assert code == 0, "".join(scheduler.words[-12:])
    assert seconds < 10
    assert feeds.overlaps == 0
    assert faults_of(config) == []
    assert len(texts_of(config)) == len(set(texts_of(config)))
    runs = runs_of(config)
    assert {run.state for run in runs} <= {RunState.FINISHED, RunState.QUEUED}
    assert {0} == {run.deaths for run in runs}
