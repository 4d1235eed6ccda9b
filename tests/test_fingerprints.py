"""Requests that would bring the same answer are made once, and no others are left out."""

import pytest
from scrapy.http import Request

from crawlers.fingerprints import Fingerprints

URL = "https://a.example/list?page=2&sort=new"
ASKED = Request(URL)


def is_same(other: Request) -> bool:
    return Fingerprints().fingerprint(ASKED) == Fingerprints().fingerprint(other)


def test_what_is_not_sent_to_the_site_makes_no_difference() -> None:
    assert is_same(Request(f"{URL}#comments", priority=3, meta={"optional": True}))


@pytest.mark.parametrize(
    "other",
    [
        Request("https://a.example/list?page=3&sort=new"),
        Request("https://b.example/list?page=2&sort=new"),
        Request(URL, method="POST"),
        Request(URL, body="q=coffee"),
    ],
)
def test_what_is_sent_to_the_site_makes_a_difference(other: Request) -> None:
    assert not is_same(other)
