"""
Run plans: one crawl each, in one process, with a report each.

Runs on the same host follow one another, so that a host has one budget; different hosts are read
side by side. A reactor starts only once, so a process runs one set of plans.
"""

import asyncio
import dataclasses
import datetime as dt
import enum
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawlers import settings as defaults
from crawlers.base import Plan
from crawlers.failures import Fault, FaultKind, faults_of
from crawlers.pauses import ANSWERS
from crawlers.planning import find_source
from search.config import Config

LOOK_SECONDS = 0.2
"""How often progress is reported."""

LANES = 16
"""So many hosts are read side by side; each crawl has a matcher and a store of its own open."""


class RunState(enum.StrEnum):
    """How a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    BLOCKED = "blocked"
    INTERRUPTED = "interrupted"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """What one run did, so far or in all."""

    source: str
    address: str | None
    brands: tuple[str, ...]
    state: RunState
    requests: int = 0
    """Responses received."""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    refused: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """What sites or authors do not want harvested, by reason."""
    dropped: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """What was read but is about no brand, by reason."""
    skipped: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Pages that were passed over, by reason."""
    unreadable: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """What did not have the form its reader knows, by error."""
    notes: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """What else the source counted."""
    faults: tuple[Fault, ...] = ()
    problem: str | None = None
    """Why it did not finish, in a sentence with advice."""
    seconds: float = 0.0


Progress = Callable[[Sequence[RunReport]], None]


class _Run:
    """One plan with the crawler that carries it out."""

    def __init__(self, plan: Plan, process: AsyncCrawlerProcess) -> None:
        self.plan = plan
        self._process = process
        self.crawler: Crawler | None = None
        self.error: BaseException | None = None
        self.ended = False

    @property
    def host(self) -> str:
        """The host whose budget it uses."""
        address = self.plan.address or find_source(self.plan.source).declaration.address
        return urlsplit(address or "").netloc

    def start(self, then: Callable[["_Run"], None]) -> None:
        """Begin; call ``then`` at the end."""
        self.crawler = self._process.create_crawler(find_source(self.plan.source))
        task = self._process.crawl(self.crawler, plan=self.plan)
        task.add_done_callback(lambda done: self._end(done, then))

    def _end(self, task: "asyncio.Task[None]", then: Callable[["_Run"], None]) -> None:
        self.ended = True
        self.error = None if task.cancelled() else task.exception()
        then(self)

    @property
    def interrupted(self) -> bool:
        """Whether a person stopped it; after a second Ctrl-C Scrapy gives no reason."""
        return self.error is None and self._stat("finish_reason") in {None, "shutdown"}

    def _stat(self, key: str) -> Any:
        return self.crawler.stats.get_value(key) if self.crawler else None

    def report(self) -> RunReport:
        """Read the state so far off the crawler's statistics."""
        counts = self._counts()
        faults = tuple(faults_of(self.crawler)) if self.crawler and self.crawler.spider else ()
        state, problem = self._judge(faults)
        mentions = counts.pop("mentions", {})
        return RunReport(
            source=self.plan.source,
            address=self.plan.address,
            brands=tuple(brand.name for brand in self.plan.brands),
            state=state,
            requests=self._stat("response_received_count") or 0,
            new=mentions.get("new", 0),
            changed=mentions.get("changed", 0),
            unchanged=mentions.get("unchanged", 0),
            quarantined=mentions.get("quarantined", 0),
            refused=counts.pop("refused", {}),
            dropped=counts.pop("dropped", {}),
            skipped=counts.pop("skipped", {}),
            unreadable=counts.pop("unreadable", {}),
            notes=counts.pop("notes", {}),
            faults=faults,
            problem=problem,
            seconds=self._seconds(),
        )

    def _seconds(self) -> float:
        start, end = self._stat("start_time"), self._stat("finish_time")
        if start is None:
            return 0.0
        return float(((end or dt.datetime.now(dt.UTC)) - start).total_seconds())

    def _counts(self) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        stats = self.crawler.stats.get_stats() if self.crawler else {}
        for key, value in stats.items():
            if key.startswith("sayso/") and isinstance(value, int):
                _, what, *rest = key.split("/", 2)
                counts[what if rest else "notes"]["/".join(rest) or what] = value
        return counts

    def _judge(self, faults: Sequence[Fault]) -> tuple[RunState, str | None]:
        if self.error is not None:
            return RunState.FAILED, str(self.error) or type(self.error).__name__
        if not self.ended:
            return RunState.RUNNING if self.crawler else RunState.WAITING, None
        if self.crawler is None or self.interrupted:
            return RunState.INTERRUPTED, "stopped before the end; what was found is kept"
        if defect := self._defect():
            return RunState.FAILED, defect
        return _judge_faults(faults, self._stat(f"{ANSWERS}200") or 0)

    def _defect(self) -> str | None:
        """Say what went wrong between the source's answers and the store."""
        if store_error := self._stat("sayso/store_error"):
            return str(store_error)
        if undelivered := self._stat("sayso/undelivered"):
            return f"{undelivered} mentions could not be stored; crawl again"
        if self.crawler and getattr(self.crawler.spider, "layout_changed", False):
            return "nothing had the form its reader knows; has the layout changed?"
        return None


def _judge_faults(faults: Sequence[Fault], answers: int) -> tuple[RunState, str | None]:
    """Say how a run ended; one whose pages failed more often than not has failed as a whole."""
    decisive = [fault for fault in faults if fault.needed]
    passing = [fault for fault in faults if fault.passing]
    if not decisive and len(passing) > answers:
        decisive = passing
    if not decisive:
        return RunState.FINISHED, None
    worst = next((fault for fault in decisive if fault.kind in _SHUT_OUT), decisive[0])
    state = RunState.BLOCKED if worst.kind in _SHUT_OUT else RunState.FAILED
    return state, f"{worst.url}: {worst.problem}"


_SHUT_OUT = frozenset({FaultKind.BLOCKED, FaultKind.BUSY, FaultKind.REFUSED})


def run_plans(
    plans: Sequence[Plan],
    config: Config,
    *,
    on_progress: Progress | None = None,
    verbose: bool = False,
) -> list[RunReport]:
    """
    Carry out every plan and report on each, in their order.

    Ctrl-C ends it cleanly: what was found is stored, what was not begun is *interrupted*.
    """
    settings = _settings(plans, config)
    settings.set("LOG_INSTALL_ROOT_HANDLER", verbose, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    if not verbose:
        logging.getLogger("scrapy").setLevel(logging.CRITICAL)
    runs = [_Run(plan, process) for plan in plans]
    waiting = deque(_lanes(runs))
    for _ in range(min(LANES, len(waiting))):
        _follow(waiting.popleft(), waiting)
    if on_progress is not None:
        asyncio.get_event_loop().create_task(_watch(runs, on_progress))
    process.start()
    for run in runs:
        run.ended = True
    return [run.report() for run in runs]


def _settings(plans: Sequence[Plan], config: Config) -> Settings:
    settings = Settings()
    settings.setmodule(defaults, priority="project")
    settings.setdict(defaults.settings_for(config), priority="cmdline")
    if any(plan.options.get("browser") for plan in plans):
        from crawlers import browser  # noqa: PLC0415 - an optional extra

        settings.setdict(browser.settings(), priority="cmdline")
    return settings


def _lanes(runs: Sequence[_Run]) -> list[list[_Run]]:
    lanes: dict[str, list[_Run]] = defaultdict(list)
    for run in runs:
        lanes[run.host].append(run)
    return list(lanes.values())


def _follow(lane: list[_Run], waiting: deque[list[_Run]]) -> None:
    """Start the first run of a lane, each next one when it has ended, then a lane that waits."""
    first, *rest = lane

    def go_on(ended: _Run) -> None:
        if ended.interrupted:
            return
        if rest:
            _follow(rest, waiting)
        elif waiting:
            _follow(waiting.popleft(), waiting)

    first.start(go_on)


async def _watch(runs: Sequence[_Run], on_progress: Progress) -> None:
    while not all(run.ended for run in runs):
        on_progress([run.report() for run in runs])
        await asyncio.sleep(LOOK_SECONDS)
