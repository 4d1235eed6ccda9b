"""One line of the report."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from search.mention import Mention


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """Something that is worth a look, and may be harmless."""

    kind: str
    """``same_text``, ``burst``, ``account``, ``signal`` or ``source_says``."""

    about: str
    """The product, brand, account, text or signal."""

    counted: str
    """What it rests on, in a sentence."""

    harmless: str
    """What else can be the reason."""

    numbers: Mapping[str, Any]
    """What was counted, for programs."""

    mentions: tuple[str, ...] = ()
    """Ids of mentions to look at, at most `MOST_NAMED`."""


MOST_NAMED = 50
"""Mentions that one finding names."""


def text_of(mention: Mention) -> str:
    """Return the id that all mentions with this text share: that of its first."""
    return mention.copy_of or mention.id
