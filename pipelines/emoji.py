"""The emoji stage: which emoji stand in a text, in whatever shade, each once."""

import dataclasses
from collections.abc import Iterator
from typing import Final

import regex

from pipelines.context import Context
from search.mention import Mention

MOST: Final = 50
"""Different emoji of one mention that are kept; who writes more means none of them."""

# Flags are pairs of letters; keycaps digits in a box; all else a picture with what changes it.
_EMOJI: Final = regex.compile(
    r"\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3"
    r"|(?![\u00A9\u00AE\u2122\u2190-\u21FF])\p{Extended_Pictographic}"
    r"(?:[\uFE0E\uFE0F\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F]"
    r"|\u200D(?=\p{Extended_Pictographic})\p{Extended_Pictographic})*",
    regex.V1,
)
_SHADES: Final = regex.compile(r"[\uFE0E\uFE0F\U0001F3FB-\U0001F3FF]", regex.V1)


def tag_emoji(mention: Mention, _: Context) -> Mention:
    """Set ``emoji`` from title and text; what a source lists comes first."""
    text = f"{mention.title}\n{mention.text}" if mention.title else mention.text
    if text.isascii() and not mention.emoji:
        return mention
    found = tuple(dict.fromkeys((*mention.emoji, *find_emoji(text))))[:MOST]
    return mention if found == mention.emoji else dataclasses.replace(mention, emoji=found)


def find_emoji(text: str) -> Iterator[str]:
    """Find every emoji, without skin tone and variant; the text variant (✌︎) is one as well."""
    for sequence in _EMOJI.findall(text):
        yield _SHADES.sub("", sequence)
