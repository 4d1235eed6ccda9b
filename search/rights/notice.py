"""What is said about rights in a file that leaves the house, and how it is said in XMP."""

import dataclasses
import datetime as dt
import re
from typing import Final

DATA_MINING: Final = "http://ns.useplus.org/ldf/vocab/"
"""What stands before a key of ``plus:DataMining``."""


_FORBIDDEN: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RightsNotice:
    """
    One file's notice; ``None`` is not written.

    Every text is made one line of what XML can hold, so that all forms of it say the same.
    """

    evidence: str
    """Where the ledger holds why the file may be used."""

    usage: str
    """What it may be used for, and until when, in words."""

    creator: str | None = None
    """Who made it; ``None`` also where the maker wants no name."""

    notice: str | None = None
    """The copyright notice."""

    credit: str | None = None
    """How the maker is to be named, ready to print."""

    source: str | None = None
    """The permalink."""

    web_statement: str | None = None
    """The address of the licence or of the terms."""

    licence: str | None = None
    """The address of a Creative Commons licence, which is also said as ``cc:license``."""

    marked: bool = True
    """Whether it is under copyright; what is not is not marked at all, and never as free."""

    licensor_name: str | None = None
    licensor_url: str | None = None
    data_mining: str | None = None
    """A key such as ``DMI-PROHIBITED-AIMLTRAINING``."""

    starts: dt.date | None = None
    expires: dt.date | None = None
    """The last day of the permission, UTC."""

    terms_version: str | None = None

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, _FORBIDDEN.sub("\ufffd", _line(value)))


def _line(text: str) -> str:
    return " ".join(text.split())


class CannotEmbed(ValueError):
    """
    A file that metadata cannot be written into without risk; the message says why, in a clause.

    Nothing was written: the notice belongs into a sidecar.
    """
