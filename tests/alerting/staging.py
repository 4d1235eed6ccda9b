"""What the tests of alerts start from: a store with a clock, a configuration, runs."""

import dataclasses
import datetime as dt
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from search.alert_settings import Alert
from search.alerting.delivery import Attempt
from search.alerting.evaluation import evaluate
from search.alerting.memory import DeliveryState, remembered
from search.config import Brand, Config
from search.mention import Mention
from search.run_log import Run, RunState
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore

START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def configure(*alerts: Alert | dict[str, Any], brands: tuple[Brand, ...] = ()) -> Config:
    """Make a configuration with these alerts."""
    made = [alert if isinstance(alert, Alert) else Alert.model_validate(alert) for alert in alerts]
    return Config(brands=brands, alerts=tuple(made))


def on_mentions(**keys: Any) -> dict[str, Any]:
    """Write down an alert on mentions of tea."""
    return {"name": "tea", "on": "mention", "query": "tea", "channels": ["team"], **keys}


def make_tea(number: int, **fields: Any) -> Mention:
    """Invent a mention of tea."""
    address = f"https://forum.example/tea/{number}"
    invented: dict[str, Any] = {
        "source": "forum",
        "source_id": address,
        "url": address,
        "text": f"Tea number {number}",
        "published_at": START,
    }
    return Mention(**(invented | fields))


def make_teas(count: int, first: int = 0, **fields: Any) -> list[Mention]:
    """Invent several."""
    return [make_tea(number, **fields) for number in range(first, first + count)]


@dataclasses.dataclass(slots=True)
class Stage:
    """A store and its time."""

    path: Path
    now: dt.datetime = START
    store: EmbeddedStore = dataclasses.field(init=False)
    _numbers: Iterator[int] = dataclasses.field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.store = self.open()

    def open(self) -> EmbeddedStore:
        """Open the store once more."""
        return EmbeddedStore(self.path, clock=lambda: self.now)

    def restart(self) -> None:
        """Close the store and open it as another process would."""
        self.store.close()
        self.store = self.open()

    def pass_time(self, time: dt.timedelta) -> None:
        """Move the clock on."""
        self.now += time

    def evaluate(self, config: Config) -> list[Attempt]:
        """Do one round at the present time."""
        return evaluate(self.store, config, now=self.now)

    def evaluate_later(self, config: Config, time: dt.timedelta = MINUTE) -> list[Attempt]:
        """Do one round a little later."""
        self.pass_time(time)
        return self.evaluate(config)

    def run(self, state: RunState, *, brand: str = "Tea", **ends: Any) -> Run:
        """Write a run down that ends like this now."""
        run = Run(
            id=f"{next(self._numbers):012x}",
            key=f"mastodon {brand}",
            source="mastodon",
            address="https://m.example",
            brands=(brand,),
        )
        self.store.runs.queue(run)
        self.store.runs.claim(run.id, "worker")
        self.store.runs.end(run, state, **ends)
        return run


def states(store: Store, alert: str = "tea") -> list[DeliveryState]:
    """List how the messages of an alert stand."""
    return [delivery.state for delivery in remembered(store.notes)[alert].deliveries]


def everything_noted(store: Store) -> str:
    """Return all notes as one text."""
    return json.dumps(
        {key: note.value for key, note in store.notes.under("").items()}, default=str
    )
