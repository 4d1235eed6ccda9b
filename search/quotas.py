"""Quotas of interfaces, as `sayso.toml` and sources write them: ``300/15m``, ``10000/1d``."""

import dataclasses
import re

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LONGEST_DAYS = 366
_FORM = re.compile(r"([0-9]{1,12})/([0-9]{0,9})([smhd])", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True)
class Quota:
    """So many requests in any stretch of so many seconds."""

    times: int
    seconds: int

    def __str__(self) -> str:
        unit = max((u for u in SECONDS if not self.seconds % SECONDS[u]), key=SECONDS.__getitem__)
        return f"{self.times}/{self.seconds // SECONDS[unit]}{unit}"


def read_quota(text: str) -> Quota:
    """Read ``300/15m``, or ``5/s`` for one second; anything else is a `ValueError` with advice."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(
            f"{text!r} is no quota; allowed: 300/15m, 10000/1d (requests / time in s, m, h or d)"
        )
    quota = Quota(int(form[1]), int(form[2] or 1) * SECONDS[form[3]])
    if not quota.times or not 0 < quota.seconds <= LONGEST_DAYS * SECONDS["d"]:
        raise ValueError(
            f"{text!r}: allowed: at least one request, in more than no time and at most "
            f"{LONGEST_DAYS}d"
        )
    return quota
