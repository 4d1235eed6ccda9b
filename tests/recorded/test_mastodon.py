"""The `mastodon` source on recorded timelines, statuses and search results."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.recorded.origin import Recording, crawl_all, kept, read_origin
from tests.serving import Asked, Reply, serve

pytestmark = pytest.mark.recorded

NO_STATUSES = {
    "accounts_search_2025.json": "people, whom the source never looks for",
    "trends_tags_mastodon_social_2026.json": "hashtags, which the source never asks for",
    "status_history_mastodon_social_2026.json": "versions of a text, without an address",
}


def as_timeline(recording: Recording) -> Any:
    """Return a recording as a page of statuses: the source asks for no single ones or threads."""
    page = json.loads(recording.body)
    if isinstance(page, list) or "statuses" in page:
        return page
    return [*page["ancestors"], *page["descendants"]] if "descendants" in page else [page]


def count(recording: Recording) -> int:
    """Return how many statuses an independent script counted."""
    expected = recording.expected
    return int(expected.get("statuses", expected.get("descendants", 0)))


def has_agreed(status: Mapping[str, Any]) -> bool:
    """Whether a status may be kept (rights.md R2.11); none of the recorded is a boost."""
    account = status["account"]
    opted_in = account.get("indexable") is True and not account.get("noindex")
    return opted_in and bool(status["visibility"] == "public")


def answer(recording: Recording) -> Callable[[Asked], Reply]:
    """Answer with a recording first, and then with nothing older."""
    body = json.dumps(as_timeline(recording)).encode()
    return lambda asked: Reply(b"[]" if "max_id" in asked.path else body, "application/json")


def test_keeps_those_who_agreed_and_counts_the_others(tmp_path: Path) -> None:
    recordings = read_origin("mastodon")
    names = [name for name in recordings if name not in NO_STATUSES]
    routes = {f"/{name}/api/v1/timelines/public": answer(recordings[name]) for name in names}

    with serve(routes) as site:
        reports = crawl_all(tmp_path, "mastodon", site, names)

    pages = {name: as_timeline(recordings[name]) for name in names}
    statuses = {
        name: page if isinstance(page, list) else page["statuses"] for name, page in pages.items()
    }
    agreed = {name: sum(map(has_agreed, statuses[name])) for name in names}
    refused = {name: sum(reports[name]["refused"].values()) for name in names}
    assert agreed == {name: kept(reports[name]) for name in names}
    assert {name: count(recordings[name]) for name in names} == {
        name: agreed[name] + refused[name] for name in names
    }
    assert sum(agreed.values()) > 0
    assert not [name for name in names if reports[name]["unreadable"]]
