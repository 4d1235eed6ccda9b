"""A proxy in front of a real Elasticsearch that does to requests what networks and clusters do."""

import contextlib
import http.client
import http.server
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Self
from urllib.parse import urlsplit

Item = tuple[bytes, bytes | None]
"""The lines of one part of a bulk request."""

Fault = Callable[["Asked"], None]


class Asked:
    """One request on its way, which a fault may hold up, cut off or answer."""

    def __init__(self, handler: "_Handler", body: bytes) -> None:
        self._handler = handler
        self.method = handler.command
        self.path = handler.path
        self.body = body
        self.answered = False

    @property
    def is_bulk(self) -> bool:
        """Whether documents are written in bulk."""
        return self.path.startswith("/_bulk")

    def forward(self, body: bytes | None = None) -> tuple[int, bytes]:
        """Let the node do it; the answer is not sent on yet."""
        return self._handler.forward(self.body if body is None else body)

    def answer(self, status: int, body: bytes) -> None:
        """Answer."""
        self.answered = True
        self._handler.reply(status, body)

    def refuse(self, status: int) -> None:
        """Answer as a cluster that has too much to do, or none to do it."""
        error = {"type": "es_rejected_execution_exception", "reason": "told by a test"}
        self.answer(status, json.dumps({"error": error, "status": status}).encode())

    def drop(self) -> None:
        """Cut the connection."""
        self.answered = True
        self._handler.cut()

    def items(self) -> list[Item]:
        """Split a bulk request."""
        lines = iter(self.body.splitlines())
        return [(line, None if b'{"delete"' in line else next(lines)) for line in lines]

    def fail_items(self, status: int, error: str, chosen: Callable[[int], bool]) -> None:
        """Answer for the chosen parts of a bulk request, and let the node do the others."""
        items = self.items()
        kept = [item for number, item in enumerate(items) if not chosen(number)]
        answers: Iterator[Any] = iter(())
        if kept:
            lines = [line for item in kept for line in item if line is not None]
            _, answered = self.forward(b"\n".join(lines) + b"\n")
            answers = iter(json.loads(answered)["items"])
        failed = {"status": status, "error": {"type": error, "reason": "told by a test"}}
        merged = [
            {"create": failed} if chosen(number) else next(answers) for number in range(len(items))
        ]
        self.answer(200, json.dumps({"errors": True, "items": merged}).encode())


class FaultyProxy:
    """One proxy, and what it does to each request."""

    def __init__(self, url: str) -> None:
        self.node = urlsplit(url)
        self.fault: Fault = lambda _: None
        self.seen: Counter[str] = Counter()
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: FaultyProxy

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = Asked(self, body)
        self.owner.seen[asked.path.partition("?")[0]] += 1
        self.owner.fault(asked)
        if not asked.answered:
            self.reply(*asked.forward())

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 - named by http.server

    def forward(self, body: bytes) -> tuple[int, bytes]:
        node = self.owner.node
        connection = http.client.HTTPConnection(node.hostname or "", node.port, timeout=60)
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in {"host", "content-length", "accept-encoding"}
        }
        try:
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 502, b'{"error": {"type": "bad_gateway", "reason": "the node is gone"}}'
        finally:
            connection.close()

    def reply(self, status: int, body: bytes) -> None:
        with contextlib.suppress(OSError):  # whoever asked may have given up
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def cut(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def storm(seed: int, share: float = 0.5) -> Fault:
    """Do one of everything that can go wrong to about this share of the requests that write."""
    chance = random.Random(seed)  # noqa: S311 - a test that can be repeated

    def refuse(asked: Asked) -> None:
        asked.refuse(chance.choice([429, 502, 503, 504]))

    def drop_before(asked: Asked) -> None:
        asked.drop()

    def drop_after(asked: Asked) -> None:
        asked.forward()
        asked.drop()

    def drop_half_done(asked: Asked) -> None:
        half = asked.items()[::2]
        lines = [line for item in half for line in item if line is not None]
        asked.forward(b"\n".join(lines) + b"\n")
        asked.drop()

    def be_slow(_: Asked) -> None:
        time.sleep(0.3)

    def fail_some(asked: Asked) -> None:
        status = chance.choice([429, 503])
        parity = chance.randrange(2)
        asked.fail_items(status, "es_rejected_execution_exception", lambda n: n % 2 == parity)

    def conflict(asked: Asked) -> None:
        asked.fail_items(409, "version_conflict_engine_exception", lambda n: n % 3 == 0)

    faults: list[Fault] = [
        *(refuse, drop_before, drop_after, drop_half_done, be_slow, fail_some, conflict)
    ]

    def fault(asked: Asked) -> None:
        if asked.is_bulk and chance.random() < share:
            chance.choice(faults)(asked)

    return fault
