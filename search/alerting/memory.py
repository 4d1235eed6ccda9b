"""
What an alert remembers: one note for each alert, changed by compare-and-set.

Where it stands and what it has to send lie in the same note, so that noticing something and
deciding to send it is one step: whoever is killed, both have happened or neither. A delivery is
claimed in the note before it is sent and marked after. One that was claimed and never marked may
have been sent, so it is not sent again, but listed as *unknown*.
"""

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote, unquote

import pydantic

from search.errors import SaysoError
from search.notes import Note, Notes, all_under

PREFIX: Final = "alerts/"
_ATTEMPTS: Final = 50
"""Another process has to be faster each time before a change is given up."""


class NoteUnreadable(SaysoError):
    """A note of an alert that this version of Sayso cannot read."""


class DeliveryState(enum.StrEnum):
    """How a message to one channel stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be tried."""
        return self not in {DeliveryState.WAITING, DeliveryState.SENDING}


class _Kept(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True)


class Delivery(_Kept):
    """One message for one channel."""

    id: str
    """Unique within the alert: a running number and the channel."""

    channel: str
    title: str
    """Names what happened; never holds a mention's text."""

    body: str
    """Emptied when it is over: mentions are kept in the store, not here."""

    mentions: tuple[str, ...] = ()
    """Ids of what the body shows; none in what older versions wrote."""

    raised_at: dt.datetime
    due_at: dt.datetime
    """When it may be tried next."""

    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    changed_at: dt.datetime
    """When its state last changed."""

    problem: str | None = None
    """Why the last try failed; never shows the channel's address."""


class Collected(_Kept):
    """What waits for the next digest."""

    since_at: dt.datetime
    due_at: dt.datetime
    events: int = 0
    count: int = 0
    """How many mentions, in an alert on mentions."""

    lines: tuple[str, ...] = ()
    """The first events, a line each."""

    examples: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    """The id of each example; ``""`` for one of an older version."""


class Memory(_Kept):
    """Where one alert stands."""

    identity: str
    """What it watches; another value begins a new watch."""

    began_at: dt.datetime
    """What was there before never sets it off."""

    from_at: dt.datetime
    """Mentions first seen before then are dealt with, and so are those in ``seen``."""

    latest_at: dt.datetime | None = None
    """When the newest mention dealt with was first seen."""

    seen: tuple[str, ...] = ()
    """Beginnings of ids, sorted."""

    above: bool = False
    """Whether the threshold or the spike was passed at the last look."""

    told: Mapping[str, str] = pydantic.Field(default_factory=dict)
    """The trouble of each source that was raised and is not over, by source and address."""

    collected: Collected | None = None
    raised: int = 0
    """The number of the last message."""

    deliveries: tuple[Delivery, ...] = ()
    """In the order they were raised."""

    gone_at: dt.datetime | None = None
    """Since when the configuration has no such alert."""


Step = Callable[[Memory | None], Memory | None]


def key_of(name: str) -> str:
    """Name the note of an alert."""
    return PREFIX + quote(name, safe="")


def change(notes: Notes, name: str, step: Step) -> bool:
    """
    Apply a step to what an alert remembers; say whether that changed it.

    The step is applied anew whenever another process was faster. What it returns is written as a
    whole; ``None``, or what it was given, writes nothing.
    """
    key = key_of(name)
    for _ in range(_ATTEMPTS):
        note = notes.read(key)
        before = _read(key, note) if note else None
        after = step(before)
        if after is None or after == before:
            return False
        version = note.version if note else None
        if notes.write(key, after.model_dump(mode="json"), version) is not None:
            return True
    raise SaysoError(f"the alert {name!r} is changed by others all the time; try again")


def remembered(notes: Notes) -> dict[str, Memory]:
    """Return what every alert that can be read remembers, by its name."""
    found: dict[str, Memory] = {}
    for key, note in all_notes(notes).items():
        try:
            found[name_of(key)] = _read(key, note)
        except NoteUnreadable:
            continue  # whoever evaluates that alert says so
    return found


def all_notes(notes: Notes) -> dict[str, Note]:
    """Return the notes of all alerts, those gone from the configuration included."""
    return dict(all_under(notes, PREFIX))


def name_of(key: str) -> str:
    """Return the name of the alert a note belongs to."""
    return unquote(key.removeprefix(PREFIX))


def _read(key: str, note: Note) -> Memory:
    try:
        return Memory.model_validate(note.value)
    except pydantic.ValidationError as error:
        fields = sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]})
        raise NoteUnreadable(f"the note {key} cannot be read: {', '.join(fields)}") from None
