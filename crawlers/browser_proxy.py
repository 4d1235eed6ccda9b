"""
The proxy between a browser and the web, which connects to public addresses only.

It resolves a name itself and connects to the address it has judged, so a name cannot change
meanwhile. It listens on loopback, for as long as the crawl lasts.
"""

import asyncio
import contextlib
import socket
from typing import Any
from urllib.parse import urlsplit

from crawlers.addresses import AllowedHosts, is_public

PATIENCE = 30.0
"""Seconds for a request's head, and for a connection to be made."""

_CHUNK = 64 * 1024

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Refused(Exception):
    """A place that may not be connected to."""


class GuardProxy:
    """An HTTP proxy with ``CONNECT``, for one crawl."""

    def __init__(self, allowed: AllowedHosts) -> None:
        self._allowed = allowed
        self._server: asyncio.Server | None = None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._starting = asyncio.Lock()
        self._serving: set[asyncio.Task[None]] = set()
        self.refused: set[str] = set()
        """Hosts to which a connection was refused."""

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def start(self) -> None:
        """Begin to listen; a second call does nothing."""
        async with self._starting:
            if self._server is None:
                self._server = await asyncio.start_server(self._serve, sock=self._socket)

    async def close(self) -> None:
        """Stop listening; what is still connected is cut off."""
        if self._server is not None:
            self._server.close()
        self._socket.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._answer(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._pass_on(reader, writer)
        except _Refused:
            writer.write(_closing("403 Refused"))
        except (OSError, TimeoutError, ValueError, EOFError, asyncio.LimitOverrunError):
            writer.write(_closing("502 Failed"))
        finally:
            await _end(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        method, target, version = head.split(b"\r\n", 1)[0].split(b" ", 2)
        is_tunnel = method == b"CONNECT"
        url = urlsplit(f"//{target.decode()}" if is_tunnel else target.decode())
        if not url.hostname:
            raise ValueError("a proxy is asked for whole addresses")
        there = await self._connect(url.hostname, url.port or 80)
        if is_tunnel:
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            there[1].write(
                _direct(method, url._replace(scheme="", netloc="").geturl(), version, head)
            )
        await _join((reader, writer), there)

    async def _connect(self, host: str, port: int) -> Streams:
        """Connect to a public address of a host, the first that answers."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        places: list[Any] = [place for *_, place in found]
        if (host, port) not in self._allowed:
            places = [place for place in places if is_public(place[0])]
        if found and not places:
            self.refused.add(host)
            raise _Refused(host)
        error = OSError(f"{host} has no address")
        for place in places:
            try:
                opening = asyncio.open_connection(place[0], port)
                return await asyncio.wait_for(opening, PATIENCE)
            except (OSError, TimeoutError) as failed:
                error = OSError(str(failed))
        raise error


def _direct(method: bytes, path: str, version: bytes, head: bytes) -> bytes:
    """Rewrite a proxy request for the server itself, one request for each connection."""
    fields = [
        line
        for line in head.rstrip(b"\r\n").split(b"\r\n")[1:]
        if not line.lower().startswith((b"proxy-", b"connection:", b"keep-alive:"))
    ]
    first = b" ".join([method, (path or "/").encode(), version])
    return b"\r\n".join([first, *fields, b"Connection: close", b"", b""])


def _closing(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


async def _end(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()
        await writer.wait_closed()


async def _join(one: Streams, other: Streams) -> None:
    """Carry bytes both ways until both sides have ended."""
    try:
        await asyncio.gather(_carry(one[0], other[1]), _carry(other[0], one[1]))
    finally:
        await _end(other[1])


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof() if writer.can_write_eof() else writer.close()
