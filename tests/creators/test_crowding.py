"""Who sends slowly, says nothing or comes too often keeps nobody else out."""

import asyncio
import contextlib
import dataclasses
import select
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from search.mention import Author
from search.stores.base import Store
from search.vocabulary import Permission
from search.web.creator import connections, forms, guard
from search.web.creator.connections import MOST_AT_ONCE
from search.web.creator.forms import SMALL, BadForm, is_small, read_form
from search.web.creator.guard import MOST_OF_A_LINK, MOST_OF_BOTH, Refused, UnderWay
from tests.creators.test_answers import standing_of
from tests.creators.test_originals import left, until
from tests.creators.visiting import PNG, POST, YES, Client, asked, config, multipart, serving
from tests.stores.conftest import store

__all__ = ["store"]

embedded = pytest.mark.parametrize("store", ["embedded"], indirect=True)
OTHER = dataclasses.replace(
    POST, source_id="2", url="https://social.example/@bo/2", author=Author(name="bo", id="did:bo")
)


@contextlib.contextmanager
def slow(
    client: Client, secret: str, length: int, count: int = 1
) -> Iterator[list[socket.socket]]:
    """Begin to send forms, and send no more than the beginning of each."""
    head = (
        f"POST /r/{secret} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b"
        f"\r\nContent-Length: {length}\r\n\r\n--b\r\n"
        'Content-Disposition: form-data; name="original"; filename="a"\r\n\r\n'
    ).encode()
    with contextlib.ExitStack() as open_ones:
        sockets = []
        for _ in range(count):
            made = socket.create_connection(("127.0.0.1", client.port), timeout=10)
            sockets.append(open_ones.enter_context(made))
            made.sendall(head + PNG)
        yield sockets


def answered(sockets: list[socket.socket]) -> list[socket.socket]:
    """Return those that the server has answered or closed."""
    return select.select(sockets, [], [], 0)[0]


@embedded
def test_a_slow_upload_keeps_no_author_from_answering(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    body, kind = multipart(YES, PNG + b"x" * SMALL)
    with serving(store, asks) as client, slow(client, secret, 1_000_000):
        until(lambda: left(tmp_path))
        second = client.post(f"/r/{secret}", body, kind)
        answered = client.answer(secret, {"answer": "no"})

    assert (429, True) == (second.status, "already" in second.text)
    assert 303 == answered.status
    assert Permission.DECLINED is standing_of(store).permission
    until(lambda: not left(tmp_path))


@embedded
@pytest.mark.parametrize("length", [SMALL, 1_000_000], ids=["small", "upload"])
def test_slow_forms_under_one_link_keep_nobody_from_another(
    store: Store, tmp_path: Path, length: int
) -> None:
    asks = config(tmp_path)
    secret, other = asked(store, asks), asked(store, asks, OTHER)
    with serving(store, asks) as client:
        most = MOST_OF_BOTH if length == SMALL else 1
        with slow(client, secret, length, MOST_AT_ONCE) as sockets:
            until(lambda: len(answered(sockets)) >= MOST_AT_ONCE - most)
            page = client.get(f"/r/{other}").status
            said = client.answer(other, {"answer": "no"}).status

    assert (200, 303) == (page, said)


@embedded
def test_connections_that_say_nothing_make_room(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client, contextlib.ExitStack() as open_ones:
        for _ in range(MOST_AT_ONCE + 20):
            made = socket.create_connection(("127.0.0.1", client.port), timeout=10)
            open_ones.enter_context(made)

        assert 200 == client.get(f"/r/{secret}").status


@embedded
@pytest.mark.parametrize(
    "said", [b"", b"GET /r/x HTTP/1.1\r\nHost: x\r\n"], ids=["nothing", "half"]
)
def test_a_connection_that_does_not_ask_is_closed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(connections, "SILENT", 0.05)
    with (
        serving(store, config(tmp_path)) as client,
        socket.create_connection(("127.0.0.1", client.port), timeout=5) as made,
    ):
        made.sendall(said)
        with contextlib.suppress(ConnectionResetError):
            assert b"" == made.recv(1)


@embedded
def test_a_body_that_nobody_waits_for_keeps_no_connection_open(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SILENT", 0.05)
    with serving(store, config(tmp_path)) as client:
        head = b"POST /r/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n"
        with socket.create_connection(("127.0.0.1", client.port), timeout=5) as made:
            made.sendall(head)
            assert made.recv(12)
            assert is_closed_by_drops(made)


def is_closed_by_drops(made: socket.socket) -> bool:
    """Whether a connection is closed although a byte comes every now and then."""
    made.settimeout(0.01)
    for _ in range(500):
        try:
            made.sendall(b"x")
            while made.recv(10_000):
                pass
        except TimeoutError:
            continue
        except ConnectionError:
            pass
        return True
    return False


@embedded
def test_a_small_form_has_to_come_soon(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.web.creator.app.LONGEST_SMALL", 0.05)
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client, slow(client, secret, SMALL) as (made,):
        assert b"HTTP/1.1 400" == made.recv(12)
        assert [] == left(tmp_path)


def test_an_upload_has_to_come_at_a_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body, kind = multipart(YES, PNG)

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 100):
            yield body[at : at + 100]

    def read() -> forms.Form:
        return asyncio.run(read_form(kind, pieces(), tmp_path, 10_000))

    arrived = read()
    assert len(PNG) == arrived.size
    arrived.drop()
    monkeypatch.setattr(forms, "GRACE", -1)
    monkeypatch.setattr(forms, "SLOWEST", 1_000_000)
    with pytest.raises(BadForm, match="too slowly"):
        read()
    assert [] == [path for path in tmp_path.iterdir() if path.name.startswith(".part")]


def test_forms_are_counted_by_link_and_by_address() -> None:
    under_way = UnderWay()
    with contextlib.ExitStack() as stack:
        for number in range(MOST_OF_A_LINK):
            address = f"192.0.2.{number // MOST_OF_BOTH}"
            stack.enter_context(under_way.form("link", address, is_upload=False))
        with pytest.raises(Refused) as by_link:
            stack.enter_context(under_way.form("link", "192.0.2.99", is_upload=False))
        for number in range(guard.MOST_OF_AN_ADDRESS):
            stack.enter_context(under_way.form(str(number), "2001:db8::1", is_upload=True))
        with pytest.raises(Refused) as by_address:
            stack.enter_context(under_way.form("other", "2001:db8::2", is_upload=False))
        with pytest.raises(Refused) as second:
            stack.enter_context(under_way.form("0", "192.0.2.98", is_upload=True))

    codes = [each.value.code for each in (by_link, by_address, second)]
    assert ["crowded", "crowded", "uploading"] == codes
    assert not under_way._open  # noqa: SLF001 - what is measured


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        ("0", True),
        (str(SMALL), True),
        (str(SMALL + 1), False),
        (None, False),
        ("", False),
        ("-1", False),
        ("\u0663", False),
        ("9" * 5_000, False),
    ],
)
def test_what_says_no_length_is_no_small_form(
    length: str | None,
    expected: bool,  # noqa: FBT001 - a row of a table
) -> None:
    assert expected is is_small(length)
