"""The beginning of an id, as a person types it."""

from typing import Final

from search.errors import MentionNotFound

_SHORTEST: Final = 4
_HEX: Final = frozenset("0123456789abcdef")


def checked_prefix(prefix: str) -> str:
    """Return it as ids are written; `MentionNotFound` when no id can begin so."""
    wanted = prefix.strip().lower()
    if len(wanted) < _SHORTEST or not _HEX.issuperset(wanted):
        raise MentionNotFound(
            f"{prefix!r} is no id: give at least {_SHORTEST} of its hexadecimal digits"
        )
    return wanted
