"""Real crawls for tests: `sayso crawl` in a process of its own, as a user starts it."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from search.mention import Mention, StoredMention
from search.query import Everything
from search.stores.base import Sort
from search.stores.opening import open_store

CONFIG = """
store = "sayso.db"
languages = ["en", "sv", "nl"]
{brands}
{sources}
[limits]
requests_per_second = 1000
concurrent_requests = 16
timeout_seconds = 20
allow_private = ["127.0.0.1"]
quotas = {{ "127.0.0.1" = [] }}
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl left behind."""

    exit_code: int
    reports: list[dict[str, Any]]
    """One per run, as ``--json`` prints them."""
    stored: list[StoredMention]
    """Everything in the store, in the order in which it was first kept."""
    errors: str
    """Standard error."""

    @property
    def mentions(self) -> list[Mention]:
        """The stored mentions without our own state."""
        return [stored.mention for stored in self.stored]

    @property
    def report(self) -> dict[str, Any]:
        """The only run's report."""
        (report,) = self.reports
        return report


def write_config(
    folder: Path, *, brands: Mapping[str, str] | None = None, sources: str = ""
) -> Path:
    """Write a ``sayso.toml`` for loopback sites; by default one brand that matches everything."""
    entries = "".join(
        f"[[brands]]\nname = {json.dumps(name)}\nquery = {json.dumps(query)}\n"
        for name, query in (brands or {"all": "*"}).items()
    )
    path = folder / "sayso.toml"
    path.write_text(CONFIG.format(brands=entries, sources=sources), encoding="utf-8")
    return path


def crawl(  # noqa: PLR0913 - keyword-only, and each is one thing a crawl can be told
    folder: Path,
    source: str,
    *,
    brands: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    arguments: tuple[str, ...] = (),
) -> Crawled:
    """
    Crawl ``source`` (``name=address``) into ``folder/sayso.db`` and read back what is there.

    ``options`` are further keys of the source in ``sayso.toml``. A second call with the same
    folder continues.
    """
    name, _, address = source.partition("=")
    entry = {"source": name, "addresses": [address], **(options or {})}
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in entry.items())
    config = write_config(folder, brands=brands, sources=f"[[sources]]\n{lines}\n")
    done = run_sayso(
        "--config", str(config), "crawl", "--json", *arguments, environment=environment
    )
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    with open_store(folder / "sayso.db") as store:
        stored = list(store.iterate(Everything(), sort=Sort.FOUND))[::-1]
    return Crawled(done.returncode, reports, stored, done.stderr)


def run_sayso(
    *arguments: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, at most two minutes."""
    return subprocess.run(
        [sys.executable, "-m", "crawlers.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=cwd,
        env=process_environment(environment),
    )


def start_crawl(config: Path) -> subprocess.Popen[bytes]:
    """Start ``sayso crawl --json`` in a process of its own, to be interrupted."""
    return subprocess.Popen(
        [sys.executable, "-m", "crawlers.cli", "--config", str(config), "crawl", "--json"],
        stdout=subprocess.PIPE,
        env=process_environment(),
    )


def process_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a process of our own; compiled modules make it start faster."""
    ours = {
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "XDG_STATE_HOME": str(Path(tempfile.gettempdir()) / "sayso-tests"),
    }
    environment = {**os.environ, **(more or {}), **ours}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment
