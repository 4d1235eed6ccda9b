"""
Looking at originals again (rights.md R1.22, R1.23): which, and what the ledger is told of them.

Only what an address answered is recorded, and only if it is another state than before: *live*
again lifts what *gone* or *private* had stopped, but never what only a person can know, such as
*edited*: that holds again. Who could not be asked, or refused this program, has said nothing of
the original: nothing is recorded then.
"""

import dataclasses
import datetime as dt
import enum
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from search.mention import StoredMention
from search.notes import Notes, all_under
from search.permissions.events import Event, Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.standing import Standing
from search.stores.base import Store
from search.vocabulary import Basis, Permission, SourceState

_CHECKED: Final = "originals/"
_BATCH: Final = 500
_ASKED: Final = frozenset({Permission.REQUESTED, Permission.GRANTED})


class Seen(enum.StrEnum):
    """What an address answered."""

    LIVE = "live"
    GONE = "gone"
    PRIVATE = "private"
    WITHHELD = "withheld"
    REFUSED = "refused"
    """robots.txt forbids to ask."""

    BLOCKED = "blocked"
    """The site refuses this program."""

    UNREACHABLE = "unreachable"
    UNCLEAR = "unclear"
    """It leads somewhere else: a person has to look."""


_STATES: Final = {
    Seen.LIVE: SourceState.LIVE,
    Seen.GONE: SourceState.GONE,
    Seen.PRIVATE: SourceState.PRIVATE,
    Seen.WITHHELD: SourceState.WITHHELD,
}
_SAME: Final = {
    SourceState.GONE: frozenset(
        {
            SourceState.DELETED_BY_AUTHOR,
            SourceState.REMOVED_BY_PLATFORM,
            SourceState.ACCOUNT_DELETED,
        }
    )
}
"""States that a person may have recorded, which say more than an answer can."""

_BY: Final = "recheck"
_FIRM: Final = frozenset({SourceState.EDITED, *_SAME[SourceState.GONE]})
"""What no answer takes back: that a page is there does not say that it is what was allowed."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """What came of looking at one original."""

    mention: str
    url: str
    seen: Seen
    why: str
    """What the answer was: ``HTTP 404``."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rechecked:
    """A sight, and what followed from it."""

    sight: Sight
    before: SourceState
    state: SourceState
    """What the ledger holds now."""

    @property
    def is_new(self) -> bool:
        """Whether the ledger was told another state than it held."""
        return self.state is not self.before

    take_down: tuple[str, ...]
    """Where it is in use, if its original is not to be seen any more."""


def to_recheck(
    store: Store,
    permissions: Permissions,
    *,
    among: Collection[str] | None = None,
    before: dt.datetime | None = None,
) -> Iterator[StoredMention]:
    """
    Hand out the mentions that are asked for, allowed or in use.

    ``among`` narrows that to these ids, ``before`` to what nobody has looked at since.
    """
    names = [
        mention
        for mention, standing in permissions.standings().items()
        if _matters(standing) and (among is None or mention in among)
    ]
    known = _checks(store.notes) if before is not None else {}
    due = [name for name in names if before is None or known.get(name, before) <= before]
    for start in range(0, len(due), _BATCH):
        yield from store.fetch(due[start : start + _BATCH]).values()


def _matters(standing: Standing) -> bool:
    return bool(
        standing.permission in _ASKED or standing.placements or standing.basis is not Basis.NONE
    )


def record_sights(
    store: Store, permissions: Permissions, sights: Iterable[Sight], now: dt.datetime
) -> Iterator[Rechecked]:
    """Tell the ledger what is another state than it holds, and keep when somebody looked."""
    for sight in sights:
        standing = permissions.standing(sight.mention)
        before = standing.source_state
        state = _recordable(permissions, sight, before)
        if state is not before:
            permissions.record(_event(sight, state, now))
        if sight.seen in _STATES:
            _keep_check(store.notes, sight, now)
        is_hidden = sight.seen in _STATES and sight.seen is not Seen.LIVE
        yield Rechecked(
            sight=sight,
            before=before,
            state=state,
            take_down=standing.placements if is_hidden else (),
        )


def _recordable(permissions: Permissions, sight: Sight, held: SourceState) -> SourceState:
    """Return what the ledger is to hold after a sight, which may be what it holds already."""
    seen = _STATES.get(sight.seen)
    if seen is None or held in _SAME.get(seen, ()):
        return held
    return (_firm(permissions, sight.mention) or seen) if seen is SourceState.LIVE else seen


def _firm(permissions: Permissions, mention: str) -> SourceState | None:
    """Return what somebody knows of an original, and nobody but a program has taken back."""
    firm = None
    for entry in permissions.history(mention):
        event = entry.read()
        if event is None or event.step is not Step.SOURCE:
            continue
        if event.source_state in _FIRM:
            firm = event.source_state
        elif event.source_state is SourceState.LIVE and event.by != _BY:
            firm = None
    return firm


def _event(sight: Sight, state: SourceState, now: dt.datetime) -> Event:
    return Event(
        step=Step.SOURCE,
        mention=sight.mention,
        at=now,
        by=_BY,
        source_state=state,
        evidence=Evidence(url=sight.url),
        reason=sight.why,
    )


def _keep_check(notes: Notes, sight: Sight, now: dt.datetime) -> None:
    """Keep when somebody looked; of two who look at once either is right."""
    key = _CHECKED + sight.mention
    note = notes.read(key)
    said = {"at": now.astimezone(dt.UTC).isoformat(), "seen": str(sight.seen)}
    notes.write(key, said, note.version if note else None)


def _checks(notes: Notes) -> Mapping[str, dt.datetime]:
    return {
        key.removeprefix(_CHECKED): dt.datetime.fromisoformat(note.value["at"])
        for key, note in all_under(notes, _CHECKED)
    }
