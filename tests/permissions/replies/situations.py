"""An imaginary brand, its request, replies to it, and the labelled cases."""

import datetime as dt
import functools
import re
from pathlib import Path
from typing import Any, NamedTuple

from search.mention import Author, Media, MediaKind, Mention
from search.permissions.replying.asked import OpenRequest

TOKEN = "#YesStorm-7F3K"  # noqa: S105 - no secret: it is posted for all to see
SENT = (
    "Hi Maria, I'm Ada from Storm. We like this post: https://social.example/@maria/1\n"
    "May we show it on our website for 12 months? Not in paid ads, no edits except resizing, "
    "unpaid, always credited to you.\n"
    f"Yes: use the link below, or reply {TOKEN} @storm. That accepts terms v3: "
    "https://storm.example/r/7f3k\n"
    'No: reply "no" or do nothing. No reply by 14 May means no, and we won\'t ask again.\n'
    "Change your mind any time via the same link; we take it down within 7 days.\n"
    "How we found you and use your data, or never contact me: https://storm.example/privacy"
)
ASKED_AT = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
LATER = ASKED_AT + dt.timedelta(hours=3)
MARIA = Author(name="maria", id="4711")

SITUATIONS: dict[str, dict[str, Any]] = {
    "other": {"author": Author(name="sven", id="5")},
    "handle": {"author": Author(name="maria")},
    "elsewhere": {"reply_to": None},
    "before": {"published_at": ASKED_AT - dt.timedelta(minutes=1)},
    "undated": {"published_at": None},
    "edited": {"edited_at": LATER + dt.timedelta(hours=1)},
    "german": {"language": "de"},
    "picture": {"media": (Media(url="https://social.example/p.jpg", kind=MediaKind.IMAGE),)},
}
ASKED: dict[str, dict[str, Any]] = {
    "changed": {"content_now": "b" * 64},
    "terms": {"terms_current": "v4"},
}


class Case(NamedTuple):
    """One labelled reply."""

    label: str
    language: str
    how: tuple[str, ...]
    text: str


def asked(**changes: Any) -> OpenRequest:
    fields: dict[str, Any] = {
        "platform": "mastodon",
        "author_id": "4711",
        "author_handle": "maria",
        "messages": ("ask-1", "https://social.example/@storm/ask-1"),
        "texts": (SENT,),
        "requested_at": ASKED_AT,
        "token": TOKEN,
        "brand_handle": "storm",
        "content_then": "a" * 64,
        "content_now": "a" * 64,
        "terms_quoted": "v3",
        "terms_current": "v3",
    }
    return OpenRequest(**(fields | changes))


def reply(text: str, **changes: Any) -> Mention:
    fields: dict[str, Any] = {
        "source": "mastodon",
        "source_id": "reply-1",
        "url": "https://social.example/@maria/reply-1",
        "text": text,
        "published_at": LATER,
        "author": MARIA,
        "reply_to": "ask-1",
    }
    return Mention(**(fields | changes))


def of(case: Case) -> tuple[Mention, OpenRequest]:
    """Return the reply and the request of a labelled case."""
    changes: dict[str, Any] = {}
    for how in case.how:
        changes |= SITUATIONS.get(how, {})
    request: dict[str, Any] = {}
    for how in case.how:
        request |= ASKED.get(how, {})
    return reply(case.text, **changes), asked(**request)


@functools.cache
def cases(name: str = "cases") -> list[Case]:
    lines = Path(__file__).with_name(f"{name}.tsv").read_text("utf-8").splitlines()[1:]
    return [_case(*line.split("\t")) for line in lines]


def _case(label: str, language: str, how: str, text: str) -> Case:
    text = text.replace("\\n", "\n")
    text = re.sub(r"\\u([0-9A-F]{4})", lambda found: chr(int(found[1], 16)), text)
    quoted = "\n".join(f"> {line}" for line in SENT.split("\n"))
    for name, meant in (("T", TOKEN), ("t", TOKEN.lower()), ("H", "@storm"), ("Q", quoted)):
        text = text.replace(f"{{{name}}}", meant)
    ways = () if how == "-" else tuple(how.split(","))
    if unknown := set(ways) - set(SITUATIONS) - set(ASKED):
        raise ValueError(f"unknown situation: {unknown}")
    return Case(label, language, ways, text)
