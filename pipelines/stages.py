"""
What happens to every mention between a source and the store, in order.

A stage is a pure function from a mention and a `Context` to a mention. The same tuple serves
crawls, imports and tagging anew what is stored. Matching comes late because a brand's query may
ask for what the other stages find out: ``storm AND lang:sv``, ``stem:roast``, ``#tag``; only how
a brand is spoken of comes behind it.
"""

import dataclasses
from collections.abc import Callable

from pipelines.authenticity.stage import tag_authenticity
from pipelines.context import Context, DropMention
from pipelines.disclosure import tag_disclosure
from pipelines.emoji import tag_emoji
from pipelines.hashtags import tag_hashtags
from pipelines.intent import tag_intent
from pipelines.language import tag_language
from pipelines.licence import tag_licence
from pipelines.matching import tag_brands
from pipelines.sentiment import tag_sentiment
from pipelines.suppressing import drop_suppressed
from pipelines.tidying import tidy
from pipelines.towards.stage import tag_towards
from search.errors import SaysoError
from search.mention import Mention

__all__ = ["STAGES", "Context", "DropMention", "Stage", "StageFailed", "enrich"]


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """One step, with the name that counts and errors show."""

    name: str
    run: Callable[[Mention, Context], Mention]


STAGES: tuple[Stage, ...] = (
    Stage("suppress", drop_suppressed),
    Stage("tidy", tidy),
    Stage("hashtags", tag_hashtags),
    Stage("emoji", tag_emoji),
    Stage("language", tag_language),
    Stage("sentiment", tag_sentiment),
    Stage("disclosure", tag_disclosure),
    Stage("intent", tag_intent),
    Stage("authenticity", tag_authenticity),
    Stage("licence", tag_licence),
    Stage("match", tag_brands),
    Stage("towards", tag_towards),
)


class StageFailed(SaysoError):
    """A stage broke on one mention: a defect of ours, and no reason to end a run."""

    def __init__(self, stage: str, cause: Exception) -> None:
        self.stage = stage
        self.cause = cause
        super().__init__(f"{stage}: {type(cause).__name__}: {cause}")


def enrich(mention: Mention, context: Context) -> Mention:
    """
    Run every stage over one mention.

    Raises `DropMention` when it is not wanted and `StageFailed` when a stage breaks on it. Any
    other `SaysoError`, such as a language that does not exist, is a fault of the settings, and an
    `OSError` or `MemoryError` one of the machine: neither is the mention's.
    """
    for stage in STAGES:
        try:
            mention = stage.run(mention, context)
        except (SaysoError, OSError, MemoryError):
            raise  # the fault of settings or of the machine, not of this mention
        except Exception as error:  # one of two such places: one bad mention must not end a run
            raise StageFailed(stage.name, error) from error
    return mention
