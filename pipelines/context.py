"""What every stage is given besides the mention, and what it raises to leave a mention out."""

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from pipelines.feelings.learned import SHIPPED_ONLY, Learned
from pipelines.habits import Habits
from search.config import DEFAULT_LANGUAGES, Brand, Config
from search.errors import SaysoError
from search.matcher import Matcher
from search.people.suppression import Suppressions
from search.stores.base import Store

if TYPE_CHECKING:
    from pipelines.transformers.models import Models


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the stages of one run know: the same for a crawl, an import and a retag."""

    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    """ISO 639-1 codes the language stage chooses among."""

    habits: Habits = dataclasses.field(default_factory=Habits)
    """What authors of this run wrote in so far."""

    jurisdiction: str | None = None
    """Whose rules of disclosure count, where a language is spoken in more than one country."""

    matcher: Matcher | None = None
    """All brands to look for; ``None`` leaves ``brands`` as it is."""

    keep_unmatched: bool = False
    """Whether a mention of no brand is kept, with ``brands`` empty, instead of dropped."""

    learned: Learned = SHIPPED_ONLY
    """The linear models that judge how texts feel."""

    models: "Models | None" = None
    """The user's transformers; ``None`` without any."""

    config: Config | None = None
    """Where the suppression list is kept beside; ``None``: there is no list."""

    suppressions: Suppressions | None = None
    """Whose mentions are not kept; ``None``: everybody's are."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the run so far, in sentences."""
        return (*self.learned.notes, *(self.models.notes if self.models is not None else ()))

    def with_models_of(self, store: Store) -> Self:
        """
        Let the models judge that were trained on what a store holds, and its list count.

        `SuppressionError` when there is a suppression list that cannot be used.
        """
        listed = None if self.config is None else Suppressions.open(store, self.config)
        learned = Learned.kept_in(store.notes)
        return dataclasses.replace(self, learned=learned, suppressions=listed)

    @classmethod
    def of(
        cls,
        config: Config,
        *,
        brands: Iterable[Brand] = (),
        keep_unmatched: bool = False,
    ) -> Self:
        """
        Take it from a configuration; ``brands`` are looked for beside those that it names.

        Loads the transformers: `ConfigError` when one cannot be used.
        """
        from pipelines.transformers.models import Models  # noqa: PLC0415 - few have any

        trees = {brand.name: brand.tree for brand in (*config.brands, *brands)}
        return cls(
            languages=config.languages,
            jurisdiction=config.jurisdiction,
            matcher=Matcher(trees),
            keep_unmatched=keep_unmatched,
            models=Models.open(config),
            config=config,
        )


class DropMention(SaysoError):
    """A mention that is not wanted; ``reason`` is short and the same for all dropped alike."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
