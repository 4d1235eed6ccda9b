"""The models of a configuration: loaded once in a process, and which of them a mention is for."""

import collections
import dataclasses
import functools
import importlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from pipelines.transformers.folder import ModelFolder, read_folder
from search.config import Config
from search.errors import ConfigError
from search.mention import Mention
from search.transformer_settings import Transformer, Use

if TYPE_CHECKING:
    from pipelines.transformers.model import Model

NOT_INSTALLED: Final = "a transformer needs more packages: pip install 'sayso[onnx]'"

UNRATED: Final = "not rated by a transformer: "
"""How a note begins that counts texts which only their words say something about."""

_DIGITS: Final = 13
"""Hexadecimal digits of an id that are read: as many as a float holds exactly."""

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One ``[[transformers]]`` table with its model."""

    settings: Transformer
    model: "Model"

    def fits(self, mention: Mention) -> bool:
        """Whether the model was made for such a text."""
        kinds = self.settings.kinds or (mention.kind,)
        return mention.kind in kinds and mention.language in self.settings.languages

    def wants(self, mention: Mention) -> bool:
        """Whether it is to be asked about a mention that it fits."""
        match self.settings.use:
            case Use.ALL:
                return True
            case Use.UNSURE:
                said = mention.sentiment.text_value if mention.sentiment else None
                return said is None or abs(said) < self.settings.unsure_below
            case Use.AUDIT:
                return is_sampled(mention, self.settings.share)


def is_sampled(mention: Mention, share: float) -> bool:
    """Decide by the mention's id, so that a mention is always in a sample or never."""
    return int(mention.id[:_DIGITS], 16) < share * 16**_DIGITS


class Models:
    """The models of one run, and how many texts they left to the words."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.unrated: collections.Counter[str] = collections.Counter()
        """Texts without an answer by reason: ``out of time``, ``failed``, ``without a token``."""

    @classmethod
    def open(cls, config: Config) -> Self | None:
        """Load and try the models; ``None`` where there are none, else `ConfigError`."""
        if not config.transformers:
            return None
        return cls(
            [
                Entry(settings, _open(settings, config.folder_of(settings)))
                for settings in config.transformers
            ]
        )

    def decider(self, mention: Mention) -> "Model | None":
        """Return the model that decides; the first table that fits, if it wants to."""
        return self._first(mention, {Use.ALL, Use.UNSURE})

    def auditor(self, mention: Mention) -> "Model | None":
        """Return the model whose answer is kept beside, for a mention of its sample."""
        return self._first(mention, {Use.AUDIT})

    def _first(self, mention: Mention, uses: set[Use]) -> "Model | None":
        for entry in self.entries:
            if entry.settings.use in uses and entry.fits(mention):
                return entry.model if entry.wants(mention) else None
        return None

    def count(self, reason: str, method: str) -> None:
        """Count a text that was not rated; the first of each reason is worth a warning."""
        if not self.unrated[reason]:
            log.warning(
                "a transformer left texts to the words", extra={"reason": reason, "model": method}
            )
        self.unrated[reason] += 1

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the run, in sentences."""
        return tuple(say(f"{UNRATED}{why}", count) for why, count in self.unrated.items())


def say(note: str, count: int) -> str:
    """Turn a note that begins with `UNRATED` into a sentence."""
    texts = "text" if count == 1 else "texts"
    return f"{count:,} {texts} {note}; what their words and stars say stands"


def check_folders(config: Config) -> list[ModelFolder]:
    """Look at every model's directory without loading it; `ConfigError` says what is wrong."""
    if config.transformers:
        _runtime()
    return [_read(settings, config.folder_of(settings)) for settings in config.transformers]


def _read(settings: Transformer, folder: Path) -> ModelFolder:
    try:
        return read_folder(settings, folder)
    except OSError as error:
        raise ConfigError(f"transformers: {folder}: {error.strerror}") from error


@functools.cache
def _open(settings: Transformer, folder: Path) -> "Model":
    """Load a model, once for all crawls of a process."""
    opened: Model = _runtime().Model(settings, _read(settings, folder))
    return opened


def _runtime() -> Any:
    """Import what runs models; commands that need none do without."""
    try:
        return importlib.import_module("pipelines.transformers.model")
    except ImportError as error:
        raise ConfigError(f"transformers: {NOT_INSTALLED}") from error
