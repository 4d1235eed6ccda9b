"""A store for lists."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.stores.base import Store
from search.stores.embedded import EmbeddedStore


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    """Open an empty embedded store: what a list does is the same in every store."""
    with EmbeddedStore(tmp_path / "mentions.db") as opened:
        yield opened
