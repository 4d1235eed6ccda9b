"""
What stands around every page: headers, who may post, and how often a secret may be guessed.

There is no session and no cookie, so nothing that a browser adds by itself opens a page: who posts
has to know the secret, which stands in the address. Another site that knew it could as well post
from a program. So a forged form gains nothing, and posts that a browser says come from another
site are refused besides.
"""

import collections
import contextlib
import ipaddress
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
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
    "Permissions-Policy": "accelerometer=(), autoplay=(), bluetooth=(), browsing-topics=(), "
    "camera=(), clipboard-read=(), clipboard-write=(), display-capture=(), encrypted-media=(), "
    "fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), "
    "local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
    "publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), "
    "serial=(), storage-access=(), sync-xhr=(), usb=(), web-share=(), xr-spatial-tracking=()",
}

TRIES: Final = 20
"""Wrong secrets that an address may try at once."""

SECONDS_A_TRY: Final = 3
"""How long until it may try one more."""

MOST_OF_AN_ADDRESS: Final = 20
"""Forms of one address that are read at once."""

MOST_OF_A_LINK: Final = 40
"""Forms under one link, which anybody may have read under a post."""

MOST_OF_BOTH: Final = 8
"""Forms of one address under one link: nobody alone keeps its author out."""

MOST_ADDRESSES: Final = 10_000
"""Addresses that are remembered; the one that was wrong longest ago goes first."""

_NEAR: Final = frozenset({"same-origin", "none"})


class Refused(Exception):
    """A request that gets an error page: the code of its text, and its status."""

    def __init__(self, code: str, status: int) -> None:
        self.code = code
        self.status = status
        super().__init__(code)


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


def address_of(request: Request) -> str:
    """Return where a request comes from; ``""`` when that is not known."""
    return request.client.host if request.client else ""


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

    Guessing 128 bits is hopeless anyway; this keeps those who try from filling the pages' time.
    Only who tried a wrong one is told so: behind one address there may be many people.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: collections.OrderedDict[str, tuple[float, float]] = collections.OrderedDict()

    def may_try(self, address: str) -> bool:
        """Whether an address has a try left."""
        return self._left(network_of(address)) >= 1

    def count(self, address: str) -> None:
        """Count one wrong secret."""
        network = network_of(address)
        self._spent[network] = (self._left(network) - 1, self._clock())
        self._spent.move_to_end(network)
        if len(self._spent) > MOST_ADDRESSES:
            self._spent.popitem(last=False)

    def _left(self, network: str) -> float:
        left, at = self._spent.get(network, (TRIES, 0.0))
        return min(TRIES, left + (self._clock() - at) / SECONDS_A_TRY)


class UnderWay:
    """How many forms are read at once, by address and by link, in the memory of a process."""

    def __init__(self) -> None:
        self._open: collections.Counter[tuple[str, ...]] = collections.Counter()

    @contextlib.contextmanager
    def form(self, link: str, address: str, *, is_upload: bool) -> Iterator[None]:
        """Count one form as long as the block lasts, or raise `Refused`."""
        network = network_of(address)
        most: dict[tuple[str, ...], int] = {
            ("address", network): MOST_OF_AN_ADDRESS,
            ("link", link): MOST_OF_A_LINK,
            ("both", link, network): MOST_OF_BOTH,
        }
        # Several uploads at once could together write more than one link may.
        alone: dict[tuple[str, ...], int] = {("upload", link): 1} if is_upload else {}
        with self._counted(most, "crowded"), self._counted(alone, "uploading"):
            yield

    @contextlib.contextmanager
    def _counted(self, most: Mapping[tuple[str, ...], int], code: str) -> Iterator[None]:
        if any(self._open[each] >= number for each, number in most.items()):
            raise Refused(code, 429)
        self._open.update(most.keys())
        try:
            yield
        finally:
            self._open.subtract(most.keys())
            self._open += collections.Counter()  # what is at 0 is forgotten


def network_of(address: str) -> str:
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
