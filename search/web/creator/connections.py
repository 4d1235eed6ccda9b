"""
Connections: how long one may be silent, and which goes when there are too many.

Uvicorn waits for the first request of a connection for ever. Whoever opens many and says nothing
would keep everybody else out: so one that has not asked within a while is closed, and where there
is no room for another the one that has said nothing for longest makes it.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_AT_ONCE: Final = 200
"""Connections; more are answered with 503."""

FULL: Final = 150
"""Connections from which on a new one takes the place of an idle one, well before that."""

SILENT: Final = 10
"""Seconds within which all headers of a request have to come."""


class Impatient(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with those limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._silence: asyncio.TimerHandle | None = None
        self.idle_since = self.loop.time()

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait, and make room."""
        super().connection_made(transport)
        self._watch()
        if len(self.connections) >= FULL:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Read on."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request; what comes of the last one is no longer of interest."""
        super().on_response_complete()
        self.idle_since = self.loop.time()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        super().connection_lost(exc)
        self._forget()

    def give_up(self) -> None:
        """Close at once, whatever the other side does."""
        self._forget()
        self.transport.abort()

    def _watch(self) -> None:
        if not self.is_idle:
            self._forget()
        elif self._silence is None:  # else it runs on: single bytes prolong nothing
            self._silence = self.loop.call_later(SILENT, self.give_up)

    def _forget(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _make_room(self) -> None:
        others = [
            each
            for each in self.connections
            if isinstance(each, Impatient)
            and each is not self
            and each.is_idle
            and not each.transport.is_closing()
        ]
        if others:
            min(others, key=lambda each: each.idle_since).give_up()
