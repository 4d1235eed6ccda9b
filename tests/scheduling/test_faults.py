"""The store is away for a minute, the disk full, a channel of alerts dead: the crawls go on."""

import contextlib
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerting.recording import dead_url, open_channel
from tests.crawling import run_sayso
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
from tests.serving import Site

AWAY_SECONDS = 65


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB, on machines where a test may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    require("mount", present=mounted.returncode == 0, why="only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def addresses(site: Site, feeds: GrowingFeeds) -> list[str]:
    return [site.address + path for path in feeds.paths]


def test_a_store_that_is_away_for_more_than_a_minute(
    site: Site, feeds: GrowingFeeds, tmp_path: Path
) -> None:
    config = configure(tmp_path, addresses(site, feeds))

    def all_is_there() -> bool:
        return feeds.total() == len(texts_of(config))

    with service("--config", str(config), "schedule") as scheduler:
        wait_until(all_is_there, "what there was at first")
        feeds.grow()
        with contextlib.closing(
            sqlite3.connect(tmp_path / "sayso.db", isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(AWAY_SECONDS)
            other.execute("ROLLBACK")
        feeds.grow()
        wait_until(all_is_there, "what was added meanwhile")
        wait_until(lambda: any(run.state.is_over for run in runs_of(config)[:2]), "an end")
        code, seconds = scheduler.stop()

    assert code == 0, "".join(scheduler.words)
    assert seconds < 10
    assert {"store unavailable", "active again"} <= {str(line["event"]) for line in scheduler.log}
    assert feeds.overlaps == 0
    assert faults_of(config) == []
    run_sayso("--config", str(config), "runs")
    assert all(run.state.is_over for run in runs_of(config) if run.worker is not None)


def test_a_disk_that_is_full_for_a_while(site: Site, feeds: GrowingFeeds, disk: Path) -> None:
    config = configure(disk, addresses(site, feeds))

    def all_is_there() -> bool:
        return feeds.total() == len(texts_of(config))

    with service("--config", str(config), "schedule") as scheduler:
        wait_until(all_is_there, "what there was at first")
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(65_536))
        feeds.grow()
        time.sleep(15)
        assert scheduler.process.poll() is None
        filler.unlink()
        feeds.grow()
        wait_until(all_is_there, "what was added meanwhile")
        code, _ = scheduler.stop()

    assert code == 0, "".join(scheduler.words)
    assert faults_of(config) == []


def test_what_is_found_is_told_once_and_a_dead_channel_holds_up_nothing(
    site: Site, feeds: GrowingFeeds, tmp_path: Path
) -> None:
    alerts = """
[[alerts]]
name = "anything"
on = "mention"
brand = "all"
channels = ["good", "dead"]
"""
    config = configure(tmp_path, addresses(site, feeds), alerts)
    with open_channel() as channel:
        environment = {"SAYSO_CHANNEL_GOOD": channel.url, "SAYSO_CHANNEL_DEAD": dead_url()}
        for round_number in range(2):
            with service("--config", str(config), "schedule", environment=environment) as running:
                wait_until(lambda: feeds.total() == len(texts_of(config)), "all there is")
                running.wait_for("run ended", 2)
                feeds.grow()
                wait_until(lambda: feeds.total() == len(texts_of(config)), "what was added")
                expected = round_number + 1
                wait_until(lambda n=expected: len(channel.sent) >= n, "an alert")  # type: ignore[misc]
        linked = re.findall(r"http://\S+", " ".join(body for _, body in channel.sent))

    assert "new mentions of all" in channel.titles[0]
    assert linked
    assert len(linked) == len(set(linked))
    assert "s3cret" not in "".join(running.words)
