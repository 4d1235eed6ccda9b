"""What the tests of budgets are run on: both backends, each anew for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.config import Config
from tests.redis_server import redis_server


@pytest.fixture(params=["local", pytest.param("redis", marks=pytest.mark.redis)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    """Return a configuration whose processes share their budgets in a file or in Redis."""
    if request.param == "local":
        yield Config(folder=tmp_path)
        return
    with redis_server(tmp_path) as server:
        yield Config(folder=tmp_path, queue=server.address)
