"""What is stored through the stages once more: tags change, words and our own state do not."""

import dataclasses
import json
from pathlib import Path

import pytest

from pipelines import stages
from pipelines.context import Context
from pipelines.retagging import FAILED, retag
from pipelines.stages import Stage, enrich
from search.matcher import Matcher
from search.mention import (
    Author,
    Disclosed,
    Feeling,
    LanguageEvidence,
    Mention,
    Permission,
    State,
    StoredMention,
)
from search.parsing import parse
from search.query import Everything
from search.stores.base import Outcome, Store
from tests.crawling import run_sayso
from tests.stores.conftest import store
from tests.stores.inventing import START, make_mention

__all__ = ["store"]

CONTEXT = Context(matcher=Matcher({"Storm": parse("storm")}), keep_unmatched=True)
TEXT = "Reklam för Storm Kaffe. Det var verkligen underbart gott!"


def fill(store: Store) -> list[Mention]:
    """Keep three mentions as an older version would have: without tags."""
    mentions = [make_mention(1, text=TEXT), make_mention(2, text="Nothing."), make_mention(3)]
    store.put(mentions)
    return mentions


def test_tags_are_found_out_anew(store: Store) -> None:
    first, *_ = fill(store)

    counts = retag(store, Everything(), CONTEXT)

    kept = store.get(first.id).mention
    assert 3 == counts[Outcome.CHANGED]
    assert ("sv", ("Storm",)) == (kept.language, kept.brands)
    assert kept.sentiment is not None
    assert Feeling.POSITIVE is kept.sentiment.label
    assert kept.disclosure is not None
    assert Disclosed.CLEAR is kept.disclosure.level
    assert 1 == store.search(parse("disclosure.level:clear")).total
    assert {str(Outcome.UNCHANGED): 3} == {
        name: count for name, count in retag(store, Everything(), CONTEXT).items() if count
    }


def test_only_what_the_query_finds_is_tagged(store: Store) -> None:
    first, second, _ = fill(store)

    retag(store, parse("storm"), CONTEXT)

    assert store.get(first.id).mention.language == "sv"
    assert store.get(second.id).mention.language is None


def test_our_own_state_and_brands_found_before_stay(store: Store) -> None:
    mention = make_mention(1, text=TEXT, brands=("Old",))
    granted = State(permission=Permission.GRANTED, first_seen_at=START)
    store.adopt([StoredMention(mention=mention, state=granted)])

    retag(store, Everything(), CONTEXT)

    kept = store.get(mention.id)
    assert granted == kept.state
    assert ("Old", "Storm") == kept.mention.brands


def test_a_tag_that_is_not_found_any_more_goes(store: Store) -> None:
    tagged = enrich(make_mention(1, text=TEXT), CONTEXT)
    store.put([dataclasses.replace(tagged, text="Hm.")])

    retag(store, Everything(), CONTEXT)

    kept = store.get(tagged.id).mention
    assert ("und", None) == (kept.language, kept.sentiment)


def test_a_mention_that_a_crawl_changed_meanwhile_is_left_as_the_crawl_made_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = fill(store)
    newer = dataclasses.replace(first, text="edited by its author")

    def crawl(mention: Mention, _: Context) -> Mention:
        if mention.id == first.id:
            store.put([newer])
        return mention

    monkeypatch.setattr(stages, "STAGES", (*stages.STAGES, Stage("crawl", crawl)))
    counts = retag(store, Everything(), CONTEXT)

    assert newer == store.get(first.id).mention
    assert 2 == counts[Outcome.CHANGED]


def test_a_mention_on_which_a_stage_breaks_stays_as_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = fill(store)

    def break_down(mention: Mention, _: Context) -> Mention:
        if mention.id == first.id:
            raise ZeroDivisionError
        return mention

    monkeypatch.setattr(stages, "STAGES", (Stage("broken", break_down), *stages.STAGES))
    counts = retag(store, Everything(), CONTEXT)

    assert (1, 2) == (counts[FAILED], counts[Outcome.CHANGED])
    assert first == store.get(first.id).mention


def test_the_command_says_what_came_of_it(tmp_path: Path) -> None:
    (tmp_path / "sayso.toml").write_text("[[brands]]\nname = 'Storm'\nquery = 'storm'\n")
    line = {"url": "https://a.example/1", "text": TEXT}
    (tmp_path / "a.ndjson").write_text(json.dumps(line))
    run_sayso("import", "a.ndjson", cwd=tmp_path)
    config = tmp_path / "sayso.toml"
    config.write_text(config.read_text() + "[[brands]]\nname = 'Coffee'\nquery = 'kaffe'\n")

    first = run_sayso("retag", cwd=tmp_path)
    again = run_sayso("retag", "--json", "brand:coffee", cwd=tmp_path)

    assert (0, "1 changed, 0 unchanged\n") == (first.returncode, first.stdout)
    assert 1 == json.loads(again.stdout)["unchanged"]
    assert "Coffee" in run_sayso("search", "brand:coffee", "--json", cwd=tmp_path).stdout


def test_a_language_by_an_author_s_habit_stays_where_the_habit_is_not_seen(store: Store) -> None:
    author = Author(name="eva")
    by_habit = make_mention(
        1,
        text="Helt okej",
        language="sv",
        language_evidence=LanguageEvidence(confidence=0.9, method="author"),
        author=author,
    )
    unknown = make_mention(2, text="Helt okej", language="sv", author=Author(name="ida"))
    store.put([by_habit, unknown])

    retag(store, Everything(), CONTEXT)

    kept = [store.get(each.id).mention for each in (by_habit, unknown)]
    assert ["sv", "und"] == [each.language for each in kept]
    assert kept[0].language_evidence == by_habit.language_evidence
