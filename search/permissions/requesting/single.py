"""`sayso permissions queue`: one mention chosen by hand, under the same guards as a batch."""

import dataclasses
import datetime as dt
from typing import Final

from search.asking_caps import Caps
from search.config import Config
from search.mention import StoredMention
from search.people.keys import find_or_make_key
from search.permissions.at_hand import AtHand
from search.permissions.author_marks import marks_of
from search.permissions.events import Event
from search.permissions.requesting.choosing import Chooser
from search.permissions.requesting.contacts import Contacts
from search.permissions.requesting.stepping_back import WHY, Chosen, step_back
from search.permissions.standing import IllegalTransition, Standing
from search.stores.base import Store

_A_PERSON_DECIDES: Final = frozenset({"no_author", "copy", "own", "automated", "basis"})
"""What keeps a mention out of a batch, and not from being chosen by somebody who has seen it."""

_WHO_CAME: Final = frozenset({"state", "cool_down", "author_cap", "author_open"})
"""What does not hold for an author who has written to us first."""


def queue_one(
    store: Store, config: Config, stored: StoredMention, event: Event, now: dt.datetime
) -> Standing:
    """
    Record that a person has chosen a mention; `IllegalTransition` when that may not be.

    ``event`` is the step as it was said. Who came to us (`Event.inbound`) may be answered,
    whatever was before, but for those who want no contact.
    """
    if event.scope is None:
        raise IllegalTransition("a request needs a scope: channels, territories, dates")
    at_hand, key = AtHand.of(store, config), find_or_make_key(config, store.notes)
    caps = config.asking.caps if config.asking else Caps()
    permissions = at_hand.permissions
    contacts = Contacts(store, permissions, caps, now, key)
    chooser = Chooser(
        config=config, key=key, at_hand=at_hand, contacts=contacts, scope=event.scope,
        by=event.by, now=now,
    )  # fmt: skip
    passed = _A_PERSON_DECIDES | (_WHO_CAME if event.inbound is not None else frozenset())
    for code, sentence in chooser.reasons(stored, permissions.standing(stored.id)):
        if code not in passed:
            raise IllegalTransition(sentence)
    if not contacts.left_today:
        raise IllegalTransition(
            f"{caps.per_day} requests a day are the most: per_day in [asking.caps]"
        )
    marked = dataclasses.replace(event, author=marks_of(key, stored.mention))
    permissions.record(marked)
    mine = [Chosen(stored, permissions.last_number)]
    if event.inbound is None and step_back(store, permissions, caps, key, mine, event.by, now):
        raise IllegalTransition(WHY)
    return permissions.standing(stored.id)
