"""Asks the demo web, one question at a time, without anything that a crawler adds."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit


class Reply:
    """One answer, read to its end."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read()

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def value(self) -> Any:
        return json.loads(self.body)


def fetch(url: str, method: str = "GET", **headers: str) -> Reply:
    """Ask once; ``if_none_match=…`` becomes the header's name."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, url.removeprefix(f"http://{parts.netloc}"), headers=named)
    try:
        return Reply(connection.getresponse())
    finally:
        connection.close()
