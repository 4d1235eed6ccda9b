"""No request leaves for an address that is not public, however it is written."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import Request
from scrapy.utils.test import get_crawler

from crawlers.addresses import (
    AddressGuard,
    AllowedHosts,
    PrivateAddress,
    UnknownScheme,
    is_public,
)

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - refused, not bound to
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "localhost",
    "",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_unicast_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(address)


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_inside_an_ipv6_one(ip: ipaddress.IPv4Address) -> None:
    assert is_public(str(ip)) == is_public(f"::ffff:{ip}")


@pytest.mark.parametrize(
    ("allowed", "place", "expected"),
    [
        ("intranet", ("intranet", 80), True),
        ("intranet", ("INTRANET.", 443), True),
        ("intranet:8080", ("intranet", 8080), True),
        ("intranet:8080", ("intranet", 80), False),
        ("::1", ("::1", 80), True),
        ("[::1]:80", ("::1", 80), True),
        ("[::1]:80", ("::1", 81), False),
        ("intranet", ("intranet.evil.example", 80), False),
    ],
)
def test_a_host_is_allowed_by_name_and_by_port(
    allowed: str, place: tuple[str, int], *, expected: bool
) -> None:
    assert expected == (place in AllowedHosts([allowed]))


def guard() -> AddressGuard:
    return AddressGuard.from_crawler(
        get_crawler(settings_dict={"SAYSO_ALLOW_PRIVATE": ["127.0.0.1:8471"]})
    )


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://127.0.0.1:8472/", "http://[::1]/", "http://10.0.0.1:8471/"],
)
def test_a_literal_private_address_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(PrivateAddress, match=r"limits\.allow_private"):
        guard().process_request(Request(url))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "data:text/html,x", "ftp://example.org/"])
def test_only_http_and_https_are_fetched(url: str) -> None:
    with pytest.raises(UnknownScheme, match="only http and https"):
        guard().process_request(Request(url))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8471/", "https://example.org/", "http://8.8.8.8"]
)
def test_public_and_allowed_addresses_pass_the_guard(url: str) -> None:
    guard().process_request(Request(url))
