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
import secrets
import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

import redis
import rq
import rq.exceptions
import rq.worker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker.base import WorkerStatus

from crawlers.running.keeping import waiting_runs
from crawlers.running.pool import Pool
from crawlers.running.supervision import Supervisor
from search.config import Config
from search.errors import ConfigError, SaysoError
from search.run_log import Run, RunLog, RunNotFound, RunState
from search.stores.base import Store

QUEUE = "sayso"
OFFER_AGAIN_SECONDS = 20.0
"""A run that nobody has begun for so long is offered again, unless it stands in the queue."""

REAP_SECONDS = 0.2
LOOK_SECONDS = 2.0
LEAVE_SECONDS = 9.0
"""A worker that was asked to stop is gone after so long, whatever Redis does."""

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
        self._url = url
        self._connection = connect(url)
        self._queue = rq.Queue(QUEUE, connection=self._connection, serializer=JSONSerializer)
        self._offered_at: dict[tuple[str, int], float] = {}
        self._is_reachable = True

    def adopt(self, config: Config) -> None:
        """Say that another queue needs another start."""
        if config.queue_url != self._url:
            log.warning("queue changed: restart to use it")

    def fill(self, running: Sequence[Run]) -> None:  # noqa: ARG002 - workers know what they carry
        """Offer what waits and was not offered, or was long ago and nobody began it."""
        waiting = waiting_runs(self._runs)
        names = {(run.id, run.attempt) for run in waiting}
        self._offered_at = {name: at for name, at in self._offered_at.items() if name in names}
        overdue = [run for run in waiting if self._is_overdue(run)]
        if not overdue:
            return
        try:
            self._offer(overdue)
        except redis.RedisError as error:
            if self._is_reachable:
                log.warning("queue unavailable", extra={"problem": type(error).__name__})
            self._is_reachable = False
        else:
            if not self._is_reachable:
                log.info("queue available again")
            self._is_reachable = True

    def stop(self) -> None:
        """Leave the workers to their work."""
        self._connection.close()

    def _is_overdue(self, run: Run) -> bool:
        offered_at = self._offered_at.get((run.id, run.attempt), float("-inf"))
        return time.monotonic() - offered_at > OFFER_AGAIN_SECONDS

    def _offer(self, runs: Sequence[Run]) -> None:
        """
        Offer runs that stand in no list, under a name of their own each time.

        A worker may have taken the word and died before it began the run: that such a job is
        known to Redis, under whatever state, says nothing.
        """
        listed = {name.partition("-")[0] for name in self._queue.job_ids}
        for run in runs:
            if run.id not in listed:
                self._queue.enqueue_call(
                    carry_out,
                    args=(run.id,),
                    job_id=f"{run.id}-{secrets.token_hex(4)}",
                    timeout=-1,
                    result_ttl=60,
                    failure_ttl=60,
                )
            self._offered_at[run.id, run.attempt] = time.monotonic()


class Carrier:
    """Carries out one run at a time, in a process of its own, and looks after it."""

    def __init__(self, store: Store, config: Config, note_end: Callable[[Run], None]) -> None:
        self._pool = Pool(store.runs, config.store_location, 1, note_end, folder=config.folder)
        self._runs = store.runs
        self._supervisor = Supervisor(store.runs)
        self.stopping = False

    def carry_out(self, run_id: str) -> None:
        """Carry out a run to its end, or until asked to stop; nothing if another has taken it."""
        if not self._is_queued(run_id):
            return
        self._pool.start_one(run_id)
        looked_at = time.monotonic()
        while self._pool.is_busy:
            if self.stopping:
                self._pool.stop()
            self._pool.reap()
            if time.monotonic() - looked_at > LOOK_SECONDS:
                looked_at = time.monotonic()
                with contextlib.suppress(SaysoError, OSError):
                    self._supervisor.look()
            time.sleep(REAP_SECONDS)

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
        _stop(_CARRIER.get())
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested
        self._stop_requested = True


def work(store: Store, config: Config, url: str, note_end: Callable[[Run], None]) -> None:
    """
    Take runs and carry them out until a signal comes, whatever becomes of Redis meanwhile.

    Of the configuration, which is the worker's own, only store and folder count.
    """
    check_queue(url)
    os.environ["SAYSO_QUEUE"] = url  # for the runs, which share budgets through it
    carrier = Carrier(store, config, note_end)
    _CARRIER.set(carrier)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _stop(carrier))
    while not carrier.stopping:
        _work_while_connected(url)
        time.sleep(0 if carrier.stopping else PAUSE_SECONDS)


def _stop(carrier: Carrier) -> None:
    """Have everything end soon; a Redis that hangs must not hold up whoever shuts down."""
    carrier.stopping = True
    leaving = threading.Timer(LEAVE_SECONDS, os._exit, (0,))
    leaving.daemon = True
    leaving.start()


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
