"""`sayso search --fold`: what was said first, with how often it was said again, on every store."""

import json
from pathlib import Path

import pytest

from search.mention import Kind
from search.parsing import parse
from search.showing.folding import copies_of, count_left_out, firsts_of
from search.showing.searching import show_search
from search.stores.base import Sort, Store
from tests.crawling import run_sayso
from tests.stores.conftest import store
from tests.stores.inventing import make_mention

__all__ = ["store"]


def fill(store: Store) -> None:
    """Keep twenty firsts, of which number n has n % 3 copies."""
    for number in range(20):
        first = make_mention(number)
        copies = [
            make_mention(100 * (number + 1) + n, text=first.text, copy_of=first.id)
            for n in range(number % 3)
        ]
        store.put([first, *copies])


def test_every_first_is_shown_once_on_some_page_with_all_its_copies(store: Store) -> None:
    fill(store)
    query, shown, after = parse("coffee"), [], None
    while True:
        page = store.search(firsts_of(query), limit=7, sort=Sort.OLDEST, after=after)
        shown += [(first.id, copies_of(store, page.mentions)[first.id]) for first in page.mentions]
        after = page.next
        if after is None:
            break

    assert [make_mention(number).id for number in range(20)] == [name for name, _ in shown]
    assert [number % 3 for number in range(20)] == [len(copies) for _, copies in shown]
    assert [make_mention(300).id, make_mention(301).id] == shown[2][1]
    assert (20, 19) == (page.total, count_left_out(store, query))
    assert 39 == store.search(query).total


def test_a_copy_can_be_asked_for_by_its_first(store: Store) -> None:
    fill(store)
    first = make_mention(2).id

    assert 2 == store.search(parse(f"copy_of:{first}")).total
    assert 2 == store.search(parse(f"copy_of:{first[:8]}*")).total
    assert 19 == store.search(parse("copy_of:*")).total
    assert 20 == store.search(parse("-copy_of:*")).total


def test_what_is_printed_says_what_it_counts(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(store)
    options = {"sort": "oldest", "after": None, "explain": False, "fold": True}

    show_search(store, "coffee", limit=3, as_json=False, **options)  # type: ignore[arg-type]
    lines, counts = capsys.readouterr()
    show_search(store, "coffee", limit=3, as_json=True, **options)  # type: ignore[arg-type]
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert ["0", "1", "2"] == [line.split("\t")[-1] for line in lines.splitlines()]
    assert counts.startswith("3 of 20; found besides and left out as copies: 19; more: --after ")
    assert [0, 1, 2] == [len(each["copies"]) for each in printed]
    assert [make_mention(200).id] == printed[1]["copies"]


def test_a_copy_whose_first_is_not_found_is_counted_and_not_shown(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    first = make_mention(1)
    store.put([first, make_mention(2, text=first.text, kind=Kind.ARTICLE, copy_of=first.id)])

    show_search(
        store, "kind:article", limit=3, sort="newest", after=None, explain=False, fold=True,
        as_json=False,
    )  # fmt: skip

    assert ("", "0 of 0; found besides and left out as copies: 1\n") == capsys.readouterr()


def test_the_command_folds_what_was_imported(tmp_path: Path) -> None:
    text = "The roastery on Mill Street will close its doors at the end of the month."
    lines = [
        {"url": f"https://{site}.example/1", "text": text, "published_at": f"2026-01-0{day}"}
        for site, day in (("late", 3), ("early", 1), ("middle", 2))
    ]
    for line in lines:
        line["published_at"] += "T12:00:00Z"
    (tmp_path / "a.ndjson").write_text("\n".join(map(json.dumps, lines)))
    run_sayso("import", "a.ndjson", cwd=tmp_path)

    folded = run_sayso("search", "--fold", "--json", "roastery", cwd=tmp_path)
    plain = run_sayso("search", "--json", "roastery", cwd=tmp_path)

    (first,) = map(json.loads, folded.stdout.splitlines())
    assert ("https://early.example/1", 2) == (first["url"], len(first["copies"]))
    assert "1 of 1; found besides and left out as copies: 2" in folded.stderr
    assert 3 == len(plain.stdout.splitlines())
    assert "copies" not in json.loads(plain.stdout.splitlines()[0])
