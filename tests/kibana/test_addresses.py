"""What is refused before anything is sent."""

import socket

import pytest

from tests.kibana.importing import KEY, failing


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "must be like https://"),
        ("kibana.example:5601", "must be like https://"),
        ("ftp://kibana.example", "must be like https://"),
        ("file:///etc/passwd", "must be like https://"),
        ("https://", "must be like https://"),
        ("https://kibana.example:port", "cannot be read"),
        ("https://[::1", "cannot be read"),
        ("https://kibana.example/?space=x", "without ? and #"),
        ("https://kibana.example/#/home", "without ? and #"),
        ("https://kibana.example/a b", "without ? and #"),
        ("https://kibana.example/\r\nHost: other", "without ? and #"),
    ],
)
def test_refuses_an_address_that_is_none(url: str, sentence: str) -> None:
    assert sentence in str(failing(url))


@pytest.mark.parametrize("url", ["http://kibana.example", "http://10.0.0.1:5601"])
def test_sends_no_secret_unencrypted_to_another_machine(url: str) -> None:
    with_login = url.replace("://", "://elastic:secret@")

    for raised in (failing(url, api_key=KEY), failing(with_login)):
        assert "is not encrypted" in str(raised)
        assert KEY not in str(raised)
        assert "secret" not in str(raised)


def test_wants_one_way_in_only() -> None:
    raised = failing("https://elastic:secret@kibana.example", api_key=KEY)

    assert str(raised) == "give an API key or a user with a password, not both"


@pytest.mark.parametrize("key", ["", "two words", "line\r\nHost: other", "id:secret", "é"])
def test_refuses_a_key_that_is_none_without_showing_it(key: str) -> None:
    raised = failing("https://kibana.example", api_key=key)

    assert str(raised) == "the API key is not in its encoded form: one word of base64"


@pytest.mark.parametrize("space", ["", "../admin", "Brand", "a b", "a\n"])
def test_refuses_a_space_that_is_none(space: str) -> None:
    assert "is no name of a space" in str(failing("https://kibana.example", space=space))


def test_an_ipv6_address_without_a_port_is_not_taken_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def refuse(address: tuple[str, int], *_: object) -> socket.socket:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    failing("http://[::1]")
    failing("https://[::1]")

    assert asked == [("::1", 80), ("::1", 443)]
