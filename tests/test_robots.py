"""robots.txt is read as RFC 9309 says, and where it leaves a choice, strictly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.robots import LONGEST_DELAY, product_token, read_rules

PAGE = "https://shop.example/products/1"


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (400, True),
        (401, False),
        (403, False),
        (404, True),
        (410, True),
        (418, True),
        (429, False),
        (451, False),
        (500, False),
        (503, False),
        (599, False),
        (304, False),
    ],
)
def test_a_status_decides_where_there_are_no_rules(status: int, *, allowed: bool) -> None:
    body = b"User-agent: *\nDisallow: /" if allowed else b""

    assert allowed == (read_rules(status, body).refusal(PAGE, "Sayso") is None)


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /products", False),
        ("User-agent: *\nDisallow: /products\nAllow: /products/1", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("User-agent: SAYSO\nDisallow: /\n\nUser-agent: *\nDisallow:", False),
        ("User-agent: Sayso\nDisallow:\n\nUser-agent: *\nDisallow: /", True),
        (
            "User-agent: sayso\nAllow: /x\nUser-agent: other\nUser-agent: sayso\nDisallow: /p",
            False,
        ),
        ("User-agent: github\nDisallow: /", True),
        ("nonsense\n\nUser-agent: *\nDisallow: /products", False),
        ("\ufeffUser-agent: *\nDisallow: /products", False),
        ("<html>User-agent: *</html>", True),
    ],
)
def test_rules_are_followed(rules: str, *, allowed: bool) -> None:
    assert allowed == (read_rules(200, rules.encode()).refusal(PAGE, "Sayso") is None)


def test_what_lies_beyond_500_kib_is_not_read() -> None:
    late = b"User-agent: *\n" + b"#\n" * 300_000 + b"Disallow: /"

    assert read_rules(200, late).refusal(PAGE, "Sayso") is None


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [
        ("User-agent: *\nDisallow:", 0),
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nRequest-rate: 1/10", 10),
        ("User-agent: *\nRequest-rate: 5/1m", 12),
        ("User-agent: *\nCrawl-delay: 3\nRequest-rate: 1/10", 10),
        ("User-agent: other\nCrawl-delay: 9", 0),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("User-agent: *\nCrawl-delay: 1e99", LONGEST_DELAY),
    ],
)
def test_the_wanted_delay_is_the_longest_stated(rules: str, seconds: float) -> None:
    assert seconds == read_rules(200, rules.encode()).delay("Sayso")


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("Sayso/0.1 (+https://github.com/sayso/sayso)", "Sayso"),
        ("BrandListener", "BrandListener"),
        ("Brand Listener/2", "Brand"),
        ("", "*"),
    ],
)
def test_the_product_token_is_the_first_word(user_agent: str, token: str) -> None:
    assert token == product_token(user_agent)


@settings(deadline=None)
@given(st.integers(100, 599), st.binary(max_size=500))
def test_no_answer_breaks_the_reader(status: int, body: bytes) -> None:
    rules = read_rules(status, body)

    assert rules.refusal(PAGE, "Sayso") is None or rules.refusal(PAGE, "Sayso")
    assert 0 <= rules.delay("Sayso") <= LONGEST_DELAY
