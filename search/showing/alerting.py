"""`sayso alerts list` and `sayso alerts test`: how alerts stand, and whether channels work."""

from collections.abc import Iterator
from typing import Any, Final

import click

from search.alert_settings import Alert, Trigger
from search.alerting.channels import channels_of, send
from search.alerting.memory import Delivery, DeliveryState, Memory, remembered
from search.alerting.wording import write_time
from search.config import Config
from search.showing.printing import print_json
from search.stores.base import Store

_LISTED: Final = frozenset(DeliveryState) - {DeliveryState.SENT}
_TITLE: Final = "Sayso: a test"
_BODY: Final = "If you can read this, alerts reach this channel."


def show_alerts(store: Store, config: Config, *, as_json: bool) -> None:
    """Print every alert, and below it each message that is not sent."""
    memories = remembered(store.notes)
    for alert in config.alerts:
        memory = memories.get(alert.name)
        if as_json:
            print_json(_plain(alert, memory))
            continue
        for line in _lines(alert, memory):
            click.echo(line)
    if not config.alerts and not as_json:
        click.echo("no alerts: add an [[alerts]] table to sayso.toml")


def test_channels(config: Config) -> bool:
    """Send a test message to every channel; print how it went and return whether all took it."""
    problems = {name: send(name, _TITLE, _BODY) for name in channels_of(config.alerts)}
    for name, problem in problems.items():
        click.echo(f"{name}: {problem or 'sent'}")
    if not problems:
        click.echo("no channels: add an [[alerts]] table to sayso.toml")
    return not any(problems.values())


def _lines(alert: Alert, memory: Memory | None) -> Iterator[str]:
    since = f"watching since {write_time(memory.began_at)}" if memory else "not begun"
    yield "\t".join((alert.name, _describe(alert), ", ".join(alert.channels), since))
    for key, trouble in (memory.told if memory else {}).items():
        if trouble:  # of what there is to do about permissions only the keys are kept
            yield f"  trouble: {key}: {trouble}"
    for delivery in _unsent(memory):
        yield f"  {_describe_delivery(delivery)}"


def _describe(alert: Alert) -> str:
    match alert.on:
        case Trigger.SOURCE:
            return f"source {', '.join(alert.sources) or 'of any name'}"
        case Trigger.PERMISSION:
            return "what there is to do about permissions"
        case Trigger.THRESHOLD:
            how = f"{alert.count} within {alert.within}"
        case Trigger.SPIKE:
            how = f"spike of {alert.deviations:g} deviations"
        case _:
            how = "mentions"
    digest = f", digest every {alert.digest}" if alert.digest else ""
    return f"{how} of {alert.brand or alert.query}{digest}"


def _unsent(memory: Memory | None) -> list[Delivery]:
    return [each for each in memory.deliveries if each.state in _LISTED] if memory else []


def _describe_delivery(delivery: Delivery) -> str:
    tries = "1 try" if delivery.tries == 1 else f"{delivery.tries} tries"
    problem = f": {delivery.problem}" if delivery.problem else ""
    when = write_time(delivery.raised_at)
    return f"{delivery.state} ({tries}) to {delivery.channel}, {when}, {delivery.title}{problem}"


def _plain(alert: Alert, memory: Memory | None) -> dict[str, Any]:
    deliveries = memory.deliveries if memory else ()
    return {
        **alert.model_dump(mode="json"),
        "began_at": memory and memory.began_at.isoformat(),
        "above": memory and memory.above,
        "told": dict(memory.told) if memory else {},
        "deliveries": [each.model_dump(mode="json", exclude={"body"}) for each in deliveries],
    }
