"""What a crawl shows: numbers whole at any width, an ending that does not sound like success."""

import io
import re
from typing import Any

import pytest
from rich.console import Console

from crawlers.failures import Fault, FaultKind
from crawlers.progress import remarks, summary, table_of
from crawlers.running.reports import RunReport
from search.run_log import RunState

ADDRESS = "https://news.example.org/a/rather/long/path/to/the/feed.xml"
FINISHED, FAILED, BLOCKED, INTERRUPTED = (
    RunState.FINISHED, RunState.FAILED, RunState.BLOCKED, RunState.INTERRUPTED,
)  # fmt: skip


def report(state: RunState = FINISHED, **more: Any) -> RunReport:
    return RunReport(source="hackernews", address=ADDRESS, brands=("a",), state=state, **more)


def shown(width: int, *reports: RunReport) -> list[str]:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, no_color=True, width=width)
    console.print(table_of(reports, console.width))
    return re.sub("\\x1b[^m]*m", "", written.getvalue()).splitlines()


FULL = report(
    INTERRUPTED, requests=10_000, new=1_234, changed=2_345, unchanged=3_456,
    dropped={"no brand": 45_678}, refused={"noindex": 5_678},
)  # fmt: skip


@pytest.mark.parametrize("width", [80, 120])
def test_numbers_are_never_cut(width: int) -> None:
    heading, row = shown(width, FULL)

    numbers = ["10,000", "1,234", "2,345", "3,456", "45,678", "5,678"]
    assert row.split()[-7:] == ["interrupted", *numbers]
    assert heading.split() == [
        "source", "address", "state", "pages", "new", "changed", "known", "no", "brand", "refused",
    ]  # fmt: skip
    assert max(len(heading), len(row)) <= width


def test_an_address_is_cut_in_the_middle_and_only_where_there_is_no_room() -> None:
    _, narrow = shown(80, FULL)
    _, wide = shown(160, FULL)

    assert re.search(r" n\S*…\S*d\.xml ", narrow)
    assert " news.example.org/a/rather/long/path/to/the/feed.xml " in wide


def test_without_room_for_addresses_there_is_no_such_column() -> None:
    heading, row = shown(72, FULL)

    assert "address" not in heading
    assert row.split()[-1] == "5,678"


def test_a_column_of_zeros_is_left_out() -> None:
    heading, *_ = shown(120, report(requests=3), report(requests=4))

    assert heading.split() == ["source", "address", "state", "pages", "new"]


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([report(FINISHED)], "nothing new"),
        ([report(FINISHED, new=1)], "1 new mention"),
        ([report(FAILED)], "nothing could be read: 1 of 1 run failed"),
        (
            [report(FAILED), report(BLOCKED), report(BLOCKED)],
            "nothing could be read: 3 of 3 runs failed or were blocked",
        ),
        ([report(BLOCKED), report(FINISHED)], "nothing new; 1 of 2 runs blocked"),
        (
            [report(FINISHED, new=1_000), report(FAILED), report(FINISHED)],
            "1,000 new mentions; 1 of 3 runs failed",
        ),
        ([report(FAILED, new=2)], "2 new mentions; 1 of 1 run failed"),
        ([report(INTERRUPTED)], "nothing new; stopped before the end"),
    ],
)
def test_the_last_sentence_says_what_failed(reports: list[RunReport], expected: str) -> None:
    assert summary(reports) == expected


def test_pages_that_ask_not_to_be_read_are_told_from_those_that_cannot_be() -> None:
    faults = [
        Fault(kind, f"https://a.example/{number}", "why", needed=False)
        for number in range(5)
        for kind in (FaultKind.REFUSED, FaultKind.GONE)
    ]
    said = list(remarks(report(faults=tuple(faults))))

    assert [sentence for sentence in said if sentence.startswith("and")] == [
        "and 2 more pages that could not be read",
        "and 2 more pages that are not to be read, and were not",
    ]
    assert ["gone"] * 3 == [sentence.split(":")[0] for sentence in said[:3]]
