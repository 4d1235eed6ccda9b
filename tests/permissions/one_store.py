"""
The store of tests on what does not depend on the store: an embedded one.

What permissions need of a store, notes and our own state of a mention, is tested on every store
(tests/stores, test_keeping.py, test_ledger.py).
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
