"""
Whether a mention that a search found is to be asked for, and if not, why.

The guards of rights.md §1.3, T1: nothing here is about what its author might answer, all of it
about whether they may be asked at all.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Final

from search.config import Config
from search.mention import Mention, StoredMention
from search.people.keys import Key
from search.people.suppression import Reach
from search.permissions.asking import check_composing
from search.permissions.at_hand import AtHand
from search.permissions.author_marks import marks_of
from search.permissions.events import Event, Step
from search.permissions.replying.checking import has_handle
from search.permissions.requesting.contacts import Contacts
from search.permissions.scope import Scope
from search.permissions.standing import IllegalTransition, Standing
from search.permissions.transitions import apply
from search.permissions.wording.composing import TooLong
from search.permissions.wording.particulars import BadParticulars
from search.permissions.wording.platforms import ContactRefused
from search.vocabulary import Basis, Effect

_OWN_BASIS: Final = frozenset({Basis.OWNED, Basis.CONTRACT})


@dataclasses.dataclass(frozen=True, slots=True)
class Skip:
    """Why a mention is left out of a batch."""

    mention: str
    url: str
    code: str
    sentence: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Chooser:
    """What candidates are measured by."""

    config: Config
    key: Key
    """What authors' marks are made with."""

    at_hand: AtHand
    contacts: Contacts
    scope: Scope
    by: str
    now: dt.datetime

    def skip(self, stored: StoredMention, standing: Standing) -> Skip | None:
        """Say why a mention is not to be asked for; ``None``: it is."""
        for code, sentence in self.reasons(stored, standing):
            return Skip(stored.id, stored.mention.url, code, sentence)
        return None

    def event(self, stored: StoredMention) -> Event:
        """Make the step that chooses a mention."""
        return Event(
            step=Step.QUEUE,
            mention=stored.id,
            at=self.now,
            by=self.by,
            scope=self.scope,
            author=marks_of(self.key, stored.mention),
        )

    def reasons(self, stored: StoredMention, standing: Standing) -> Iterator[tuple[str, str]]:
        """Say each thing that speaks against asking, as code and sentence."""
        mention = stored.mention
        try:
            apply(standing, self.event(stored))
        except IllegalTransition as illegal:
            yield "state", f"it is {standing.permission.replace('_', ' ')}: {illegal}"
        if standing.basis in _OWN_BASIS:
            yield "basis", f"it may be used already: {standing.basis}"
        if mention.copy_of is not None:
            yield "copy", f"somebody said the same before: {mention.copy_of}"
        asking = self.config.asking
        if asking is not None and has_handle(mention, asking.brand_handle):
            yield "own", "it is our own"
        yield from self._about_author(mention)
        if asking is None or mention.author is None:  # nothing can be composed for nobody
            return
        try:
            check_composing(self.config, mention, self.scope, self.now, self.at_hand)
        except (ContactRefused, TooLong, BadParticulars) as refused:
            yield "platform", str(refused)

    def _about_author(self, mention: Mention) -> Iterator[tuple[str, str]]:
        if any(Effect.NO_CONTACT in signal.effects for signal in mention.rights_signals):
            yield "no_contact", "its author asks not to be contacted"
        if self.at_hand.suppressions.covers(mention, Reach.CONTACT):
            yield "suppressed", "its author is on the suppression list"
        if mention.author is not None and mention.author.automated:
            yield "automated", "a program writes that account"
        if refusal := self.contacts.refusal(mention):
            yield refusal
