"""Stores whose mentions are as old as a test wants them, and rules."""

import datetime as dt
from typing import Any

from search.mention import Mention, State, StoredMention
from search.privacy_settings import Retention
from search.retention.rules import Rules
from search.stores.base import Store
from tests.permissions.inventing import DAY, NOW, post

ALL: dict[str, Any] = {
    "mentions_days": 90,
    "queued_days": 30,
    "requested_days": 30,
    "declined_days": 7,
    "granted_extra_days": 60,
}


def rules(limits: dict[str, int] | None = None, **said: Any) -> Rules:
    """Make rules of what a table says."""
    return Rules(retention=Retention.model_validate(said), limits=limits or {}, evidence_years=3)


def seen(
    number: int, days_ago: float, *, read_days_ago: float | None = None, **more: Any
) -> StoredMention:
    """Make a mention that was first seen, and last read, so many days ago."""
    first_at = NOW - days_ago * DAY
    read_at = first_at if read_days_ago is None else NOW - read_days_ago * DAY
    mention: Mention = post(number, harvested_at=read_at, **more)
    return StoredMention(mention=mention, state=State(first_seen_at=first_at))


def keep(store: Store, *stored: StoredMention) -> None:
    """Keep them as old as they are."""
    store.adopt(stored)


def ago(days: float) -> dt.datetime:
    """Return the instant so many days ago."""
    return NOW - days * DAY
