"""What a search's mentions talk about, on every store."""

import json
from pathlib import Path

import pytest

from search.mention import Kind, Mention
from search.parsing import parse
from search.query import Everything
from search.stores.base import Store
from search.topics import SIGNIFICANT, find_topics
from tests.crawling import run_sayso
from tests.stores.conftest import store
from tests.stores.inventing import make_mention

__all__ = ["store"]


def said(number: int, text: str, language: str | None = "en", **fields: object) -> Mention:
    return make_mention(number, text=text, language=language, **fields)


def fill(store: Store) -> None:
    """Complaints are about a burnt taste, in two languages; all else is about the weather."""
    mentions = []
    for number in range(60):
        mentions.append(said(number, f"The sun is out on day {number} and the tea is fine"))
        mentions.append(
            said(1_000 + number, f"Solen skiner på dag {number} och teet är gott", "sv")
        )
    for number in range(12):
        text = (
            f"The tea had a Burnt Taste on day {number}, see https://a.example/burnt #burnt @burnt"
        )
        mentions.append(said(2_000 + number, text, kind=Kind.REVIEW))
        mentions.append(
            said(3_000 + number, f"Teet smakade bränt på dag {number}", "sv", kind=Kind.REVIEW)
        )
    store.put(mentions)


def terms(store: Store, query: str, **asked: int) -> list[tuple[str, str]]:
    return [(each.term, each.language) for each in find_topics(store, parse(query), **asked)]


def test_what_stands_out_is_told_language_by_language(store: Store) -> None:
    fill(store)

    found = find_topics(store, parse("kind:review"))

    assert {("Burnt Taste", "en"), ("smakade bränt", "sv")} <= {
        (each.term, each.language) for each in found
    }
    assert not {"the", "tea", "day", "teet", "dag"} & {each.term.lower() for each in found}
    first = next(each for each in found if each.term == "Burnt Taste")
    assert (12, 1.0, 0.0) == (first.mentions, first.share, first.background_share)
    assert first.ratio > SIGNIFICANT
    assert make_mention(2_011).id == first.example.id


def test_a_word_that_always_stands_in_a_pair_is_not_told_twice(store: Store) -> None:
    fill(store)

    assert "burnt" not in {term.lower() for term, _ in terms(store, "kind:review")}


def test_words_of_the_query_are_left_out(store: Store) -> None:
    fill(store)

    found = {term.lower() for term, _ in terms(store, '"burnt taste"')}
    assert not any("burnt" in term or "taste" in term for term in found)


def test_what_is_no_more_frequent_than_elsewhere_is_no_topic(store: Store) -> None:
    fill(store)

    assert [] == find_topics(store, Everything())


def test_the_limit_is_kept_and_the_most_telling_come_first(store: Store) -> None:
    fill(store)

    found = find_topics(store, parse("kind:review"), limit=2)

    assert 2 == len(found)
    assert found[0].ratio >= found[1].ratio


def test_an_empty_store_has_no_topics(store: Store) -> None:
    assert [] == find_topics(store, Everything())


def test_the_command_prints_them(tmp_path: Path) -> None:
    lines = [
        {"url": f"https://a.example/{n}", "text": f"The sun is out, we drink tea {n}"}
        for n in range(30)
    ]
    lines += [
        {
            "url": f"https://b.example/{n}",
            "text": "This kettle leaked on me again",
            "kind": "review",
        }
        for n in range(10)
    ]
    (tmp_path / "a.ndjson").write_text("\n".join(map(json.dumps, lines)))
    run_sayso("import", "a.ndjson", cwd=tmp_path)

    plain = run_sayso("topics", "kind:review", cwd=tmp_path)
    told = run_sayso("topics", "kind:review", "--json", "-n", "1", cwd=tmp_path)
    nothing = run_sayso("topics", "kind:episode", cwd=tmp_path)

    assert any(
        line.startswith("kettle leaked\ten\t10\t1.000\t0.000\t")
        for line in plain.stdout.splitlines()
    )
    assert {
        "term",
        "language",
        "mentions",
        "share",
        "background_share",
        "ratio",
        "example",
    } == set(json.loads(told.stdout))
    assert "no word stands out" in nothing.stderr


@pytest.mark.parametrize("text", ["", "☕☕☕", "1 2 3", "a b c"])
def test_mentions_without_words_are_no_trouble(store: Store, text: str) -> None:
    store.put([said(n, text, None) for n in range(5)])

    assert [] == find_topics(store, parse("source:forum"))


def test_pairs_are_found_in_scripts_without_spaces(store: Store) -> None:
    store.put([said(n, "今天天气很好", "zh") for n in range(30)])
    store.put([said(100 + n, "咖啡很苦", "zh", kind=Kind.REVIEW) for n in range(10)])

    assert "咖啡" in {term for term, _ in terms(store, "kind:review")}


def test_a_word_is_told_though_it_stands_beside_a_common_one(store: Store) -> None:
    fill(store)
    places = ("shop", "train", "house", "park", "car", "bus", "street", "yard")
    store.put(
        [
            said(4_000 + number, f"The kettle {place} was empty", kind=Kind.COMMENT)
            for number, place in enumerate(places)
        ]
    )

    assert "kettle" in {term.lower() for term, _ in terms(store, "kind:comment")}


def test_what_the_sample_leaves_out_of_a_search_is_not_what_it_is_compared_with(
    store: Store,
) -> None:
    texts = {"A sunny day again": Kind.POST, "A burnt taste again": Kind.REVIEW}
    for place, (text, kind) in enumerate(texts.items()):
        store.put([said(100 * place + number, text, kind=kind) for number in range(40)])

    assert [("burnt taste", "en")] == terms(store, "kind:review", sample=20)


def test_a_text_that_was_taken_over_many_times_counts_once(store: Store) -> None:
    fill(store)
    first = said(5_000, "The kettle leaked on me", kind=Kind.EPISODE)
    copies = [
        said(number, first.text, kind=Kind.EPISODE, copy_of=first.id)
        for number in range(5_001, 5_040)
    ]
    store.put([first, *copies])

    assert [] == terms(store, "kind:episode")
