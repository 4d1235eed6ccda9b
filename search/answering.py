"""
By which names an answer may refer to what it answers.

Sources name the answered post as their interface does (`Mention.reply_to`), which is mostly not
the address that people open: Mastodon by its number on the instance that was read, Hacker News by
its number alone.
"""

import re
from typing import Final

_STATUS: Final = re.compile(
    r"https?://([^/\s]+)/(?:web/)?(?:@[^/\s]+|users/[^/\s]+/statuses|statuses)/(\d+)/?"
)
_ITEM: Final = re.compile(r"https?://news\.ycombinator\.com/item\?id=(\d+)")


def names_of(*addresses: str) -> tuple[str, ...]:
    """Return the names of what has these identifiers or addresses, each once, these first."""
    found = list(addresses)
    for address in addresses:
        if status := _STATUS.fullmatch(address):
            found.append(f"https://{status[1]}/statuses/{status[2]}")
        elif item := _ITEM.fullmatch(address):
            found.append(item[1])
    return tuple(dict.fromkeys(found))
