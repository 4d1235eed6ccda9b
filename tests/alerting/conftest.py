"""A stage for every test, and one channel that works."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerting.recording import Channel, open_channel
from tests.alerting.staging import Stage
from tests.requiring import require

try:
    import apprise
except ImportError:
    PRESENT = False
else:
    PRESENT = True
    with warnings.catch_warnings():
        # All its services are imported at first use, some with modules that Python will remove.
        warnings.simplefilter("ignore")
        apprise.Apprise.instantiate("json://localhost")


@pytest.fixture(autouse=True)
def _needs_apprise(monkeypatch: pytest.MonkeyPatch) -> None:
    require("apprise", present=PRESENT, why="the extra `alerts` is not installed")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Open an empty store at noon."""
    opened = Stage(tmp_path / "mentions.db")
    yield opened
    opened.store.close()


@pytest.fixture
def team(monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    """Open the channel `team`."""
    with open_channel() as channel:
        monkeypatch.setenv("SAYSO_CHANNEL_TEAM", channel.url)
        yield channel


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    """Open the channel `mail`."""
    with open_channel() as channel:
        monkeypatch.setenv("SAYSO_CHANNEL_MAIL", channel.url)
        yield channel
