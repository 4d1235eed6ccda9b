"""
Serves the demo web: one process, one port a site, HTTP/1.1 on loopback.

``python -m crawlers.demo.server [FIRST_PORT]`` prints one line of JSON when it is ready and stops
when its standard input closes, so that it never outlives whoever started it.
"""

import asyncio
import contextlib
import email.utils
import functools
import hashlib
import json
import re
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus

from crawlers.demo.answers import Answer, Asked
from crawlers.demo.world import SITES, World

HOST = "127.0.0.1"
CACHED = 4_096
"""How many answers of one site are kept ready."""

BROKEN_OFF = (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError)
REQUEST_LINE = re.compile(r"([A-Z]+) (/[!-~]*) HTTP/1\.[01]")

Reply = Callable[[Asked], Answer]


class PortTaken(Exception):
    """Another program listens there."""


def main(first_port: int) -> None:
    """Bind first, since pages hold addresses; then serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the crawl beside us
    try:
        sockets = open_sockets(first_port)
    except PortTaken as error:
        print(json.dumps({"problem": str(error)}), flush=True)  # noqa: T201 - the ready line
        return
    asyncio.run(serve(sockets))


def open_sockets(first_port: int) -> dict[str, socket.socket]:
    """Bind a port for every site: the first and those after it, or any when it is 0."""
    sockets: dict[str, socket.socket] = {}
    for number, name in enumerate(SITES):
        port = first_port + number if first_port else 0
        try:
            sockets[name] = socket.create_server((HOST, port))
        except OSError as error:
            for opened in sockets.values():
                opened.close()
            raise PortTaken(f"port {port} on {HOST} is taken ({error.strerror})") from error
    return sockets


async def serve(sockets: Mapping[str, socket.socket]) -> None:
    """Answer on every socket until standard input closes."""
    sites = {name: f"http://{HOST}:{one.getsockname()[1]}" for name, one in sockets.items()}
    world = World(sites)
    for name, listening in sockets.items():
        reply = functools.lru_cache(CACHED)(world.sites[name].answer)
        await asyncio.start_server(functools.partial(converse, reply), sock=listening)
    print(json.dumps({"sites": sites}), flush=True)  # noqa: T201 - the ready line
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)


async def converse(
    reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer one connection's requests, one after the other."""
    with contextlib.suppress(*BROKEN_OFF):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            request = read_head(head.decode("latin-1"))
            if request is None:
                writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                break
            method, asked, headers = request
            writer.write(render(method, headers, respond(method, asked, reply)))
            await writer.drain()
            if headers.get("connection", "").lower() == "close":
                break
    writer.close()


def read_head(head: str) -> tuple[str, Asked, dict[str, str]] | None:
    """Read a request line and its headers; ``None`` when this is not HTTP."""
    first, *lines = head.rstrip().split("\r\n")
    line = REQUEST_LINE.fullmatch(first)
    if line is None:
        return None
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return line[1], Asked(line[2], headers.get("authorization")), headers


def respond(method: str, asked: Asked, reply: Reply) -> Answer:
    """Ask the site, for the methods there are."""
    if method not in {"GET", "HEAD"}:
        return Answer(b"", "text/plain", 405, (("Allow", "GET, HEAD"),))
    return reply(asked)


def render(method: str, headers: Mapping[str, str], answer: Answer) -> bytes:
    """Write an answer as it travels: 304 without a body when the asker has it already."""
    tag = f'"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"'
    status, body = answer.status, answer.body
    sent = [("Content-Type", answer.content_type), *answer.headers]
    if status == HTTPStatus.OK:
        sent.append(("ETag", tag))
        if answer.changed_at:
            changed = email.utils.format_datetime(answer.changed_at, usegmt=True)
            sent.append(("Last-Modified", changed))
        if is_known(headers, tag, answer):
            status, body = HTTPStatus.NOT_MODIFIED, b""
    length = len(body) if status != HTTPStatus.NOT_MODIFIED else 0
    sent.append(("Content-Length", str(length)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent)
    top = f"HTTP/1.1 {int(status)} {HTTPStatus(status).phrase}\r\n{lines}\r\n"
    return top.encode("latin-1") + (b"" if method == "HEAD" else body)


def is_known(headers: Mapping[str, str], tag: str, answer: Answer) -> bool:
    """Whether the asker's copy is the current one; a tag counts more than a time."""
    if "if-none-match" in headers:
        return tag in headers["if-none-match"]
    since = headers.get("if-modified-since")
    if since is None or answer.changed_at is None:
        return False
    with contextlib.suppress(ValueError):
        return email.utils.parsedate_to_datetime(since) >= answer.changed_at
    return False


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
