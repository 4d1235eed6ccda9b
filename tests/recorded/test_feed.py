"""The `feed` source on recorded feeds and podcasts, and on a parser's malformed ones."""

from pathlib import Path

import pytest

from tests.recorded.origin import Recording, crawl_all, kept, read_origin
from tests.serving import Reply, serve

pytestmark = pytest.mark.recorded

TYPES = {".json": "application/feed+json", ".atom": "application/atom+xml"}

NO_FEEDS = {"rssparser_unrecognized.rss", "illformed__rss_empty_document.xml"}
"""An HTML page that says *moved*, and a document with nothing but a comment."""

MALFORMED = {
    "illformed__chardet__eucjp.xml": 1,
    "illformed__chardet__gb2312.xml": 1,
    "illformed__chardet__tis620.xml": 1,
    "illformed__rdf_channel_empty_textinput.xml": 1,
}
"""
Entries with words, counted by eye: ORIGIN.json has no counts for a parser's tests. The others have
none, or one that is only a picture or a place.
"""

BARE = {"rssparser_missing-fields.atom"}
"""Its one entry is an identifier without any words: nothing a brand could stand in."""


def reply(recording: Recording) -> Reply:
    """Serve a recording as its server would, without a charset that could hide a fault."""
    content_type = TYPES.get(recording.path.suffix, "application/rss+xml")
    says = (recording.expected.get("test_says") or {}).get("header", "")
    return Reply(recording.body, says.removeprefix("Content-type: ") or content_type)


def words(recording: Recording) -> int:
    """Count the entries that have words."""
    items: int = recording.expected.get("items", MALFORMED.get(recording.name, 0))
    return items - (recording.name in BARE)


@pytest.mark.parametrize("folder", ["feeds", "podcasts", "feeds_malformed"])
def test_reads_as_many_entries_as_were_counted(folder: str, tmp_path: Path) -> None:
    recordings = read_origin(folder)
    names = list(recordings)

    # One page each: neither older pages nor articles, which stand on other people's servers.
    with serve({f"/{name}": reply(recordings[name]) for name in names}) as site:
        reports = crawl_all(tmp_path, "feed", site, names, max_pages=1)

    expected = {name: words(recordings[name]) for name in names}
    assert expected == {name: kept(reports[name]) for name in names}
    assert not [name for name in names if reports[name]["unreadable"]]
    states = {name: "failed" if name in NO_FEEDS else "finished" for name in names}
    assert states == {name: reports[name]["state"] for name in names}
