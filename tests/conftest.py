"""Settings of all tests, and the one Elasticsearch they share."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import elasticsearch_node

# A deadline would make a test depend on how busy the machine is.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def elasticsearch(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a real Elasticsearch."""
    own = tmp_path_factory.getbasetemp()
    # Each process of pytest-xdist has a folder of its own below that of the whole run.
    return elasticsearch_node.shared_url(own.parent if own.name.startswith("popen-") else own)


@pytest.fixture(scope="session")
def lasting_location(elasticsearch: str) -> Iterator[str]:
    """Name a store on Elasticsearch that one test after another may empty for itself."""
    with elasticsearch_node.fresh_location(elasticsearch) as location:
        yield location


@pytest.fixture
def empty_location(lasting_location: str) -> str:
    """Name an empty store on Elasticsearch, the same one for test after test."""
    elasticsearch_node.clear(lasting_location)
    return lasting_location


@pytest.fixture
def elastic_location(elasticsearch: str) -> Iterator[str]:
    """Name a store on Elasticsearch that is not there yet."""
    with elasticsearch_node.fresh_location(elasticsearch) as location:
        yield location


SLOW = (
    "test_crashes.py",
    "test_killed_node.py",
    "test_workers.py",
    "test_faults.py",
    "scheduling/",
)
"""Files of few tests that take minutes: begun first, so that no process is left alone with one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: not any(name in str(item.path) for name in SLOW))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the node, in the process that started all others."""
    if not hasattr(session.config, "workerinput"):
        factory = session.config._tmp_path_factory  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way
        elasticsearch_node.stop_shared(factory.getbasetemp())
