"""Importing into Kibana: what is sent, what is believed, and what errors say and keep quiet."""

import base64
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from search.kibana.installing import Imported, Installed, KibanaError, install
from search.kibana.saved_objects import saved_objects, to_ndjson
from tests.kibana.importing import KEY, LINE, answering, failing, result
from tests.kibana.kibana_server import Reply, kibana, success

FILE = to_ndjson(saved_objects())
PASSWORD = "p@ss word"  # noqa: S105 - nobody's


def test_sends_the_file_as_a_form() -> None:
    count = len(FILE.splitlines())
    with kibana(success(*(result(number) for number in range(count)))) as server:
        install(server.address, FILE)
    (posted,) = server.posted
    part = posted.form_file()

    assert posted.path == "/api/saved_objects/_import?overwrite=true"
    assert posted.headers["kbn-xsrf"] == "true"
    assert "authorization" not in posted.headers
    assert part.get_param("name", header="content-disposition") == "file"
    assert str(part.get_filename()).endswith(".ndjson")
    assert part.get_payload(decode=True) == FILE


def test_sends_the_key_into_a_space_below_a_path() -> None:
    with kibana(success(result(1))) as server:
        install(f"{server.address}/kibana/", LINE, space="brand-team", api_key=KEY)
    (posted,) = server.posted

    assert posted.path == "/kibana/s/brand-team/api/saved_objects/_import?overwrite=true"
    assert posted.headers["authorization"] == f"ApiKey {KEY}"


def test_sends_a_user_and_password_from_the_address() -> None:
    with kibana(success(result(1))) as server:
        install(with_password(server.address), LINE)
    scheme, token = server.posted[0].headers["authorization"].split()

    assert scheme == "Basic"
    assert base64.b64decode(token).decode() == f"el@stic:{PASSWORD}"


def with_password(address: str) -> str:
    return address.replace("://", "://el%40stic:p%40ss%20word@")


def test_says_what_was_created_and_what_overwritten() -> None:
    view = result(2, overwrite=True, kind="index-pattern")
    with kibana(success(result(1), view)) as server:
        installed = install(server.address, LINE * 2)

    assert installed == Installed(
        created=(Imported("dashboard", "1", "Title 1"),),
        overwritten=(Imported("index-pattern", "2", "Title 2"),),
    )


def test_an_object_that_got_another_id_is_named_by_that() -> None:
    with kibana(success({**result(1), "destinationId": "new"})) as server:
        installed = install(server.address, LINE)

    assert installed.created == (Imported("dashboard", "new", "Title 1"),)


def test_follows_no_redirect() -> None:
    with kibana(success(result(1))) as other:
        moved = Reply(b"", 302, (("Location", f"{other.address}/login"),))
        raised = answering(moved, api_key=KEY)

    assert f"has moved to {other.address}/login" in str(raised)
    assert other.posted == []


@pytest.mark.parametrize("status", [200, 302, 400, 401])
def test_no_message_repeats_a_secret(status: int) -> None:
    encoded = "p%40ss%20word"
    token = base64.b64encode(f"el@stic:{PASSWORD}".encode()).decode()
    said = f"no {PASSWORD} no {token} no {encoded} no {KEY}"
    refused = {**result(7), "error": {"type": "unknown", "message": said}}
    body = {"message": said, "success": False, "successCount": 0, "errors": [refused]}
    reply = Reply(json.dumps(body).encode(), status, (("Location", f"/{KEY}/{token}"),))
    with kibana(reply) as server:
        by_password = failing(with_password(server.address))
        by_key = failing(server.address, api_key=KEY)

    assert not {PASSWORD, token, encoded} & set(shown_parts(by_password, PASSWORD, token, encoded))
    assert KEY not in f"{by_key} {by_key.failures}"
    assert "stic:" not in str(by_password)


def shown_parts(error: KibanaError, *secrets: str) -> Iterator[str]:
    text = f"{error} {error.failures}"
    yield from (secret for secret in secrets if secret in text)


def test_what_a_server_says_is_one_short_line_without_control_characters() -> None:
    said = json.dumps({"message": "\x1b[31mred\nline " + "x" * 5000})
    text = str(answering(Reply(said.encode(), 400)))

    assert text.isprintable()
    assert len(text) < 500


def test_says_that_nobody_is_there() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}"

        assert f"{url} cannot be reached: Connection refused" == str(failing(url))


@contextlib.contextmanager
def listener(said: bytes | None) -> Iterator[str]:
    """Take one connection; say something at once, or nothing until the block ends."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            connection, _ = server.accept()
            with connection:
                if said is not None:
                    connection.recv(65536)
                    connection.sendall(said)
                    return
                done.wait(10)

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


def test_does_not_wait_for_ever() -> None:
    begun = time.monotonic()
    with listener(None) as place:
        raised = failing(f"http://{place}", seconds=0.05)

    assert time.monotonic() - begun < 2
    assert str(raised) == f"http://{place} gave no answer within 0.05 seconds"


def test_says_that_another_protocol_is_spoken() -> None:
    with listener(b"SSH-2.0-OpenSSH_9\r\n") as place:
        assert "is http or https wrong?" in str(failing(f"http://{place}"))


def test_says_that_https_is_not_spoken() -> None:
    with listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as place:
        assert "is http or https wrong?" in str(failing(f"https://{place}"))
