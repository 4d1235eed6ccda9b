"""
From the licences that sources state to a basis, and back: what they say now, and what we rely on.

Only the field of an official interface is recorded by a program (rights.md T12), and only where
all that is stated of a mention is the same licence: a decision is about the whole mention, its
words and its files. Everything else is a suggestion for a person. CC0 and the Public Domain Mark
become ``open_licence`` as well: ``public_domain`` allows more, and a mark is only what somebody
says. What NC and ND forbid, `usable` refuses.
"""

import datetime as dt
import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from search.mention import Mention, StoredMention
from search.permissions.events import Event, Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.replying.asked import fingerprint
from search.permissions.standing import Standing
from search.rights.canonical import canonical
from search.rights.strictness import name_of, says_no_more, strictness
from search.tags import Licence
from search.vocabulary import Basis, Confidence, Hold, Permission

BY: Final = "licences"
"""Who records what is recorded here."""

_AGREED: Final = frozenset({Basis.GRANT, Basis.CONTRACT, Basis.OWNED})
_RECORDED: Final = frozenset({Basis.OPEN_LICENCE, Basis.PUBLIC_DOMAIN})
_NO: Final = frozenset({Permission.DECLINED, Permission.REVOKED})
_OPEN: Final = 6
"""The strictness of the strictest Creative Commons licence; above it nothing is open."""

_UNPROVEN: Final = "imported file"
"""Where an imported table's licences stand: nobody knows where it had them from."""


class Action(enum.StrEnum):
    """What follows from what a source states."""

    RECORD = "record"
    SUGGEST = "suggest"
    """A person has to look; nothing is recorded here."""

    HOLD = "hold"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What follows for one mention."""

    stored: StoredMention
    action: Action
    licence: str | None
    """SPDX identifier of what is stated; ``None``: nothing, or nothing that is known."""

    why: str
    """In words."""

    event: Event | None = None
    """What is to be recorded; ``None`` for a suggestion."""


def findings(
    permissions: Permissions, found: Iterable[StoredMention], now: dt.datetime
) -> Iterator[Finding]:
    """Go over mentions; those for which nothing follows are passed over."""
    for stored in found:
        if finding := _judge(permissions, stored, now):
            yield finding


def apply(permissions: Permissions, finding: Finding) -> Standing | None:
    """
    Record what follows, if we stand to the mention as we did; ``None`` for a suggestion.

    `IllegalTransition` when somebody was faster: no grant is ever replaced.
    """
    if finding.event is None:
        return None
    before, _ = permissions.ground(finding.stored.id)
    return permissions.record(finding.event, only_if=lambda present: present == before)


def _judge(permissions: Permissions, stored: StoredMention, now: dt.datetime) -> Finding | None:
    standing, _ = permissions.ground(stored.id)
    statements = _statements(stored.mention)
    if standing.basis in _AGREED:
        return None
    if standing.basis in _RECORDED:
        return _changed(permissions, stored, statements, now)
    stated = [one for one in statements if strictness(name_of(one)) <= _OPEN]
    if not stated:
        return None
    doubt = _doubt(stored.mention, statements) or _resistance(permissions, stored.id)
    licence = stored.mention.licence or stated[0]
    name = name_of(licence)
    if doubt is not None or name is None:
        why = f"{doubt}: a person checks it"
        return Finding(stored=stored, action=Action.SUGGEST, licence=name, why=why)
    return Finding(
        stored=stored,
        action=Action.RECORD,
        licence=name,
        why=f"{stored.mention.source} says so in {licence.found_in}",
        event=_basis(stored.mention, licence, name, now),
    )


def _statements(mention: Mention) -> list[Licence]:
    stated = (mention.licence, *(medium.licence for medium in mention.media))
    return [one for one in stated if one is not None]


def _doubt(mention: Mention, statements: list[Licence]) -> str | None:
    """Say why what is stated is not to be recorded by a program; ``None``: it is."""
    names = {name_of(one) for one in statements}
    if mention.licence is None:
        return "it is stated for files only, not for the words"
    if len(names) > 1:
        return f"words and files differ ({', '.join(sorted(map(str, names)))})"
    if canonical(name_of(mention.licence)) is None:
        return "it names no version, or is no licence"
    if any(one.confidence is not Confidence.AUTHORITATIVE for one in statements):
        return "it was read from a page, not from a field of an interface"
    if any(one.found_in == _UNPROVEN for one in statements):
        return "it comes from an imported table"
    return None


def _resistance(permissions: Permissions, mention: str) -> str | None:
    """Say what a person or the author has done that speaks against it."""
    standing, _ = permissions.ground(mention)
    if standing.permission in _NO:
        return f"the author has {standing.permission}"
    if standing.basis is not Basis.NONE:
        return f"its basis is {standing.basis}"
    for event in _latest_events(permissions, mention):
        if event.step is Step.BASIS and event.basis is Basis.NONE:
            return f"{event.by} has taken its basis away"
    return None


def _basis(mention: Mention, licence: Licence, name: str, now: dt.datetime) -> Event:
    return Event(
        step=Step.BASIS,
        mention=mention.id,
        at=now,
        by=BY,
        basis=Basis.OPEN_LICENCE,
        licence=name,
        content=fingerprint(mention),
        evidence=_evidence(mention, licence),
    )


def _evidence(mention: Mention, licence: Licence) -> Evidence:
    """Keep the licence as it was seen: raw value, place, time, address (rights.md R1.20)."""
    known = canonical(name_of(licence))
    seen = mention.harvested_at
    when = f", read {seen.isoformat(timespec='seconds')}" if seen else ""
    return Evidence(
        text=f"{licence.raw} (in {licence.found_in} of {mention.url}{when})",
        url=licence.url or (known.url if known else None),
        sha256=fingerprint(mention),
        confirmed_by=f"{mention.source}: {licence.found_in}",
    )


def _changed(
    permissions: Permissions, stored: StoredMention, statements: list[Licence], now: dt.datetime
) -> Finding | None:
    """Hold what is not stated any more as it was recorded; what a person has released stays so."""
    standing, entry = permissions.ground(stored.id)
    other = next((one for one in statements if _says_else(one, standing)), None)
    event = entry.read() if entry else None
    vanished = not statements and event is not None and event.by == BY
    if Hold.LICENCE_CHANGED in standing.holds or (other is None and not vanished):
        return None
    now_said = f"{name_of(other) or 'unknown'}: {other.raw}" if other else "no licence"
    reason = f"recorded {standing.licence or standing.basis}; stated now: {now_said}"
    if any(each.reason == reason for each in _latest_events(permissions, stored.id)):
        return None
    hold = Event(
        step=Step.HOLD,
        mention=stored.id,
        at=now,
        by=BY,
        hold=Hold.LICENCE_CHANGED,
        reason=reason,
        content=fingerprint(stored.mention),
        evidence=_evidence(stored.mention, other) if other else Evidence(),
    )
    name = name_of(other) if other else None
    return Finding(stored=stored, action=Action.HOLD, licence=name, why=reason, event=hold)


def _says_else(one: Licence, standing: Standing) -> bool:
    if standing.licence is None:  # public domain: whatever is as free says the same
        return strictness(name_of(one)) > 0
    recorded = Licence(id=standing.licence, raw=standing.licence, found_in="ledger")
    return not says_no_more(one, name_of(one), recorded, standing.licence)


def _latest_events(permissions: Permissions, mention: str) -> Iterator[Event]:
    """Hand out what happened since the basis was last recorded, that included, newest first."""
    for entry in reversed(permissions.history(mention)):
        event = entry.read() if entry.is_genuine else None
        if event is not None:
            yield event
            if event.step is Step.BASIS:
                return
