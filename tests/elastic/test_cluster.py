"""What is not a healthy Elasticsearch of our own is said to be what it is."""

import datetime as dt
import http.server
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from search.errors import ConfigError, StoreBusy, StoreError
from search.stores.elastic.address import API_KEY, CA, PASSWORD, USER, parse_address
from search.stores.elastic.cluster import Cluster
from search.stores.elastic.searching import incomplete
from search.stores.elastic.store import ElasticStore
from search.stores.opening import open_store


class Server:
    """Answers everything alike, and notes what it was told."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        self.headers: list[dict[str, str]] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.headers.append(dict(self.headers))
                self.send_response(server.status)
                kind = "application/json" if server.body[:1] == b"{" else "text/html"
                self.send_header("content-type", kind)
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def answers(self, body: Any, status: int = 200) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def speak_tls(self, folder: Path) -> Path:
        """Go on with a certificate of its own, and return where that is."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                critical=False,
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = folder / "certificate.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = self.url.replace("http:", "https:")
        return path

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (
            {"version": {"number": "2.11.0", "distribution": "opensearch"}},
            "OpenSearch is not supp",
        ),
        ({"version": {"number": "7.17.0"}}, "Elasticsearch 7.17.0 is too old: 8 or 9 is needed"),
        ({"version": {}}, "this is no Elasticsearch"),
        ({"hello": "world"}, "this is no Elasticsearch"),
        (b"<html>It works!</html>", "this is no Elasticsearch"),
    ],
)
def test_what_is_no_elasticsearch_is_refused(server: Server, about: object, words: str) -> None:
    server.answers(about)

    with pytest.raises(StoreError, match=words):
        ElasticStore(server.url)


def test_who_is_not_known_is_told_what_to_set(server: Server) -> None:
    error = {"type": "security_exception", "reason": "missing authentication credentials"}
    server.answers({"error": error, "status": 401}, 401)

    with pytest.raises(StoreError, match=rf"missing authentication.*set {API_KEY}") as caught:
        ElasticStore(server.url)
    assert not isinstance(caught.value, StoreBusy)


def test_who_we_are_is_told_and_never_shown(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers({"version": {"number": "1.0"}})
    monkeypatch.setenv(API_KEY, "c2VjcmV0")
    with pytest.raises(StoreError) as caught:
        ElasticStore(server.url)
    monkeypatch.delenv(API_KEY)
    monkeypatch.setenv(USER, "eva")
    monkeypatch.setenv(PASSWORD, "hemligt")
    with pytest.raises(StoreError):
        ElasticStore(server.url)

    said = [{name.lower(): value for name, value in each.items()} for each in server.headers]
    assert ["ApiKey c2VjcmV0", "Basic ZXZhOmhlbWxpZ3Q="] == [
        each["authorization"] for each in said
    ]
    assert "c2VjcmV0" not in str(caught.value)


def test_nobody_there_is_said_at_once_when_there_is_no_patience() -> None:
    cluster = Cluster(parse_address("http://127.0.0.1:9"), patience=0.1)

    with pytest.raises(StoreBusy, match=r"127\.0\.0\.1:9.*does not answer"):
        cluster.ask("GET", "/")


def test_a_certificate_that_nobody_vouches_for_is_no_reason_to_wait(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = server.speak_tls(tmp_path)
    server.answers({"version": {"number": "7.0.0"}})
    began = time.monotonic()

    with pytest.raises(StoreError, match=f"certificate is not trusted.*see {CA}") as caught:
        ElasticStore(server.url, patience=60)
    assert not isinstance(caught.value, StoreBusy)
    assert time.monotonic() - began < 10
    monkeypatch.setenv(CA, str(certificate))
    with pytest.raises(StoreError, match=r"7\.0\.0 is too old"):
        ElasticStore(server.url)


def test_a_connection_that_breaks_off_may_be_better_later(server: Server) -> None:
    with pytest.raises(StoreBusy, match="no connection"):
        ElasticStore(server.url.replace("http:", "https:"), patience=0.1)


def test_an_answer_in_part_is_said_to_be_so() -> None:
    """A shard that is lost cannot be staged on one node."""
    shards = {"total": 3, "failed": 1}
    assert "1 of 3 shards" in str(incomplete({"timed_out": False, "_shards": shards}))
    assert "ended after 30 s" in str(incomplete({"timed_out": True, "_shards": shards}))
    assert incomplete({"timed_out": False, "_shards": {"total": 3, "failed": 0}}) is None


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("ftp://a.example", "is no address of a store"),
        ("https://", "is no address of a store"),
        ("https://a.example:port", "is no address of a store"),
        ("ftp://a.example:9200", "is no address of a store"),
        ("http://[::1", "is no address of a store"),
        ("http://a..b", "is no address of a store"),
        ("https://a.example?prefix=Å", "cannot begin the name of an index"),
        ("https://a.example?prefix=a-b", "cannot begin the name of an index"),
        ("https://a.example?prefix=", "cannot begin the name of an index"),
        ("https://a.example?shards=3", "only prefix=NAME is allowed"),
        ("https://eva:hemligt@a.example", "does not belong into the address"),
    ],
)
def test_an_address_that_is_none_is_explained_without_secrets(location: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        open_store(location)
    assert "hemligt" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "written"),
    [
        ("https://a.example", "https://a.example:443"),
        ("http://a.example:9200/", "http://a.example:9200"),
        ("https://a.example/es/?prefix=b_1", "https://a.example:443/es?prefix=b_1"),
        ("http://[::1]:9200", "http://[::1]:9200"),
    ],
)
def test_an_address_is_written_as_it_is_understood(location: str, written: str) -> None:
    assert written == str(parse_address(location))


def test_half_a_login_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "eva")

    with pytest.raises(ConfigError, match="belong together"):
        open_store("http://127.0.0.1:9")
