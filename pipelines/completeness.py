"""Which of the fields that a source gives are missing in a mention: many at once are a warning."""

from collections.abc import Iterator
from operator import attrgetter

from search.mention import Mention

FIELDS = (
    *("text", "title", "published_at", "author", "author.name", "author.url", "rating", "subject"),
    *("media", "declared_language", "engagement.likes", "engagement.replies"),
)
"""Those that a reader can lose when a site changes its layout, as ``field`` or ``part.field``."""

_ABSENT = (None, "", ())


def missing_fields(mention: Mention) -> Iterator[str]:
    """Name the fields of `FIELDS` that a mention lacks; a part of what is absent is not named."""
    for path in FIELDS:
        part, _, name = path.rpartition(".")
        owner = attrgetter(part)(mention) if part else mention
        if owner is not None and getattr(owner, name) in _ABSENT:
            yield path
