"""
A linear model of what a text is: weights of one byte, read without any library.

Logistic regression; of two classes one row of weights, of three one for each (softmax). One byte a
weight costs no measurable accuracy (measured on the sets in docs/accuracy.md), and a model is
64 KiB a row before it is compressed.
"""

import base64
import binascii
import dataclasses
import hashlib
import math
import zlib
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

import pydantic

from pipelines.feelings.features import BUCKETS, VERSION, Features, features

_LARGEST: Final = 127


class BadModel(ValueError):
    """What was to be read as a model is none that this version can use."""


class _Written(pydantic.BaseModel):
    """A model as JSON."""

    model_config = pydantic.ConfigDict(extra="forbid")

    features: int
    language: str
    kind: str
    labels: tuple[str, ...]
    parts: tuple[int, int] | None
    bias: tuple[float, ...]
    scales: tuple[float, ...]
    words: tuple[tuple[float, ...], ...]
    weights: str
    sha256: str
    manifest: dict[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LinearModel:
    """What was learnt for one language and one kind of text."""

    language: str
    """ISO 639-1."""

    kind: str
    """``review`` or ``post``: a model judges no other; ``intent``: what a text is written for."""

    labels: tuple[str, ...]
    """The classes; with two, the only row of weights speaks for the second."""

    parts: tuple[int, int] | None
    """See `features`."""

    bias: tuple[float, ...]
    scales: tuple[float, ...]
    """What a weight of 1 stands for, by row."""

    words: tuple[tuple[float, ...], ...]
    """Weights of what the list of words says, by row."""

    weights: tuple["array[int]", ...]
    """`BUCKETS` weights from -127 to 127, by row."""

    manifest: Mapping[str, Any]
    """What it was made from and how good it is."""

    @classmethod
    def rounded(  # noqa: PLR0913 - keyword-only, and a model is all of this
        cls,
        *,
        language: str,
        kind: str,
        labels: Sequence[str],
        parts: tuple[int, int] | None,
        bias: Sequence[float],
        rows: Sequence[Sequence[float]],
        words: Sequence[Sequence[float]],
        manifest: Mapping[str, Any],
    ) -> Self:
        """Make a model of exact weights."""
        scales = tuple(max(map(abs, row), default=0.0) / _LARGEST or 1.0 for row in rows)
        weights = tuple(
            array("b", (round(weight / scale) for weight in row))
            for row, scale in zip(rows, scales, strict=True)
        )
        return cls(
            language=language,
            kind=kind,
            labels=tuple(labels),
            parts=parts,
            bias=tuple(bias),
            scales=scales,
            words=tuple(map(tuple, words)),
            weights=weights,
            manifest=manifest,
        )

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `to_plain` wrote; `BadModel` says what is wrong with it."""
        try:
            written = _Written.model_validate(dict(plain))
        except pydantic.ValidationError as error:
            fault = error.errors()[0]
            raise BadModel(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None
        if written.features != VERSION:
            raise BadModel(f"its texts are cut by rules {written.features}, not {VERSION}")
        rows = 1 if len(written.labels) == 2 else len(written.labels)
        if not {len(written.bias), len(written.scales), len(written.words)} == {rows}:
            raise BadModel(f"{len(written.labels)} labels need {rows} rows of weights")
        kept = {name: getattr(written, name) for name in _KEPT}
        return cls(**kept, weights=_unpacked(written, rows))

    def to_plain(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        raw = b"".join(row.tobytes() for row in self.weights)
        return {
            "features": VERSION,
            **{name: getattr(self, name) for name in _KEPT},
            "weights": base64.b85encode(zlib.compress(raw, 9)).decode(),
            "sha256": hashlib.sha256(raw).hexdigest(),
        }

    def probabilities(self, text: str) -> dict[str, float]:
        """Say how likely each label is."""
        return self.judge(features(text, self.language, self.parts))

    def judge(self, seen: Features) -> dict[str, float]:
        """Do so for a text that was read already, with the same ``parts``."""
        sums = [self._sum(row, seen) for row in range(len(self.weights))]
        if len(sums) == 1:
            second = _sigmoid(sums[0])
            return dict(zip(self.labels, (1 - second, second), strict=True))
        largest = max(sums)
        shares = [math.exp(each - largest) for each in sums]
        total = sum(shares)
        return dict(zip(self.labels, (each / total for each in shares), strict=True))

    def _sum(self, row: int, seen: Features) -> float:
        weights = self.weights[row]
        hashed = self.scales[row] * sum(weights[each] for each in seen.buckets) * seen.weight
        said = sum(map(float.__mul__, self.words[row], seen.words))
        return self.bias[row] + hashed + said


_KEPT: Final = ("language", "kind", "labels", "parts", "bias", "scales", "words", "manifest")


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _unpacked(written: _Written, rows: int) -> tuple["array[int]", ...]:
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(base64.b85decode(written.weights), rows * BUCKETS + 1)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise BadModel(f"weights: {error}") from None
    if len(raw) != rows * BUCKETS:
        raise BadModel(f"weights: {rows} rows of {BUCKETS} are needed")
    if hashlib.sha256(raw).hexdigest() != written.sha256:
        raise BadModel("weights: they are not those that sha256 was made of")
    halves = (raw[start : start + BUCKETS] for start in range(0, len(raw), BUCKETS))
    return tuple(array("b", half) for half in halves)
