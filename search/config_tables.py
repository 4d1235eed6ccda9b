"""The tables of `sayso.toml`, one class each."""

import datetime as dt
import functools
import string
from collections.abc import Mapping
from typing import Any, Literal

import pydantic

from search.asking_caps import Caps
from search.errors import QueryError
from search.parsing import parse
from search.query import Query
from search.quotas import read_quota
from search.rhythm import Rhythm, read_duration
from search.strict import Strict

LONGEST_NAME = 200
"""Characters of a brand's name."""


class Brand(Strict):
    """What to listen for: a name for people, a query for programs."""

    name: str = pydantic.Field(min_length=1, max_length=LONGEST_NAME)
    """How it is called in results: ``brand:"Espresso House"``."""

    query: str = pydantic.Field(min_length=1)
    """What a mention must match to be about it."""

    @pydantic.field_validator("query")
    @classmethod
    def _must_parse(cls, text: str) -> str:
        try:
            _parsed(text)  # which keeps it for `tree`
        except QueryError as error:
            raise ValueError(f"{error}\n{error.pointer}".rstrip()) from error
        return text

    @property
    def tree(self) -> Query:
        """The parsed query."""
        return _parsed(self.query)


@functools.lru_cache(maxsize=100_000)
def _parsed(query: str) -> Query:
    return parse(query)


class SourceConfig(Rhythm):
    """One source to crawl, and when `sayso schedule` does so."""

    source: str
    """A name from `sayso sources`."""

    addresses: tuple[str, ...] = ()
    """Where to look: instances, feeds, sites; empty: the source's default."""

    brands: tuple[str, ...] = ()
    """Names of the brands to look for; empty: all."""

    since: str | None = None
    """How far back, such as ``30d`` or ``2026-01-31``."""

    browser: bool = False
    """Render pages in a browser first (``website`` and ``reviews``)."""

    max_pages: pydantic.PositiveInt = 10_000
    """Stop after so many pages of one address in one run."""


_HOST_SIGNS = frozenset(f"{string.ascii_letters}{string.digits}.-")
SMALLEST_MB = 200
SHORTEST_RUN = dt.timedelta(seconds=10)


class Asking(Strict):
    """The ``[asking]`` table of `sayso.toml`: who asks for permission, and on which terms."""

    brand: str = pydantic.Field(min_length=1)
    """Who asks, as authors know it."""

    brand_handle: str = pydantic.Field(min_length=1)
    """The account that asks, without ``@``."""

    person: str | None = None
    """Whose name stands in longer messages."""

    terms_version: str = pydantic.Field(min_length=1)
    """The version of the terms that a yes accepts; a new one when they change."""

    terms_url: str = pydantic.Field(pattern=r"^https://\S+$")
    """The page with the terms, and how to say yes, no and to withdraw."""

    privacy_url: str = pydantic.Field(pattern=r"^https://\S+$")
    """The page that says what is kept about authors and why."""

    templates: str | None = None
    """A folder of your own templates, relative to this file; ``None``: those of Sayso."""

    caps: Caps = Caps()
    """How often authors are asked; see below."""

    page_url: str | None = pydantic.Field(
        default=None,
        pattern=r"^(https://[^\s/?#]+|http://(localhost|127\.0\.0\.1)(:\d+)?)/[^\s?#]*[^\s?#/]$",
    )
    """Where authors reach `sayso creators serve`: ``https://ask.example/r``; ``None``: nowhere."""

    confirm_replies: Literal["person", "auto"] = "person"
    """Who records clear answers that crawls find; ``auto`` never does a yes for paid ads."""

    confirm_forms: Literal["person", "auto"] = "person"
    """Who confirms a yes from that page; ``auto`` never does for paid ads or a public link."""

    uploads: str | None = None
    """A folder for authors' originals, relative to this file; ``None``: beside the store."""

    upload_mb: pydantic.PositiveInt = 200
    """The most that one link may upload, all files together."""

    terms: str | None = pydantic.Field(default=None, min_length=1)
    """A folder of ``2026-01.en.md``…, relative to this file; ``None``: they are not kept here."""


class Limits(Strict):
    """How much Sayso may ask of a site."""

    requests_per_second: pydantic.PositiveFloat = 1.0
    """Per host."""

    concurrent_requests: pydantic.PositiveInt = 2
    """Per host."""

    timeout_seconds: pydantic.PositiveFloat = 30
    """For one response."""

    max_response_mb: pydantic.PositiveFloat = 10
    """Larger responses are not read."""

    quotas: Mapping[str, tuple[str, ...]] = {}
    """By host name, how often it may be asked in all, such as ``["300/15m", "10000/1d"]``."""

    allow_private: tuple[str, ...] = ()
    """Hosts that may resolve to private or loopback addresses; all others are refused."""

    @pydantic.field_validator("quotas")
    @classmethod
    def _must_be_quotas(cls, by_host: Mapping[str, tuple[str, ...]]) -> Mapping[str, Any]:
        for host, quotas in by_host.items():
            if not host or not set(host) <= _HOST_SIGNS:
                raise ValueError(
                    f"{host!r} is no host; allowed: a bare name such as api.example.org"
                )
            try:
                for quota in quotas:
                    read_quota(quota)
            except ValueError as error:
                raise ValueError(f"{host}: {error}") from error
        return by_host


class Running(Strict):
    """How `sayso schedule` and `sayso worker` carry out runs: each in a process of its own."""

    processes: pydantic.PositiveInt = 2
    """So many runs at once on the machine of the scheduler; workers do one each."""

    memory_mb: int = pydantic.Field(default=3000, ge=SMALLEST_MB)
    """A run that uses more, with its browser and all else it starts, is ended and has failed."""

    longest: str = "6h"
    """A run that takes longer is ended and has failed; the next one continues from its cursor."""

    keep_days: pydantic.PositiveInt = 90
    """How long ended runs stay in the log; the last of each kind stays for ever."""

    @pydantic.field_validator("longest")
    @classmethod
    def _must_be_a_duration(cls, text: str) -> str:
        if read_duration(text) < SHORTEST_RUN:
            raise ValueError(f"{text!r} is too short for any run; allowed: at least 10s")
        return text
