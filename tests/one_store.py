"""
The store of tests on what does not depend on the store: an embedded one.

What everything needs of a store (mentions, our own state, notes, searches) is tested on every one
in tests/stores and tests/conformance; a test or two of each feature goes through a cluster too.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.stores.base import Store
from search.stores.embedded import EmbeddedStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    with EmbeddedStore(tmp_path / "mentions.db") as opened:
        yield opened
