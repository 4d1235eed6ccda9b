"""
The suppress stage: what is by somebody who wants nothing kept is gone before anything is written.

It comes first, before anything can fail on the mention and put it into quarantine.
"""

from collections.abc import Mapping
from typing import Any, Final

from pipelines.context import Context, DropMention
from search.mention import Mention
from search.people.names import names_in
from search.people.suppression import Reach

SUPPRESSED: Final = "suppressed"
"""The reason that is counted."""


def drop_suppressed(mention: Mention, context: Context) -> Mention:
    """Raise `DropMention` for a mention of an author on the suppression list."""
    if is_suppressed(mention, context):
        raise DropMention(SUPPRESSED)
    return mention


def is_suppressed(mention: Mention, context: Context) -> bool:
    """Whether nothing of its author may be kept, as far as the list was read."""
    suppressions = context.suppressions
    return suppressions is not None and suppressions.covers(mention, Reach.COLLECT)


def is_name_suppressed(plain: Mapping[str, Any], context: Context) -> bool:
    """Whether so of a mention as JSON, which may be one that cannot be read."""
    suppressions = context.suppressions
    return suppressions is not None and suppressions.reach_of(names_in(plain), Reach.COLLECT)
