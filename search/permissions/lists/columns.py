"""
The columns of a list of requests: what Sayso writes, and what people fill in.

They follow rights.md R6.6, and what a person needs who writes to authors one after the other.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

Row = Mapping[str, Any]
"""One mention: by the column's name a text, whole number or day; ``None``: nothing to say."""


@dataclasses.dataclass(frozen=True, slots=True)
class ListColumn:
    """One column."""

    name: str
    """Its heading."""

    about: str
    """What it holds, or what to write into it."""

    width: int = 14
    """In characters, where a sheet has widths."""

    is_long: bool = False
    """Whether its texts run over several lines."""

    is_link: bool = False
    """Whether it holds an address that can be opened."""


MADE: Final = (
    ListColumn("number", "where the mention stands in the batch", 8),
    ListColumn("batch", "the number of the batch", 7),
    ListColumn("mention", "Sayso's id of the mention; leave it as it is", 18),
    ListColumn("platform", "where it was published"),
    ListColumn("link", "open it to answer", 40, is_link=True),
    ListColumn("content_id", "what the platform calls it"),
    ListColumn("author", "the handle"),
    ListColumn("profile", "the author's page", 30, is_link=True),
    ListColumn("excerpt", "how it begins, at most 300 characters", 50, is_long=True),
    ListColumn("message", "ready to paste, as it is", 60, is_long=True),
    ListColumn("characters", "how long the message is, as the platform counts", 11),
    ListColumn("limit", "the most that the platform allows", 8),
    ListColumn("counted_as", "what the platform counts"),
    ListColumn("language", "of the message", 10),
    ListColumn("token", "the word that says yes to this request; leave it as it is", 22),
    ListColumn("answer_link", "where the author can answer", 30, is_link=True),
    ListColumn("respond_by", "no answer until then means no", 12),
    ListColumn("scope", "what is asked for; leave it as it is", 40, is_long=True),
    ListColumn("permission", "where the request stood when the list was made"),
    ListColumn("holds", "what forbids any use"),
    ListColumn("contact", "how to reach the author, always by hand", 24, is_long=True),
    ListColumn("policy_note", "what to know about the platform", 40, is_long=True),
    ListColumn("delete_by", "by then the row has to be deleted, as the platform wants", 12),
    ListColumn("left_out", "why there is no message: do not write", 40, is_long=True),
)  # fmt: skip
"""What Sayso writes."""

FILLED_IN: Final = (
    ListColumn("outcome", "one of: sent, yes, no, never, revoked, no_answer"),
    ListColumn("date", "when that was, such as 2026-11-28; empty: the day of the import", 12),
    ListColumn("message_link", "where your message can be seen; it cannot be added later", 30),
    ListColumn("reply_link", "where the reply can be seen; never the answer_link", 30),
    ListColumn("reply_text", "the reply, word for word", 40, is_long=True),
    ListColumn("terms_version", "the terms that a yes accepts"),
    ListColumn("checked_by", "who read the yes"),
    ListColumn("note", "whatever you like; it stays in the list", 30, is_long=True),
)
"""What people write."""

PURPOSE: Final = "to ask each author for permission, once; for nothing else"

ABOUT: Final = (
    ListColumn("purpose", "what the list is for"),
    ListColumn("controller", "who is responsible for it"),
    ListColumn("expires", "by then the whole list has to be deleted"),
)
"""What a workbook says on a sheet of its own, and other files on each row."""

COLUMNS: Final = (*MADE, *FILLED_IN)
READ: Final = frozenset(
    {"batch", "mention", "token", "scope", "message", *(column.name for column in FILLED_IN)}
) - {"note"}
"""What an import looks at."""

NAMES: Final = frozenset(column.name for column in (*COLUMNS, *ABOUT))
