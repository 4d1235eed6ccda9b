"""
Run plans: one crawl each, in one process, with a report each.

Runs on the same host follow one another, so that a host has one budget; different hosts are read
side by side. A reactor starts only once, so a process runs one set of plans. Each run is written
down in the store's log while it goes on.
"""

import asyncio
import contextlib
import dataclasses
import logging
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawlers import settings as defaults
from crawlers.base import Plan
from crawlers.planning import find_source
from crawlers.running.fill_rates import layout_warnings
from crawlers.running.keeping import BEAT_SECONDS, Entry, begin_here, end_dead_runs
from crawlers.running.reports import TAKEN, RunReport, report_on, was_stopped
from search.config import Config
from search.errors import StoreError
from search.run_log import Run, RunOverlap
from search.stores.base import Store
from search.stores.opening import open_store

LOOK_SECONDS = 0.2
"""How often progress is reported."""

LANES = 16
"""So many hosts are read side by side; each crawl has a matcher and a store of its own open."""

Progress = Callable[[Sequence[RunReport]], None]


class _Run:
    """One plan with the crawler that carries it out."""

    def __init__(
        self, plan: Plan, process: AsyncCrawlerProcess, store: Store, entry: Entry | None
    ) -> None:
        self.plan = plan
        self._process = process
        self._store = store
        self._entry = entry
        self.crawler: Crawler | None = None
        self.error: BaseException | None = None
        self.ended = False
        self._warnings: tuple[str, ...] = ()
        self._writing_end = threading.Lock()
        self._end_is_written = False

    @property
    def host(self) -> str:
        """The host whose budget it uses."""
        address = self.plan.address or find_source(self.plan.source).declaration.address
        return urlsplit(address or "").netloc

    def start(self, by: str, then: Callable[["_Run"], None]) -> None:
        """Begin; call ``then`` at the end."""
        try:
            self._entry = self._entry or begin_here(self._store.runs, self.plan, by)
        except (RunOverlap, StoreError) as error:
            self.ended, self.error = True, error
            asyncio.get_event_loop().call_soon(then, self)
            return
        self.crawler = self._process.create_crawler(find_source(self.plan.source))
        task = self._process.crawl(self.crawler, plan=self.plan)
        task.add_done_callback(lambda done: self._end(done, then))

    def _end(self, task: "asyncio.Task[None]", then: Callable[["_Run"], None]) -> None:
        self.ended = True
        self.error = None if task.cancelled() else task.exception()
        self._writing = asyncio.ensure_future(asyncio.to_thread(self.write_end))
        then(self)

    @property
    def interrupted(self) -> bool:
        """Whether a person stopped it."""
        return was_stopped(self.crawler, self.error)

    def report(self) -> RunReport:
        """Say what it did, so far or in all."""
        report = report_on(
            self.plan,
            self.crawler,
            ended=self.ended,
            error=self.error,
            run_id=self._entry.id if self._entry is not None else None,
        )
        return dataclasses.replace(report, warnings=self._warnings)

    async def beat(self) -> None:
        """Say in the log that it goes on; stop it when it was given to another worker."""
        if self.crawler is None or self.ended or self._entry is None:
            return
        if await asyncio.to_thread(self._entry.beat, self.report()):
            return
        engine = self.crawler.engine
        if engine is not None and engine.spider is not None and not self.ended:
            await engine.close_spider_async(reason=TAKEN)

    def write_end(self) -> None:
        """Write down how it ended, once; who comes meanwhile waits until it is written."""
        with self._writing_end:
            if self._entry is None or self._end_is_written:
                return
            report = self.report()
            with contextlib.suppress(StoreError):  # without a history nothing can be compared
                self._warnings = layout_warnings(self._store.runs, self._entry.run, report.counts)
            self._entry.end(report, self._warnings)
            self._end_is_written = True


def run_plans(  # noqa: PLR0913 - keyword-only, and all but the first two have defaults
    plans: Sequence[Plan],
    config: Config,
    *,
    by: str = "crawl",
    claimed: Run | None = None,
    longest_seconds: float = 0,
    on_progress: Progress | None = None,
    verbose: bool = False,
) -> list[RunReport]:
    """
    Carry out every plan and report on each, in their order.

    ``by`` says who asked, in the run log; ``claimed`` is the one plan's run, if it stands there
    already. A plan that another process is carrying out is refused. Ctrl-C ends it cleanly: what
    was found is stored, what was not begun is *interrupted*. A run that takes longer than
    ``longest_seconds`` (0: no limit) is ended in the same way, and has failed.
    """
    settings = _settings(plans, config)
    settings.set("LOG_INSTALL_ROOT_HANDLER", verbose, priority="cmdline")
    settings.set("CLOSESPIDER_TIMEOUT", longest_seconds, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    if not verbose:
        logging.getLogger("scrapy").setLevel(logging.CRITICAL)
    with open_store(config.store_location) as store:
        end_dead_runs(store.runs)
        entry = Entry(store.runs, claimed) if claimed is not None else None
        runs = [_Run(plan, process, store, entry) for plan in plans]
        _start(runs, by)
        loop = asyncio.get_event_loop()
        watching = [loop.create_task(_beat(runs))]
        if on_progress is not None:
            watching.append(loop.create_task(_watch(runs, on_progress)))
        process.start()
        for run in runs:
            run.ended = True
            run.write_end()
        return [run.report() for run in runs]


def _start(runs: Sequence[_Run], by: str) -> None:
    waiting = deque(_lanes(runs))
    for _ in range(min(LANES, len(waiting))):
        _follow(waiting.popleft(), waiting, by)


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


def _follow(lane: list[_Run], waiting: deque[list[_Run]], by: str) -> None:
    """Start the first run of a lane, each next one when it has ended, then a lane that waits."""
    first, *rest = lane

    def go_on(ended: _Run) -> None:
        if ended.interrupted:
            return
        if rest:
            _follow(rest, waiting, by)
        elif waiting:
            _follow(waiting.popleft(), waiting, by)

    first.start(by, go_on)


async def _watch(runs: Sequence[_Run], on_progress: Progress) -> None:
    while not all(run.ended for run in runs):
        on_progress([run.report() for run in runs])
        await asyncio.sleep(LOOK_SECONDS)


async def _beat(runs: Sequence[_Run]) -> None:
    while not all(run.ended for run in runs):
        await asyncio.sleep(BEAT_SECONDS)
        await asyncio.gather(*(run.beat() for run in runs))
