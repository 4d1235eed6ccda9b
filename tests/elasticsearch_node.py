"""
A real Elasticsearch for tests: the one ``SAYSO_TEST_ELASTICSEARCH`` names, or one of our own.

One node serves all processes of a test run: the first that needs it starts it, and the process
that started the run ends it (`tests/conftest.py`).
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock

from search.stores.elastic.address import parse_address
from search.stores.elastic.cluster import Cluster
from search.stores.elastic.installing import Installation
from search.stores.elastic.naming import Names
from tests.requiring import require

GIVEN = "SAYSO_TEST_ELASTICSEARCH"
_BESIDE = Path(__file__).parent.parent.parent / "shared" / "elasticsearch-node" / "node"
SCRIPT = Path(os.environ.get("SAYSO_ELASTICSEARCH_NODE", _BESIDE))


class Node:
    """A node of one's own, which can be killed and started again with what it held."""

    def __init__(self, data: Path) -> None:
        self._data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and return when it answers."""
        subprocess.run(
            ["bash", SCRIPT, "start", str(self.port), self._data],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "ES_HEAP": "1g"},
        )

    def stop(self) -> None:
        """End it."""
        subprocess.run(["bash", SCRIPT, "stop", str(self.port)], check=True)

    @property
    def pid(self) -> int:
        """Its process."""
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        return int((cache / "elasticsearch-node" / "run" / f"{self.port}.pid").read_text())


def require_script() -> None:
    """Skip the test where no node can be started."""
    why = f"{GIVEN} is not set, and there is no {SCRIPT.name} script to start one"
    require("elasticsearch", present=SCRIPT.exists() and bool(shutil.which("mvn")), why=why)


def shared_url(run_folder: Path) -> str:
    """Return the address of the node of this test run, which is started if it is not there."""
    given = os.environ.get(GIVEN)
    if given:
        return given
    require_script()
    about = run_folder / "elasticsearch.port"
    with filelock.FileLock(run_folder / "elasticsearch.lock"):
        if not about.exists():
            node = Node(run_folder / "elasticsearch")
            node.start()
            about.write_text(str(node.port))
        return f"http://127.0.0.1:{about.read_text()}"


def stop_shared(run_folder: Path) -> None:
    """End the node of this test run, if there is one."""
    about = run_folder / "elasticsearch.port"
    if about.exists():
        subprocess.run(["bash", SCRIPT, "stop", about.read_text()], check=True)


@contextlib.contextmanager
def fresh_location(url: str) -> Iterator[str]:
    """Name a store that is not there yet, and take it away in the end."""
    prefix = f"t{secrets.token_hex(6)}"
    try:
        yield f"{url}?prefix={prefix}"
    finally:
        indices = ask("GET", f"{url}/{prefix}-*?filter_path=*.settings.index.uuid")
        if indices:
            ask("DELETE", f"{url}/{','.join(indices)}")
        with contextlib.suppress(urllib.error.HTTPError):  # there may be none
            ask("DELETE", f"{url}/_index_template/{prefix}-*")
            ask("DELETE", f"{url}/_component_template/{prefix}-*")


def ask(method: str, url: str, body: Any = None) -> Any:
    """Ask Elasticsearch directly, past everything of ours."""
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def clear(location: str) -> None:
    """Empty a store; faster than making another, since only what was written is made anew."""
    url, _, prefix = location.partition("?prefix=")
    shards = ask(
        "GET",
        f"{url}/{prefix}-*/_stats?level=shards&filter_path=indices.*.shards.*.seq_no.max_seq_no",
    )
    written = [
        name
        for name, about in shards.get("indices", {}).items()
        if any(
            shard["seq_no"]["max_seq_no"] >= 0
            for shards in about["shards"].values()
            for shard in shards
        )
    ]
    if written:
        ask("DELETE", f"{url}/{','.join(written)}")
    cluster = Cluster(parse_address(location))
    list(Installation(cluster, Names(prefix)).install())
    cluster.close()
