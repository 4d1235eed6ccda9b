"""Quarantine: nothing leaves it before it is safe elsewhere, and everything in it can be seen."""

import dataclasses
import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
from rich.console import Console

from pipelines import retrying, stages
from pipelines.context import Context
from pipelines.retrying import ADVICE, Fate, Retried, retry, retry_and_report
from pipelines.stages import Stage, enrich
from search.codec import to_plain
from search.config import Brand, Config
from search.errors import ConfigError, MentionNotFound, StoreError, StoreNotFound
from search.matcher import Matcher
from search.mention import Author, Mention
from search.parsing import parse
from search.query import Everything
from search.showing.quarantine import (
    drop_quarantined,
    find_quarantined,
    show_entries,
    show_entry,
    show_quarantine,
    show_quarantined,
)
from search.stores.base import Outcome, Quarantined, Store
from search.stores.embedded import EmbeddedStore
from tests.stores.inventing import START, make_mention

CONTEXT = Context(matcher=Matcher({"Coffee": parse("coffee")}))
CONFIG = Config(brands=(Brand(name="Coffee", query="coffee"),))
FORGED = "first\nsecond\x1b[2J\tthird [red]x"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "sayso.db") as opened:
        yield opened


def failed(mention: Mention, *, at: dt.datetime = START, error: str = "bad") -> Quarantined:
    return Quarantined(mention.id, mention.source, "language", error, to_plain(mention), at)


def keep(store: Store, *mentions: Mention) -> list[Quarantined]:
    entries = [
        failed(mention, at=START + dt.timedelta(minutes=number))
        for number, mention in enumerate(mentions)
    ]
    store.quarantine(entries)
    return entries


def fates(retried: Sequence[Retried]) -> list[Fate]:
    return [each.fate for each in retried]


def break_on(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    def breaking(mention: Mention, _: Context) -> Mention:
        if word in mention.text:
            raise ZeroDivisionError("by nought")
        return mention

    monkeypatch.setattr(stages, "STAGES", (*stages.STAGES, Stage("extra", breaking)))


def config_of(store: EmbeddedStore) -> Config:
    return CONFIG.model_copy(update={"store": store.path.name, "folder": store.path.parent})


# -- retry


def test_a_mention_that_goes_through_is_stored_like_a_crawled_one_and_let_go(
    store: EmbeddedStore,
) -> None:
    mention = make_mention(1)
    (entry,) = keep(store, mention)

    assert [Retried(entry.id, "forum", Fate.NEW)] == list(retry(store, CONTEXT, [entry]))
    seen = dataclasses.replace(mention, harvested_at=entry.at)
    assert enrich(seen, CONTEXT) == store.get(mention.id).mention
    assert ("Coffee",) == store.get(mention.id).mention.brands
    assert 0 == store.quarantine_size()


def test_what_fails_again_stays_with_its_new_error_and_time(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = keep(store, make_mention(1), make_mention(2, text="coffee, but bad"))
    break_on(monkeypatch, "bad")

    before = dt.datetime.now(dt.UTC)
    assert [Fate.NEW, Fate.FAILED] == fates(list(retry(store, CONTEXT, [good, bad])))
    (left,) = store.quarantined()
    assert (bad.id, "extra", "extra: ZeroDivisionError: by nought", bad.mention) == (
        left.id, left.stage, left.error, left.mention,
    )  # fmt: skip
    assert before <= left.at <= dt.datetime.now(dt.UTC)


def test_what_fails_again_stays_whatever_the_clock_says(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = failed(make_mention(1, text="bad coffee"), at=START.replace(year=2999))
    store.quarantine([entry])
    break_on(monkeypatch, "bad")

    assert [Fate.FAILED] == fates(list(retry(store, CONTEXT, [entry])))
    assert 1 == store.quarantine_size()


def test_a_mention_of_no_brand_stays_and_what_to_do_is_said(store: EmbeddedStore) -> None:
    (entry,) = keep(store, make_mention(1, text="tea"))

    failed = Retried(entry.id, "forum", Fate.FAILED, f"no brand matched: {ADVICE}")
    assert [failed] == list(retry(store, CONTEXT, [entry]))
    assert (1, 0) == (store.quarantine_size(), store.search(Everything()).total)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"mood": "glad"}, "mood"),
        ({"text": None}, "text"),
        ({"published_at": "yesterday"}, "yesterday"),
    ],
)
def test_what_this_version_cannot_read_stays_and_says_why(
    store: EmbeddedStore, change: dict[str, object], word: str
) -> None:
    entry = failed(make_mention(1))
    entry = dataclasses.replace(entry, mention={**entry.mention, **change})
    store.quarantine([entry])

    assert [Fate.FAILED] == fates(list(retry(store, CONTEXT, [entry])))
    (left,) = store.quarantined()
    assert ("read", entry.mention) == (left.stage, left.mention)
    assert word in left.error


def test_nothing_leaves_before_the_store_has_acknowledged_it(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = keep(store, make_mention(1), make_mention(2, text="tea"))

    def refuse(_: Sequence[Mention]) -> list[Outcome]:
        raise StoreError("sayso.db", "the disk is full")

    monkeypatch.setattr(store, "put", refuse)
    with pytest.raises(StoreError, match="disk"):
        list(retry(store, CONTEXT, entries))

    assert entries == list(store.quarantined())


def test_killed_between_store_and_release_it_is_tried_again_without_harm(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = keep(store, make_mention(1))

    def die(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store, "release", die)
        with pytest.raises(KeyboardInterrupt):
            list(retry(store, CONTEXT, entries))

    assert (1, entries) == (store.search(Everything()).total, list(store.quarantined()))
    assert [Fate.UNCHANGED] == fates(list(retry(store, CONTEXT, entries)))
    assert (1, 0) == (store.search(Everything()).total, store.quarantine_size())


def test_a_later_version_in_the_store_is_not_overwritten(store: EmbeddedStore) -> None:
    (entry,) = keep(store, make_mention(1, text="coffee, first version"))
    later = make_mention(1, text="coffee, edited", harvested_at=entry.at + dt.timedelta(seconds=1))
    store.put([later])

    assert [Fate.OUTDATED] == fates(list(retry(store, CONTEXT, [entry])))
    assert (later, 0) == (store.get(later.id).mention, store.quarantine_size())


def test_an_earlier_version_in_the_store_is_replaced(store: EmbeddedStore) -> None:
    (entry,) = keep(store, make_mention(1, text="coffee, edited"))
    store.put([make_mention(1, harvested_at=entry.at - dt.timedelta(days=1))])

    assert [Fate.CHANGED] == fates(list(retry(store, CONTEXT, [entry])))
    assert "coffee, edited" == store.get(entry.id).mention.text


def test_what_a_crawl_puts_into_quarantine_meanwhile_stays(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = keep(store, make_mention(1))
    newer = failed(make_mention(1, text="coffee, edited"), at=dt.datetime.now(dt.UTC))
    put = store.put

    def put_late(mentions: Sequence[Mention]) -> list[Outcome]:
        store.quarantine([newer])
        return put(mentions)

    monkeypatch.setattr(store, "put", put_late)
    list(retry(store, CONTEXT, entries))

    assert [newer] == list(store.quarantined())


def test_many_go_batch_by_batch(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "BATCH", 2)
    entries = keep(store, *(make_mention(number) for number in range(5)))

    retried = retry(store, CONTEXT, entries)
    next(retried)

    assert 3 == store.quarantine_size()
    assert 4 == len(list(retried))
    assert (5, 0) == (store.search(Everything()).total, store.quarantine_size())


# -- the command


def test_without_ids_all_are_tried_and_the_exit_code_says_that_some_failed(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, tea, bad = keep(
        store, make_mention(1), make_mention(2, text="tea"), make_mention(3, text="bad coffee")
    )
    break_on(monkeypatch, "bad")

    assert 3 == retry_and_report(config_of(store))
    assert [
        f"{tea.id}\tforum\tfailed\tno brand matched: {ADVICE}",
        f"{bad.id}\tforum\tfailed\textra: ZeroDivisionError: by nought",
        "1 new, 2 failed",
    ] == capsys.readouterr().out.splitlines()


def test_only_what_is_named_is_tried(
    store: EmbeddedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = keep(store, make_mention(1), make_mention(2))

    assert 0 == retry_and_report(config_of(store), [second.id[:8].upper()], as_json=True)
    assert {"id": second.id, "source": "forum", "fate": "new", "reason": None} == json.loads(
        capsys.readouterr().out
    )
    assert [first] == list(store.quarantined())


def test_an_empty_quarantine_is_no_error(
    store: EmbeddedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == retry_and_report(config_of(store))
    assert "nothing in quarantine\n" == capsys.readouterr().out


def test_without_any_brand_nothing_is_tried_but_an_error_said(store: EmbeddedStore) -> None:
    entries = keep(store, make_mention(1))
    config = config_of(store).model_copy(update={"brands": ()})

    with pytest.raises(ConfigError, match="no brand to look for"):
        retry_and_report(config)

    assert entries == list(store.quarantined())


@pytest.mark.parametrize(
    ("asked", "brands"), [({"keep_unmatched": True}, ()), ({"brands": ["post"]}, ("post",))]
)
def test_imports_and_brands_of_one_crawl_can_be_tried_too(
    store: EmbeddedStore, asked: dict[str, bool], brands: tuple[str, ...]
) -> None:
    (entry,) = keep(store, make_mention(1, text="a post"))
    config = config_of(store).model_copy(update={"brands": ()})

    assert 0 == retry_and_report(config, **asked)  # type: ignore[arg-type]  # one of two
    assert brands == store.get(entry.id).mention.brands


def test_a_retry_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFound):
        retry_and_report(CONFIG.model_copy(update={"folder": tmp_path}))

    assert [] == list(tmp_path.iterdir())


# -- ids


def test_an_id_is_found_by_its_first_digits(store: EmbeddedStore) -> None:
    first, second = keep(store, make_mention(1), make_mention(2))

    found = find_quarantined(store, [second.id[:4].upper(), first.id, first.id])

    assert [first, second] == found


@pytest.mark.parametrize(
    ("prefix", "problem"),
    [
        ("", "at least 4"),
        ("abc", "at least 4"),
        ("zzzz", "nothing in quarantine has an id that begins with zzzz"),
        ("abcd", "more than one id begins with abcd: give more digits"),
    ],
)
def test_an_id_that_names_nothing_or_too_much_is_refused(
    store: EmbeddedStore, prefix: str, problem: str
) -> None:
    entry = failed(make_mention(1))
    store.quarantine([dataclasses.replace(entry, id=f"abcd{number}") for number in range(2)])

    with pytest.raises(MentionNotFound, match=problem):
        find_quarantined(store, ["abcd0", prefix])


# -- drop


def test_what_is_dropped_is_gone(store: EmbeddedStore, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = keep(store, *(make_mention(number) for number in range(3)))

    drop_quarantined(store, [first.id, third.id[:6]], everything=False)

    assert [second] == list(store.quarantined())
    assert "2 dropped from quarantine\n" == capsys.readouterr().out


def test_everything_can_be_dropped_when_it_is_said(store: EmbeddedStore) -> None:
    keep(store, make_mention(1), make_mention(2))

    drop_quarantined(store, [], everything=True)

    assert 0 == store.quarantine_size()


@pytest.mark.parametrize(("prefixes", "everything"), [([], False), (["abcd"], True)])
def test_a_drop_says_clearly_what_it_means(
    store: EmbeddedStore, prefixes: list[str], *, everything: bool
) -> None:
    keep(store, make_mention(1))

    with pytest.raises(click.UsageError, match="--all"):
        drop_quarantined(store, prefixes, everything=everything)

    assert 1 == store.quarantine_size()


def test_a_wrong_id_drops_nothing(store: EmbeddedStore) -> None:
    (entry,) = keep(store, make_mention(1))

    with pytest.raises(MentionNotFound):
        drop_quarantined(store, [entry.id, "ffffff"], everything=False)

    assert 1 == store.quarantine_size()


# -- list and show


def test_in_a_pipe_an_entry_is_one_line_without_the_words_of_the_mention(
    store: EmbeddedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = failed(make_mention(1, text="secret"), error=FORGED)
    store.quarantine([entry])

    show_quarantine(store, as_json=False)

    out = capsys.readouterr().out
    assert [
        ["forum", "language", "first second [2J third [red]x", START.isoformat(), entry.id]
    ] == [line.split("\t") for line in out.splitlines()]


def test_as_json_an_entry_is_one_object_without_the_mention(
    store: EmbeddedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    (entry, _) = keep(store, make_mention(1), make_mention(2))

    show_quarantine(store, as_json=True)

    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert 2 == len(said)
    assert {
        "id": entry.id, "source": "forum", "stage": "language", "error": "bad",
        "at": START.isoformat(),
    } == said[0]  # fmt: skip


def terminal(width: int = 100) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, no_color=True, width=width)


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 200])
def test_for_a_person_entries_are_a_table_whose_ids_are_whole(width: int) -> None:
    console = terminal(width)
    entry = failed(make_mention(1), error=FORGED + " and much more of it" * 9)
    show_entries(console, [entry])

    text = shown(console)
    heading = text.replace("\x1b[1m", "").replace("\x1b[0m", "").split()
    assert ["source", "stage", "error", "when", "id"] == heading[:5]
    assert entry.id[:10] in text
    assert "2026-03-01 12:00" in text
    assert "[2J" in text
    assert "\x1b[2J" not in text


def test_a_person_is_told_that_there_is_nothing() -> None:
    console = terminal()
    show_entries(console, [])

    assert "nothing in quarantine" in shown(console)


def test_show_prints_every_field_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    mention = make_mention(
        1, text=FORGED, author=Author(name="Ida", followers=0), hashtags=("a", "b")
    )
    entry = failed(mention, error="why")

    show_quarantined(entry, as_json=False)

    said = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert {
        "id": entry.id, "stage": "language", "error": "why", "at": START.isoformat(),
        "url": mention.url, "text": "first second [2J third [red]x", "author.name": "Ida",
        "author.followers": "0", "hashtags.2": "b",
    }.items() <= said.items()  # fmt: skip
    assert "title" not in said


def test_show_as_json_prints_the_mention_as_it_was_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    entry = failed(make_mention(1))

    show_quarantined(entry, as_json=True)

    assert entry.mention == json.loads(capsys.readouterr().out)["mention"]


def test_show_keeps_the_lines_of_a_text_but_steers_no_terminal() -> None:
    console = terminal()
    show_entry(console, failed(make_mention(1, text=FORGED)))

    lines = [line.rstrip() for line in shown(console).splitlines()]
    assert any(line.endswith(" second [2J third [red]x") for line in lines)
    assert "\x1b[2J" not in shown(console)
