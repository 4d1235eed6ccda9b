"""One call that opens whatever store an address names."""

from pathlib import Path

from search.stores.base import Store
from search.stores.embedded import EmbeddedStore


def open_store(location: Path | str, *, create: bool = True, read_only: bool = False) -> Store:
    """
    Open a store, by default making it where there is none.

    ``create=False`` raises `StoreNotFound` instead; ``read_only`` refuses every write.
    """
    return EmbeddedStore(Path(location), create=create, read_only=read_only)
