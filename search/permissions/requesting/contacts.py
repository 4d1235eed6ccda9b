"""
Whom we asked, when, and what they said: what caps and cool-downs are counted by.

An author is told from others by the identifier that the source never changes, else by the profile
page, else by the name on that site.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from search.asking_caps import Caps
from search.mention import Mention
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.standing import Standing
from search.stores.base import Store
from search.vocabulary import Permission
from search.words import fold_value

AuthorKey = tuple[str, ...]

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


def author_key(mention: Mention) -> AuthorKey | None:
    """Return what tells an author from others; ``None`` when the source names nobody."""
    author = mention.author
    if author is None:
        return None
    if author.id is not None:
        return mention.source, "id", author.id
    if author.url is not None:
        return mention.source, "url", fold_value(author.url)
    return mention.source, mention.site or "", fold_value(author.name)


class Contacts:
    """The requests so far; those that are chosen now are added with `add`."""

    def __init__(
        self, store: Store, permissions: Permissions, caps: Caps, now: dt.datetime
    ) -> None:
        self._caps = caps
        self._now = now
        self._by_author: dict[AuthorKey, list[_Asked]] = defaultdict(list)
        self._all: list[_Asked] = []
        asked = {
            name: _asked_of(permissions, name, standing)
            for name, standing in permissions.standings().items()
            if standing.asked is not None
        }
        keys = _authors_of(store, list(asked))
        for name, request in asked.items():
            self._take(keys.get(name), request)

    def add(self, mention: Mention) -> None:
        """Count a request that is chosen now."""
        self._take(author_key(mention), _Asked(Permission.QUEUED, self._now, None))

    @property
    def left_today(self) -> int:
        """How many more requests the account may send within 24 hours of the first."""
        counted = sum(
            each.permission is Permission.QUEUED or self._now - each.at < _DAY
            for each in self._all
        )
        return max(0, self._caps.per_day - counted)

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
        key = author_key(mention)
        if key is None:
            return "no_author", "the source does not say who wrote it"
        return self._refusal(self._by_author.get(key, []))

    def _refusal(self, asked: list[_Asked]) -> tuple[str, str] | None:
        caps = self._caps
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

    def _take(self, key: AuthorKey | None, request: _Asked) -> None:
        self._all.append(request)
        if key is not None:
            self._by_author[key].append(request)


def _asked_of(permissions: Permissions, name: str, standing: Standing) -> _Asked:
    assert standing.asked is not None  # noqa: S101 - the caller chose those
    at = standing.sent[0].at if standing.sent else standing.asked.at
    step = _ENDED.get(standing.permission)
    ended_at = None
    for entry in reversed(permissions.history(name) if step else ()):
        event = entry.read()
        if event is not None and event.step is step:
            ended_at = event.at
            break
    return _Asked(standing.permission, at, ended_at)


def _authors_of(store: Store, ids: list[str]) -> Mapping[str, AuthorKey]:
    found: dict[str, AuthorKey] = {}
    for start in range(0, len(ids), _CHUNK):
        for name, stored in store.fetch(ids[start : start + _CHUNK]).items():
            if key := author_key(stored.mention):
                found[name] = key
    return found
