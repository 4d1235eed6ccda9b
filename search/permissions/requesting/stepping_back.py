"""
Two who choose posts of one author at the same moment: the later one takes it back.

Nothing is locked meanwhile; the order of the ledger decides, which is the same for all.
"""

import dataclasses
import datetime as dt

from search.asking_caps import Caps
from search.mention import StoredMention
from search.people.keys import Key
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.requesting.contacts import Contacts
from search.permissions.standing import IllegalTransition
from search.stores.base import Store
from search.vocabulary import Permission

WHY = "another request to its author was chosen at the same time"


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """One mention that this process has put on the queue."""

    stored: StoredMention
    number: int
    """Of the ledger's entry."""


def step_back(  # noqa: PLR0913, PLR0917 - what is taken back, and by what that is judged
    store: Store,
    permissions: Permissions,
    caps: Caps,
    key: Key,
    chosen: list[Chosen],
    by: str,
    now: dt.datetime,
) -> list[StoredMention]:
    """Take back our own that stand behind another's; return them."""
    contacts = Contacts(store, permissions, caps, now, key)
    back = []
    for each in chosen:
        name = each.stored.id
        queued = [entry for entry in permissions.history(name) if entry.step == Step.QUEUE]
        is_ours = bool(queued) and queued[-1].number == each.number
        if not is_ours or not contacts.is_behind_another(each.stored.mention, each.number):
            continue
        cancel = Event(step=Step.CANCEL, mention=name, at=now, by=by, reason=WHY)
        try:
            permissions.record(cancel, lambda held: held.permission is Permission.QUEUED)
        except IllegalTransition:
            continue  # somebody has sent it, or taken it off, meanwhile
        back.append(each.stored)
    return back
