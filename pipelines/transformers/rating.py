"""
What models say, put into the tags of a batch of mentions.

An answer that the store holds already, for the same text from the same model, is taken over: a
mention that is seen again costs nothing and never changes by a rounding error. Where the sentiment
changed, the stages that depend on it run once more.
"""

import collections
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pipelines.authenticity.stage import tag_authenticity
from pipelines.context import Context
from pipelines.intent import tag_intent
from pipelines.matching import tag_brands
from pipelines.sentiment import from_stars, readable_text
from pipelines.towards.stage import tag_towards
from search.mention import Mention, Sentiment
from search.stores.base import Store
from search.tags import Opinion

if TYPE_CHECKING:
    from pipelines.transformers.model import Model
    from pipelines.transformers.models import Models

AFTER_SENTIMENT: Final = (tag_intent, tag_authenticity, tag_brands, tag_towards)
"""The stages that may ask how the author feels, in their order."""

_Put = Callable[[Mention, Opinion], Mention]
_Recall = Callable[[Mention, Mention, str], Opinion | None]


def rate(mentions: Sequence[Mention], store: Store, context: Context) -> list[Mention]:
    """Ask the models of the context about a batch; without any, mentions stay as they are."""
    models = context.models
    if models is None or not mentions:
        return list(mentions)
    kept = {
        name: stored.mention
        for name, stored in store.fetch(list({mention.id for mention in mentions})).items()
    }
    deciding = [models.decider(mention) for mention in mentions]
    auditing = [models.auditor(mention) for mention in mentions]
    decided = _apply(mentions, deciding, (_decide, _decided_before), kept, models)
    audited = _apply(decided, auditing, (_compare, _compared_before), kept, models)
    return [
        after if after.sentiment == before.sentiment else _tag_again(after, context)
        for before, after in zip(mentions, audited, strict=True)
    ]


def _tag_again(mention: Mention, context: Context) -> Mention:
    for stage in AFTER_SENTIMENT:
        mention = stage(mention, context)
    return mention


def _apply(
    mentions: Sequence[Mention],
    asked: Sequence["Model | None"],
    use: tuple[_Put, _Recall],
    kept: Mapping[str, Mention],
    models: "Models",
) -> list[Mention]:
    """Ask each mention's model, one after the other, each about all of its texts at once."""
    result = list(mentions)
    put, recall = use
    places: dict[Model, list[int]] = collections.defaultdict(list)
    for place, (mention, model) in enumerate(zip(mentions, asked, strict=True)):
        if model is None or not readable_text(mention).strip():
            continue
        before = kept.get(mention.id)
        is_same = before is not None and readable_text(before) == readable_text(mention)
        if before is not None and is_same and (known := recall(mention, before, model.method)):
            result[place] = put(mention, known)
        else:
            places[model].append(place)
    for model, chosen in places.items():
        texts = [readable_text(mentions[place]) for place in chosen]
        for place, said in zip(chosen, _rate(model, texts), strict=True):
            if isinstance(said, Opinion):
                result[place] = put(mentions[place], said)
            else:
                models.count(said, model.method)
    return result


def _rate(model: "Model", texts: Sequence[str]) -> list[Opinion | str]:
    """Ask about every different text once: in a crawl the same one may come by many ways."""
    different = list(dict.fromkeys(texts))
    said = dict(zip(different, model.rate(different), strict=True))
    return [said[text] for text in texts]


def _decide(mention: Mention, said: Opinion) -> Mention:
    """Let the model say how the text feels; stars, where there are any, still decide."""
    sentiment = Sentiment(
        label=said.label, value=said.value, method=said.method, text_value=said.value
    )
    if mention.rating is not None:
        starred = from_stars(mention.rating, sentiment)
        sentiment = dataclasses.replace(starred, text_method=said.method)
    return dataclasses.replace(mention, sentiment=sentiment)


def _compare(mention: Mention, said: Opinion) -> Mention:
    return dataclasses.replace(mention, second_opinion=said)


def _decided_before(mention: Mention, before: Mention, method: str) -> Opinion | None:
    """Return what the model said of the text; beside stars only the value is known, and needed."""
    said = before.sentiment
    if said is None or said.text_value is None or said.label is None:
        return None
    decided = said.method if mention.rating is None else said.text_method
    if decided != method:
        return None
    return Opinion(label=said.label, value=said.text_value, method=method)


def _compared_before(_: Mention, before: Mention, method: str) -> Opinion | None:
    known = before.second_opinion
    return known if known is not None and known.method == method else None
