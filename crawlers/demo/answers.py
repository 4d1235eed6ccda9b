"""What the sites of the demo web are asked and answer, apart from how it travels."""

import dataclasses
import datetime as dt
import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from crawlers.demo.documents import Document


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One GET."""

    target: str
    """Path and query, as sent."""

    authorization: str | None = None

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @property
    def parameters(self) -> Mapping[str, str]:
        """The query, decoded; the last of a name counts."""
        return dict(parse_qsl(urlsplit(self.target).query))

    def number(self, name: str, default: int) -> int:
        """Return a parameter that counts something, or the default when it does not."""
        value = self.parameters.get(name, "")
        return int(value) if re.fullmatch("[0-9]{1,30}", value) else default


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """One answer, complete."""

    body: bytes
    content_type: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    changed_at: dt.datetime | None = None
    """Sent as ``Last-Modified``."""


class Site(Protocol):
    """One site: what it says to a GET, and what it holds."""

    @property
    def documents(self) -> Sequence[Document]:
        """Every text on it, with what a crawl must make of it."""
        ...

    def answer(self, asked: Asked) -> Answer:
        """Answer one GET; equal questions get equal bytes."""
        ...


def page(
    text: str, *headers: tuple[str, str], status: int = 200, changed_at: dt.datetime | None = None
) -> Answer:
    """Answer with an HTML page in UTF-8."""
    return Answer(text.encode(), "text/html; charset=utf-8", status, headers, changed_at)


def plain(text: str, content_type: str = "text/plain; charset=utf-8") -> Answer:
    """Answer with text as it is, such as robots.txt or a sitemap."""
    return Answer(text.encode(), content_type)


def as_json(
    value: Any,
    *headers: tuple[str, str],
    status: int = 200,
    content_type: str = "application/json",
) -> Answer:
    """Answer with JSON."""
    body = json.dumps(value, ensure_ascii=False, indent=1).encode()
    return Answer(body, f"{content_type}; charset=utf-8", status, headers)


def missing(status: int = 404) -> Answer:
    """Answer that there is nothing, or with 410 no longer."""
    words = {404: "There is no such page.", 410: "This page was taken down."}[status]
    return page(
        f"<!doctype html><html lang=en><title>{status}</title><p>{html.escape(words)}",
        status=status,
    )


def moved(address: str) -> Answer:
    """Answer with another address, for good."""
    return Answer(b"", "text/plain", 301, (("Location", address),))
