"""
When what is kept of a mention is to go: one pure decision, which everything calls.

Two clocks count (rights.md R4.15, R3.1). The rules of ``[privacy.retention]`` count from
``first_seen_at``, which no later crawl moves: to read a post again is no reason to keep it longer.
The limit that a source sets itself, and which mostly says *refresh or delete*, counts from
``harvested_at``, when its content was last read as it is kept. Whichever comes first holds. A
limit only shortens a rule: where there is none for a mention, it stays.

What is in use or argued about never goes, whatever its age.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from search.config import Config
from search.mention import State, StoredMention
from search.permissions.events import Step
from search.permissions.ledger import Entry
from search.permissions.standing import NEW, Standing
from search.privacy_settings import Retention
from search.vocabulary import Basis, Hold, Permission

LIMIT: Final = "limit of the source"
"""The name of the rule where a source's own limit comes first."""

_LONG_AGO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ARGUED_ABOUT: Final = frozenset({Hold.LEGAL_HOLD, Hold.DISPUTED})
_LASTING: Final = frozenset(
    {Basis.OPEN_LICENCE, Basis.PUBLIC_DOMAIN, Basis.OWNED, Basis.PLATFORM_EMBED}
)
_ERASABLE: Final = frozenset(
    {Step.QUEUE, Step.SEND, Step.REMIND, Step.GRANT, Step.DECLINE, Step.NO_RESPONSE, Step.EXPIRE,
     Step.REVOKE, Step.BASIS}
)  # fmt: skip
"""Holds stay, for they must hold; so does where something was put."""

_ENDED: Final = frozenset(
    {Permission.DECLINED, Permission.NO_RESPONSE, Permission.EXPIRED, Permission.REVOKED}
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a configuration asks for, and what its sources ask for."""

    retention: Retention
    limits: Mapping[str, int]
    """For how many days a source allows content to be kept, by its name."""

    evidence_years: int

    @classmethod
    def of(cls, config: Config, limits: Mapping[str, int]) -> "Rules | None":
        """Return the rules of a configuration; ``None``: nothing is ever deleted."""
        said = config.privacy
        if said.retention is None:
            return None
        return cls(retention=said.retention, limits=limits, evidence_years=said.evidence_years)

    def days_of(self, source: str) -> tuple[str, int] | None:
        """Return the rule for mentions of a source that nobody was asked about."""
        if source in self.retention.sources:
            return f"sources.{source}", self.retention.sources[source]
        days = self.retention.mentions_days
        return None if days is None else ("mentions_days", days)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """How we stand to a mention, and since when."""

    standing: Standing = NEW
    since: dt.datetime = _LONG_AGO
    """When the latest step of its request was written down."""

    is_answered: bool = False
    """Whether a yes was said on the author's page, and waits for a person."""


UNASKED: Final = Case()


@dataclasses.dataclass(frozen=True, slots=True)
class Due:
    """When a mention is to go, and by which rule."""

    rule: str
    """A key of ``[privacy.retention]``, or `LIMIT`."""

    at: dt.datetime


def case_of(standing: Standing, history: Sequence[Entry]) -> Case:
    """Sum up what the ledger says of one mention."""
    steps = [entry for entry in history if entry.step is None or entry.step in _ERASABLE]
    since = dt.datetime.fromisoformat(steps[-1].written_at) if steps else _LONG_AGO
    return Case(standing=standing, since=since)


def due(stored: StoredMention, case: Case, rules: Rules, now: dt.datetime) -> Due | None:
    """Say when a mention is to go; ``None``: not as things stand."""
    if case.is_answered or is_kept(case.standing, now) or _says_more(stored.state, case.standing):
        return None
    found = _by_rule(stored, case, rules)
    limit = rules.limits.get(stored.mention.source)
    if found is None or limit is None:
        return found
    read_at = stored.mention.harvested_at or stored.state.first_seen_at or _LONG_AGO
    limited = _after(read_at, limit)
    return found if found.at <= limited else Due(LIMIT, limited)


def is_kept(standing: Standing, now: dt.datetime) -> bool:
    """Whether a mention stays whatever its age: in force, in use, waited for or argued about."""
    if standing.holds & _ARGUED_ABOUT or standing.placements:
        return True
    is_asked = standing.permission is Permission.REQUESTED
    if is_asked and standing.due_at is not None and now <= standing.due_at:
        return True
    return _is_in_force(standing, now)


def evidence_due(
    case: Case, history: Sequence[Entry], rules: Rules, now: dt.datetime
) -> Iterator[int]:
    """
    Hand out the entries whose events are to be erased, the latest first.

    In that order a request that ended is never, not even for a moment, one that is open.
    """
    if case.standing.permission not in _ENDED or is_kept(case.standing, now):
        return
    if case.is_answered:
        return
    at = _evidence_ends(case, rules)
    if at is not None and at <= now:
        for entry in reversed(history):
            if entry.event is not None and entry.step in _ERASABLE:
                yield entry.number


def _evidence_ends(case: Case, rules: Rules) -> dt.datetime | None:
    """Say when nothing needs to be shown any more; ``None``: no rule says so."""
    standing, retention = case.standing, rules.retention
    ended = standing.permission in {Permission.EXPIRED, Permission.REVOKED}
    if not standing.grants and not ended:
        days = retention.declined_days
        return None if days is None else _after(case.since, days)
    if retention.granted_extra_days is None:
        return None
    return _after(max(case.since, _end_of(case)), 366 * rules.evidence_years)


def _by_rule(stored: StoredMention, case: Case, rules: Rules) -> Due | None:
    retention = rules.retention
    match case.standing.permission:
        case Permission.NOT_REQUESTED:
            said = rules.days_of(stored.mention.source)
            seen_at = stored.state.first_seen_at or _LONG_AGO
            if case.standing.contract is not None:
                return _due("granted_extra_days", retention.granted_extra_days, _end_of(case))
            return said and _due(*said, seen_at)
        case Permission.QUEUED:
            return _due("queued_days", retention.queued_days, case.since)
        case Permission.REQUESTED:
            begins = case.standing.due_at or case.since
            return _due("requested_days", retention.requested_days, begins)
        case Permission.DECLINED | Permission.NO_RESPONSE | Permission.REVOKED:
            return _due("declined_days", retention.declined_days, case.since)
        case Permission.GRANTED | Permission.EXPIRED:
            return _due("granted_extra_days", retention.granted_extra_days, _end_of(case))


def _end_of(case: Case) -> dt.datetime:
    """Return when what was allowed last ended, at the end of that day."""
    standing = case.standing
    scopes = [grant.scope for grant in standing.grants[-1:]]
    scopes += [standing.contract] if standing.contract is not None else []
    ends = [dt.datetime.combine(scope.valid_until, dt.time.max, dt.UTC) for scope in scopes]
    return max(ends, default=case.since)


def _is_in_force(standing: Standing, now: dt.datetime) -> bool:
    today = now.astimezone(dt.UTC).date()
    if standing.basis in _LASTING:
        return True
    scope = standing.scope
    return scope is not None and scope.valid_until >= today


def _says_more(state: State, standing: Standing) -> bool:
    """Whether a document claims more than the ledger knows: then somebody looks first."""
    return (
        bool(_ARGUED_ABOUT.intersection(state.holds))
        or state.basis not in {Basis.NONE, standing.basis}
        or (state.permission is Permission.GRANTED and standing.permission != state.permission)
    )


def _due(rule: str, days: int | None, begins: dt.datetime) -> Due | None:
    return None if days is None else Due(rule, _after(begins, days))


def _after(begins: dt.datetime, days: int) -> dt.datetime:
    try:
        return begins + dt.timedelta(days=days)
    except OverflowError:
        return dt.datetime.max.replace(tzinfo=dt.UTC)
