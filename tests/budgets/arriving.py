"""A site that remembers when it was asked, and by how many at once."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from tests.serving import Asked, Reply, Routes, serve

FILES = ("/robots.txt", "/.well-known/tdmrep.json")


class Arrivals:
    """What the site saw; the site is slow, so that requests overlap."""

    def __init__(self, seconds: float) -> None:
        self.times: list[float] = []
        """When each request came, files about the site included."""
        self.pages: list[float] = []
        self.most = 0
        """How many were answered at once, at most."""
        self.address = ""
        self.held = threading.Semaphore(0)
        """Released for each request to ``/held`` and ``/cancelled``."""
        self.free = threading.Event()
        """Lets those go on."""
        self.refuse: Callable[[Asked], Reply | None] = lambda _: None
        """What is answered instead of a page."""
        self._seconds = seconds
        self._now = 0
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.times.append(time.monotonic())
            self._now += 1
            self.most = max(self.most, self._now)
            if asked.path not in FILES:
                self.pages.append(self.times[-1])
            refused = self.refuse(asked)
        if asked.path.startswith(("/held", "/cancelled")):
            self.held.release()
            self.free.wait(60)
        time.sleep(self._seconds)
        with self._lock:
            self._now -= 1
        return refused or Reply(b"", status=404 if asked.path in FILES else 200)

    def most_within(self, seconds: float) -> int:
        """Say how many came in any stretch of so many seconds, at most."""
        return max(
            sum(start <= moment < start + seconds for moment in self.times) for start in self.times
        )

    def wait_for_pages(self, number: int) -> None:
        """Return when so many pages were asked for."""
        give_up_at = time.monotonic() + 30
        while len(self.pages) < number:
            assert time.monotonic() < give_up_at, f"{len(self.pages)} of {number} pages"
            time.sleep(0.02)


@contextlib.contextmanager
def arriving(seconds: float = 0.0) -> Iterator[Arrivals]:
    """Serve until the block ends."""
    arrivals = Arrivals(seconds)
    paths = ("/page", "/other", "/held", "/cancelled", *FILES)
    routes: Routes = dict.fromkeys(paths, arrivals.answer)
    with serve(routes) as site:
        arrivals.address = site.address
        try:
            yield arrivals
        finally:
            arrivals.free.set()
