"""
Sending what waits: claimed before, marked after, tried again later when a channel is dead.

A channel that fails in a round is left alone for the rest of it, and channels that failed before
come last, so that a dead one holds up the others for one timeout at most. A try that fails is
repeated after `PAUSES`; when the last has failed too, the message is given up and listed.
"""

import datetime as dt
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from search.alert_settings import Alert
from search.alerting.channels import send
from search.alerting.memory import Delivery, DeliveryState, Memory, change, remembered
from search.alerting.wording import Event, write_message
from search.errors import SaysoError
from search.notes import Notes

log = logging.getLogger(__name__)

PAUSES: Final = tuple(
    dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60)
)
"""Before the second try, the third and so on: eight tries in a little less than a day."""

LOST_AFTER: Final = dt.timedelta(minutes=10)
"""A claim as old as this belongs to a process that died."""

ROUND_SECONDS: Final = 60.0
"""What is not begun by then waits for the next round; far shorter than `LOST_AFTER`."""

MOST_WAITING: Final = 50
"""For one channel of one alert; of more, the oldest are given up."""

KEPT_SENT: Final = 20
KEPT_LOST: Final = 50
"""So many of the failed and unknown are listed."""


class Attempt(NamedTuple):
    """One message that was tried, and how it stands now."""

    alert: str
    delivery: Delivery


def raise_event(memory: Memory, event: Event, channels: Sequence[str], now: dt.datetime) -> Memory:
    """Let a message wait for each channel."""
    title, body = write_message(event)
    number = memory.raised + 1
    raised = tuple(
        Delivery(
            id=f"{number}/{channel}",
            channel=channel,
            title=title,
            body=body,
            mentions=event.mentions,
            raised_at=now,
            due_at=now,
            changed_at=now,
        )
        for channel in channels
    )
    return memory.model_copy(
        update={"raised": number, "deliveries": (*memory.deliveries, *raised)}
    )


def settle(memory: Memory, now: dt.datetime) -> Memory:
    """Notice what was lost, give up what is too much, and forget what is over for long."""
    settled = [_settled(delivery, now) for delivery in memory.deliveries]
    for channel in {delivery.channel for delivery in settled}:
        waiting = [n for n, each in enumerate(settled) if _waits(each, channel)]
        for number in waiting[:-MOST_WAITING]:
            settled[number] = _ended(
                settled[number], DeliveryState.FAILED, now, problem="too many were waiting"
            )
    return memory.model_copy(update={"deliveries": _without_old(settled)})


def deliver(notes: Notes, alerts: Sequence[Alert], now: dt.datetime) -> list[Attempt]:
    """Send everything that is due; never raises for a channel's sake."""
    began, dead = time.monotonic(), set[str]()
    attempts = []
    for name, delivery in _due(remembered(notes), {alert.name for alert in alerts}, now):
        if time.monotonic() - began > ROUND_SECONDS:
            break
        if delivery.channel in dead:
            continue
        try:
            tried = _try(notes, name, delivery, now)
        except SaysoError as error:
            _say(logging.ERROR, "alert not marked", name, delivery, error=type(error).__name__)
            continue
        if tried is not None:
            attempts.append(Attempt(name, tried))
            dead |= {delivery.channel} if tried.state is not DeliveryState.SENT else set()
    return attempts


def _due(
    memories: Mapping[str, Memory], names: set[str], now: dt.datetime
) -> list[tuple[str, Delivery]]:
    waiting = [
        (name, delivery)
        for name, memory in memories.items()
        for delivery in memory.deliveries
        if name in names and delivery.state is DeliveryState.WAITING
    ]
    shaky = {delivery.channel for _, delivery in waiting if delivery.tries}
    due = [(name, delivery) for name, delivery in waiting if delivery.due_at <= now]
    return sorted(due, key=lambda each: (each[1].channel in shaky, each[1].raised_at))


def _try(notes: Notes, name: str, delivery: Delivery, now: dt.datetime) -> Delivery | None:
    """Claim, send and mark; ``None`` when another process has claimed it."""
    claimed = delivery.model_copy(
        update={
            "state": DeliveryState.SENDING,
            "tries": delivery.tries + 1,
            "changed_at": now,
        }
    )
    if not _replace(notes, name, delivery, claimed):
        return None
    problem = send(delivery.channel, delivery.title, delivery.body)
    tried = _after(claimed, problem, now)
    if not _replace(notes, name, claimed, tried):
        _say(logging.WARNING, "alert taken for lost", name, tried)
    elif problem is None:
        _say(logging.INFO, "alert sent", name, tried)
    else:
        _say(logging.WARNING, "alert not sent", name, tried, state=str(tried.state))
    return tried


def _after(claimed: Delivery, problem: str | None, now: dt.datetime) -> Delivery:
    if problem is None:
        return _ended(claimed, DeliveryState.SENT, now)
    if claimed.tries > len(PAUSES):
        return _ended(claimed, DeliveryState.FAILED, now, problem=problem)
    return claimed.model_copy(
        update={
            "state": DeliveryState.WAITING,
            "due_at": now + PAUSES[claimed.tries - 1],
            "problem": problem,
        }
    )


def _replace(notes: Notes, name: str, before: Delivery, after: Delivery) -> bool:
    """Put one delivery in the place of what it was; ``False`` when it is something else now."""

    def step(memory: Memory | None) -> Memory | None:
        if memory is None or before not in memory.deliveries:
            return None
        replaced = tuple(after if each == before else each for each in memory.deliveries)
        return memory.model_copy(update={"deliveries": replaced})

    return change(notes, name, step)


def _settled(delivery: Delivery, now: dt.datetime) -> Delivery:
    if delivery.state is DeliveryState.SENDING and now - delivery.changed_at >= LOST_AFTER:
        return _ended(delivery, DeliveryState.UNKNOWN, now, problem="its process died meanwhile")
    return delivery


def _ended(
    delivery: Delivery, state: DeliveryState, now: dt.datetime, *, problem: str | None = None
) -> Delivery:
    return delivery.model_copy(
        update={"state": state, "changed_at": now, "problem": problem, "body": "", "mentions": ()}
    )


def _waits(delivery: Delivery, channel: str) -> bool:
    return delivery.channel == channel and delivery.state is DeliveryState.WAITING


def _without_old(deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
    sent = [each.id for each in deliveries if each.state is DeliveryState.SENT]
    lost = [each.id for each in deliveries if each.state.is_over and each.id not in set(sent)]
    dropped = {*sent[:-KEPT_SENT], *lost[:-KEPT_LOST]}
    return tuple(each for each in deliveries if each.id not in dropped)


def _say(level: int, message: str, alert: str, delivery: Delivery, **more: Any) -> None:
    log.log(level, message, extra={"alert": alert, "channel": delivery.channel, **more})
