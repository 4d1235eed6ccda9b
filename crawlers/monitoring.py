"""Health and metrics of one process, over HTTP on its own machine: `/healthz` and `/metrics`."""

import errno
import http
import ipaddress
import json
import logging
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

from search.errors import ConfigError, SaysoError

LOOPBACK: Final = "127.0.0.1"
METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
"""The form that every version of Prometheus reads."""

PATIENCE_SECONDS: Final = 5
"""How long a client may take to say what it wants."""

Health = Callable[[], Mapping[str, object]]
"""
Says at once how it stands: ``status`` is ``ok``, ``waiting`` or ``failing``.

What else it says is shown to whoever asks on this machine.
"""

_WELL: Final = frozenset({"ok", "waiting"})
_log = logging.getLogger(__name__)


class Monitor:
    """
    Answers on a loopback port in threads of its own while it is open.

    There is no password, so it listens on no other address; what it says holds nobody's words.
    ``port`` 0 takes any free one.
    """

    def __init__(
        self, health: Health, collector: Collector, *, port: int, address: str = LOOPBACK
    ) -> None:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(collector)
        self._server = _listen(_loopback(address), port)
        self._server.health, self._server.registry = health, registry
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Answers(BaseHTTPRequestHandler):
    """One request; nothing of it is ever repeated, neither in an answer nor in a log."""

    server: "_Server"
    timeout = PATIENCE_SECONDS

    def do_GET(self) -> None:
        """Answer, whatever happens inside."""
        try:
            answer = self._answer()
        except SaysoError as error:
            _log.warning("health is not known", exc_info=error)
            answer = (503, "application/json", _json({"status": "failing"}))
        self._send(*answer)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def _answer(self) -> tuple[int, str, bytes]:
        match self.path.partition("?")[0]:
            case "/healthz":
                health = self.server.health()
                status = 200 if health.get("status") in _WELL else 503
                return status, "application/json", _json(health)
            case "/metrics":
                return 200, METRICS_TYPE, generate_latest(self.server.registry)
            case _:
                return 404, "text/plain; charset=utf-8", b"look at /healthz or /metrics\n"

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, *_: object) -> None:
        """Refuse in the words of the standard; http.server's own quote the request."""
        self.close_connection = True
        self._send(code, "text/plain; charset=utf-8", _phrase(code))

    def version_string(self) -> str:
        """Say no more than necessary about who answers."""
        return "sayso"

    def log_message(self, *_: object) -> None:
        """Keep requests out of the log."""


class _Server(ThreadingHTTPServer):
    """Knows what to answer with."""

    health: Health
    registry: CollectorRegistry

    def handle_error(self, *_: object) -> None:
        """Log what broke an answer, unless the client has only gone away."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            _log.error("a request could not be answered", exc_info=True)


class _Server6(_Server):
    address_family = socket.AF_INET6


def _loopback(address: str) -> str:
    if address == "localhost":  # not looked up: a hosts file may send it anywhere
        return LOOPBACK
    try:
        if ipaddress.ip_address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise ConfigError(
        f"{address!r} is no address of this machine alone, and metrics have no password;"
        f" allowed: {LOOPBACK}, ::1, localhost"
    )


def _listen(address: str, port: int) -> _Server:
    server = _Server6 if ":" in address else _Server
    try:
        return server((address, port), _Answers)
    except OverflowError:
        raise ConfigError(f"port {port}: allowed: 0 (any free one) to 65535") from None
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        problem = "another program listens there already" if taken else error.strerror
        raise ConfigError(f"port {port} of {address}: {problem}; choose another one") from error


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(value), default=str).encode() + b"\n"


def _phrase(code: int) -> bytes:
    return f"{code} {http.HTTPStatus(code).phrase}\n".encode()
