"""What the tests of the store on Elasticsearch start from."""

from collections.abc import Iterator

import pytest

from search.stores.elastic.store import ElasticStore
from tests.elastic.faulty_proxy import FaultyProxy
from tests.elasticsearch_node import clear


@pytest.fixture
def proxy(elasticsearch: str) -> Iterator[FaultyProxy]:
    with FaultyProxy(elasticsearch) as running:
        yield running


@pytest.fixture
def location(lasting_location: str) -> str:
    """Name an empty store."""
    clear(lasting_location)
    return lasting_location


@pytest.fixture
def store(location: str) -> Iterator[ElasticStore]:
    """Open an empty store."""
    with ElasticStore(location) as opened:
        yield opened


@pytest.fixture
def behind_proxy(proxy: FaultyProxy, location: str) -> Iterator[ElasticStore]:
    """Open the same store through a proxy that does no harm yet."""
    prefix = location.partition("?")[2]
    with ElasticStore(f"{proxy.url}?{prefix}", patience=20) as opened:
        yield opened
        proxy.fault = lambda _: None
