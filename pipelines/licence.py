"""
The licence stage: what sources state about reuse, as SPDX identifiers.

A licence found here is a suggestion with its evidence. It never changes our own permission,
which stays ``not_requested`` until somebody decides.
"""

import dataclasses
import re

from pipelines.context import Context
from search.mention import Confidence, Licence, Media, Mention
from search.rights.spdx import find_creative_commons
from search.rights.strictness import normalise

LONGEST_STATEMENT = 300
"""Characters of a sentence that are kept as evidence."""

# A sentence that names a picture speaks of the picture, not of the text around it.
_PICTURE = re.compile(
    r"\b(?:photos?|photograph\w*|pictures?|images?|foto\w*|bild\w*|afbeelding\w*|illustration\w*|"
    r"aufnahme\w*|kuva\w*)\b|📷|📸",
    re.IGNORECASE,
)
_LICENSED = re.compile(r"\blicen[cst]\w*|\blizen[sz]\w*|\blisens\w*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_])|\n+")


def tag_licence(mention: Mention, _: Context) -> Mention:
    """Name every licence that a source states, and suggest one that the text itself states."""
    licence = normalise(mention.licence)
    media = tuple(_normalise_medium(medium) for medium in mention.media)
    if "creative" in (lowered := mention.text.lower()) or "cc" in lowered:
        licence, media = _suggest(mention.text, licence, media)
    if licence == mention.licence and media == mention.media:
        return mention
    return dataclasses.replace(mention, licence=licence, media=media)


def _normalise_medium(medium: Media) -> Media:
    licence = normalise(medium.licence)
    return medium if licence == medium.licence else dataclasses.replace(medium, licence=licence)


def _suggest(
    text: str, licence: Licence | None, media: tuple[Media, ...]
) -> tuple[Licence | None, tuple[Media, ...]]:
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
        return licence, media
    sentence, found = stated[0]
    suggestion = Licence(
        id=found.id,
        raw=sentence.strip()[:LONGEST_STATEMENT],
        found_in="text",
        url=found.url,
        confidence=Confidence.SCRAPED,
    )
    if _PICTURE.search(sentence):
        if len(media) == 1 and media[0].licence is None:
            media = (dataclasses.replace(media[0], licence=suggestion),)
    elif licence is None and _LICENSED.search(sentence):
        licence = suggestion
    return licence, media
