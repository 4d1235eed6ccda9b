"""Tokens: public words that say yes, and secrets of links."""

import hashlib
import math
import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.permissions.wording.tokens import (
    ALPHABET,
    SIGNS,
    NoToken,
    digest_of,
    is_link_token,
    new_link_token,
    new_request_token,
)


@pytest.mark.parametrize(
    ("brand", "yes", "stem"),
    [
        ("Espresso House", "Yes", "YesEspressoHouse"),
        ("Café Ålö & Co.", "Ja", "JaCaféÅlöCo"),
        ("\uff28\uff06\uff2d", "Ja", "JaHM"),
        ("日本茶", "Yes", "Yes日本茶"),
        ("7-Eleven\n#free", "Ja", "Ja7Elevenfree"),
        ("x" * 100_000, "Ja", "Ja" + "x" * 24),
    ],
)
def test_a_token_is_made_of_the_brand_s_letters_and_digits(
    brand: str, yes: str, stem: str
) -> None:
    token = new_request_token(brand, yes=yes)

    assert re.fullmatch(rf"#{stem}-[{ALPHABET}]{{5}}", token)


def test_a_token_has_twenty_bits_of_signs_that_nobody_confuses() -> None:
    assert math.log2(len(set(ALPHABET))) * SIGNS >= 20
    assert set(ALPHABET) & set("0O1IL") == set()


def test_tokens_differ() -> None:
    assert len({new_request_token("Tea") for _ in range(500)}) > 495


@pytest.mark.parametrize("brand", ["", "!!!", " \u0301"])
def test_a_brand_without_letters_has_no_token(brand: str) -> None:
    with pytest.raises(NoToken, match="letters and digits"):
        new_request_token(brand)


@pytest.mark.parametrize("campaign", ["#YesTea", "yestea", "\uff03Yes\uff34ea"])
def test_a_campaign_s_hashtag_is_not_what_a_platform_would_link(campaign: str) -> None:
    assert re.fullmatch(r"#YesTea\w{5}", new_request_token("Tea", taken=[campaign]))


def test_a_taken_token_is_not_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    signs = iter("2222233333")
    monkeypatch.setattr(secrets, "choice", lambda _: next(signs))

    assert new_request_token("Tea", taken=["#yestea-22222"]) == "#YesTea-33333"


def test_it_gives_up_when_all_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "choice", lambda _: "2")

    with pytest.raises(NoToken, match="1000 tokens"):
        new_request_token("Tea", taken=["#yestea-22222"])


@given(st.text(max_size=300), st.lists(st.text(max_size=20), max_size=5))
def test_any_brand_gives_a_token_of_one_word_or_an_error(brand: str, taken: list[str]) -> None:
    try:
        token = new_request_token(brand, taken=taken)
    except NoToken:
        return

    assert token.startswith("#")
    assert not any(sign.isspace() for sign in token)
    assert token not in taken


def test_a_link_token_has_128_bits_and_fits_an_address() -> None:
    found = {new_link_token() for _ in range(100)}

    assert len(found) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in found)


def test_only_the_digest_of_a_link_token_is_needed_to_know_it() -> None:
    token = new_link_token()
    digest = digest_of(token)

    assert digest == hashlib.sha256(token.encode()).hexdigest()
    assert is_link_token(token, digest)
    assert not is_link_token(new_link_token(), digest)
    assert not is_link_token(digest, digest)


@given(st.text(st.characters(exclude_categories=[])), st.text(st.characters()))
def test_no_text_of_a_stranger_breaks_the_comparison(given_text: str, digest: str) -> None:
    assert is_link_token(given_text, digest_of(given_text))
    assert not is_link_token(given_text, digest)
