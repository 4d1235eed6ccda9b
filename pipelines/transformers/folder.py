"""
The directory of a model, looked at before anything in it is loaded.

It is laid out as Hugging Face's Optimum exports one: a model, ``tokenizer.json`` and
``config.json``. Nothing is ever downloaded.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pipelines.transformers.scales import Scale, scale_of
from search.errors import ConfigError
from search.transformer_settings import Transformer

TOKENIZER: Final = "tokenizer.json"
CONFIG: Final = "config.json"
CARD: Final = "README.md"

LARGEST_JSON: Final = 100_000_000
"""Bytes; tokenizers of a hundred languages take 17 MB."""

_CARD_CHARACTERS: Final = 100_000
_LICENCE: Final = re.compile(r"^licen[cs]e:[ \t]*[\"']?([\w.+-]{1,50})", re.MULTILINE)
_ODD: Final = re.compile(r"[^\w.-]+")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ModelFolder:
    """A directory that has all a model needs; whether it can be run is not known yet."""

    folder: Path
    model: Path
    scale: Scale
    labels: tuple[str, ...]
    """As the model calls its outputs."""

    method: str
    """How a tag names it: equal for the same files and settings on every machine."""

    megabytes: float
    """Of the model with its weights."""

    padding: int
    """The token that fills short texts up, where the tokenizer names none."""

    licence: str | None
    """What its model card says; ``None`` when it has none or says nothing."""

    @property
    def tokenizer(self) -> Path:
        """The tokenizer's file."""
        return self.folder / TOKENIZER


def read_folder(settings: Transformer, folder: Path) -> ModelFolder:
    """Check the files of a model and read its labels; `ConfigError` says what is wrong."""
    model = folder / settings.file
    for name in (settings.file, TOKENIZER, CONFIG):
        if not (folder / name).is_file():
            raise ConfigError(
                f"transformers: {folder} has no file {name}; "
                "docs/transformers.md says how to export a model"
            )
    weights = [model, *sorted(model.parent.glob(f"{model.name}[._]data*"))]
    megabytes = sum(path.stat().st_size for path in weights) / 2**20
    if megabytes > settings.memory_mb:
        raise ConfigError(
            f"transformers: {model} takes {megabytes:,.0f} MB, more than "
            f"memory_mb = {settings.memory_mb}"
        )
    said = _read_config(folder / CONFIG)
    labels = settings.labels or _labels(said, folder)
    _check(said, settings, folder)
    try:
        scale = scale_of(labels)
    except ValueError as error:
        where = "labels" if settings.labels else folder / CONFIG
        raise ConfigError(f"transformers: {where}: {error}{_advice(labels)}") from None
    padding = said.get("pad_token_id")
    return ModelFolder(
        folder=folder,
        model=model,
        scale=scale,
        labels=labels,
        method=_method(settings, folder, [*weights, folder / TOKENIZER], labels),
        megabytes=megabytes,
        padding=padding if isinstance(padding, int) else 0,
        licence=_licence(folder / CARD),
    )


def _read_config(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise ConfigError(f"transformers: {path} is too large for a configuration")
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"transformers: {path} is no JSON: {error}") from error
    if not isinstance(said, dict):
        raise ConfigError(f"transformers: {path} is no JSON object")
    return said


def _labels(said: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """Return the labels by output, from ``{"0": "negative", …}``."""
    named = said.get("id2label")
    numbers = [str(number) for number in range(len(named))] if isinstance(named, dict) else []
    labels = [named.get(number) for number in numbers] if isinstance(named, dict) else []
    if not labels or not all(isinstance(label, str) for label in labels):
        raise ConfigError(
            f"transformers: {folder / CONFIG} does not name its labels (id2label); "
            "set labels, such as labels = ['negative', 'neutral', 'positive']"
        )
    return tuple(map(str, labels))


def _check(said: Mapping[str, Any], settings: Transformer, folder: Path) -> None:
    """Refuse a model whose outputs exclude nothing, or that reads less than it is to be given."""
    if said.get("problem_type") == "multi_label_classification":
        raise ConfigError(
            f"transformers: {folder / CONFIG}: problem_type multi_label_classification; "
            "allowed: a model whose labels exclude each other"
        )
    longest = said.get("max_position_embeddings")
    if isinstance(longest, int) and settings.max_tokens > longest:
        raise ConfigError(
            f"transformers: max_tokens = {settings.max_tokens}: {folder} reads at most {longest}"
        )


def _advice(labels: tuple[str, ...]) -> str:
    if not all(label.upper().startswith("LABEL_") for label in labels):
        return ""
    return "; its card says what they mean: set labels, in their order"


def _method(settings: Transformer, folder: Path, files: list[Path], labels: object) -> str:
    """Name the model, with a digest of all that its answers depend on."""
    digest = hashlib.blake2b(repr((labels, settings.max_tokens)).encode(), digest_size=4)
    for path in files:
        try:
            with path.open("rb") as file:
                while block := file.read(2**20):
                    digest.update(block)
        except OSError as error:
            raise ConfigError(f"transformers: {path}: {error.strerror}") from error
    name = _ODD.sub("-", folder.resolve().name)[:80]
    return f"transformer-{name}/{digest.hexdigest()}"


def _licence(card: Path) -> str | None:
    """Read the licence off a model card's front matter."""
    try:
        with card.open(encoding="utf-8", errors="replace") as file:
            head = file.read(_CARD_CHARACTERS)
    except OSError:
        return None
    matter, _, _ = head.partition("\n---")
    found = _LICENCE.search(matter) if head.startswith("---") else None
    return found[1] if found else None
