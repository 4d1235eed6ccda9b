"""One call that opens whatever store an address names."""

from pathlib import Path

from search.errors import ConfigError
from search.stores.base import Store
from search.stores.elastic.address import is_address
from search.stores.embedded import EmbeddedStore


def open_store(location: Path | str, *, create: bool = True, read_only: bool = False) -> Store:
    """
    Open a store, by default making it where there is none.

    ``location`` is a file, or ``https://host:9200`` of an Elasticsearch cluster. ``create=False``
    raises `StoreNotFound` instead; ``read_only`` refuses every write.
    """
    if not is_address(location):
        return EmbeddedStore(Path(location), create=create, read_only=read_only)
    try:
        from search.stores.elastic.store import ElasticStore  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError(
            "a store on Elasticsearch needs more: pip install 'sayso[elasticsearch]'"
        ) from error
    return ElasticStore(str(location), create=create, read_only=read_only)
