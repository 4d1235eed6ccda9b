"""The `hackernews` source on a recorded page of search results."""

from pathlib import Path

import pytest

from tests.crawling import crawl
from tests.recorded.origin import read_origin
from tests.serving import Asked, Reply, serve

pytestmark = pytest.mark.recorded

NOTHING = Reply(b'{"hits": [], "nbHits": 0}', "application/json")


def test_reads_as_many_hits_as_were_counted(tmp_path: Path) -> None:
    (recording,) = read_origin("hackernews").values()

    def answer(asked: Asked) -> Reply:
        """Answer the first question; the recording says that there is more, but holds no more."""
        older = "numericFilters" in asked.path
        return NOTHING if older else Reply(recording.body, "application/json")

    with serve({"/api/v1/search_by_date": answer}) as site:
        found = crawl(tmp_path, f"hackernews={site.address}")

    ids = [mention.source_id for mention in found.mentions]
    expected = recording.expected
    assert found.exit_code == 0, found.errors
    assert expected["hits"] == len(ids)
    assert {expected["first_id"], expected["last_id"]} <= set(ids)
    assert found.report["unreadable"] == {}
