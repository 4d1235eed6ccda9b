"""
Which content was asked for, and whether it is still that (rights.md T16).

A fingerprint is kept with the request. Where the stored content has another one, a hold names it;
who releases the hold accepts the content that the hold named, and no other that came after.
"""

import dataclasses
from typing import Final

from search.permissions.events import Event, Step
from search.vocabulary import Hold


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """Fingerprints, as `search.permissions.replying.asked.fingerprint` takes them."""

    accepted: str | None = None
    """Of the content that was asked for, or accepted since; ``None``: not known."""

    changed: str | None = None
    """Of the content that a hold names, which nobody has accepted yet."""


UNKNOWN: Final = Content()


def content_after(content: Content, event: Event) -> Content:
    """Return what is known of the content after an event."""
    is_change = event.hold is Hold.CONTENT_CHANGED
    match event.step:
        case Step.SEND:
            return Content(accepted=event.content)
        case Step.GRANT if event.content is not None:
            return Content(accepted=event.content)
        case Step.HOLD if is_change and event.content is not None:
            return dataclasses.replace(content, changed=event.content)
        case Step.RELEASE if is_change:
            return Content(accepted=event.content or content.changed or content.accepted)
        case _:
            return content
