"""
APScheduler as the clock: it calls when something is due, and knows nothing else.

The due times themselves are in the store (`crawlers/scheduling/timetable.py`), for they must
outlive this process, and another scheduler must be able to take them over. So each is handed to
APScheduler as one date; its own job store would keep a second copy that could differ.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from crawlers.scheduling.schedules import Scheduled
from crawlers.scheduling.timetable import Timetable
from search.config import Config
from search.errors import SaysoError, StoreError

RETRY = dt.timedelta(seconds=5)
"""When a due run is tried again that could not be queued because the store was unavailable."""

log = logging.getLogger(__name__)


class Clock:
    """Queues the run of each schedule when it is due."""

    def __init__(self, timetable: Timetable, wake: Callable[[], None]) -> None:
        self._timetable = timetable
        self._wake = wake
        self._schedules: Mapping[str, Scheduled] = {}
        self._config = Config()
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            timezone=dt.UTC,
            job_defaults={"coalesce": True, "max_instances": 3, "misfire_grace_time": None},
        )
        self._scheduler.start()

    def follow(self, schedules: Mapping[str, Scheduled], config: Config) -> None:
        """Call for these schedules from now on, and set right what a wrong clock has moved."""
        self._schedules, self._config = schedules, config
        for job in self._scheduler.get_jobs():
            if job.id not in schedules:
                self._scheduler.remove_job(job.id)
        for name, scheduled in schedules.items():
            self._set(name, self._timetable.entry(scheduled).next_at)
        self._scheduler.wakeup()  # it waits by a clock that does not jump with the machine's

    def rest(self) -> None:
        """Call for nothing: another scheduler does."""
        self._schedules = {}
        self._scheduler.remove_all_jobs()

    def stop(self) -> None:
        """End, when what is under way has been queued."""
        self._scheduler.shutdown()

    def _set(self, name: str, due_at: dt.datetime) -> None:
        job = self._scheduler.get_job(name)
        if job is None or job.next_run_time != due_at:
            self._scheduler.add_job(
                self._due, DateTrigger(due_at), [name], id=name, replace_existing=True
            )

    def _due(self, name: str) -> None:
        scheduled = self._schedules.get(name)
        if scheduled is None:
            return
        try:
            run = self._timetable.start_due(scheduled, self._config)
            next_at = self._timetable.entry(scheduled).next_at
        except StoreError as error:
            log.warning("due run not queued", extra={"schedule": name, "problem": str(error)})
            next_at = dt.datetime.now(dt.UTC) + RETRY
        except SaysoError as error:
            log.exception("schedule cannot run", extra={"schedule": name, "problem": str(error)})
            return
        else:
            if run is not None:
                log.info("run queued", extra={"schedule": name, "run": run.id})
                self._wake()
        self._set(name, next_at)
