"""What strangers wrote is shown as it is: nothing in it is taken for markup."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from search.mention import Author, Mention
from search.parsing import parse
from search.showing.counting import show_counts
from search.showing.searching import show_page
from search.stores.base import Page, Store
from search.stores.opening import open_store

HOSTILE = "[/b] :coffee: [red]x"


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
