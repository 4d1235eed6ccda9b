"""A stand-in for Kibana on loopback: it takes one import and answers as it is told to."""

import contextlib
import dataclasses
import email
import email.message
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Posted:
    """A request as it arrived."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def form_file(self) -> email.message.Message:
        """Read the one part of the form."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        form = email.message_from_bytes(head + self.body)
        parts = form.get_payload()
        assert isinstance(parts, list)
        (part,) = parts
        assert isinstance(part, email.message.Message)
        return part


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """What the stand-in says."""

    body: bytes = b"{}"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


@dataclasses.dataclass(frozen=True, slots=True)
class FakeKibana:
    """A running stand-in."""

    address: str
    posted: list[Posted]


def success(*objects: dict[str, Any], errors: tuple[dict[str, Any], ...] = ()) -> Reply:
    """Answer an import as Kibana does, with 200 even where it refuses."""
    said: dict[str, Any] = {
        "successCount": len(objects),
        "success": not errors,
        "warnings": [],
        "successResults": list(objects),
    }
    return Reply(json.dumps(said | ({"errors": list(errors)} if errors else {})).encode())


@contextlib.contextmanager
def kibana(reply: Reply) -> Iterator[FakeKibana]:
    """Answer every request with ``reply`` until the block ends."""
    posted: list[Posted] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            posted.append(Posted(self.path, headers, body))
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Stay quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield FakeKibana(f"http://127.0.0.1:{server.server_port}", posted)
        finally:
            server.shutdown()
            thread.join()
