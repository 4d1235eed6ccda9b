"""Imports that the tests make, and what Kibana says to them."""

from typing import Any

import pytest

from search.kibana.installing import KibanaError, install
from tests.kibana.kibana_server import Reply, kibana

LINE = b'{"id":"1","type":"dashboard"}\n'
KEY = "aWQ6c2VjcmV0LWtleQ=="


def result(number: int, *, overwrite: bool = False, kind: str = "dashboard") -> dict[str, Any]:
    replaced = {"overwrite": True} if overwrite else {}
    meta = {"title": f"Title {number}", "icon": "dashboardApp"}
    return {"type": kind, "id": str(number), "meta": meta, "managed": False, **replaced}


def failing(url: str, file: bytes = LINE, **options: Any) -> KibanaError:
    """Install and return the error."""
    with pytest.raises(KibanaError) as caught:
        install(url, file, **options)
    return caught.value


def answering(reply: Reply, **options: Any) -> KibanaError:
    """Install into a Kibana that gives this answer, and return the error."""
    with kibana(reply) as server:
        return failing(server.address, **options)
