"""
One round of all alerts: look, remember, send.

Any number of processes may do so at once. Whatever is new is noticed by exactly one of them, since
noticing is a compare-and-set, and each message is claimed by exactly one before it is sent.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Final

from search.alert_settings import Trigger
from search.alerting.crossings import look_for_spike, look_for_threshold
from search.alerting.delivery import Attempt, deliver, raise_event, settle
from search.alerting.digests import collect, due_digest
from search.alerting.memory import Memory, all_notes, change, name_of
from search.alerting.new_mentions import look_for_mentions
from search.alerting.permission_duties import look_at_permissions
from search.alerting.source_trouble import look_at_sources
from search.alerting.watching import Look, Watch, watch
from search.config import Config
from search.errors import SaysoError
from search.notes import Notes
from search.stores.base import Store

log = logging.getLogger(__name__)

FORGOTTEN_AFTER: Final = dt.timedelta(days=1)
"""An alert that is back in the configuration before then goes on where it was."""


def evaluate(store: Store, config: Config, *, now: dt.datetime | None = None) -> list[Attempt]:
    """
    Do one round for all alerts; return what was tried to be sent.

    Trouble with one alert or channel is logged and never keeps the others from their turn; only a
    store that cannot be used at all raises `StoreError`. Processes that evaluate at once must have
    the same configuration: an alert that changes begins a new watch.
    """
    moment = now or dt.datetime.now(dt.UTC)
    _forget_removed(store.notes, {alert.name for alert in config.alerts}, moment)
    for alert in config.alerts:
        try:
            observed = watch(alert, config, store, moment)
            change(store.notes, alert.name, _step(observed))
        except SaysoError as error:
            said = {"alert": alert.name, "error": type(error).__name__}
            log.error("alert not evaluated", extra=said)  # noqa: TRY400 - may show a query
    return deliver(store.notes, config.alerts, moment)


def _step(observed: Watch) -> Callable[[Memory | None], Memory]:
    return lambda memory: _observe(observed, memory)


def _observe(observed: Watch, memory: Memory | None) -> Memory:
    """Look once, and let what is new wait for its channels or for the digest."""
    alert, now = observed.alert, observed.now
    memory = _begun(memory, observed)
    if digest := due_digest(memory, observed):
        memory = raise_event(memory, digest, alert.channels, now)
        memory = memory.model_copy(update={"collected": None})
    look = _LOOKS[alert.on](observed, memory)
    memory = look.memory
    for event in look.events:
        if alert.digest is None:
            memory = raise_event(memory, event, alert.channels, now)
        else:
            memory = collect(memory, event, alert, now)
    return settle(memory, now)


_LOOKS: Mapping[Trigger, Callable[[Watch, Memory], Look]] = {
    Trigger.MENTION: look_for_mentions,
    Trigger.THRESHOLD: look_for_threshold,
    Trigger.SPIKE: look_for_spike,
    Trigger.SOURCE: look_at_sources,
    Trigger.PERMISSION: look_at_permissions,
}


def _begun(memory: Memory | None, observed: Watch) -> Memory:
    """Begin a new watch where there is none, or another; what is still to be sent stays."""
    if memory is not None and memory.identity == observed.identity:
        return memory.model_copy(update={"gone_at": None})
    begun = Memory(identity=observed.identity, began_at=observed.now, from_at=observed.now)
    if memory is None:
        return begun
    kept = {name: getattr(memory, name) for name in ("collected", "raised", "deliveries")}
    return begun.model_copy(update=kept)


def _forget_removed(notes: Notes, names: set[str], now: dt.datetime) -> None:
    """
    Delete what alerts remembered that are gone from the configuration, after a while.

    Not at once: a worker may still run with an older configuration.
    """
    for key, note in all_notes(notes).items():
        if name_of(key) in names:
            continue
        gone_at = note.value.get("gone_at")
        if not gone_at:
            notes.write(key, {**note.value, "gone_at": now.isoformat()}, note.version)
        elif now - dt.datetime.fromisoformat(gone_at) > FORGOTTEN_AFTER:
            notes.delete(key, note.version)
            log.info("alert forgotten", extra={"alert": name_of(key)})
