"""Serving authors' pages with uvicorn, until a signal comes."""

import datetime as dt
import ipaddress
import logging
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from search.config import Config
from search.errors import ConfigError
from search.mention import StoredMention
from search.permissions.leaving_alone import leave_alone
from search.stores.base import Store
from search.web.creator.app import creator_app
from search.web.creator.connections import MOST_AT_ONCE, Impatient
from search.web.creator.desk import OnNever

PORT: Final = 8712
PATIENCE: Final = 10
"""Seconds that answers under way get when we are to stop."""

LOOPBACK: Final = ("127.0.0.1", "::1")
"""Proxies whose word is taken for where a visitor comes from, unless others are named."""


def serve(  # noqa: PLR0913 - where, how, and whom to tell
    store: Store,
    config: Config,
    *,
    host: str,
    port: int,
    behind_proxy: bool,
    trusted: Sequence[str] = LOOPBACK,
    on_ready: Callable[[str], None] = print,
) -> None:
    """
    Serve on an address of this machine; another one only behind a proxy that speaks TLS.

    ``trusted`` are the addresses and networks of proxies whose ``X-Forwarded-For`` is believed.
    """
    if not behind_proxy and not _is_loopback(host):
        raise ConfigError(
            f"--host {host}: pages would be open to the network without TLS, and whoever sees a "
            "link on its way can answer for its author; allowed: 127.0.0.1, or another address "
            "with --behind-proxy, where a proxy that speaks TLS stands in front"
        )
    proxies = _networks(trusted)
    app = creator_app(store, config, on_never=_leave_alone(store, config))
    server = Server(settings(app, host, port, proxies), on_ready)
    for number in (signal.SIGTERM, signal.SIGINT):
        # Uvicorn raises the signal once more when it is done: to us it is no error.
        signal.signal(number, lambda *_: None)
    server.run()


def _leave_alone(store: Store, config: Config) -> OnNever:
    def note(stored: StoredMention, now: dt.datetime) -> None:
        leave_alone(store, config, stored.mention, now, reason="said so on the page")

    return note


def settings(
    app: ASGIApp, host: str, port: int, trusted: Sequence[str] = LOOPBACK
) -> uvicorn.Config:
    """Say how the pages are served: no log of requests, since an address is a credential."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Impatient,
        forwarded_allow_ips=list(trusted),
        access_log=False,
        log_level=logging.WARNING,
        server_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=PATIENCE,
        ws="none",
        lifespan="off",
    )


class Server(uvicorn.Server):
    """Says where it listens as soon as it does."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started:
            name = self.servers[0].sockets[0].getsockname()
            host = f"[{name[0]}]" if ":" in name[0] else name[0]
            self._on_ready(f"http://{host}:{name[1]}")


def _networks(trusted: Sequence[str]) -> list[str]:
    for each in trusted:
        try:
            ipaddress.ip_network(each)
        except ValueError:
            raise ConfigError(
                f"--trust {each} is no address of a proxy; allowed: an address such as 10.0.0.2, "
                "or a network such as 10.0.0.0/24"
            ) from None
    return list(trusted)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
