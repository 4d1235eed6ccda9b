"""What one run did, so far or in all: read off the crawler's statistics, and judged."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from scrapy.crawler import Crawler

from crawlers.base import Plan
from crawlers.failures import Fault, FaultKind, faults_of
from crawlers.pauses import ANSWERS
from search.run_log import KINDS, Counts, RunState

TAKEN = "sayso_taken"
"""Why a crawler is closed whose run was given to another worker."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """What one run did, so far or in all."""

    source: str
    address: str | None
    brands: tuple[str, ...]
    state: RunState
    id: str | None = None
    """Its id in the run log; ``None`` when it was refused."""
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
    missing: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Of the mentions read, how many lacked a field."""
    notes: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """What else the source counted."""
    statuses: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Responses by HTTP status."""
    faults: tuple[Fault, ...] = ()
    problem: str | None = None
    """Why it did not finish, in a sentence with advice."""
    warnings: tuple[str, ...] = ()
    """What a person should look at although it finished."""
    seconds: float = 0.0

    @property
    def counts(self) -> Counts:
        """Its counts as the run log keeps them."""
        mentions = {
            name: count
            for name in ("new", "changed", "unchanged", "quarantined")
            if (count := getattr(self, name))
        }
        faults: dict[str, int] = defaultdict(int)
        for fault in self.faults:
            faults[fault.kind] += 1
        counted = {"mentions": mentions, "requests": self.statuses, "faults": faults}
        return {
            kind: dict(counts)
            for kind in KINDS
            if (counts := counted[kind] if kind in counted else getattr(self, kind))
        }


def report_on(
    plan: Plan,
    crawler: Crawler | None,
    *,
    ended: bool,
    error: BaseException | None = None,
    run_id: str | None = None,
) -> RunReport:
    """Read the state so far off a crawler's statistics; ``None``: it has not been begun."""
    counts = _counts(crawler)
    faults = tuple(faults_of(crawler)) if crawler and crawler.spider else ()
    state, problem = _judge(crawler, faults, ended=ended, error=error)
    mentions = counts.pop("mentions", {})
    reasons = ("refused", "dropped", "skipped", "unreadable", "missing", "notes")
    return RunReport(
        source=plan.source,
        address=plan.address,
        brands=tuple(brand.name for brand in plan.brands),
        state=state,
        id=run_id,
        requests=_stat(crawler, "response_received_count") or 0,
        new=mentions.get("new", 0),
        changed=mentions.get("changed", 0),
        unchanged=mentions.get("unchanged", 0),
        quarantined=mentions.get("quarantined", 0),
        **{reason: counts.get(reason, {}) for reason in reasons},  # type: ignore[arg-type]
        statuses=_statuses(crawler),
        faults=faults,
        problem=problem,
        seconds=_seconds(crawler),
    )


def was_stopped(crawler: Crawler | None, error: BaseException | None) -> bool:
    """Whether a person stopped it; after a second Ctrl-C Scrapy gives no reason."""
    return error is None and _stat(crawler, "finish_reason") in {None, "shutdown", TAKEN}


def _stat(crawler: Crawler | None, key: str) -> Any:
    return crawler.stats.get_value(key) if crawler is not None else None


def _stats(crawler: Crawler | None) -> dict[str, Any]:
    return crawler.stats.get_stats() if crawler is not None else {}


def _seconds(crawler: Crawler | None) -> float:
    start, end = _stat(crawler, "start_time"), _stat(crawler, "finish_time")
    if start is None:
        return 0.0
    return float(((end or dt.datetime.now(dt.UTC)) - start).total_seconds())


def _counts(crawler: Crawler | None) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for key, value in _stats(crawler).items():
        if key.startswith("sayso/") and isinstance(value, int):
            _, what, *rest = key.split("/", 2)
            counts[what if rest else "notes"]["/".join(rest) or what] = value
    return counts


def _statuses(crawler: Crawler | None) -> dict[str, int]:
    return {
        key.removeprefix(ANSWERS): value
        for key, value in _stats(crawler).items()
        if key.startswith(ANSWERS)
    }


def _judge(
    crawler: Crawler | None,
    faults: Sequence[Fault],
    *,
    ended: bool,
    error: BaseException | None,
) -> tuple[RunState, str | None]:
    if error is not None:
        return RunState.FAILED, str(error) or type(error).__name__
    if not ended:
        return RunState.RUNNING if crawler else RunState.QUEUED, None
    if crawler is None or was_stopped(crawler, error):
        return RunState.INTERRUPTED, "stopped before the end; what was found is kept"
    if defect := _defect(crawler):
        return RunState.FAILED, defect
    return _judge_faults(faults, _stat(crawler, f"{ANSWERS}200") or 0)


def _defect(crawler: Crawler) -> str | None:
    """Say what went wrong between the source's answers and the store."""
    if store_error := _stat(crawler, "sayso/store_error"):
        return str(store_error)
    if _stat(crawler, "finish_reason") == "closespider_timeout":
        return "it took longer than runs.longest; what was found is kept"
    if undelivered := _stat(crawler, "sayso/undelivered"):
        return f"{undelivered} mentions could not be stored; crawl again"
    if getattr(crawler.spider, "layout_changed", False):
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
