"""
What would be deleted again as soon as it is stored: so a crawl does not take it in.

A mention that retention has deleted may still be there at its source. It is told by its date of
publication, which is never later than the day we saw it first; one without a date comes back, and
is new. What its author refused, or never answered about, stays out whatever its date.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Self

from search.config import Config
from search.mention import Mention, State, StoredMention
from search.permissions.keeping import Permissions
from search.retention.rules import UNASKED, Case, Rules, case_of, due
from search.stores.base import Store


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Outdated:
    """The rules, and how we stood to each mention when the run began."""

    rules: Rules
    cases: Mapping[str, Case]
    clock: Callable[[], dt.datetime] = _now

    @classmethod
    def of(cls, config: Config, store: Store, limits: Mapping[str, int]) -> Self | None:
        """
        Read what is needed; ``None`` where nothing is ever deleted.

        `LedgerDamaged` where the ledger cannot be read: what an author refused would come back.
        """
        rules = Rules.of(config, limits)
        return None if rules is None else cls(rules=rules, cases=_cases(store))

    def would_go(self, mention: Mention) -> bool:
        """Whether retention would delete it, if it were first seen when it was published."""
        now = self.clock()
        seen_at = mention.published_at or now
        new = StoredMention(
            mention=dataclasses.replace(mention, harvested_at=seen_at),
            state=State(first_seen_at=seen_at),
        )
        found = due(new, self.cases.get(mention.id, UNASKED), self.rules, now)
        return found is not None and found.at <= now


def _cases(store: Store) -> dict[str, Case]:
    permissions = Permissions(store)
    histories, standings = permissions.histories(), permissions.standings()
    return {name: case_of(standings[name], histories[name]) for name in histories}
