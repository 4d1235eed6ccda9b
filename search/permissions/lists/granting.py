"""
Which mentions may be used for something now, as rows; and which not, with every reason.

`Permissions.decide_all` decides. What it allows can still be left out here: where the page asks
not to be quoted, and nothing that its author agreed to says otherwise (rights.md R2.2); and where
somebody has to be named, and it is not known who.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from typing import Final

from search.mention import Mention, StoredMention
from search.permissions.credit import CreditLine, credit_line
from search.permissions.keeping import Permissions
from search.permissions.ledger import Entry
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.scope import Use
from search.permissions.standing import Standing
from search.permissions.usable import Decision, Reason
from search.rights.canonical import canonical
from search.vocabulary import Basis, Effect

_PAGE: Final = 500
_AGREED: Final = frozenset({Basis.GRANT, Basis.CONTRACT, Basis.OWNED})
"""What an author agreed to for this very content goes before what a page says for all."""

_RESERVED: Final = {
    Effect.NO_QUOTING: "the page asks not to be quoted",
    Effect.NO_IMAGES: "the page asks not to show its pictures elsewhere",
    Effect.NO_PUBLIC_SEARCH: "the page asks not to be shown in galleries or searches",
}


@dataclasses.dataclass(frozen=True, slots=True)
class LeftOut:
    """A mention that is not exported."""

    stored: StoredMention
    reasons: tuple[Reason, ...]
    """At least one."""


def judge_all(
    permissions: Permissions,
    found: Iterable[StoredMention],
    use: Use,
    decided_at: dt.datetime,
    language: str = "en",
) -> Iterator[GrantedItem | LeftOut]:
    """Decide about each mention, a page at a time; ``decided_at``: the clock of permissions."""
    remaining = iter(found)
    while page := list(itertools.islice(remaining, _PAGE)):
        decisions = permissions.decide_all(page, use)
        for stored, decision in zip(page, decisions, strict=True):
            yield _judged(permissions, stored, decision, use, decided_at, language)


def _judged(  # noqa: PLR0913, PLR0917 - what is decided, by what, for what, when
    permissions: Permissions,
    stored: StoredMention,
    decision: Decision,
    use: Use,
    decided_at: dt.datetime,
    language: str,
) -> GrantedItem | LeftOut:
    if not decision.is_usable:
        return LeftOut(stored, decision.reasons)
    standing, entry = permissions.ground(stored.id)
    credit = credit_line(stored.mention, standing, use.modification, language)
    reasons = tuple(_more_reasons(stored.mention, standing, entry, credit))
    if entry is None or reasons:
        return LeftOut(stored, reasons)
    return _item(stored, standing, entry, credit, use, decided_at)


def _more_reasons(
    mention: Mention, standing: Standing, entry: Entry | None, credit: CreditLine
) -> Iterator[Reason]:
    if entry is None:
        yield Reason("evidence", "the ledger does not say why it may be used")
    if standing.basis not in _AGREED:
        asked = {effect for signal in mention.rights_signals for effect in signal.effects}
        for effect, sentence in _RESERVED.items():
            if effect in asked:
                yield Reason(effect.value, sentence)
    if standing.basis is Basis.OPEN_LICENCE and canonical(standing.licence) is None:
        yield Reason("licence", f"{standing.licence} has no text that could be named")
    elif credit.is_missing:
        yield Reason("credit", "its author has to be named, and it is not known how")


def _item(  # noqa: PLR0913, PLR0917 - as above
    stored: StoredMention,
    standing: Standing,
    entry: Entry,
    credit: CreditLine,
    use: Use,
    decided_at: dt.datetime,
) -> GrantedItem:
    event, licence = entry.read(), canonical(standing.licence)
    scope = standing.scope
    return GrantedItem(
        stored=stored,
        use=use,
        decided_at=decided_at,
        basis=standing.basis,
        credit_line=credit.text,
        licence=standing.licence,
        licence_url=licence.url if licence else None,
        expires=scope.valid_until if scope else None,
        scope=scope,
        terms_version=event.evidence.terms_version if event else None,
        terms_sha256=event.evidence.terms_sha256 if event else None,
        evidence=f"{entry.number} {entry.hash[:16]}",
        notes=credit.notes,
    )
