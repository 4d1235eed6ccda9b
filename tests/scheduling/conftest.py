"""What tests of schedules share: feeds that grow, and the site that serves them."""

from collections.abc import Iterator

import pytest

from tests.running.conftest import clock, store
from tests.scheduling.staging import GrowingFeeds
from tests.serving import Site, serve

__all__ = ["clock", "feeds", "site", "store"]


@pytest.fixture
def feeds() -> GrowingFeeds:
    """Make three feeds."""
    return GrowingFeeds(3)


@pytest.fixture
def site(feeds: GrowingFeeds) -> Iterator[Site]:
    """Serve them."""
    with serve(feeds.routes) as running:
        yield running
