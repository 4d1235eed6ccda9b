"""One piece of content that may be used for one thing now, with all that has to go with it."""

import dataclasses
import datetime as dt

from search.mention import StoredMention
from search.permissions.scope import Scope, Use
from search.vocabulary import Basis


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class GrantedItem:
    """A row of `sayso export granted`, and what `--assets` writes into its files."""

    stored: StoredMention
    use: Use
    """What it may be used for."""

    decided_at: dt.datetime
    """When that was decided, UTC; it says nothing about later."""

    basis: Basis
    credit_line: str | None
    """How the author is to be named, ready to print; ``None`` where no credit is wanted."""

    licence: str | None
    """SPDX identifier of an open licence; ``None`` for every other basis."""

    licence_url: str | None
    expires: dt.date | None
    """The last day, UTC; ``None`` where nothing ends."""

    scope: Scope | None
    """What was granted or contracted; ``None`` for every other basis."""

    terms_version: str | None
    """The version of the terms that the author accepted; ``None`` where none were."""

    terms_sha256: str | None
    evidence: str
    """Where the ledger holds why: ``12 3f0a…``, its number and how its hash begins."""

    notes: tuple[str, ...] = ()
    """What else whoever uses it has to know: that adaptations must be shared alike, for one."""
