"""
Whose content was asked for, without a name: keyed hashes in the ledger.

With them caps and cool-downs hold for an author whose posts are gone by rule (rights.md R4.15),
and nobody can read from the ledger who that was.
"""

from typing import Final

from search.mention import Mention
from search.people.keys import Key
from search.people.names import names_of

_DIGITS: Final = 32


def marks_of(key: Key, mention: Mention) -> tuple[str, ...]:
    """Return one mark for each name of an author, 128 bits in hexadecimal; ``()``: nobody."""
    return tuple(key.digest(name).hex()[:_DIGITS] for name in names_of(mention))
