"""Retention, once a day, beside the scheduler's loop."""

import datetime as dt
import logging
import threading

from crawlers.declaring import storage_limits
from search.config import Config
from search.errors import SaysoError
from search.retention.rules import Rules
from search.retention.sweeping import sweep
from search.stores.opening import open_store
from search.web.creator.originals import uploads_folder

log = logging.getLogger(__name__)


class Sweeper:
    """Deletes what is kept for too long, in a thread of its own: it may take minutes."""

    def __init__(self) -> None:
        self._sweeping: threading.Thread | None = None

    def begin(self, config: Config) -> None:
        """Begin, unless the last time still goes on, or there are no rules."""
        rules = Rules.of(config, storage_limits())
        if rules is None or (self._sweeping is not None and self._sweeping.is_alive()):
            return
        self._sweeping = threading.Thread(
            target=self._sweep, args=(config, rules), daemon=True, name="retention"
        )
        self._sweeping.start()

    def wait(self, seconds: float) -> None:
        """Give what is under way a moment; what it leaves, the next time finds."""
        if self._sweeping is not None:
            self._sweeping.join(seconds)

    def _sweep(self, config: Config, rules: Rules) -> None:
        try:
            # A store of its own: an embedded one is clean of what was deleted once it is closed.
            with open_store(config.store_location) as store:
                now = dt.datetime.now(dt.UTC)
                tallies = sweep(store, rules, now, uploads=uploads_folder(config))
        except (SaysoError, OSError) as error:
            log.warning("retention not applied", extra={"problem": str(error)})
            return
        deleted = {rule: tally.count for rule, tally in sorted(tallies.items())}
        log.info("retention applied", extra={"deleted": deleted})
