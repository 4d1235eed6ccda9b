"""
How good tags are against those of people: shares and macro-F1, with intervals of 95 %.

Wilson's interval for shares; for macro-F1 that of bootstrap samples, the same ones every time.
"""
# ruff: noqa: RUF001 - intervals have en dashes

import random
from collections.abc import Sequence
from typing import Final

from search.agreement import wilson

SAMPLES: Final = 500


def share(count: int, total: int) -> str:
    """Write a share in percent with Wilson's interval."""
    if not total:
        return "–"
    low, high = wilson(count, total)
    return f"{100 * count / total:.1f} % [{100 * low:.1f}–{100 * high:.1f}]"


def interval(gold: Sequence[str], told: Sequence[str]) -> str:
    """Write macro-F1 with an interval of bootstrap samples, the same ones every time."""
    if not gold:
        return "–"
    chance = random.Random(20261128)  # noqa: S311 - the same samples every time
    places = range(len(gold))
    samples = []
    for _ in range(SAMPLES):
        chosen = chance.choices(places, k=len(gold))
        samples.append(macro_f1([gold[n] for n in chosen], [told[n] for n in chosen]))
    samples.sort()
    low, high = samples[int(0.025 * SAMPLES)], samples[int(0.975 * SAMPLES) - 1]
    return f"{macro_f1(gold, told):.3f} [{low:.3f}–{high:.3f}]"


def macro_f1(gold: Sequence[str], told: Sequence[str]) -> float:
    """Average the F1 of each label that people gave."""
    labels = sorted(set(gold))
    scores = []
    for each in labels:
        right = sum(a == b == each for a, b in zip(gold, told, strict=True))
        given = sum(a == each for a in gold) + sum(b == each for b in told)
        scores.append(2 * right / given if given else 0.0)
    return sum(scores) / len(scores)
