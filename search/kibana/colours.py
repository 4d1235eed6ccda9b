"""One colour for each feeling and each standing of a permission, wherever they are shown."""

import dataclasses
from typing import Final

from search.vocabulary import Feeling, Permission


@dataclasses.dataclass(frozen=True, slots=True)
class Badge:
    """A value on a coloured ground."""

    ground: str
    text: str = "#ffffff"


FEELINGS: Final = {
    Feeling.POSITIVE: Badge("#1b7f4d"),
    Feeling.NEUTRAL: Badge("#69707d"),
    Feeling.NEGATIVE: Badge("#b5292b"),
}

PERMISSIONS: Final = {
    Permission.NOT_REQUESTED: Badge("#69707d"),
    Permission.QUEUED: Badge("#d3dae6", "#1a1c21"),
    Permission.REQUESTED: Badge("#f5c84c", "#1a1c21"),
    Permission.GRANTED: Badge("#1b7f4d"),
    Permission.DECLINED: Badge("#b5292b"),
    Permission.NO_RESPONSE: Badge("#98a2b3", "#1a1c21"),
    Permission.EXPIRED: Badge("#7a4b12"),
    Permission.REVOKED: Badge("#7a1216"),
}
