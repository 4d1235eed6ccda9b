"""
One model: texts in, opinions out, many at once and in a limited time.

Texts of like length are put together, since all of a batch are padded to its longest. They go from
short to long, so that most are rated when the time is up; a run under way is then ended as well.
A batch that onnxruntime breaks on is halved until what is at fault stands alone.
"""

import collections
import enum
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pipelines.transformers.folder import ModelFolder
from pipelines.transformers.session import FAULTS, Session, first_line, run_options
from search.errors import ConfigError
from search.tags import Opinion
from search.transformer_settings import Transformer

TRIAL: Final = "a good text "
"""What a model is tried with at the start, once short and once as long as it may be."""

log = logging.getLogger(__name__)


class Unrated(enum.StrEnum):
    """Why a text got no opinion."""

    OUT_OF_TIME = "out of time"
    FAILED = "failed"
    EMPTY = "without a token"


class _OutOfTime(Exception):
    """The time of a batch is up."""


Rated = Opinion | Unrated
_Row = tuple[int, list[int]]
"""The place of a text, and its tokens."""


class Model:
    """A model that was tried and works."""

    def __init__(self, settings: Transformer, folder: ModelFolder) -> None:
        before = _memory_mb()
        self._settings = settings
        self._scale = folder.scale
        self.folder = folder
        self._tokenizer = _open_tokenizer(folder.tokenizer, settings.max_tokens)
        self._padding = folder.padding
        self._session = Session(
            folder.model,
            threads=settings.threads,
            memory_mb=settings.memory_mb,
            outputs=len(folder.scale.places),
        )
        self._alone = threading.Lock()
        self._try()
        self.memory_mb = max(_memory_mb() - before, 0.0)
        """By which this process grew when it was loaded and tried."""
        if self.memory_mb > settings.memory_mb:
            raise ConfigError(
                f"transformers: {folder.folder} takes {self.memory_mb:,.0f} MB once loaded, more "
                f"than memory_mb = {settings.memory_mb}"
            )

    @property
    def method(self) -> str:
        """How tags name it."""
        return self.folder.method

    def rate(self, texts: Sequence[str]) -> list[Rated]:
        """Rate texts, in their order; one batch at a time, whoever asks."""
        with self._alone:
            return self._rate(texts, time.monotonic() + self._settings.seconds_per_batch)

    def _rate(self, texts: Sequence[str], deadline: float) -> list[Rated]:
        rated: list[Rated] = [Unrated.OUT_OF_TIME] * len(texts)
        rows: list[_Row] = []
        for place, text in enumerate(texts):
            if time.monotonic() > deadline:
                return rated
            if tokens := self._tokenizer.encode(text).ids:
                rows.append((place, tokens))
            else:
                rated[place] = Unrated.EMPTY
        rows.sort(key=lambda row: len(row[1]))
        size = self._settings.batch_size
        batches = collections.deque(
            rows[start : start + size] for start in range(0, len(rows), size)
        )
        while batches:
            batch = batches.popleft()
            try:
                opinions = self._run(batch, deadline)
            except _OutOfTime:
                return rated
            except FAULTS as error:
                if len(batch) > 1:
                    middle = len(batch) // 2
                    batches.extendleft((batch[middle:], batch[:middle]))
                    continue
                opinions = iter([Unrated.FAILED])
                log.debug(
                    "a transformer failed on a text",
                    extra={"model": self.method, "problem": first_line(error)},
                )
            for (place, _), opinion in zip(batch, opinions, strict=True):
                rated[place] = opinion
        return rated

    def _run(self, batch: Sequence[_Row], deadline: float) -> Iterator[Rated]:
        """Run one batch; a timer ends it when the time is up."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise _OutOfTime
        ids, mask = self._padded([tokens for _, tokens in batch])
        options = run_options()
        timer = threading.Timer(left, setattr, (options, "terminate", True))
        timer.daemon = True
        timer.start()
        try:
            logits = self._session.run(ids, mask, options)
        except FAULTS as error:
            if options.terminate:
                raise _OutOfTime from error
            raise
        finally:
            timer.cancel()
        return self._opinions(logits)

    def _opinions(self, logits: NDArray[Any]) -> Iterator[Rated]:
        for label, value in self._scale.read(logits):
            yield Opinion(label=label, value=value, method=self.method)

    def _padded(self, rows: Sequence[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        width = max(map(len, rows))
        ids = np.full((len(rows), width), self._padding, np.int64)
        mask = np.zeros((len(rows), width), np.int64)
        for number, tokens in enumerate(rows):
            ids[number, : len(tokens)] = tokens
            mask[number, : len(tokens)] = 1
        return ids, mask

    def _try(self) -> None:
        """Run it on a short text and the longest there may be, together; else `ConfigError`."""
        texts = (TRIAL, TRIAL * self._settings.max_tokens)
        rows = [self._tokenizer.encode(text).ids or [self._padding] for text in texts]
        try:
            outputs = self._session.run(*self._padded(rows))
        except FAULTS as error:
            raise ConfigError(
                f"transformers: {self.folder.model} fails on texts of {len(rows[0])} and "
                f"{len(rows[1])} tokens together: {first_line(error)}"
            ) from error
        if outputs.shape[1] != len(self._scale.places):
            raise ConfigError(
                f"transformers: {self.folder.model} gives {outputs.shape[1]} numbers a text, but "
                f"has {len(self._scale.places)} labels: {', '.join(self.folder.labels)}"
            )


def _open_tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        if type(error) is Exception:  # tokenizers has no class of its own
            raise ConfigError(f"transformers: {path} is no tokenizer: {error}") from error
        raise
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _memory_mb() -> float:
    return psutil.Process().memory_info().rss / 2**20
