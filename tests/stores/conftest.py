"""The stores that the contract is tested on: a new one is one more entry in `STORES`."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.stores.base import Store
from search.stores.embedded import EmbeddedStore

Opener = Callable[[Path], contextlib.AbstractContextManager[Store]]

STORES: dict[str, Opener] = {
    "embedded": lambda folder: EmbeddedStore(folder / "mentions.db"),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    with STORES[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name the file of an embedded store that is not there yet."""
    return tmp_path / "mentions.db"
