"""Authors' pages for tests: a request, its link, a server that is really asked, and forms."""

import contextlib
import dataclasses
import datetime as dt
import http.client
import re
import threading
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as ASGIScope

from search.config import Config
from search.mention import Author, Media, Mention
from search.permissions.asking import draft, sent
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.links import Link, keep_link
from search.permissions.replying.asked import fingerprint
from search.permissions.scope import Scope
from search.permissions.wording.tokens import new_link_token
from search.stores.base import Store
from search.vocabulary import MediaKind
from search.web.creator.app import creator_app
from search.web.creator.desk import OnNever
from search.web.creator.serving import Server, settings
from tests.permissions.inventing import event

NOW = dt.datetime.now(dt.UTC)
TODAY = NOW.date()
SCOPE = Scope(
    channels=("website", "organic_social:instagram"),
    territories=("SE", "NL"),
    valid_from=TODAY,
    valid_until=TODAY + dt.timedelta(days=365),
    excluded_contexts=("alcohol",),
)
POST = Mention(
    source="mastodon",
    source_id="1",
    url="https://social.example/@ann/1",
    text="Min nya favorit: <b>Storm</b> & en kaka!",
    author=Author(
        name="ann", id="did:ann", display_name="Ann A", url="https://social.example/@ann"
    ),
    media=(Media(url="https://cdn.example/1.jpg", kind=MediaKind.IMAGE, description="en kopp"),),
    language="en",
)
SENT_AS = "https://social.example/@storm/2"
YES = {"answer": "yes", "made_it": "1", "adult": "1", "people_agree": "1", "music_mine": "1"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def config(folder: Path, **fields: Any) -> Config:
    """Say who asks; originals go below a folder."""
    asking = {
        "brand": "Storm & Co", "brand_handle": "storm", "person": "Ida",
        "terms_version": "2026-01", "terms_url": "https://storm.example/terms",
        "privacy_url": "https://storm.example/privacy", "page_url": "https://ask.example/r",
    }  # fmt: skip
    return Config(asking={**asking, **fields}, folder=folder)  # type: ignore[arg-type]  # pydantic reads it


def queued(store: Store, mention: Mention = POST, scope: Scope = SCOPE) -> None:
    """Keep a mention, and choose it to be asked for."""
    store.put([mention])
    Permissions(store).record(event(Step.QUEUE, NOW, mention=mention.id, scope=scope))


def composed(store: Store, settings: Config, mention: Mention = POST) -> str:
    """Compose the request; return the secret of its link."""
    made, _ = draft(store, settings, mention.id, NOW)
    found = re.search(r"https://ask\.example/r/(\S+)", made.text)
    assert found is not None
    return found[1]


def asked(store: Store, settings: Config, mention: Mention = POST, scope: Scope = SCOPE) -> str:
    """Ask for a mention; return the secret of the link."""
    queued(store, mention, scope)
    secret = composed(store, settings, mention)
    sent(store, mention.id, SENT_AS, "Ida", NOW)
    return secret


PRIVATE = dataclasses.replace(POST, source="reviews")
"""A mention of a source whose authors are asked by a form or mail, never in public."""


def linked(store: Store, mention: Mention, scope: Scope = SCOPE, way: str = "form") -> str:
    """Ask in another way than `asked`; return the secret of the link."""
    queued(store, mention, scope)
    token = "#YesStorm-7F3KX"  # noqa: S105 - a hashtag
    send = event(Step.SEND, NOW, mention=mention.id, token=token, content=fingerprint(mention))
    Permissions(store).record(send)
    link = Link(
        mention=mention.id,
        token=token,
        scope=scope,
        terms_version="2026-01",
        language="en",
        way=way,
        made_at=NOW,
        expires_at=NOW + dt.timedelta(days=14),
    )
    secret = new_link_token()
    keep_link(store, secret, link)
    return secret


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    text: str


class Client:
    """Asks the server, without following where it leads."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return self._ask(method, path, None, headers)

    def post(self, path: str, body: bytes, content_type: str, **headers: str) -> Answer:
        return self._ask("POST", path, body, {"Content-Type": content_type, **headers})

    def answer(
        self, secret: str, fields: Mapping[str, str], *files: bytes, **headers: str
    ) -> Answer:
        """Fill in the form that the page shows, and send it."""
        shown = re.search(r'name="shown" value="(\w+)"', self.get(f"/r/{secret}?again=1").text)
        fields = {"shown": shown[1] if shown else "", **fields}
        body, kind = multipart(fields, *files)
        return self.post(f"/r/{secret}", body, kind, **headers)

    def withdraw(self, secret: str, **fields: str) -> Answer:
        body = urlencode(fields).encode()
        return self.post(f"/r/{secret}/withdraw", body, "application/x-www-form-urlencoded")

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            got = connection.getresponse()
            names = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, names, got.read().decode())


def multipart(fields: Mapping[str, str], *files: bytes) -> tuple[bytes, str]:
    """Write a form as browsers do, files last."""
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{{}}"'
    parts = [f"{head.format(name)}\r\n\r\n{value}\r\n".encode() for name, value in fields.items()]
    kind = '; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    parts += [(head.format("original") + kind).encode() + file + b"\r\n" for file in files]
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={boundary}"


class Stage:
    """One server for all tests, which each put their own application on."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self._ready = threading.Event()
        self._server = Server(settings(self, "127.0.0.1", 0), lambda _: self._ready.set())
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)

    @property
    def port(self) -> int:
        """Where it listens; the first who asks lets it begin."""
        if not self._thread.is_alive():
            self._thread.start()
            assert self._ready.wait(10)
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return port


STAGE = Stage()


@contextlib.contextmanager
def serving(store: Store, settings_: Config, on_never: OnNever | None = None) -> Iterator[Client]:
    """Serve the pages of a store until the block ends."""
    STAGE.app = creator_app(store, settings_, on_never)
    try:
        yield Client(STAGE.port)
    finally:
        STAGE.app = None
