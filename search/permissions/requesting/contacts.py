"""
Whom we asked, when, and what they said: what caps and cool-downs are counted by.

An author is known again by any name that two mentions share: the identifier that the source never
changes, the profile page, the handle. Of mentions that are gone the ledger keeps marks.
"""

import dataclasses
import datetime as dt
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from search.asking_caps import Caps
from search.mention import Mention
from search.people.keys import Key
from search.permissions.author_marks import marks_of
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import Entry
from search.stores.base import Store
from search.vocabulary import Permission

QUEUE_AGES: Final = dt.timedelta(days=7)
"""What is queued for longer takes no room from today's: nobody is going to send it today."""

LAST: Final = 50
"""So many requests tell whether too many authors decline."""

_OPEN: Final = frozenset({Permission.QUEUED, Permission.REQUESTED})
_ENDED: Final = {
    Permission.DECLINED: Step.DECLINE,
    Permission.REVOKED: Step.REVOKE,
    Permission.NO_RESPONSE: Step.NO_RESPONSE,
}
_CHUNK: Final = 500
_DAY: Final = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    """One request to one author."""

    permission: Permission
    at: dt.datetime
    """When it was sent; before that, when it was chosen."""

    ended_at: dt.datetime | None
    """When a no, a withdrawal or silence was recorded."""

    number: int
    """Of the ledger's entry that chose it; of two at once the lower one was first."""


class Contacts:
    """The requests so far; those that are chosen now are added with `add`."""

    def __init__(
        self, store: Store, permissions: Permissions, caps: Caps, now: dt.datetime, key: Key
    ) -> None:
        self.caps = caps
        self._now = now
        self._key = key
        self._by_mark: dict[str, list[_Asked]] = defaultdict(list)
        self._all: list[_Asked] = []
        standings, histories = permissions.standings(), permissions.histories()
        asked = {
            name: request
            for name, history in histories.items()
            if (request := _asked_of(standings[name].permission, history))
        }
        marks = self._marks(store, list(asked))
        for name, request in asked.items():
            self._take(marks.get(name) or _marks_in(histories[name]), request)

    def add(self, mention: Mention) -> None:
        """Count a request that is chosen now."""
        marks = marks_of(self._key, mention)
        self._take(marks, _Asked(Permission.QUEUED, self._now, None, sys.maxsize))

    @property
    def left_today(self) -> int:
        """How many more requests the account may send within 24 hours of the first."""
        counted = sum(self._counts_today(each) for each in self._all)
        return max(0, self.caps.per_day - counted)

    def is_behind_another(self, mention: Mention, number: int) -> bool:
        """Whether so many open requests to its author were chosen before this entry already."""
        asked = self._of(mention)
        before = sum(each.permission in _OPEN and each.number < number for each in asked)
        return before >= self.caps.open_per_author

    def _counts_today(self, asked: _Asked) -> bool:
        age = self._now - asked.at
        return age < (QUEUE_AGES if asked.permission is Permission.QUEUED else _DAY)

    @property
    def declined_percent(self) -> float:
        """How many of the last `LAST` requests were declined; 0 before there are so many."""
        sent = sorted(
            (each for each in self._all if each.permission is not Permission.QUEUED),
            key=lambda each: each.at,
        )[-LAST:]
        if len(sent) < LAST:
            return 0
        return 100 * sum(each.permission is Permission.DECLINED for each in sent) / LAST

    def refusal(self, mention: Mention) -> tuple[str, str] | None:
        """Say why an author is not to be asked now, as code and sentence; ``None``: may be."""
        if not marks_of(self._key, mention):
            return "no_author", "the source does not say who wrote it"
        return self._refusal(self._of(mention))

    def _of(self, mention: Mention) -> list[_Asked]:
        """Return the requests to an author, by any name that it shares with another's."""
        marks = marks_of(self._key, mention)
        found = {id(each): each for mark in marks for each in self._by_mark.get(mark, ())}
        return list(found.values())

    def _refusal(self, asked: list[_Asked]) -> tuple[str, str] | None:
        caps = self.caps
        if sum(each.permission in _OPEN for each in asked) >= caps.open_per_author:
            return "author_open", "another request to its author is open"
        for permissions, days, said in (
            ({Permission.DECLINED, Permission.REVOKED}, caps.days_after_no, "said no"),
            ({Permission.NO_RESPONSE}, caps.days_after_silence, "did not answer"),
        ):
            ends = [
                each.ended_at for each in asked if each.permission in permissions and each.ended_at
            ]
            if ends and (until := max(ends) + days * _DAY) > self._now:
                return "cool_down", f"its author {said} before: not again until {until:%Y-%m-%d}"
        recent = sum(self._now - each.at < caps.author_days * _DAY for each in asked)
        if recent >= caps.per_author:
            return "author_cap", f"its author was asked {recent} times in {caps.author_days} days"
        return None

    def _take(self, marks: Sequence[str], request: _Asked) -> None:
        self._all.append(request)
        for mark in marks:
            self._by_mark[mark].append(request)

    def _marks(self, store: Store, ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the marks of the authors of what is stored; the rest only the ledger knows."""
        return {
            name: marks_of(self._key, stored.mention)
            for start in range(0, len(ids), _CHUNK)
            for name, stored in store.fetch(ids[start : start + _CHUNK]).items()
        }


def _asked_of(permission: Permission, history: Sequence[Entry]) -> _Asked | None:
    """Read the latest request off what happened, of which the words may be gone."""
    queued: list[int] = []
    for number, entry in enumerate(history):
        if entry.step == Step.QUEUE:
            queued.append(number)
        elif entry.step == Step.CANCEL and queued:
            queued.pop()  # nobody was asked: the request before counts on
    if not queued:
        return None
    since = history[queued[-1] :]
    sent_at = [_time(entry) for entry in since if entry.step == Step.SEND]
    ended_at = [_time(entry) for entry in since if entry.step == _ENDED.get(permission)]
    at = sent_at[0] if sent_at else _time(since[0])
    return _Asked(permission, at, ended_at[-1] if ended_at else None, since[0].number)


def _time(entry: Entry) -> dt.datetime:
    """Return when it happened; of what was erased, when it was written down."""
    event = entry.read()
    return event.at if event is not None else dt.datetime.fromisoformat(entry.written_at)


def _marks_in(history: Sequence[Entry]) -> list[str]:
    return next((entry.author for entry in reversed(history) if entry.author), [])
