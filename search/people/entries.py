"""One entry of the suppression list: a keyed hash and what it keeps us from, nothing else."""

import dataclasses
import datetime as dt
import enum
import re
from collections.abc import Mapping
from typing import Any, Final, Self

from search.people.keys import SuppressionError

_HMAC: Final = re.compile("[0-9a-f]{64}")
_FINGERPRINT: Final = re.compile("[0-9a-f]{16}")


class Reach(enum.StrEnum):
    """What an author is left out of."""

    CONTACT = "contact"
    """Nobody asks them for anything."""

    COLLECT = "collect"
    """Nothing they write is kept."""

    ALL = "all"
    """Both."""

    def includes(self, other: "Reach") -> bool:
        """Whether whoever is left out so far is left out of the other, too."""
        return self is Reach.ALL or self is other

    def widened(self, other: "Reach") -> "Reach":
        """Return what leaves out of both."""
        return self if self.includes(other) else (other if other.includes(self) else Reach.ALL)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What is kept of one name of one author (rights.md R4.12)."""

    hmac: str
    """Of the name, in hexadecimal."""

    key: str
    """The fingerprint of the key that made it."""

    reach: Reach | None
    """``None``: it was withdrawn."""

    source: str
    at: dt.datetime
    """When it was decided, in UTC; the latest decision counts."""

    reason: str
    """Why, in words of ours."""

    def to_plain(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        return {
            "hmac": self.hmac,
            "key": self.key,
            "scope": self.reach,
            "source": self.source,
            "date": self.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "reason": self.reason,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], where: str) -> Self:
        """Read one; `SuppressionError` names the place when it is none."""
        try:
            scope = plain["scope"]
            entry = cls(
                hmac=plain["hmac"],
                key=plain["key"],
                reach=None if scope is None else Reach(scope),
                source=str(plain["source"]),
                at=dt.datetime.fromisoformat(plain["date"]).astimezone(dt.UTC),
                reason=str(plain["reason"]),
            )
            whole = _HMAC.fullmatch(entry.hmac) and _FINGERPRINT.fullmatch(entry.key)
        except (KeyError, TypeError, ValueError, OverflowError):
            whole = None
        if not whole:
            raise SuppressionError(f"{where}: this is no entry of a suppression list")
        return entry

    def overrules(self, other: "Entry") -> bool:
        """Whether this decision about the same name counts: the later, or else the wider."""
        if self.at != other.at:
            return self.at > other.at
        return self.reach is not None and self.reach is not other.reach
