"""Permissions as time passes, beside the scheduler's loop."""

import logging
import threading

from search.config import Config
from search.errors import SaysoError
from search.permissions.passing import Passing, Round, count_kinds
from search.stores.base import Store

log = logging.getLogger(__name__)


class PassingTime:
    """Does a round in a thread of its own: a long ledger must not stop a crawl."""

    def __init__(self, store: Store) -> None:
        self._passing = Passing(store)
        self._said: dict[str, int] = {}
        self._going: threading.Thread | None = None

    def go(self, config: Config) -> None:
        """Do a round, unless one is under way."""
        if self._going is None or not self._going.is_alive():
            self._going = threading.Thread(
                target=self._go, args=(config,), daemon=True, name="permissions"
            )
            self._going.start()

    def wait(self, seconds: float) -> None:
        """Give a round that is under way a moment; the next one does what it leaves."""
        if self._going is not None:
            self._going.join(seconds)

    def _go(self, config: Config) -> None:
        try:
            self._say(self._passing.pass_by(config))
        except SaysoError as error:
            log.warning("permissions not looked after", extra={"problem": str(error)})

    def _say(self, done: Round) -> None:
        for mention, standing in done.answered:
            said = {"mention": mention, "now": str(standing.permission)}
            log.info("answer recorded", extra=said)
        for mention, standing in done.ended:
            log.info("permission ended", extra={"mention": mention, "now": standing.permission})
        for mention in done.held:
            log.warning("content changed", extra={"mention": mention})
        for each in done.warnings:
            soon = {"mention": each.mention, "within_days": each.days, "until": str(each.last_day)}
            log.warning("permission ends soon", extra=soon)
        counts = count_kinds(done.to_do)
        if counts != self._said:
            log.info("permissions: to do", extra={**counts, "in_all": len(done.to_do)})
        self._said = counts
