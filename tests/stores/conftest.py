"""The stores that the contract is tested on: a new one is one more entry in `STORES`."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.stores.base import Store
from search.stores.elastic.store import ElasticStore
from search.stores.embedded import EmbeddedStore
from tests.elasticsearch_node import clear

Opener = Callable[[pytest.FixtureRequest, Path], contextlib.AbstractContextManager[Store]]


@contextlib.contextmanager
def embedded(_: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    with EmbeddedStore(folder / "mentions.db") as store:
        yield store


@contextlib.contextmanager
def elastic(request: pytest.FixtureRequest, _: Path) -> Iterator[Store]:
    location = request.getfixturevalue("lasting_location")
    clear(location)
    with ElasticStore(location) as store:
        yield store


STORES: dict[str, Opener] = {"embedded": embedded, "elastic": elastic}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    with STORES[request.param](request, tmp_path) as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name the file of an embedded store that is not there yet."""
    return tmp_path / "mentions.db"
