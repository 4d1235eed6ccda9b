"""What a mention has: ``has:image``, ``has:media``, ``has:rating``."""

from typing import Final

from search.errors import QueryError
from search.fields import ALIASES, fields, resolve
from search.parsing_values import Written, closest
from search.query import Exists, Query, Term
from search.vocabulary import MediaKind
from search.words import fold_value

_MEDIA: Final = "media.kind"
_PARTS: Final = {
    "media": _MEDIA,
    "author": "author.name",
    "rating": "rating.stars",
    "subject": "subject.name",
}
"""Parts of the document by a field that is there whenever they are."""


def read_has(written: Written) -> Query:
    """Read a kind of attached file, a part of the document, or any field that can be searched."""
    name = fold_value(written.text)
    if name in set(MediaKind):
        return Term(_MEDIA, name)
    field = resolve(_PARTS.get(name, name))
    if field is not None and field.can_search:
        return Exists(field.path)
    known = [path for path, each in fields().items() if each.can_search]
    guess = closest(name, [*MediaKind, *_PARTS, *ALIASES, *known])
    raise QueryError(
        f"no mention has `{written.text}`",
        position=written.position,
        remedy=f"did you mean has:{guess}?" if guess else "write has:image, or has: and a field",
    )
