"""
What stands around every page: headers, who may post, and how often a secret may be guessed.

There is no session and no cookie, so nothing that a browser adds by itself opens a page: who posts
has to know the secret, which stands in the address. Another site that knew it could as well post
from a program. So a forged form gains nothing, and posts that a browser says come from another
site are refused besides.
"""

import collections
import ipaddress
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

TRIES: Final = 20
"""Wrong secrets that an address may try at once."""

SECONDS_A_TRY: Final = 3
"""How long until it may try one more."""

MOST_ADDRESSES: Final = 10_000
"""Addresses that are remembered; the one that was wrong longest ago goes first."""

_NEAR: Final = frozenset({"same-origin", "none"})


class Headed:
    """Adds the headers to every answer, whatever it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, headed)


def is_foreign(headers: Headers, page_url: str | None) -> bool:
    """
    Whether a browser says that a post comes from another site.

    Under ``Referrer-Policy: no-referrer`` browsers send ``Origin: null`` from our own pages, and
    ``Sec-Fetch-Site`` says where it came from. Programs send neither.
    """
    if headers.get("sec-fetch-site", "none") not in _NEAR:
        return True
    origin = headers.get("origin", "null")
    if origin == "null":
        return False
    ours = {headers.get("host", ""), urlsplit(page_url or "").netloc}
    return urlsplit(origin).netloc not in ours


class Tries:
    """
    How many wrong secrets each address may still try: a token bucket in the memory of a process.

    Guessing 128 bits is hopeless anyway; this keeps those who try from costing anything.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: collections.OrderedDict[str, tuple[float, float]] = collections.OrderedDict()

    def may_try(self, address: str) -> bool:
        """Whether an address has a try left."""
        return self._left(_network(address)) >= 1

    def count(self, address: str) -> None:
        """Count one wrong secret."""
        network = _network(address)
        self._spent[network] = (self._left(network) - 1, self._clock())
        self._spent.move_to_end(network)
        if len(self._spent) > MOST_ADDRESSES:
            self._spent.popitem(last=False)

    def _left(self, network: str) -> float:
        left, at = self._spent.get(network, (TRIES, 0.0))
        return min(TRIES, left + (self._clock() - at) / SECONDS_A_TRY)


def _network(address: str) -> str:
    """Of IPv6 the 64 bits that one household has: the rest is for free."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))
    return str(parsed)
