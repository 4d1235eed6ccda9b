"""Starts the demo web in a process of its own, and stops it."""

import dataclasses
import functools
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from crawlers.demo.blog import FEEDS
from crawlers.demo.shop import SCRIPTED_PATH
from crawlers.demo.world import World
from search.errors import SaysoError

FIRST_PORT = 8471
"""The sites' ports are this one and the next: an address is part of what identifies a page."""

ANY_PORTS = 0
"""Let the system choose ports; a second crawl of such a web finds everything new."""


class DemoWebError(SaysoError):
    """The demo web does not start."""


@dataclasses.dataclass(frozen=True)
class DemoWeb:
    """The running sites."""

    sites: Mapping[str, str]
    """Their addresses by name."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses, to show."""
        return tuple(self.sites.values())

    @property
    def sources(self) -> tuple[tuple[str, str, bool], ...]:
        """What to crawl: the source, the address, and whether it needs a browser."""
        feeds = [("feed", self.sites["blog"] + path, False) for path in FEEDS.values()]
        return (
            ("mastodon", self.sites["fediverse"], False),
            *feeds,
            ("website", self.sites["news"], False),
            ("reviews", self.sites["shop"], False),
            ("hackernews", self.sites["links"], False),
        )

    @property
    def browser_sources(self) -> tuple[tuple[str, str, bool], ...]:
        """What exists only after scripts ran."""
        return (("reviews", self.sites["shop"] + SCRIPTED_PATH, True),)

    @functools.cached_property
    def world(self) -> World:
        """The truth about the sites."""
        return World(self.sites)


@contextmanager
def demo_web(first_port: int = FIRST_PORT) -> Iterator[DemoWeb]:
    """Run the demo web on loopback until the block ends or this process does."""
    command = [sys.executable, "-m", "crawlers.demo.server", str(first_port)]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout  # noqa: S101, PT018 - both are pipes
        try:
            yield _read_ready(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait()


def _read_ready(line: str) -> DemoWeb:
    if not line:
        _fail("the server ended before it was ready")
    ready = json.loads(line)
    if "problem" in ready:
        _fail(ready["problem"])
    return DemoWeb(ready["sites"])


def _fail(problem: str) -> NoReturn:
    raise DemoWebError(f"the demo web does not start: {problem}")
