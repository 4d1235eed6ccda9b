"""
The rows of a list: one for each mention of a batch, in its order, with the message or why not.

Whoever may not be asked has no message, and nothing of the author in the row: there is no reason
to hand that out. Who is to be left alone is not even led to, for many a link holds a handle.
"""

import collections
import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from search.config import Config
from search.mention import Mention, StoredMention
from search.people.suppression import Reach
from search.permissions.asking import draft, link_address
from search.permissions.at_hand import AtHand
from search.permissions.batches import Batch
from search.permissions.drafts import Draft
from search.permissions.lists.columns import PURPOSE, Row
from search.permissions.lists.export_log import platform_of
from search.permissions.reading import write_scope
from search.permissions.standing import IllegalTransition, Standing
from search.permissions.wording.composing import Composed, TooLong
from search.permissions.wording.particulars import BadParticulars
from search.permissions.wording.platforms import ContactRefused, Platform, rules_of
from search.permissions.wording.templates import BadTemplate
from search.stores.base import Store
from search.vocabulary import Effect

KEPT_FOR: Final = dt.timedelta(days=30)
"""How long a list may be kept (rights.md R4.15, candidates)."""

LONGEST_EXCERPT: Final = 300
_CHUNK: Final = 500
_NOT_COMPOSED: Final = (IllegalTransition, ContactRefused, TooLong, BadTemplate, BadParticulars)
_LEADS_TO_AUTHOR: Final = ("link", "content_id")


class Rows:
    """The rows of one batch, and what was counted while they were handed out."""

    def __init__(
        self, store: Store, config: Config, batch: Batch, now: dt.datetime, *, with_capped: bool
    ) -> None:
        self._store = store
        self._config = config
        self._batch = batch
        self._now = now
        self._with_capped = with_capped
        self._at_hand = AtHand.of(store, config)
        self.messages = 0
        """Rows with a message."""

        self.left_out = 0
        """Rows without one."""

        self.capped: collections.Counter[str] = collections.Counter()
        """Rows with content, of platforms that cap what one user may get in a day."""

    def __iter__(self) -> Iterator[Row]:
        ids = self._batch.mentions
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            found = self._store.fetch(chunk)
            for number, mention in enumerate(chunk, start + 1):
                row = self._row(mention, found.get(mention))
                self.messages += row.get("message") is not None
                self.left_out += row.get("message") is None
                yield {"number": number, "batch": self._batch.number, "mention": mention, **row}

    def _row(self, name: str, stored: StoredMention | None) -> dict[str, Any]:
        standing = self._at_hand.permissions.standing(name)
        row = self._standing(standing)
        if stored is None:
            return row | {"left_out": "it is not stored any more"}
        rules = self._rules(stored.mention)
        row |= _where(stored.mention, rules, self._now)
        if standing.holds or self._is_left_alone(stored.mention):
            row = {name: cell for name, cell in row.items() if name not in _LEADS_TO_AUTHOR}
        if standing.holds:
            return row | {"left_out": f"it is on hold: {row['holds']}"}
        try:
            made, composed = draft(
                self._store, self._config, name, self._now, at_hand=self._at_hand
            )
        except _NOT_COMPOSED as problem:
            return row | {"left_out": str(problem)}
        row["answer_link"] = link_address(self._store, self._config, name, made.token)
        return row | _request(made, composed) | self._content(stored.mention, rules)

    def _is_left_alone(self, mention: Mention) -> bool:
        asks_for_it = any(Effect.NO_CONTACT in each.effects for each in mention.rights_signals)
        return asks_for_it or self._at_hand.suppressions.covers(mention, Reach.CONTACT)

    def _standing(self, standing: Standing) -> dict[str, Any]:
        scope = standing.asked.scope if standing.asked else None
        asking = self._config.asking
        return {
            "permission": str(standing.permission),
            "holds": ", ".join(sorted(standing.holds)) or None,
            "scope": write_scope(scope or self._batch.scope),
            # Of what was sent already, so that what came of it can be filled in here too.
            "token": standing.sent[0].token if standing.sent else None,
            "purpose": PURPOSE,
            "controller": asking.brand if asking else None,
            "expires": (self._now + KEPT_FOR).date(),
        }

    def _content(self, mention: Mention, rules: Platform) -> dict[str, Any]:
        """Say who wrote what, unless the platform lets only identifiers out."""
        if rules.export_per_user_and_day is not None:
            if not self._with_capped:
                return {}
            self.capped[platform_of(mention)] += 1
        author = mention.author
        return {
            "author": author.name if author else None,
            "profile": author.url if author else None,
            "excerpt": _excerpt(mention),
        }

    @staticmethod
    def _rules(mention: Mention) -> Platform:
        return rules_of(platform_of(mention))


def _where(mention: Mention, rules: Platform, now: dt.datetime) -> dict[str, Any]:
    days = rules.delete_by_days
    looked_at = mention.harvested_at or now
    return {
        "platform": mention.source,
        "link": mention.url,
        "content_id": mention.source_id,
        "policy_note": rules.refusal or rules.note or None,
        "delete_by": None if days is None else (looked_at + dt.timedelta(days=days)).date(),
    }


def _request(made: Draft, composed: Composed) -> dict[str, Any]:
    return {
        "message": composed.text,
        "characters": composed.count,
        "limit": composed.limit,
        "counted_as": composed.unit.replace("_", " "),
        "language": composed.language,
        "token": made.token,
        "respond_by": made.respond_by,
        "contact": f"{composed.way.replace('_', ' ')}, {composed.mode}",
        "terms_version": made.terms_version,
    }


def _excerpt(mention: Mention) -> str | None:
    if any(Effect.NO_QUOTING in signal.effects for signal in mention.rights_signals):
        return None
    text = " ".join((mention.text or mention.title or "").split())
    return text if len(text) <= LONGEST_EXCERPT else f"{text[: LONGEST_EXCERPT - 1]}…"
