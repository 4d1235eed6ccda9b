"""One entry of the suppression list: a keyed hash and what it keeps us from, nothing else."""

import dataclasses
import datetime as dt
import enum
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from search.people.keys import SuppressionError

_HMAC: Final = re.compile("[0-9a-f]{64}")
_FINGERPRINT: Final = re.compile("[0-9a-f]{16}")
_DATE: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{6}\+00:00")


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
            "date": _written(self.at),
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

    @property
    def said(self) -> "Said":
        """What was decided, and when."""
        return Said(_written(self.at), self.reach)


class Said(NamedTuple):
    """What an entry says of its name; kept of all entries while a list is read."""

    at: str
    """As written, which compares like time."""

    reach: Reach | None

    def overrules(self, other: "Said | None") -> bool:
        """Whether this decision about the same name counts: the later, or else the wider."""
        if other is None or self.at != other.at:
            return other is None or self.at > other.at
        return self.reach is not None and self.reach is not other.reach


def read_said(plain: Mapping[str, Any], where: str) -> tuple[bytes, str, Said]:
    """Return hash, fingerprint and decision of an entry; `SuppressionError` when it is none."""
    try:
        name, key, at, scope = plain["hmac"], plain["key"], plain["date"], plain["scope"]
        if _HMAC.fullmatch(name) and _FINGERPRINT.fullmatch(key) and _DATE.fullmatch(at):
            return bytes.fromhex(name), key, Said(at, _REACHES[scope])
    except (KeyError, TypeError):
        pass
    raise SuppressionError(f"{where}: this is no entry of a suppression list")


def _written(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


_REACHES: Final[Mapping[str | None, Reach | None]] = {
    None: None, **{each.value: each for each in Reach},
}  # fmt: skip
