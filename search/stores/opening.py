"""One call that opens whatever store an address names."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.errors import ConfigError
from search.stores.base import Store
from search.stores.elastic.address import is_address
from search.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from search.stores.elastic.store import ElasticStore


def open_store(location: Path | str, *, create: bool = True, read_only: bool = False) -> Store:
    """
    Open a store, by default making it where there is none.

    ``location`` is a file, or ``https://host:9200`` of an Elasticsearch cluster. ``create=False``
    raises `StoreNotFound` instead; ``read_only`` refuses every write.
    """
    if is_address(location):
        return elastic_store(str(location), create=create, read_only=read_only)
    return EmbeddedStore(Path(location), create=create, read_only=read_only)


def elastic_store(
    location: str, *, create: bool = True, read_only: bool = False
) -> "ElasticStore":
    """Open a store on Elasticsearch; `ConfigError` where what it needs is not installed."""
    store: ElasticStore = _elastic().ElasticStore(location, create=create, read_only=read_only)
    return store


def _elastic() -> Any:
    try:
        return importlib.import_module("search.stores.elastic.store")
    except ImportError as error:
        raise ConfigError(
            "a store on Elasticsearch needs more packages: pip install 'sayso[elasticsearch]'"
        ) from error


def init_store(location: str, *, shards: int | None = None) -> Iterator[str]:
    """
    Make a store or bring it up to date; say what was done and what differs, in sentences.

    ``shards`` is for indices of Elasticsearch made from now on.
    """
    if is_address(location):
        yield from _elastic().init(location, shards=shards)
        return
    if shards is not None:
        raise ConfigError("--shards is for a store on Elasticsearch")
    is_new = not Path(location).exists()
    EmbeddedStore(Path(location)).close()
    if is_new:
        yield f"{location}: made"
