"""
Notes: small values of our own that several processes change without losing each other's changes.

Who schedules, what is due when, which alert was sent: each is one JSON value under one key, with a
version that grows with every change. A change names the version it was made from, and is refused
when that is not the present one any more (compare-and-set).
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

_PAGE: Final = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """One value, and the version to hand back when changing it."""

    value: Mapping[str, Any]
    version: int


class Notes(Protocol):
    """What a store keeps of them; every method may raise `StoreError`."""

    def read(self, key: str) -> Note | None:
        """Return what stands under a key; ``None`` when nothing does."""
        ...

    def write(self, key: str, value: Mapping[str, Any], version: int | None) -> int | None:
        """
        Replace the value of this version, or with ``None`` write the first.

        Return the new version; ``None`` when somebody else was faster: nothing was changed.
        """
        ...

    def delete(self, key: str, version: int) -> bool:
        """Delete the value of this version; ``False`` when it is another one by now."""
        ...

    def under(self, prefix: str, *, after: str = "", limit: int = 1000) -> dict[str, Note]:
        """Return the notes whose keys begin so, by key, from behind the key ``after`` on."""
        ...


def all_under(notes: Notes, prefix: str) -> Iterator[tuple[str, Note]]:
    """Hand out all notes whose keys begin so, by key, a page at a time."""
    last = ""
    while found := notes.under(prefix, after=last, limit=_PAGE):
        yield from found.items()
        last = list(found)[-1]
