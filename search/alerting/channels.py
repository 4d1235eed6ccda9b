"""
Where alerts go: a channel is a name, and its address an Apprise URL in the environment.

An address holds passwords, so no error or log line shows one, and neither do those of Apprise and
of the library it posts with.
"""

import importlib
import importlib.util
import logging
import threading
from collections.abc import Iterable, Sequence
from typing import Any, Final

from search.alert_settings import Alert
from search.environment import secret
from search.errors import ConfigError

NOT_INSTALLED: Final = "Apprise is not installed: pip install 'sayso[alerts]'"
SECONDS: Final = 15.0
"""A channel that has not answered by then counts as dead; Apprise itself mostly gives up at 8."""


def variable_of(channel: str) -> str:
    """Name the environment variable that holds a channel's address."""
    return f"SAYSO_CHANNEL_{channel.upper().replace('-', '_')}"


def channels_of(alerts: Iterable[Alert]) -> tuple[str, ...]:
    """Name every channel once, in the order of the alerts."""
    return tuple(dict.fromkeys(name for alert in alerts for name in alert.channels))


def check_channels(alerts: Sequence[Alert]) -> None:
    """Raise `ConfigError` unless every channel has an address that Apprise knows."""
    if not alerts:
        return
    if not _is_installed():
        raise ConfigError(NOT_INSTALLED)
    faults = [fault for name in channels_of(alerts) if (fault := find_fault(name))]
    if faults:
        raise ConfigError("\n".join(faults))


def find_fault(channel: str) -> str | None:
    """Say why a channel cannot be used, without trying it; ``None`` when it can."""
    opened = _open(channel)
    return opened if isinstance(opened, str) else None


def send(channel: str, title: str, body: str, *, seconds: float = SECONDS) -> str | None:
    """
    Send plain text and say what went wrong; ``None`` when the channel took it.

    One that does not answer in time is left to itself: it may still get the message.
    """
    opened = _open(channel)
    if isinstance(opened, str):
        return opened
    taken: list[bool] = []

    def post() -> None:  # Apprise catches what its plugins raise
        taken.append(bool(opened.notify(title=title, body=body, body_format="text")))

    # A daemon, unlike those of an executor: nothing waits for it at exit.
    thread = threading.Thread(target=post, daemon=True, name=f"alert channel {channel}")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        return f"the channel {channel!r} gave no answer within {seconds:g} seconds"
    return None if taken == [True] else f"the channel {channel!r} did not take the message"


def _is_installed() -> bool:
    return importlib.util.find_spec("apprise") is not None


def _open(channel: str) -> Any:
    """Return an `apprise.Apprise` with one service, or a sentence on why there is none."""
    variable = variable_of(channel)
    url = secret(variable)
    if not url:
        return f"the channel {channel!r} has no address: set {variable} to an Apprise URL"
    if not _is_installed():
        return NOT_INSTALLED
    apprise = _quiet_apprise()
    asset = apprise.AppriseAsset(app_id="Sayso", app_desc="Sayso", async_mode=False)
    # One service: of several, some might take a message that the others then get again.
    service = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        return (
            f"{variable}: Apprise knows no such service, or lacks a library for it; see "
            "https://github.com/caronc/apprise/wiki for how its URLs look"
        )
    opened = apprise.Apprise(asset=asset)
    opened.add(service)
    return opened


def _quiet_apprise() -> Any:
    # Both show addresses: one when it fails, the other below INFO.
    logging.getLogger("apprise").disabled = True
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    return importlib.import_module("apprise")
