"""What `sayso schedule` starts: a schedule for each source, address and, mostly, brand."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawlers.base import Plan
from crawlers.planning import find_source, plans_of, sources_of
from crawlers.scheduling.rhythms import RhythmTrigger, adapted, usual_interval
from search.config import Config, SourceConfig, read_since
from search.errors import ConfigError
from search.rhythm import read_duration
from search.spelling import closest

_SECOND = dt.timedelta(seconds=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Scheduled:
    """One plan, and when it is due."""

    name: str
    """``source``, ``source@host/path~query``, ``source:brand`` or all of them."""

    entry: SourceConfig
    plan: Plan

    @property
    def cadence(self) -> str:
        """How often the source is worth a look, if nobody says otherwise."""
        return find_source(self.plan.source).declaration.cadence

    @property
    def usual(self) -> dt.timedelta:
        """The interval from which adapting begins."""
        return usual_interval(self.entry, self.cadence)

    @property
    def slack(self) -> dt.timedelta:
        """By how much a due time may be later than an interval: jitter, and quiet hours."""
        jitter = read_duration(self.entry.jitter) if self.entry.jitter else dt.timedelta()
        return jitter + (dt.timedelta(days=1) if self.entry.quiet else _SECOND)

    @property
    def rhythm_key(self) -> str:
        """Changes when the rhythm does: due times reckoned by another one do not count."""
        fields = ("every", "cron", "timezone", "jitter", "quiet", "fastest", "slowest")
        said = [self.cadence, *(repr(getattr(self.entry, name)) for name in fields)]
        return hashlib.blake2b("\n".join(said).encode(), digest_size=8).hexdigest()

    def trigger(
        self, interval: dt.timedelta | None = None, last: dt.datetime | None = None
    ) -> RhythmTrigger:
        """Return what tells the next due time."""
        return RhythmTrigger(self.entry, self.cadence, self.name, interval=interval, last=last)

    def adapt(self, interval: dt.timedelta | None, new: int) -> dt.timedelta | None:
        """Return the interval after a run that brought so many; ``None`` where none adapts."""
        if self.entry.cron or not (self.entry.fastest or self.entry.slowest):
            return None
        return adapted(interval or self.usual, self.entry, self.cadence, new=new)

    def plan_now(self) -> Plan:
        """Return the plan with ``since`` reckoned from now."""
        return dataclasses.replace(self.plan, since=read_since(self.entry.since))


def schedules(config: Config) -> dict[str, Scheduled]:
    """Return every schedule of a configuration by name, in its order."""
    found: dict[str, Scheduled] = {}
    for entry, plan in _plans(config):
        name = _name(plan)
        number = 1
        while name in found:
            number += 1
            name = f"{_name(plan)}#{number}"
        found[name] = Scheduled(name=name, entry=entry, plan=plan)
    if not found:
        raise ConfigError("nothing to schedule: no source in sayso.toml looks for a brand")
    return found


def find_schedule(config: Config, name: str) -> Scheduled:
    """Return one schedule, or raise `ConfigError` that names the ones there are."""
    known = schedules(config)
    if name not in known:
        hint = closest(name, known)
        raise ConfigError(f"there is no schedule {name!r}{hint}; allowed: {', '.join(known)}")
    return known[name]


def _plans(config: Config) -> Iterator[tuple[SourceConfig, Plan]]:
    brands = config.choose_brands([])
    return ((entry, plan) for entry in sources_of(config) for plan in plans_of(entry, brands))


def _name(plan: Plan) -> str:
    parts = urlsplit(plan.address or "")
    place = f"@{parts.netloc}{parts.path.rstrip('/')}" if plan.address else ""
    query = f"~{_digest(parts.query)}" if parts.query else ""  # it may hold a token
    per_brand = find_source(plan.source).declaration.per_brand
    brand = f":{plan.brands[0].name}" if per_brand else ""
    return f"{plan.source}{place}{query}{brand}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=3).hexdigest()
