"""The `hackernews` source over real HTTP: more hits than one question may show."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.crawling import crawl
from tests.serving import Asked, Reply, serve

PATH = "/api/v1/search_by_date"
START = 1794304800


def hit(number: int) -> dict[str, Any]:
    """A comment; three in a row were made in the same second."""
    return {
        "objectID": str(number),
        "author": "sample",
        "comment_text": f"<p>Storm coffee, cup {number}",
        "created_at_i": START + number // 3,
    }


def search(newest: list[int]) -> Callable[[Asked], Reply]:
    """Answer as Algolia does: the newest first, a hundred at most, and how many there are."""

    def answer(asked: Asked) -> Reply:
        params = parse_qs(urlsplit(asked.path).query)
        bounds = dict(
            re.findall(r"created_at_i([<>])(\d+)", params.get("numericFilters", [""])[0])
        )
        low, high = int(bounds.get(">", 0)), int(bounds.get("<", START * 2))
        hits = [hit(number) for number in range(newest[0], 0, -1)]
        hits = [one for one in hits if low < one["created_at_i"] < high]
        body = {"hits": hits[: int(params["hitsPerPage"][0])], "nbHits": len(hits)}
        return Reply(json.dumps(body).encode(), "application/json")

    return answer


def test_finds_more_hits_than_one_question_may_show_and_then_only_new_ones(tmp_path: Path) -> None:
    newest = [350]
    brand = {"Storm": '"storm coffee"'}
    with serve({PATH: search(newest)}) as algolia:
        found = crawl(tmp_path, f"hackernews={algolia.address}", brands=brand)
        asked = len(algolia.asked)
        newest[0] = 355
        again = crawl(tmp_path, f"hackernews={algolia.address}", brands=brand)

    assert found.exit_code == 0, found.errors
    assert {str(number) for number in range(1, 351)} == {one.source_id for one in found.mentions}
    assert (5, 0) == (again.report["new"], again.report["changed"])
    assert "created_at_i%3E" in algolia.paths()[asked]
    assert "robots.txt" not in "".join(algolia.paths())


def test_the_same_question_is_asked_in_quotes(tmp_path: Path) -> None:
    with serve({PATH: search([3])}) as algolia:
        crawl(tmp_path, f"hackernews={algolia.address}", brands={"Storm": '"storm coffee"'})

    (question,) = (parse_qs(urlsplit(path).query) for path in algolia.paths())
    assert ['"storm coffee"'] == question["query"]
    assert ["true"] == question["advancedSyntax"]
