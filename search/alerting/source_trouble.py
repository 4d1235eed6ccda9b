"""
Alerts on sources: one that failed, was blocked or changed its layout, and works again.

The last run of each thing that is read decides, for a source and address together: one brand's
failure among other brands' successes stays a failure, until that is read well again or the others
have gone well for `PASSED` since. Trouble from before the alert began is not raised.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from search.alerting.memory import Memory
from search.alerting.watching import Look, Watch
from search.alerting.wording import Event, cut, make_plain
from search.run_log import Run, RunState

PASSED: Final = dt.timedelta(days=1)
_RUNS: Final = 1_000
_LONGEST_ADDRESS: Final = 100
_LONGEST_PROBLEM: Final = 300
_TELLING: Final = (RunState.FINISHED, RunState.FAILED, RunState.BLOCKED)


def look_at_sources(watch: Watch, memory: Memory) -> Look:
    """Compare how each source stands with what was told about it."""
    told, events = dict(memory.told), []
    for place, runs in _by_place(_last_runs(watch)).items():
        key = json.dumps(place)
        bad = _decisive(runs)
        if bad is None and key in told:
            events.append(_event_of_recovery(place, told.pop(key)))
        elif bad is not None and key not in told and _over_at(bad) >= memory.began_at:
            told[key] = trouble(bad) or ""
            events.append(_event_of_trouble(place, bad))
    return Look(memory=memory.model_copy(update={"told": told}), events=tuple(events))


def trouble(run: Run) -> str | None:
    """Name what is wrong with the source of a run; ``None`` when it works."""
    said = (run.problem or "", *run.warnings)
    if any("layout changed" in text.lower() for text in said):
        return "layout changed"
    return None if run.state is RunState.FINISHED else str(run.state)


Place = tuple[str, str | None]


def _last_runs(watch: Watch) -> dict[str, Run]:
    """Return the last run of each key that says something about its source."""
    last: dict[str, Run] = {}
    for run in watch.store.runs.recent(states=_TELLING, limit=_RUNS):
        if not watch.alert.sources or run.source in watch.alert.sources:
            last.setdefault(run.key, run)
    return last


def _by_place(runs: Mapping[str, Run]) -> Mapping[Place, list[Run]]:
    places: dict[Place, list[Run]] = defaultdict(list)
    for run in sorted(runs.values(), key=_over_at):
        places[run.source, run.address].append(run)
    return places


def _decisive(runs: Iterable[Run]) -> Run | None:
    """Return the newest bad run that good ones have not made irrelevant."""
    good_at, decisive = None, None
    for run in runs:
        if trouble(run):
            decisive = run
        else:
            good_at = _over_at(run)
    if decisive and good_at and good_at - _over_at(decisive) > PASSED:
        return None
    return decisive


def _over_at(run: Run) -> dt.datetime:
    return run.finished_at or run.queued_at or dt.datetime.min.replace(tzinfo=dt.UTC)


def _event_of_trouble(place: Place, run: Run) -> Event:
    what = {"layout changed": "layout changed", "blocked": "is blocked"}.get(
        trouble(run) or "", "failed"
    )
    said = [run.problem] if run.problem else list(run.warnings)
    lines = [cut(make_plain(text), _LONGEST_PROBLEM) for text in said]
    lines.append(f"Run {run.id}.")
    return Event(title=f"{_name(place)}: {what}", lines=tuple(lines))


def _event_of_recovery(place: Place, before: str) -> Event:
    return Event(title=f"{_name(place)}: works again", lines=(f"Before: {before}.",))


def _name(place: Place) -> str:
    return " ".join(cut(make_plain(part), _LONGEST_ADDRESS) for part in place if part)
