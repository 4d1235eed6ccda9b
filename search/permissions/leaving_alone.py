"""Authors who said that they want to hear nothing of us again: nobody asks them for anything."""

import datetime as dt

from search.config import Config
from search.mention import Mention
from search.people.suppression import Reach, Suppressions
from search.stores.base import Store


def leave_alone(  # noqa: PLR0913 - whom, when and why, and where that is kept
    store: Store,
    config: Config,
    mention: Mention,
    now: dt.datetime,
    *,
    reason: str,
    opened: Suppressions | None = None,
) -> int:
    """
    Put a mention's author on the suppression list, for contact; return how many names are new.

    The hold that the ledger keeps is about one mention; this is about all that its author wrote
    and will write, and survives the store. ``opened``: the list, if it was read already.
    """
    # An empty list is false, so it is asked for ``None``.
    suppressions = Suppressions.open(store, config) if opened is None else opened
    return suppressions.add(mention, Reach.CONTACT, reason=reason, now=now)
