"""
The private-address guard: what a page links to must not reach the machines around us.

A name is judged by what it resolves to, at the moment of the connection, so neither a redirect nor
a name that changes its address gets around it. Everything that is not plain public unicast is
refused, unless ``SAYSO_ALLOW_PRIVATE`` names the host, or host and port.
"""

import functools
import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.resolver import CachingHostnameResolver
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer, provider  # type: ignore[import-untyped]  # has no types

from search.config import load

PORTS = {"http": 80, "https": 443}
"""The schemes that are fetched, with their default ports."""

_TUNNELS = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("::/96"),
)
"""Where an IPv6 address carries an IPv4 one in its last 32 bits (NAT64, IPv4-compatible)."""


class PrivateAddress(IgnoreRequest):
    """A request to an address that is not public."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            f"{host} has no public address; limits.allow_private in sayso.toml can allow it"
        )


class UnknownScheme(IgnoreRequest):
    """A request that is neither http nor https."""


@functools.lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """Whether an IP address is public unicast; anything that is no IP address is not."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (inner := _carried(ip)) is not None:
        return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a mapped, 6to4, Teredo or NAT64 address stands for."""
    if ip.teredo is not None:
        return ip.teredo[1]
    if any(ip in network for network in _TUNNELS):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


class AllowedHosts:
    """Hosts that may be private: ``intranet``, ``10.0.0.5``, ``localhost:8471``, ``[::1]:80``."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(host.strip().lower().rstrip(".") for host in hosts)

    def __contains__(self, place: tuple[str, int]) -> bool:
        host, port = place[0].lower().rstrip("."), place[1]
        shown = f"[{host}]" if ":" in host else host
        return not self._hosts.isdisjoint({host, shown, f"{shown}:{port}"})


class PublicResolver(CachingHostnameResolver):
    """Scrapy's caching resolver for IPv4 and IPv6, which leaves out addresses that are private."""

    def __init__(self, reactor: ReactorBase, cache_size: int, allowed: AllowedHosts) -> None:
        super().__init__(reactor, cache_size)
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Build it as Scrapy does; a proxy that the environment names may be private."""
        settings = crawler.settings
        cached = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        return cls(reactor, cached, allowed_hosts(allowed_by(settings)))

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803 - Twisted's name
        hostName: str,  # noqa: N803 - Twisted's name
        portNumber: int = 0,  # noqa: N803 - Twisted's name
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803 - Twisted's name
        transportSemantics: str = "TCP",  # noqa: N803 - Twisted's name
    ) -> IHostResolution:
        """Resolve a name; what is refused looks as if the name did not exist."""
        receiver: Any = resolutionReceiver
        if (hostName, portNumber) not in self._allowed:
            receiver = _PublicOnly(resolutionReceiver, hostName)
        return super().resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )


implementer(IHostnameResolver)(PublicResolver)

_refused: set[str] = set()
"""Names that resolved to nothing public, so that the failure can be said for what it is."""


def allowed_hosts(hosts: Iterable[str]) -> AllowedHosts:
    """Read the setting, and add the proxies that the environment names."""
    proxies = (urlsplit(proxy).hostname for proxy in getproxies().values())
    return AllowedHosts([*hosts, *filter(None, proxies)])


@provider(IResolutionReceiver)
class _PublicOnly:
    """Passes public addresses on to another receiver."""

    def __init__(self, receiver: Any, host: str) -> None:
        self._receiver = receiver
        self._host = host

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 - Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            _refused.add(self._host)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        self._receiver.resolutionComplete()


class AddressGuard:
    """The downloader middleware that refuses literal private addresses and names refused ones."""

    def __init__(self, crawler: Crawler) -> None:
        self._allowed = AllowedHosts(allowed_by(crawler.settings))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse what is not http or https, and private addresses written as numbers."""
        url = urlparse_cached(request)
        if url.scheme not in PORTS or not url.hostname:
            raise UnknownScheme(f"{request.url}: only http and https are fetched")
        port = url.port or PORTS[url.scheme]
        private = _is_number(url.hostname) and not is_public(url.hostname)
        if private and (url.hostname, port) not in self._allowed:
            raise PrivateAddress(url.hostname)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Say that a name was refused, where the downloader only knows that it found nothing."""
        host = urlparse_cached(request).hostname or ""
        if host in _refused and not isinstance(exception, IgnoreRequest):
            raise PrivateAddress(host) from exception


@functools.lru_cache(maxsize=4096)
def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def allowed_by(settings: BaseSettings) -> list[str]:
    """Return what the settings allow; under ``scrapy crawl``, what ``sayso.toml`` here allows."""
    config = settings["SAYSO_CONFIG"] or load()
    return [*settings.getlist("SAYSO_ALLOW_PRIVATE"), *config.limits.allow_private]
