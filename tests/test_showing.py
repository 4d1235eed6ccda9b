"""What strangers wrote is shown as it is: nothing in it is taken for markup."""

import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from search.mention import Author, Mention
from search.parsing import parse
from search.showing.counting import show_counts
from search.showing.searching import show_page
from search.stores.base import Bar, Bucket, Interval, Page, Store
from search.stores.opening import open_store

HOSTILE = "[/b] :coffee: [red]x"
LONG = "a-licence-with-a-name-of-forty-characters"
COUNTS = Page(
    mentions=(), total=1_234_567, next=None,
    facets={
        path: (Bucket(LONG, 1_234_567), Bucket(None, 7))
        for path in ("source", "language", "sentiment.label", "licence.id")
    },
    timeline=(Bar(dt.datetime(2026, 11, 2, tzinfo=dt.UTC), 3),),
)  # fmt: skip


def shown_counts(width: int, interval: Interval | None = None) -> str:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, no_color=True, width=width)
    show_counts(console, COUNTS, {}, interval)
    return re.sub("\x1b[^m]*m", "", shown.getvalue())


@pytest.mark.parametrize("width", [80, 120, 200])
def test_counts_are_never_cut(width: int) -> None:
    lines = shown_counts(width).splitlines()

    assert (4, 5) == (str(lines).count(LONG), str(lines).count("1,234,567"))
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    assert {"source", "language", "sentiment", "licence"} <= set(words)


@pytest.mark.parametrize(
    ("interval", "label"),
    [
        (Interval.HOUR, "2026-11-02 00:00"),
        (Interval.DAY, "2026-11-02"),
        (Interval.WEEK, "2026-11-02"),
        (Interval.MONTH, "2026-11"),
    ],
)
def test_a_bar_is_labelled_as_finely_as_it_is_wide(interval: Interval, label: str) -> None:
    last = shown_counts(80, interval).splitlines()[-1]

    assert last.split("  ")[0] == label


def test_an_id_is_whole_in_one_line_however_narrow_the_terminal(tmp_path: Path) -> None:
    shown = io.StringIO()
    mention = Mention(source="blog", source_id="1", url=f"https://a.example/{'x' * 70}", text="Hm")
    with open_store(tmp_path / "sayso.db") as store:
        store.put([mention])
        query = parse("*")
        console = Console(file=shown, force_terminal=True, no_color=True, width=40)
        show_page(console, store.search(query), query)

    assert any(f"  {mention.id[:10]}  https" in line for line in shown.getvalue().splitlines())


def counts(console: Console, store: Store) -> None:
    show_counts(console, store.search(parse("*"), facets=["author.name"]), {})


def explained(console: Console, store: Store) -> None:
    query = parse('raw:"[/b] :coffee: [red]x"')
    page: Page = store.search(query)
    show_page(console, page, query, explain=True)


@pytest.mark.parametrize("show", [counts, explained])
def test_foreign_words_are_no_markup(
    tmp_path: Path, show: Callable[[Console, Store], None]
) -> None:
    shown = io.StringIO()
    mention = Mention(
        source="blog", source_id="1", url="https://a.example/1", text=HOSTILE,
        author=Author(name=HOSTILE),
    )  # fmt: skip
    with open_store(tmp_path / "sayso.db") as store:
        store.put([mention])
        show(Console(file=shown, force_terminal=True, no_color=True, width=120), store)

    assert HOSTILE in shown.getvalue()
