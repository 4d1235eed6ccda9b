"""
What the outputs of a model mean: from its labels to a value and a feeling.

The value is the expected one: each label has a place between -1 and 1, weighted with its softmax
probability. The feeling is that of the most probable label; of five labels, which are degrees, it
is that of the one nearest to the value. A model of two labels is never neutral.
"""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from search.mention import Feeling

Numbers = NDArray[np.float64]

SCALES: Final = (
    ("negative", "positive"),
    ("negative", "neutral", "positive"),
    ("very negative", "negative", "neutral", "positive", "very positive"),
    ("1 star", "2 stars", "3 stars", "4 stars", "5 stars"),
)
"""The sets of labels that can be read, each from the worst to the best."""

ALLOWED: Final = "; ".join(", ".join(scale) for scale in SCALES)

_SHORT: Final = {"neg": "negative", "neu": "neutral", "pos": "positive", "1 stars": "1 star"}
_GAP: Final = re.compile(r"[\s_-]+")
_LONGEST_SHOWN: Final = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """The labels of a model, as its outputs are ordered."""

    places: tuple[float, ...]
    """Of each output, from -1 (negative) to 1 (positive)."""

    def read(self, logits: NDArray[Any]) -> list[tuple[Feeling, float]]:
        """Read one row of outputs a text; all must be finite."""
        likely = _softmax(logits.astype(np.float64))
        places = np.array(self.places)
        values = likely @ places
        decisive = values if len(places) == 5 else places[likely.argmax(axis=1)]
        return [
            (_feeling(float(place)), round(float(value), 4))
            for place, value in zip(decisive, values, strict=True)
        ]


def scale_of(labels: Sequence[str]) -> Scale:
    """Read what each output is called; `ValueError` says what could be read instead."""
    plain = [_plain(label) for label in labels]
    for scale in SCALES:
        if sorted(plain) == sorted(scale):
            step = 2 / (len(scale) - 1)
            return Scale(tuple(scale.index(label) * step - 1 for label in plain))
    shown = ", ".join(labels)
    cut = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
    raise ValueError(f"the labels {cut!r} are none of these: {ALLOWED}")


def _plain(label: str) -> str:
    label = _GAP.sub(" ", label.strip().lower())
    return _SHORT.get(label, label)


def _softmax(logits: Numbers) -> Numbers:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Numbers = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _feeling(place: float) -> Feeling:
    """Take the feeling of the nearest of five places, so that one of three is itself."""
    if place >= 0.25:
        return Feeling.POSITIVE
    return Feeling.NEGATIVE if place <= -0.25 else Feeling.NEUTRAL
