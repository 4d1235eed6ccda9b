"""`sayso schedule` and `sayso worker`: set up, run until a signal comes, and leave in order."""

import contextlib
import datetime as dt
import logging
import signal
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

from rich.console import Console

from crawlers.crawling import show_crawl
from crawlers.logs import set_up_logs
from crawlers.metrics import Figures
from crawlers.monitoring import Monitor
from crawlers.planning import sources
from crawlers.progress import live_progress, worst_exit
from crawlers.running.pool import Pool
from crawlers.runs import run_plans
from crawlers.scheduling.alarm import Alarm
from crawlers.scheduling.passing_time import PassingTime
from crawlers.scheduling.scheduler import Hands, Scheduler
from crawlers.scheduling.schedules import find_schedule
from crawlers.scheduling.sweeper import Sweeper
from pipelines.transformers.models import check_folders
from search.config import Config, checked_queue
from search.errors import ConfigError
from search.run_log import Run
from search.stores.base import Store
from search.stores.opening import open_store

log = logging.getLogger(__name__)

LOOK_AT_ALERTS_SECONDS = 60
TIDY_SECONDS = 3600
PASS_TIME_SECONDS = 300
SWEEP_SECONDS = 86_400


def keep_scheduling(load: Callable[[], Config], *, port: int | None) -> None:
    """Schedule, until a signal comes."""
    set_up_logs()
    config = load()
    check_folders(config)  # each run loads the models for itself
    with open_store(config.store_location) as store:
        figures = Figures(store, list(sources()))
        alarm = Alarm(store, figures.count_alert_failure)
        passing = PassingTime(store)
        sweeper = Sweeper()

        def note_end(run: Run) -> None:
            figures.count_run(run)
            alarm.ring_again()

        scheduler = Scheduler(
            store,
            load,
            _hands(store, config, note_end),
            chores={
                LOOK_AT_ALERTS_SECONDS: alarm.ring,
                PASS_TIME_SECONDS: passing.go,
                TIDY_SECONDS: lambda now: _forget_old_runs(store, now),
                SWEEP_SECONDS: sweeper.begin,
            },
        )
        _stop_on_signals(scheduler.stop)
        with _monitored(scheduler.health, figures, port):
            scheduler.run()
        alarm.wait(1)
        passing.wait(1)
        sweeper.wait(1)


def keep_working(config: Config, url: str | None, *, port: int | None) -> None:
    """Take runs from the queue, until a signal comes."""
    url = config.queue_url if url is None else checked_queue(url, "--queue")
    if url is None:
        raise ConfigError("no queue: give --queue redis://…, or set SAYSO_QUEUE")
    queueing = _queueing()
    set_up_logs()
    with open_store(config.store_location) as store:
        figures = Figures(store, list(sources()))
        with _monitored(lambda: {"status": "ok"}, figures, port):
            queueing.work(store, config, url, figures.count_run)


def run_schedule_now(config: Config, name: str, *, as_json: bool) -> int:
    """Carry out the run of one schedule here and now, and return the exit code."""
    scheduled = find_schedule(config, name)
    by = f"schedule {name}, by hand"
    with live_progress(Console(stderr=True, quiet=as_json)) as on_progress:
        reports = run_plans([scheduled.plan_now()], config, by=by, on_progress=on_progress)
    show_crawl(reports, config, as_json=as_json)
    return worst_exit(reports)


def _hands(store: Store, config: Config, note_end: Callable[[Run], None]) -> Hands:
    if config.queue_url is None:
        return Pool(
            store.runs,
            config.store_location,
            config.runs.processes,
            note_end,
            folder=config.folder,
        )
    queueing = _queueing()
    queueing.check_queue(config.queue_url)
    dispatcher: Hands = queueing.Dispatcher(store.runs, config.queue_url)
    return dispatcher


def _queueing() -> ModuleType:
    try:
        from crawlers.running import queueing  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise ConfigError("a queue needs RQ: pip install 'sayso[workers]'") from error
    return queueing


def _forget_old_runs(store: Store, config: Config) -> None:
    store.runs.forget(dt.datetime.now(dt.UTC) - dt.timedelta(days=config.runs.keep_days))


def _stop_on_signals(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())


@contextlib.contextmanager
def _monitored(
    health: Callable[[], Mapping[str, object]], figures: Figures, port: int | None
) -> Iterator[None]:
    if port is None:
        yield
        return
    with Monitor(health, figures, port=port) as monitor:
        log.info("monitoring", extra={"port": monitor.port})
        yield
