"""What Prometheus is told: how the runs go, what they bring, and whether the store answers."""

import collections
import dataclasses
import datetime as dt
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from search.errors import StoreError
from search.run_log import Run, RunState
from search.stores.base import Store

STORE_SECONDS: Final = 2.0
"""How long a scrape waits for the store; Prometheus itself gives up after 10."""

MOST_RUNS: Final = 10_000
"""Queued or running ones are counted up to so many."""

OUTCOMES: Final = ("new", "changed")

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class _Seen:
    """What the store says at one moment."""

    queued: int
    running: int
    quarantined: int
    succeeded_at: Mapping[str, dt.datetime]


class Figures(Collector):
    """
    The metrics of one process, handed to `Monitor`.

    What ended is counted here, from the start of the process; how it stands is read from the
    store at each scrape, in a thread that a busy store may hold up without holding up the scrape.
    """

    def __init__(
        self, store: Store, sources: Sequence[str], *, patience: float = STORE_SECONDS
    ) -> None:
        self._glance = _Glance(store, sources)
        self._patience = patience
        self._lock = threading.Lock()
        self._runs: collections.Counter[tuple[str, str]] = collections.Counter()
        self._mentions: collections.Counter[tuple[str, str]] = collections.Counter()
        self._alert_failures = 0

    def count_run(self, run: Run) -> None:
        """Count a run that is over, and what it brought."""
        with self._lock:
            self._runs[run.source, str(run.state)] += 1
            for outcome in OUTCOMES:
                self._mentions[run.source, outcome] += run.count("mentions", outcome)

    def count_alert_failure(self) -> None:
        """Count an alert that could not be sent."""
        with self._lock:
            self._alert_failures += 1

    def collect(self) -> Iterator[Metric]:
        """Hand out every metric; those of the store only when it answers in time."""
        seen = self._glance.take(self._patience)
        with self._lock:
            runs, mentions = dict(self._runs), dict(self._mentions)
            alert_failures = self._alert_failures
        yield _counter("sayso_runs", "Runs that ended.", ("source", "state"), runs)
        yield _counter("sayso_mentions", "Mentions stored.", ("source", "outcome"), mentions)
        yield CounterMetricFamily(
            "sayso_alert_failures", "Alerts that could not be sent.", value=alert_failures
        )
        yield _gauge("sayso_store_up", "Whether the store answers in time.", int(seen is not None))
        if seen is not None:
            yield from _families(seen)


class _Glance:
    """Looks into the store in a thread of its own; one at a time, however often it is asked."""

    def __init__(self, store: Store, sources: Sequence[str]) -> None:
        self._store = store
        self._sources = tuple(sources)
        self._lock = threading.Lock()
        self._looking: _Look | None = None

    def take(self, patience: float) -> _Seen | None:
        """Return what the store says; ``None`` when it does not, or too late."""
        with self._lock:
            if self._looking is None or not self._looking.is_alive():
                self._looking = _Look(self._store, self._sources)
                self._looking.start()
            looking = self._looking
        looking.join(patience)
        return looking.seen


class _Look(threading.Thread):
    """One look; a daemon, so that a store that hangs does not keep the process from ending."""

    def __init__(self, store: Store, sources: Sequence[str]) -> None:
        super().__init__(name="sayso-metrics", daemon=True)
        self._store = store
        self._sources = sources
        self.seen: _Seen | None = None

    def run(self) -> None:
        """Ask the store."""
        try:
            self.seen = self._ask()
        except StoreError as error:
            _log.warning("the store gives no metrics", exc_info=error)

    def _ask(self) -> _Seen:
        runs = self._store.runs
        return _Seen(
            queued=len(runs.recent(states=[RunState.QUEUED], limit=MOST_RUNS)),
            running=len(runs.recent(states=[RunState.RUNNING], limit=MOST_RUNS)),
            quarantined=self._store.quarantine_size(),
            succeeded_at=dict(self._last_successes()),
        )

    def _last_successes(self) -> Iterator[tuple[str, dt.datetime]]:
        for source in self._sources:
            for run in self._store.runs.recent(states=[RunState.FINISHED], source=source, limit=1):
                if run.finished_at is not None:
                    yield source, run.finished_at


def _families(seen: _Seen) -> Iterator[Metric]:
    yield _gauge("sayso_runs_queued", "Runs that wait for a worker.", seen.queued)
    yield _gauge("sayso_runs_running", "Runs under way.", seen.running)
    yield _gauge(
        "sayso_quarantined",
        "Mentions kept with an error, see `sayso quarantine`.",
        seen.quarantined,
    )
    succeeded = GaugeMetricFamily(
        "sayso_last_success_timestamp_seconds",
        "When the last run that finished well ended, in seconds since 1970.",
        labels=["source"],
    )
    for source, at in seen.succeeded_at.items():
        succeeded.add_metric([source], at.timestamp())
    yield succeeded


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _counter(
    name: str, meaning: str, labels: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, meaning, labels=labels)
    for values, count in counts.items():
        family.add_metric(values, count)
    return family
