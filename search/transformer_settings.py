"""The ``[[transformers]]`` tables of `sayso.toml`: models of the user's own that rate texts."""

import enum
from collections.abc import Collection, Sequence

import pydantic

from search.languages import LANGUAGES
from search.strict import Strict
from search.vocabulary import Kind

SMALLEST_MB = 50
"""Loading the smallest model takes some 10; a batch needs room as well."""


class Use(enum.StrEnum):
    """What the answers of a model are used for."""

    ALL = "all"
    UNSURE = "unsure"
    AUDIT = "audit"


class Transformer(Strict):
    """One directory with a model, and what it is asked."""

    path: str = pydantic.Field(min_length=1)
    """The directory as Hugging Face's Optimum exports it; absolute where other machines crawl."""

    file: str = pydantic.Field(default="model.onnx", min_length=1)
    """The model in it, such as ``onnx/model_quantized.onnx``."""

    languages: tuple[str, ...] = pydantic.Field(min_length=1)
    """ISO 639-1 codes of the languages it was trained on; no other text reaches it."""

    kinds: tuple[Kind, ...] = ()
    """Only these kinds of mention, such as ``review``; empty: all."""

    use: Use = Use.UNSURE
    """``all``: it decides; ``unsure``: where the words do not; ``audit``: it is only compared."""

    unsure_below: float = pydantic.Field(default=0.3, gt=0, le=1, allow_inf_nan=False)
    """Unsure: the words found nothing, or their value is nearer to 0 than this."""

    share: float = pydantic.Field(default=0.02, gt=0, le=1, allow_inf_nan=False)
    """Audit: how much of what fits is compared; always the same mentions."""

    labels: tuple[str, ...] = ()
    """What its outputs mean, in their order; empty: as its ``config.json`` says."""

    batch_size: int = pydantic.Field(default=32, ge=1, le=1024)
    """So many texts at once."""

    max_tokens: int = pydantic.Field(default=256, ge=8, le=8192)
    """Longer texts are cut."""

    seconds_per_batch: float = pydantic.Field(default=60, gt=0, allow_inf_nan=False)
    """For what is stored at once (200 of a crawl, 1,000 of an import); then words decide alone."""

    threads: int = pydantic.Field(default=1, ge=1, le=256)
    """Cores it may use."""

    memory_mb: int = pydantic.Field(default=2000, ge=SMALLEST_MB)
    """A model that takes more is refused at the start; a batch that needs more fails, alone."""

    @pydantic.field_validator("languages")
    @classmethod
    def _must_be_known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for code in codes:
            if code not in LANGUAGES:
                allowed = ", ".join(sorted(LANGUAGES))
                raise ValueError(f"{code!r} is no language code; allowed: {allowed}")
        return codes

    @pydantic.model_validator(mode="after")
    def _keys_must_belong(self) -> "Transformer":
        for key, owner in (("unsure_below", Use.UNSURE), ("share", Use.AUDIT)):
            default = type(self).model_fields[key].default
            if getattr(self, key) != default and self.use is not owner:
                raise ValueError(
                    f"{key} = {getattr(self, key)!r} does not belong to use = {str(self.use)!r}, "
                    f"only to use = {str(owner)!r}"
                )
        return self


def check_languages(transformers: Sequence[Transformer], told_apart: Collection[str]) -> None:
    """Refuse, with `ValueError`, a language in which no mention will ever be tagged."""
    for transformer in transformers:
        for code in transformer.languages:
            if code not in told_apart:
                raise ValueError(
                    f"transformers: {transformer.path!r} is for {code!r}, which is not among the "
                    f"languages that are told apart; allowed: languages = {list(told_apart)}"
                )
