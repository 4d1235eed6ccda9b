"""A small HTTP server on loopback, for tests that crawl over real HTTP."""

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it."""

    path: str
    """With the query string."""
    headers: Mapping[str, str]
    """Names in lower case."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    body: bytes = b""
    content_type: str | None = "text/html; charset=utf-8"
    """``None`` sends no such header."""
    status: int = 200
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


Answer = Reply | bytes | str | Callable[[Asked], Reply]
Routes = Mapping[str, Answer]


@dataclasses.dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    address: str
    """Such as ``http://127.0.0.1:40123``, without a trailing slash."""
    asked: list[Asked]
    """Every request so far, in order."""

    def paths(self) -> list[str]:
        """List the paths asked for so far."""
        return [asked.path for asked in self.asked]


@contextlib.contextmanager
def serve(routes: Routes | Callable[[str], Routes]) -> Iterator[Site]:
    """
    Serve ``routes`` (path, with or without its query string → answer) until the block ends.

    A function is called with the site's address, for pages that contain their own address.
    Anything else answers 404.
    """
    asked: list[Asked] = []

    class Handler(_Handler):
        seen = asked

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        Handler.routes = routes(address) if callable(routes) else routes
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield Site(address, asked)
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    routes: ClassVar[Routes] = {}
    seen: ClassVar[list[Asked]] = []

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.path, headers)
        self.seen.append(asked)
        reply = self._find(asked)
        self.send_response(reply.status)
        if reply.content_type:
            self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(reply.body)

    def _find(self, asked: Asked) -> Reply:
        found = self.routes.get(asked.path, self.routes.get(urlsplit(asked.path).path))
        if found is None:
            return Reply(b"nothing here", status=404)
        if callable(found):
            return found(asked)
        if isinstance(found, str):
            return Reply(found.encode())
        return Reply(found) if isinstance(found, bytes) else found

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Stay quiet."""
