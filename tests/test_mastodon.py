"""The `mastodon` source over real HTTP: pages, endless pages, keys, refusals."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.crawling import crawl
from tests.serving import Asked, Reply, serve

BRAND = {"Storm": '"storm coffee" OR #stormcoffee'}
KEY = {"SAYSO_MASTODON_TOKEN": "an-invented-key"}
TAG = "/api/v1/timelines/tag/stormcoffee"
SEARCH = "/api/v2/search"


def status(number: int) -> dict[str, Any]:
    """A status whose author agreed; the higher its number, the later."""
    account = {
        "acct": "ada",
        "url": "https://coffee.example/@ada",
        "note": "",
        "fields": [],
        "indexable": True,
    }
    return {
        "id": str(number),
        "uri": f"https://coffee.example/users/ada/statuses/{number}",
        "url": f"https://coffee.example/@ada/{number}",
        "visibility": "public",
        "created_at": f"2026-11-{number // 24 + 1:02}T{number % 24:02}:00:00.000Z",
        "content": f"<p>Storm Coffee, cup {number}</p>",
        "account": account,
    }


def page(statuses: list[dict[str, Any]], link: str = "") -> Reply:
    headers = {"Link": f'<{link}>; rel="next"'} if link else {}
    return Reply(json.dumps(statuses).encode(), "application/json", headers=headers)


def timeline(newest: list[int], *, named: bool = True) -> Callable[[Asked], Reply]:
    """Five statuses a page, the newest first, with or without a ``Link`` to the next page."""

    def answer(asked: Asked) -> Reply:
        before = int(parse_qs(urlsplit(asked.path).query).get("max_id", [newest[0] + 1])[0])
        numbers = range(before - 1, max(0, before - 6), -1)
        link = f"http://{asked.headers['host']}{TAG}?limit=40&max_id={before - 5}"
        return page([status(number) for number in numbers], link if numbers and named else "")

    return answer


def numbers(paths: list[str]) -> list[str]:
    """The pages asked for, by their ``max_id``."""
    return [path.partition("max_id=")[2] for path in paths if path.startswith(TAG)]


def test_reads_back_to_the_first_status(tmp_path: Path) -> None:
    with serve({TAG: timeline([12])}) as instance:
        found = crawl(tmp_path, f"mastodon={instance.address}", brands=BRAND)

    assert found.exit_code == 0, found.errors
    assert len(found.mentions) == 12
    assert numbers(instance.paths()) == ["", "8", "3", "-2"]


def test_a_later_run_reads_back_to_where_the_last_one_began(tmp_path: Path) -> None:
    newest = [60]
    with serve({TAG: timeline(newest, named=False)}) as instance:
        crawl(tmp_path, f"mastodon={instance.address}", brands=BRAND)
        asked = len(instance.asked)
        newest[0] = 67
        again = crawl(tmp_path, f"mastodon={instance.address}", brands=BRAND)

    assert (7, 0) == (again.report["new"], again.report["changed"])
    assert numbers(instance.paths()[asked:]) == ["", "63", "58", "53"]


def test_ends_a_timeline_that_repeats_itself(tmp_path: Path) -> None:
    def again(asked: Asked) -> Reply:
        """The same five for ever, each time with another link."""
        number = len(numbers(instance.paths()))
        link = f"http://{asked.headers['host']}{TAG}?max_id={number}"
        return page([status(number) for number in range(5)], link)

    with serve({TAG: again}) as instance:
        found = crawl(tmp_path, f"mastodon={instance.address}", brands=BRAND)

    assert len(found.mentions) == 5
    assert len(numbers(instance.paths())) == 2


def test_without_a_key_a_closed_instance_is_blocked(tmp_path: Path) -> None:
    with serve({TAG: Reply(b"{}", "application/json", status=422)}) as instance:
        found = crawl(tmp_path, f"mastodon={instance.address}", brands=BRAND)

    assert found.report["state"] == "blocked"
    assert SEARCH not in "".join(instance.paths())


def test_the_key_opens_the_search_and_leaves_the_instance_for_nobody(tmp_path: Path) -> None:
    def search(asked: Asked) -> Reply:
        found = [] if "offset" in asked.path else [status(1)]
        return Reply(json.dumps({"statuses": found}).encode(), "application/json")

    with serve({TAG: page([status(2)])}) as stranger:
        elsewhere = Reply(status=302, headers={"Location": f"{stranger.address}{TAG}"})
        with serve({TAG: elsewhere, SEARCH: search}) as instance:
            found = crawl(tmp_path, f"mastodon={instance.address}", brands=BRAND, environment=KEY)

    asked = [one for one in instance.asked if one.path.startswith(SEARCH)]
    assert {one.headers.get("authorization") for one in asked} == {"Bearer an-invented-key"}
    assert any(one.path.startswith(TAG) for one in stranger.asked)
    assert {one.headers.get("authorization") for one in stranger.asked} == {None}
    assert "an-invented-key" not in found.errors
    assert "1" in {mention.source_id.rpartition("/")[2] for mention in found.mentions}
