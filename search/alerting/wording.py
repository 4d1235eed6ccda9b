"""
What an alert says: a plain title and body, safe for any channel.

What mentions say is shown as it is, as plain text: without control and direction characters, on
one line, and with its ``@everyone`` and ``<!channel>`` made harmless, since chat services act on
those even in plain text. Apprise escapes whatever else a channel would take for markup.
"""

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from search.mention import StoredMention

MOST_EXAMPLES: Final = 5
LONGEST_MESSAGE: Final = 2_000
"""Characters of title and body: what the strictest chat services take."""

_LONGEST_TITLE: Final = 200
_LONGEST_TEXT: Final = 200
_LONGEST_NAME: Final = 60
_LONGEST_LINK: Final = 500
_ROOM_FOR_REST: Final = 40
_KEPT_FORMAT: Final = frozenset("\u200c\u200d")  # joiners, which emoji and some scripts need
_PING: Final = re.compile(r"(@|<(?=[!@#]))(?=\S)")
_WORD_JOINER: Final = "\u2060"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing worth a message."""

    title: str
    lines: tuple[str, ...] = ()
    """What there is to say about it, before the examples."""

    examples: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    """The id of each example, so that a message can be emptied whose mention is erased."""

    count: int = 0
    """How many mentions it is about."""


def write_examples(mentions: Iterable[StoredMention]) -> tuple[str, ...]:
    """Show mentions in a few lines each: source, author, beginning of the text, link."""
    return tuple(_example(stored) for stored in mentions)


def write_message(event: Event) -> tuple[str, str]:
    """Put title and body together, with as many examples as fit."""
    title = cut(event.title, _LONGEST_TITLE)
    room = LONGEST_MESSAGE - len(title) - _ROOM_FOR_REST
    body = _cut_lines("\n".join(event.lines), room)
    shown = 0
    for example in event.examples[:MOST_EXAMPLES]:
        longer = f"{body}\n\n{example}" if body else example
        if len(longer) > room:
            break
        body, shown = longer, shown + 1
    rest = event.count - shown
    if shown and rest > 0:
        body += f"\n\nand {rest:,} more"
    return title, body or title


def count_mentions(count: int, *, new: bool = False) -> str:
    """Write a number of mentions."""
    kind = "new mention" if new else "mention"
    return f"{count:,} {kind}{'' if count == 1 else 's'}"


def write_time(at: dt.datetime) -> str:
    """Write an instant to the minute."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


def cut(text: str, longest: int) -> str:
    """Shorten a text, so that it shows that it was."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def make_plain(text: str) -> str:
    """Reduce a text to one harmless line."""
    spaced = " ".join(text.split())
    kept = "".join(letter for letter in spaced if _is_shown(letter))
    return _PING.sub(rf"\1{_WORD_JOINER}", kept)


def _example(stored: StoredMention) -> str:
    mention = stored.mention
    author = f", {_plain_cut(mention.author.name, _LONGEST_NAME)}" if mention.author else ""
    head = f"{make_plain(mention.source)}{author}:"
    text = _plain_cut(mention.text or mention.title or "", _LONGEST_TEXT)
    return "\n".join(filter(None, (head, text, _link(mention.url))))


def _plain_cut(text: str, longest: int) -> str:
    # Cut first: a mention may be a megabyte, of which most is never shown.
    return make_plain(cut(" ".join(text[: 50 * longest].split()), longest))


def _link(url: str) -> str:
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    plain = all(letter > " " and _is_shown(letter) and letter not in "<>" for letter in url)
    return url if scheme in {"http", "https"} and plain and len(url) <= _LONGEST_LINK else ""


def _is_shown(letter: str) -> bool:
    return letter in _KEPT_FORMAT or not unicodedata.category(letter).startswith("C")


def _cut_lines(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return (
        f"{text[: text.rfind(chr(10), 0, longest - 1)]}\n…" if "\n" in text else cut(text, longest)
    )


def join_lines(lines: Sequence[str], total: int) -> tuple[str, ...]:
    """Hand the lines on, with one that says how many more there are."""
    more = total - len(lines)
    return (*lines, f"and {more:,} more") if more > 0 else tuple(lines)
