"""A channel on loopback that records what it is sent, and can be ill in several ways."""

import contextlib
import dataclasses
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


@dataclasses.dataclass(slots=True)
class Channel:
    """A running channel."""

    port: int
    """Of the loopback address."""
    sent: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    """Title and body of each message it took, in order."""
    asked: int = 0
    """How often anything was sent, also what it did not take."""
    status: int = 200
    """What it answers."""
    hangs: bool = False
    """Whether it answers only when the test is over."""
    reached: threading.Event = dataclasses.field(default_factory=threading.Event)
    over: threading.Event = dataclasses.field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """The address for Apprise."""
        return f"json://127.0.0.1:{self.port}/hook/s3cret?cto=2&rto=2"

    @property
    def titles(self) -> list[str]:
        """What it took."""
        return [title for title, _ in self.sent]


@contextlib.contextmanager
def open_channel() -> Iterator[Channel]:
    """Serve a channel until the block ends."""

    class Handler(_Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Handler.channel = channel = Channel(server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield channel
        finally:
            channel.over.set()
            server.shutdown()
            thread.join()


def dead_url() -> str:
    """Return the address of a channel where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"json://127.0.0.1:{unused.getsockname()[1]}/hook/s3cret?cto=2&rto=2"


class _Handler(BaseHTTPRequestHandler):
    channel: ClassVar[Channel]

    def do_POST(self) -> None:
        message: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.channel.asked += 1
        self.channel.reached.set()
        if self.channel.hangs:
            self.channel.over.wait()
            return
        if self.channel.status < 300:
            self.channel.sent.append((message["title"], message["message"]))
        self.send_response(self.channel.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Stay quiet."""
