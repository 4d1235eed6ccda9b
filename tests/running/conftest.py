"""What tests of runs share: an empty store, and a clock that only a test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.stores.base import Store
from search.stores.embedded import EmbeddedStore


class Time:
    """Seconds of a clock that only a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    with EmbeddedStore(tmp_path / "s.db") as opened:
        yield opened


@pytest.fixture
def clock() -> Time:
    """Start at 0 seconds."""
    return Time()
