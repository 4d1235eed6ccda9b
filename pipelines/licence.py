"""
The licence stage: what sources state about reuse, as SPDX identifiers.

A licence found here is a suggestion with its evidence. It never changes our own permission,
which stays ``not_requested`` until somebody decides.
"""

import dataclasses
import re

from pipelines.context import Context
from search.mention import Confidence, Licence, Media, Mention
from search.rights.spdx import find_creative_commons, version_of
from search.rights.strictness import normalise, strictest
from search.rights.wording import SPEAKS_OF_LICENCES, SPEAKS_OF_PICTURES

LONGEST_STATEMENT = 300
"""Characters of a sentence that are kept as evidence."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_])|\n+")


def tag_licence(mention: Mention, _: Context) -> Mention:
    """
    Name every licence that a source states, and suggest one that the text itself states.

    Where page and text contradict each other, the stricter statement counts and the other stays as
    evidence; the field of an official interface is not contradicted by a text.
    """
    licence = normalise(mention.licence)
    media = tuple(_normalise_medium(medium) for medium in mention.media)
    signals = mention.rights_signals
    if "creative" in (lowered := mention.text.lower()) or "cc" in lowered:
        suggested, media = _suggest(mention.text, media)
        if suggested and (licence is None or licence.confidence is Confidence.SCRAPED):
            stated = [suggested] if licence is None else [licence, suggested]
            licence, evidence = strictest(stated)
            signals = tuple(dict.fromkeys([*signals, *evidence]))
    if licence == mention.licence and media == mention.media and signals == mention.rights_signals:
        return mention
    return dataclasses.replace(mention, licence=licence, media=media, rights_signals=signals)


def _normalise_medium(medium: Media) -> Media:
    licence = normalise(medium.licence)
    return medium if licence == medium.licence else dataclasses.replace(medium, licence=licence)


def _suggest(text: str, media: tuple[Media, ...]) -> tuple[Licence | None, tuple[Media, ...]]:
    """
    Read an explicit Creative Commons statement of the text, if it makes exactly one.

    The sentence must name a picture, and the mention have just one, or else speak of licensing: a
    text about Creative Commons is not under it.
    """
    stated = [
        (sentence, found)
        for sentence in _SENTENCE_END.split(text)
        for found in find_creative_commons(sentence)
    ]
    if len({found for _, found in stated}) != 1:
        return None, media
    sentence, found = stated[0]
    suggestion = Licence(
        id=found.id,
        raw=sentence.strip()[:LONGEST_STATEMENT],
        found_in="text",
        url=found.url,
        version=version_of(found.id),
        confidence=Confidence.SCRAPED,
    )
    if SPEAKS_OF_PICTURES.search(sentence):
        if len(media) == 1 and media[0].licence is None:
            media = (dataclasses.replace(media[0], licence=suggestion),)
        return None, media
    return (suggestion if SPEAKS_OF_LICENCES.search(sentence) else None), media
