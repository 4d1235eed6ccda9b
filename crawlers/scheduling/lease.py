"""
One active scheduler: whoever holds the lease, until it lets go or dies.

The holder changes the note every few seconds. Another takes the lease when the note has not
changed for a while by the other's own monotonic clock, or at once when the holder was a process of
this machine that is gone. Every change is by compare-and-set, so that two never hold it.
"""

import time
from collections.abc import Callable

from crawlers.running.processes import is_gone, this_process
from search.errors import StoreError
from search.notes import Note, Notes

KEY = "lease/schedule"
STALE_SECONDS = 20.0
"""A holder that has not renewed its lease for so long has lost it."""


class Lease:
    """The right to schedule."""

    def __init__(
        self,
        notes: Notes,
        *,
        holder: str | None = None,
        now: Callable[[], float] = time.monotonic,
        stale_seconds: float = STALE_SECONDS,
    ) -> None:
        self._notes = notes
        self._holder = holder or this_process()
        self._now = now
        self._stale_seconds = stale_seconds
        self._renewed_at: float | None = None
        self._seen: Note | None = None
        self._seen_at = 0.0

    def hold(self) -> bool:
        """
        Take or renew the lease; ``False`` while another has it.

        `StoreError` when the store cannot be asked for so long that another may have it by now.
        """
        asked_at = self._now()  # the answer may take long, and others reckon from the write
        try:
            note = self._notes.read(KEY)
            held = (note is None or self._may_take(note)) and self._write(note)
        except StoreError:
            if self._is_fresh():
                return True
            raise
        self._renewed_at = asked_at if held else None
        return held

    def release(self) -> None:
        """Let another have it."""
        note = self._notes.read(KEY)
        if note is not None and note.value["holder"] == self._holder:
            self._notes.delete(KEY, note.version)
        self._renewed_at = None

    def _may_take(self, note: Note) -> bool:
        holder = str(note.value["holder"])
        if holder == self._holder or is_gone(holder):
            return True
        if note != self._seen:
            self._seen, self._seen_at = note, self._now()
        return self._now() - self._seen_at > self._stale_seconds

    def _write(self, note: Note | None) -> bool:
        version = note.version if note is not None else None
        return self._notes.write(KEY, {"holder": self._holder}, version) is not None

    def _is_fresh(self) -> bool:
        """Whether nobody can have taken it while the store cannot be asked."""
        limit = self._stale_seconds / 2
        return self._renewed_at is not None and self._now() - self._renewed_at < limit


def holder_of(notes: Notes) -> str | None:
    """Say who schedules; ``None``: nobody, as far as is known."""
    note = notes.read(KEY)
    holder = str(note.value["holder"]) if note is not None else None
    return None if is_gone(holder) else holder
