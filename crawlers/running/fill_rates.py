"""
Whether a source suddenly leaves out what it used to give: the first sign of a changed layout.

A run is compared with earlier ones of the same source and address. That a field that used to be
filled in a share *p* of the mentions is now filled in *k* of *n* or fewer has the probability
P(X <= k), X ~ Binomial(n, p); below `CHANCE` it is no chance.
"""

import math
from collections.abc import Iterator, Sequence

from pipelines.completeness import FIELDS
from search.run_log import Counts, Run, RunLog, RunState

HISTORY = 20
"""So many earlier runs are compared with."""

FEWEST = 20
"""Mentions in them from which a share says something."""

CHANCE = 1e-4
"""A crawl has a dozen fields and a year many runs: rarer than this is not by chance."""

_READ = ("new", "changed", "unchanged")


def layout_warnings(runs: RunLog, run: Run, counts: Counts) -> tuple[str, ...]:
    """Say for each field that collapsed how often it was given, and is now."""
    read = _read(counts)
    if not read:
        return ()
    before = [earlier.counts for earlier in _history(runs, run)]
    return tuple(_warnings(before, counts, read))


def _history(runs: RunLog, run: Run) -> list[Run]:
    found = runs.recent(source=run.source, states=[RunState.FINISHED], limit=200)
    same = [other for other in found if other.address == run.address and other.id != run.id]
    return [other for other in same if _read(other.counts)][:HISTORY]


def _warnings(before: Sequence[Counts], counts: Counts, read: int) -> Iterator[str]:
    total = sum(map(_read, before))
    if total < FEWEST:
        return
    for field in FIELDS:
        missed = sum(earlier.get("missing", {}).get(field, 0) for earlier in before)
        usual = 1 - missed / total
        filled = read - counts.get("missing", {}).get(field, 0)
        if filled < usual * read / 2 and _at_most(filled, read, usual) < CHANCE:
            yield (
                f"layout changed? {field} was given for {usual:.0%} of {total:,} mentions, "
                f"now for {filled:,} of {read:,}"
            )


def _read(counts: Counts) -> int:
    """Count the mentions that were read and kept; a part's fields count where it is there."""
    mentions = counts.get("mentions", {})
    return sum(mentions.get(outcome, 0) for outcome in _READ)


def _at_most(count: int, trials: int, chance: float) -> float:
    """Return P(X <= count) for X ~ Binomial(trials, chance)."""
    if chance >= 1:
        return 0.0 if count < trials else 1.0
    return math.fsum(
        math.exp(
            math.lgamma(trials + 1)
            - math.lgamma(n + 1)
            - math.lgamma(trials - n + 1)
            + n * math.log(chance)
            + (trials - n) * math.log1p(-chance)
        )
        for n in range(count + 1)
    )
