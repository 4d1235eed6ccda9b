"""The base class of every source: what is asked of a run, and what a source must say of itself."""

import dataclasses
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self, TypeVar

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from crawlers.bookmarks import config_of, read_cursor
from crawlers.collecting import collect_rarely
from crawlers.settings import settings_for
from search.config import Brand, Config, load, read_since
from search.environment import secret
from search.errors import ConfigError
from search.matcher import Matcher
from search.mention import Mention

Yielded = Mention | Request

Read = TypeVar("Read")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """What a source says of itself; `sayso sources` prints it."""

    title: str
    """The name people know it by."""

    address: str | None
    """The default address; ``None`` when only the user can say where to look."""

    terms: str
    """Where the terms of use stand, or a sentence for software that many sites run."""

    contact: str
    """How an author may be asked: ``by hand`` or ``automated``, and by which rule."""

    keeps_days: int | None = None
    """How long the source allows content to be kept; ``None`` without a limit."""

    cadence: str = "1h"
    """How often it is worth a look."""

    key: str | None = None
    """The environment variable of a key; ``None`` when it needs none."""

    key_required: bool = False
    """Whether the source is useless without the key."""

    quotas: tuple[str, ...] = ()
    """How often its own address may be asked in all, such as ``300/5m``: the source's rule."""

    obeys_robots: bool = True
    """``False`` only for a documented interface made for programs."""

    per_brand: bool = True
    """Whether it is asked for one brand at a time; ``False``: read once, matched for all."""

    @property
    def keyless(self) -> bool:
        """Whether it runs with nothing but a brand."""
        return self.address is not None and not self.key_required


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One run of one source: what to look for and where to continue."""

    source: str
    brands: tuple[Brand, ...]
    """One brand, or all of them for a source that is read once for everybody."""

    address: str | None = None
    """Where to look; ``None``: the source's default."""

    since: dt.datetime | None = None
    """Older mentions are not wanted; ``None``: as far back as the source goes."""

    cursor: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Where the last run ended; empty on the first."""

    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Further settings of the source, such as ``browser`` and ``max_pages``."""

    key: str | None = dataclasses.field(default=None, repr=False)
    """The secret the source needs or can use, from the environment."""


class SourceSpider(scrapy.Spider):
    """
    Harvest the public mentions of brands from one source.

    A source says where to start (`search_requests`) and how to read a page (`parse`). Matching,
    tagging, storing, politeness, errors and saving the cursor are done for it. It sets
    `next_cursor` as it reads; that is saved only when everything it yielded is stored and
    nothing failed.

    A request yielded by a source is *needed*: a run in which it fails has failed. A page among
    many is marked ``meta={"optional": True}``: its failure is counted, and 404 or 410 is normal.
    """

    declaration: ClassVar[Declaration]

    def __init__(self, plan: Plan, **kwargs: Any) -> None:
        super().__init__(name=None, **kwargs)
        self.plan = plan
        self.next_cursor: dict[str, Any] = dict(plan.cursor)
        self.matcher = Matcher({brand.name: brand.tree for brand in plan.brands})
        self._readable = 0
        self.unreadable = 0
        """How many nodes lacked the form their readers know."""

    @property
    def layout_changed(self) -> bool:
        """Whether all it was given to read lacked the form its readers know."""
        return self.unreadable > 0 and self._readable == 0

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Under ``scrapy crawl``, take the limits from ``sayso.toml`` as `sayso crawl` does."""
        super().update_settings(settings)
        if settings["SAYSO_CONFIG"] is None:
            settings.setdict(settings_for(load()), priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, plan: Plan | None = None, **arguments: str) -> Self:
        """Build it, with its cursor, for a plan or the arguments of ``scrapy crawl -a``."""
        collect_rarely()
        config = config_of(crawler)
        plan = plan or cls.plan_from_arguments(config, **arguments)
        return super().from_crawler(
            crawler, dataclasses.replace(plan, cursor=read_cursor(plan, config))
        )

    @classmethod
    def plan_from_arguments(
        cls,
        config: Config,
        brand: str | None = None,
        address: str | None = None,
        since: str | None = None,
        **options: str,
    ) -> Plan:
        """Make a plan of what ``scrapy crawl -a`` says; without a brand, those of `sayso.toml`."""
        if address is None and cls.declaration.address is None:
            raise ConfigError(f"{cls.name} needs an address: -a address=https://…")
        return Plan(
            source=cls.name,
            brands=config.choose_brands([brand] if brand else []),
            address=address,
            since=read_since(since),
            options=options,
            key=cls.declaration.key and secret(cls.declaration.key),
        )

    @property
    def address(self) -> str:
        """Where to look, without a trailing slash."""
        address = self.plan.address or self.declaration.address
        if address is None:
            raise ValueError(f"{self.name} needs an address")
        return address.rstrip("/")

    async def start(self) -> AsyncIterator[Request]:
        """Begin with the search; Scrapy calls this once per run."""
        for request in self.search_requests():
            yield request

    def search_requests(self) -> Iterable[Request]:
        """Build the first requests, continuing from ``plan.cursor``."""
        raise NotImplementedError

    def parse(self, response: Response) -> Iterator[Yielded]:
        """Yield the mentions on a page, then the request for the next page."""
        raise NotImplementedError

    def read_all(
        self, reader: Callable[..., Read | None], nodes: Iterable[Any], *args: Any
    ) -> Iterator[Read]:
        """
        Read each node; ``None`` from the reader means that there is nothing to keep.

        A node that lacks what its reader requires is counted as a layout change and left out; the
        others are still read.
        """
        for node in nodes:
            try:
                found = reader(node, *args)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                self.count("unreadable", _name_of(error))
                self.unreadable += 1
                continue
            self._readable += 1
            if found is not None:
                yield found

    def refuse(self, reason: str) -> None:
        """Count something the author or site does not want harvested, by reason."""
        self.count("refused", reason)

    def count(self, what: str, reason: str, times: int = 1) -> None:
        """Add to ``sayso/<what>/<reason>`` in the run's statistics."""
        if times:
            self.crawler.stats.inc_value(f"sayso/{what}/{reason}", times)


def _name_of(error: Exception) -> str:
    """Name what a reader missed, without anything a person wrote: it goes to statistics."""
    missing = f": {error}" if isinstance(error, LookupError) else ""
    return f"{type(error).__name__}{missing}"
