"""Alerts, looked at every minute and after each run, beside the scheduler's loop."""

import logging
import threading
from collections.abc import Callable

from search.alerting.evaluation import evaluate
from search.alerting.memory import DeliveryState
from search.config import Config
from search.errors import SaysoError
from search.stores.base import Store

log = logging.getLogger(__name__)


class Alarm:
    """Looks at all alerts in a thread of its own: a channel that hangs must not stop a crawl."""

    def __init__(self, store: Store, count_failure: Callable[[], None]) -> None:
        self._store = store
        self._count_failure = count_failure
        self._config = Config()
        self._again = threading.Event()
        self._looking: threading.Thread | None = None

    def ring(self, config: Config) -> None:
        """Look at these alerts, or once more if a look is under way."""
        self._config = config
        self.ring_again()

    def ring_again(self) -> None:
        """Look at the same alerts once more."""
        self._again.set()
        if self._looking is None or not self._looking.is_alive():
            self._looking = threading.Thread(target=self._look, daemon=True, name="alerts")
            self._looking.start()

    def wait(self, seconds: float) -> None:
        """Give a look that is under way a moment; a claim it leaves is settled by the next one."""
        if self._looking is not None:
            self._looking.join(seconds)

    def _look(self) -> None:
        while self._again.is_set():
            self._again.clear()
            try:
                config = self._config
                attempts = evaluate(self._store, config) if config.alerts else []
            except SaysoError as error:
                log.warning("alerts not evaluated", extra={"problem": type(error).__name__})
                return
            for attempt in attempts:
                if attempt.delivery.state is DeliveryState.FAILED:
                    self._count_failure()
