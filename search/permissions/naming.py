"""
The mention that a person means: by its id or link, or by the link or word of our request for it.

People work in browsers and spreadsheets; what they have at hand is seldom an id.
"""

from typing import Final

from search.errors import MentionNotFound
from search.mention import StoredMention
from search.permissions.keeping import Permissions
from search.query import Term
from search.stores.base import Store
from search.stores.prefixes import checked_prefix
from search.words import fold_value

_LINKS: Final = ("http://", "https://")


def find_mention(store: Store, said: str, permissions: Permissions | None = None) -> StoredMention:
    """
    Return the one mention that is meant; `MentionNotFound` when it is none, or several.

    ``permissions``: those that were read already.
    """
    if said.startswith("#"):
        return _asked_for(store, permissions, said, "with that word")
    if not said.startswith(_LINKS):
        return store.get(said)
    page = store.search(Term("url", fold_value(said)), limit=2)
    match page.mentions:
        case (found,):
            return found
        case ():
            return _asked_for(
                store, permissions, said, "at that address, and no request was posted there"
            )
        case _:
            raise MentionNotFound(f"{page.total} mentions are at {said}: give an id")


def find_in_ledger(permissions: Permissions, said: str) -> str:
    """
    Return the whole id that begins so of a mention that something happened to, stored or not.

    Raises `MentionNotFound` when it is none, or several.
    """
    wanted = checked_prefix(said)
    found = [name for name in permissions.standings() if name.startswith(wanted)]
    if len(found) != 1:
        problem = "more than one id begins" if found else "nothing happened to an id that begins"
        raise MentionNotFound(f"{problem} with {wanted}")
    return found[0]


def _asked_for(
    store: Store, permissions: Permissions | None, said: str, where: str
) -> StoredMention:
    """Find the mention by the request that was sent for it."""
    for name, standing in (permissions or Permissions(store)).standings().items():
        sent = {each.evidence.url for each in standing.sent} | {
            each.token for each in standing.sent
        }
        if said in sent:
            return store.get(name)
    raise MentionNotFound(f"no mention is {where}: {said}")
