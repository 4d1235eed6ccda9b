"""`sayso permissions queue`: one mention chosen by hand, under the same guards as a batch."""

import datetime as dt
from typing import Final

from search.asking_caps import Caps
from search.config import Config
from search.mention import StoredMention
from search.people.keys import find_or_make_key
from search.permissions.at_hand import AtHand
from search.permissions.events import Event
from search.permissions.requesting.choosing import Chooser
from search.permissions.requesting.contacts import Contacts
from search.permissions.scope import Scope
from search.permissions.standing import IllegalTransition
from search.stores.base import Store

_A_PERSON_DECIDES: Final = frozenset({"no_author", "copy", "own", "automated", "basis"})
"""What keeps a mention out of a batch, and not from being chosen by somebody who has seen it."""


def choose_one(  # noqa: PLR0913, PLR0917 - who is to be asked for what, and by whom
    store: Store, config: Config, stored: StoredMention, scope: Scope, by: str, now: dt.datetime
) -> Event:
    """
    Return the step that chooses a mention; `IllegalTransition` when its author may not be asked.

    Not for somebody who has come to us: whoever wrote first may be answered.
    """
    at_hand = AtHand.of(store, config)
    key = find_or_make_key(config, store.notes)
    caps = config.asking.caps if config.asking else Caps()
    contacts = Contacts(store, at_hand.permissions, caps, now, key)
    chooser = Chooser(
        config=config, key=key, at_hand=at_hand, contacts=contacts, scope=scope, by=by, now=now
    )
    standing = at_hand.permissions.standing(stored.id)
    for code, sentence in chooser.reasons(stored, standing):
        if code not in _A_PERSON_DECIDES:
            raise IllegalTransition(sentence)
    if not contacts.left_today:
        raise IllegalTransition(
            f"{caps.per_day} requests a day are the most: per_day in [asking.caps]"
        )
    return chooser.event(stored)
