"""
Runs through RQ on Redis: the scheduler offers them, workers on any machines take them.

The run log stays the truth, Redis only carries word of it. So a run may be offered twice, or its
word be lost with a restart of Redis, and still be carried out once: a worker claims it in the log
first, and the scheduler offers anew what is queued there and not known here.
"""

import contextlib
import contextvars
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import redis
import rq
import rq.exceptions
import rq.job
import rq.worker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker.base import WorkerStatus

from crawlers.running.pool import Pool
from crawlers.running.supervision import Supervisor
from search.errors import ConfigError, StoreError
from search.run_log import Run, RunLog, RunNotFound, RunState
from search.stores.base import Store

QUEUE = "sayso"
ASK_AGAIN_SECONDS = 15.0
"""How often it is made sure that Redis still knows of a run that no worker has taken."""

LOOK_SECONDS = 0.2
PAUSE_SECONDS = 2.0
"""How long a worker waits before it asks a Redis again that could not be reached."""

log = logging.getLogger(__name__)


def connect(url: str) -> redis.Redis:
    """Return a connection that fails soon where Redis is gone, so that nobody waits for ever."""
    return redis.Redis.from_url(url, socket_connect_timeout=5, health_check_interval=30)


class Dispatcher:
    """Offers queued runs to workers."""

    def __init__(self, runs: RunLog, url: str) -> None:
        self._runs = runs
        self._connection = connect(url)
        self._queue = rq.Queue(QUEUE, connection=self._connection, serializer=JSONSerializer)
        self._offered_at: dict[str, float] = {}
        self._is_reachable = True

    def fill(self, running: Sequence[Run]) -> int:  # noqa: ARG002 - workers know what they carry
        """Offer what is queued and not offered yet, or not known to Redis any more."""
        waiting = self._waiting()
        names = {_job_id(run) for run in waiting}
        self._offered_at = {name: at for name, at in self._offered_at.items() if name in names}
        try:
            offered = sum(map(self._offer, waiting))
        except redis.RedisError as error:
            if self._is_reachable:
                log.warning("queue unavailable", extra={"problem": type(error).__name__})
            self._is_reachable = False
            return 0
        if waiting and not self._is_reachable:
            log.info("queue available again")
            self._is_reachable = True
        return offered

    def stop(self) -> None:
        """Leave the workers to their work."""
        self._connection.close()

    def _waiting(self) -> list[Run]:
        queued = self._runs.recent(states=[RunState.QUEUED], limit=10_000)
        return [run for run in reversed(queued) if run.worker is None and run.work]

    def _offer(self, run: Run) -> bool:
        name = _job_id(run)
        if time.monotonic() - self._offered_at.get(name, float("-inf")) < ASK_AGAIN_SECONDS:
            return False
        offered = not self._is_known(name)
        if offered:
            self._queue.enqueue_call(
                carry_out, args=(run.id,), job_id=name, timeout=-1, result_ttl=60, failure_ttl=60
            )
        self._offered_at[name] = time.monotonic()
        return offered

    def _is_known(self, name: str) -> bool:
        """Whether Redis has word of a run that is still to be taken."""
        try:
            job = rq.job.Job.fetch(name, connection=self._connection, serializer=JSONSerializer)
        except rq.exceptions.NoSuchJobError:
            return False
        if job.get_status() in {rq.job.JobStatus.QUEUED, rq.job.JobStatus.STARTED}:
            return True
        job.delete()
        return False


def _job_id(run: Run) -> str:
    return f"{run.id}-{run.attempt}"


class Carrier:
    """Carries out one run at a time, in a process of its own, and looks after it."""

    def __init__(self, store: Store, store_path: Path, note_end: Callable[[Run], None]) -> None:
        self._pool = Pool(store.runs, store_path, 1, note_end)
        self._runs = store.runs
        self._supervisor = Supervisor(store.runs)
        self.stopping = threading.Event()

    def carry_out(self, run_id: str) -> None:
        """Carry out a run to its end, or until asked to stop; nothing if another has taken it."""
        if not self._is_queued(run_id):
            return
        log.info("run started", extra={"run": run_id})
        self._pool.start_one(run_id)
        while self._pool.is_busy:
            if self.stopping.is_set():
                self._pool.stop()
            self._pool.reap()
            with contextlib.suppress(StoreError):
                self._supervisor.look()
            time.sleep(LOOK_SECONDS)

    def _is_queued(self, run_id: str) -> bool:
        try:
            return self._runs.get(run_id).state is RunState.QUEUED
        except RunNotFound:
            return False


_CARRIER: contextvars.ContextVar[Carrier] = contextvars.ContextVar("carrier")


def carry_out(run_id: str) -> None:
    """Do what RQ asks for; only `sayso worker` can."""
    _CARRIER.get().carry_out(run_id)


class RunWorker(rq.worker.SimpleWorker):
    """RQ's worker, except that a signal stops the run under way as well."""

    exponential_backoff_factor = 1.0
    max_connection_wait_time = PAUSE_SECONDS

    def request_stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - RQ's
        """Stop after the run, which is being stopped; at once where there is none."""
        _CARRIER.get().stopping.set()
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested
        self._stop_requested = True


def work(store: Store, store_path: Path, url: str, note_end: Callable[[Run], None]) -> None:
    """Take runs and carry them out until a signal comes, whatever becomes of Redis meanwhile."""
    check_queue(url)
    os.environ["SAYSO_QUEUE"] = url  # for the runs, which share budgets through it
    carrier = Carrier(store, store_path, note_end)
    _CARRIER.set(carrier)
    while not carrier.stopping.is_set():
        with _signals_stop(carrier):
            _work_while_connected(url)
        carrier.stopping.wait(PAUSE_SECONDS)


def check_queue(url: str) -> None:
    """Raise `ConfigError` when there is no Redis at this address."""
    try:
        connect(url).ping()
    except redis.RedisError as error:
        place = url.rpartition("@")[2]
        raise ConfigError(f"no queue at {place}: {error}") from error


def _work_while_connected(url: str) -> None:
    try:
        worker = RunWorker([QUEUE], connection=connect(url), serializer=JSONSerializer)
        worker.work(logging_level="WARNING")
    except redis.RedisError as error:
        log.warning("queue unavailable", extra={"problem": type(error).__name__})


@contextlib.contextmanager
def _signals_stop(carrier: Carrier) -> Iterator[None]:
    """Heed signals while RQ does not: before and after it works."""

    def stop(*_: Any) -> None:
        carrier.stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    yield
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
